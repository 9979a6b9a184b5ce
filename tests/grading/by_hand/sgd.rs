use crate::{Matrix, Optimizer};

#[derive(Clone, Debug)]
pub struct Sgd {
    learning_rate: f64,
}

impl Sgd {
    pub fn new(learning_rate: f64) -> Sgd {
        Sgd { learning_rate }
    }

    pub fn learning_rate(&self) -> f64 {
        self.learning_rate
    }
}

impl Optimizer for Sgd {
    fn update(&mut self, weights: &mut Matrix, gradient: &Matrix) {
        let mut step = gradient.clone();
        step *= self.learning_rate;
        *weights -= &step;
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }
}

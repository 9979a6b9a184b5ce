use crate::{Matrix, Optimizer};

/// Stochastic gradient descent with a constant learning rate.
#[derive(Clone, Debug)]
pub struct Sgd {
    learning_rate: f64, // η
}

impl Sgd {
    /// Creates the optimizer with the learning rate η.
    ///
    /// # Panics
    /// If the learning rate is not finite and positive.
    #[track_caller]
    pub fn new(learning_rate: f64) -> Sgd {
        assert!(
            learning_rate.is_finite() && learning_rate > 0.0,
            "Sgd::new: the learning rate must be finite and positive, not {learning_rate}"
        );
        Sgd { learning_rate }
    }

    /// The learning rate η.
    pub fn learning_rate(&self) -> f64 {
        self.learning_rate
    }
}

impl Optimizer for Sgd {
    /// Updates the weights in place: w⁽ᵏ⁺¹⁾ = w⁽ᵏ⁾ − η ∇L(w⁽ᵏ⁾).
    ///
    /// # Panics
    /// If weights and gradient differ in shape.
    #[track_caller]
    fn update(&mut self, weights: &mut Matrix, gradient: &Matrix) {
        let eta = self.learning_rate;
        weights.zip_map_in_place(gradient, |w, g| w - eta * g); // w − η ∇L(w)
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }
}

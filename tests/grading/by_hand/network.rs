use crate::{DataSource, Layer, Loss, Matrix, Optimizer};

#[derive(Debug)]
pub struct NeuralNetwork {
    optimizer: Box<dyn Optimizer>,
    data: Box<dyn DataSource>,
    layers: Vec<Box<dyn Layer>>,
    loss: Box<dyn Loss>,
    losses: Vec<f64>,
    labels: Matrix,
}

impl NeuralNetwork {
    pub fn new(
        optimizer: impl Optimizer + 'static,
        data: impl DataSource + 'static,
        loss: impl Loss + 'static,
    ) -> NeuralNetwork {
        NeuralNetwork {
            optimizer: Box::new(optimizer),
            data: Box::new(data),
            layers: Vec::new(),
            loss: Box::new(loss),
            losses: Vec::new(),
            labels: Matrix::default(),
        }
    }

    pub fn append_layer(&mut self, layer: impl Layer + 'static) {
        self.layers.push(Box::new(layer));
        let layer = self.layers.last_mut().unwrap();
        if let Some(parameters) = layer.parameters_mut() {
            parameters.optimizer = Some(self.optimizer.boxed_clone());
        }
    }

    pub fn forward(&mut self) -> f64 {
        let (mut x, labels) = self.data.next_batch();
        for layer in self.layers.iter_mut() {
            x = layer.forward(x);
        }
        self.labels = labels;
        self.loss.forward(x, &self.labels)
    }

    pub fn backward(&mut self) {
        let mut error = self.loss.backward(&self.labels);
        for i in (0..self.layers.len()).rev() {
            error = self.layers[i].backward(error);
        }
    }

    pub fn train(&mut self, iterations: usize) {
        let mut i = 0;
        while i < iterations {
            let loss = self.forward();
            self.backward();
            self.losses.push(loss);
            i += 1;
        }
    }

    pub fn predict(&self, input: Matrix) -> Matrix {
        let mut x = input;
        for layer in &self.layers {
            x = layer.predict(x);
        }
        x
    }

    pub fn evaluate(&self, input: Matrix, label: &Matrix) -> f64 {
        self.loss.evaluate(&self.predict(input), label)
    }

    pub fn losses(&self) -> &[f64] {
        &self.losses
    }

    pub fn layers(&self) -> &[Box<dyn Layer>] {
        &self.layers
    }

    pub fn layers_mut(&mut self) -> &mut [Box<dyn Layer>] {
        &mut self.layers
    }
}

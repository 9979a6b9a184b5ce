use crate::{DataSource, Layer, Loss, Matrix, Optimizer};

/// A list of layers between one data source and one loss.
#[derive(Debug)]
pub struct NeuralNetwork {
    optimizer: Box<dyn Optimizer>,
    data: Box<dyn DataSource>,
    layers: Vec<Box<dyn Layer>>,
    loss: Box<dyn Loss>,
    label: Option<Matrix>,
    losses: Vec<f64>,
}

impl NeuralNetwork {
    /// Creates a network without layers. Every layer with parameters that is appended gets a copy of the optimizer.
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
            label: None,
            losses: Vec::new(),
        }
    }

    /// Appends a layer after the last one. A layer with [`parameters`](Layer::parameters) gets its own copy of the
    /// optimizer.
    pub fn append_layer(&mut self, layer: impl Layer + 'static) {
        let mut layer = Box::new(layer);
        if let Some(parameters) = layer.parameters_mut() {
            parameters.optimizer = Some(self.optimizer.boxed_clone());
        }
        self.layers.push(layer);
    }

    /// Passes the next batch through all layers and returns its loss. Keeps the labels for
    /// [`backward`](NeuralNetwork::backward).
    pub fn forward(&mut self) -> f64 {
        let (input, label) = self.data.next_batch();
        let mut output = input;
        for layer in &mut self.layers {
            output = layer.forward(output);
        }
        let loss = self.loss.forward(output, &label);
        self.label = Some(label);
        loss
    }

    /// Passes the error of the loss through all layers, from the last to the first. Layers with an optimizer update
    /// their weights.
    ///
    /// # Panics
    /// Before the first [`forward`](NeuralNetwork::forward).
    #[track_caller]
    pub fn backward(&mut self) {
        let label = self.label.as_ref().expect("NeuralNetwork::backward: call forward first");
        let mut error = self.loss.backward(label);
        if let Some((first, others)) = self.layers.split_first_mut() {
            for layer in others.iter_mut().rev() {
                error = layer.backward(error);
            }
            first.backward_weights(error); // there is no previous layer
        }
    }

    /// Runs `iterations` training steps: forward, record the loss, backward.
    pub fn train(&mut self, iterations: usize) {
        for _ in 0..iterations {
            let loss = self.forward();
            self.losses.push(loss);
            self.backward();
        }
    }

    /// Returns the output of the last layer for this input (`batch × inputs` → `batch × outputs`). Changes nothing in
    /// the network.
    pub fn predict(&self, input: Matrix) -> Matrix {
        self.layers.iter().fold(input, |output, layer| layer.predict(output))
    }

    /// Returns the loss of the prediction for this input, given its label (`batch × classes`). Changes nothing in the
    /// network, and the data may differ from the training data.
    pub fn evaluate(&self, input: Matrix, label: &Matrix) -> f64 {
        self.loss.evaluate(&self.predict(input), label)
    }

    /// The loss of each training iteration, in order.
    pub fn losses(&self) -> &[f64] {
        &self.losses
    }

    /// The layers, from the first to the last.
    pub fn layers(&self) -> &[Box<dyn Layer>] {
        &self.layers
    }

    /// Mutable access to the layers, to load weights or check gradients.
    pub fn layers_mut(&mut self) -> &mut [Box<dyn Layer>] {
        &mut self.layers
    }
}

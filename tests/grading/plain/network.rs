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
    /// A network that has no layers yet. The optimizer is the model for those that its layers will get.
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

    /// Appends a layer behind the last. A trainable one is given a copy of the optimizer for itself alone.
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

    /// Starts with the error of the loss, and passes it through all layers from the last to the first. The layers that
    /// have an optimizer learn.
    ///
    /// # Panics
    /// When there was no [`forward`](NeuralNetwork::forward).
    #[track_caller]
    pub fn backward(&mut self) {
        let label = self.label.as_ref().expect("NeuralNetwork::backward: forward comes first");
        let mut error = self.loss.backward(label);
        if let Some((first, others)) = self.layers.split_first_mut() {
            for layer in others.iter_mut().rev() {
                error = layer.backward(error);
            }
            first.backward_weights(error);
        }
    }

    /// So many times: a batch forward, its loss kept, its error backward.
    pub fn train(&mut self, iterations: usize) {
        for _ in 0..iterations {
            let loss = self.forward();
            self.losses.push(loss);
            self.backward();
        }
    }

    /// The last layer's output for this input (`batch × inputs` → `batch × outputs`). Training does not notice: nothing
    /// in the network changes.
    pub fn predict(&self, input: Matrix) -> Matrix {
        self.layers.iter().fold(input, |output, layer| layer.predict(output))
    }

    /// The loss of every iteration of [`train`](NeuralNetwork::train), the first first.
    pub fn losses(&self) -> &[f64] {
        &self.losses
    }

    /// The layers, the first first.
    pub fn layers(&self) -> &[Box<dyn Layer>] {
        &self.layers
    }

    /// The layers, to be changed: by one who loads trained weights or checks gradients.
    pub fn layers_mut(&mut self) -> &mut [Box<dyn Layer>] {
        &mut self.layers
    }
}

//! **Neural Network**: holds the layers, the data and the loss, and trains.
//!
//! The network is an extremely simple graph: a list of layers, one data source and one loss. It does not know what its
//! layers compute. It calls `forward` on each layer in order, passing the input, and `backward` in the opposite order,
//! passing the error.
#![doc = include_str!("../docs/figures/network.svg")]
//! The four traits of [`framework`](crate::framework) define what the network requires of its parts. The network itself
//! offers [`forward`](NeuralNetwork::forward), [`backward`](NeuralNetwork::backward), [`train`](NeuralNetwork::train),
//! which keeps the loss of every iteration, and [`predict`](NeuralNetwork::predict).
//!
//! ## On paper
//!
//! This network is small enough to train by hand. Its only layer is one [neuron](crate::neuron) with a bias b and
//! without an activation function, ŷ = wx + b. The data source supplies the same sample every time, x = 2 with the
//! label y = 5. The loss is the squared error L = (ŷ − y)², which the example defines itself.
//!
//! Backward, the loss starts with the error ∂L/∂ŷ = 2(ŷ − y). From it the layer computes the derivatives with respect
//! to its weights. By the chain rule, ∂L/∂w = 2(ŷ − y)·x and ∂L/∂b = 2(ŷ − y)·1. The optimizer subtracts these
//! derivatives from the weights, multiplied by the learning rate, here 0.05. w and b start at 0:
//!
//! ```
//! use feedforward::{DataSource, FullyConnected, Loss, Matrix, NeuralNetwork, Sgd};
//!
//! /// Supplies the same sample in every batch.
//! #[derive(Debug)]
//! struct Always;
//!
//! impl DataSource for Always {
//!     fn next_batch(&mut self) -> (Matrix, Matrix) {
//!         (Matrix::from_rows([[2.0]]), Matrix::from_rows([[5.0]])) // x and y
//!     }
//! }
//!
//! /// The squared error of one number.
//! #[derive(Debug, Default)]
//! struct SquaredError {
//!     difference: Matrix, // ŷ − y
//! }
//!
//! impl Loss for SquaredError {
//!     fn evaluate(&self, prediction: &Matrix, label: &Matrix) -> f64 {
//!         (prediction - label)[(0, 0)].powi(2) // (ŷ − y)²
//!     }
//!
//!     fn forward(&mut self, prediction: Matrix, label: &Matrix) -> f64 {
//!         self.difference = &prediction - label;
//!         self.evaluate(&prediction, label)
//!     }
//!
//!     fn backward(&mut self, _label: &Matrix) -> Matrix {
//!         2.0 * &self.difference // ∂L/∂ŷ = 2(ŷ − y)
//!     }
//! }
//!
//! let mut network = NeuralNetwork::new(Sgd::new(0.05), Always, SquaredError::default());
//! network.append_layer(FullyConnected::from_weights(Matrix::zeros(2, 1))); // row 0: w, row 1: b
//!
//! // Forward: ŷ = 0·2 + 0 = 0, and the loss is (0 − 5)².
//! assert_eq!(network.forward(), 25.0);
//!
//! // Backward: the error is 2·(0 − 5) = −10. The derivatives are −10·2 for w and −10·1 for b.
//! network.backward();
//! let parameters = network.layers()[0].parameters().unwrap();
//! assert_eq!(parameters.gradient.as_ref().unwrap().as_slice(), [-20.0, -10.0]);
//! assert_eq!(parameters.weights.as_slice(), [1.0, 0.5]); // 0 − 0.05·(−20), 0 − 0.05·(−10)
//!
//! // Forward again: ŷ = 1·2 + 0.5, and the loss is (2.5 − 5)². Each step halves ŷ − y.
//! assert_eq!(network.predict(Matrix::from_rows([[2.0]])), Matrix::from_rows([[2.5]]));
//! network.train(2);
//! assert_eq!(network.losses(), [6.25, 1.5625]);
//! ```
//!
//! `train` records one loss per iteration. Calling `forward` and `backward` yourself records nothing.
#![doc = include_str!("../docs/walk/network.md")]
//!
//! ---
//! previous: [Artificial Neural Networks](crate::neuron) · [contents](crate) · next:
//! [Fully Connected Layer](crate::fully_connected)

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
    #[must_use]
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
    ///
    /// # Panics
    /// If a layer or the loss panics, for example because the shapes do not fit each other.
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
    /// Before the first [`forward`](NeuralNetwork::forward), or if a layer or the loss panics.
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
    ///
    /// # Panics
    /// As [`forward`](NeuralNetwork::forward).
    pub fn train(&mut self, iterations: usize) {
        for _ in 0..iterations {
            let loss = self.forward();
            self.losses.push(loss);
            self.backward();
        }
    }

    /// Returns the output of the last layer for this input (`batch × inputs` → `batch × outputs`). Changes nothing in
    /// the network.
    ///
    /// # Panics
    /// If a layer panics, for example because the input has more or fewer columns than the first layer has inputs.
    #[must_use]
    pub fn predict(&self, input: Matrix) -> Matrix {
        self.layers.iter().fold(input, |output, layer| layer.predict(output))
    }

    /// Returns the loss of the prediction for this input (`batch × inputs`), given its label (`batch × classes`).
    /// Changes nothing in the network, and works for any data, not only the training data.
    ///
    /// # Panics
    /// If a layer or the loss panics, for example because the shapes do not fit each other.
    #[must_use]
    pub fn evaluate(&self, input: Matrix, label: &Matrix) -> f64 {
        self.loss.evaluate(&self.predict(input), label)
    }

    /// Returns the loss of each training iteration, in order.
    #[must_use]
    pub fn losses(&self) -> &[f64] {
        &self.losses
    }

    /// Returns the layers, from the first to the last.
    #[must_use]
    pub fn layers(&self) -> &[Box<dyn Layer>] {
        &self.layers
    }

    /// Returns mutable access to the layers, to load weights or check gradients.
    #[must_use]
    pub fn layers_mut(&mut self) -> &mut [Box<dyn Layer>] {
        &mut self.layers
    }
}

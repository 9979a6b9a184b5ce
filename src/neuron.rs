//! **Artificial Neural Networks**: one neuron, y = f(Σᵢ wᵢ xᵢ).
//!
//! A neuron weighs its inputs, sums them, and passes the sum through an activation function f.
//!
//! ```
//! use feedforward::neuron::Neuron;
//!
//! let neuron = Neuron { weights: vec![0.5, -1.0, 2.0], activation: |x| x.max(0.0) };
//! assert_eq!(neuron.output(&[2.0, 3.0, 1.5]), 1.0); // 0.5·2 − 1·3 + 2·1.5 = 1
//! assert_eq!(neuron.output(&[2.0, 3.0, 0.5]), 0.0); // 0.5·2 − 1·3 + 2·0.5 = −1, and f holds it at 0
//! ```
//!
//! Many neurons that share their inputs are a [fully connected layer](crate::fully_connected); one neuron is such a layer
//! with one output:
//!
//! ```
//! use feedforward::{FullyConnected, Layer, Matrix, Relu, neuron::Neuron};
//!
//! let neuron = Neuron { weights: vec![0.5, -1.0, 2.0], activation: |x| x.max(0.0) };
//! let mut layer = FullyConnected::from_weights(Matrix::from_rows([[0.5], [-1.0], [2.0], [0.0]])); // no bias: 0
//! let mut activation = Relu::new();
//!
//! let x = [2.0, 3.0, 1.5];
//! let y = activation.forward(layer.forward(Matrix::from_rows([x])));
//! assert_eq!(y, Matrix::from_rows([[neuron.output(&x)]]));
//! ```

/// One artificial neuron.
#[derive(Clone, Debug)]
pub struct Neuron {
    /// wᵢ, one for each input.
    pub weights: Vec<f64>,
    /// f, which makes the output of the weighted sum.
    pub activation: fn(f64) -> f64,
}

impl Neuron {
    /// y = f(Σᵢ wᵢ xᵢ), i = 1 … N.
    ///
    /// # Panics
    /// When there are not as many inputs as weights.
    #[track_caller]
    pub fn output(&self, inputs: &[f64]) -> f64 {
        let (n, weights) = (inputs.len(), self.weights.len());
        assert!(n == weights, "Neuron::output: {n} inputs for {weights} weights");
        let sum = self.weights.iter().zip(inputs).map(|(w, x)| w * x).sum(); // Σᵢ wᵢ xᵢ
        (self.activation)(sum)
    }
}

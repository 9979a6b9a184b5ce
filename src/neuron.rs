//! **Artificial Neural Networks**: one neuron, y = f(Σᵢ wᵢ xᵢ).
//!
//! A biological neuron collects signals through its dendrites. When these signals together are strong enough, the
//! neuron sends a signal along its axon. An artificial neuron multiplies each input by a weight, sums the products, and
//! applies an activation function f to the sum:
#![doc = include_str!("../docs/formulas/neuron.svg")] // y = f(Σᵢ wᵢ xᵢ), i = 1 … N
//! [`Neuron::output`] computes this. In the figure the inputs are under the dendrites, and the output y is under the
//! axon.
#![doc = include_str!("../docs/figures/neuron.svg")]
//!
//! ## On paper
//!
//! This neuron has three inputs. Its activation function is [ReLU](crate::relu), f(x) = max(0, x):
//!
//! ```
//! use feedforward::neuron::Neuron;
//!
//! let neuron = Neuron { weights: vec![0.5, -1.0, 2.0], activation: |x| x.max(0.0) };
//! assert_eq!(neuron.output(&[2.0, 3.0, 1.5]), 1.0); // 0.5·2 − 1·3 + 2·1.5 = 1, and f(1) = 1
//! assert_eq!(neuron.output(&[2.0, 3.0, 0.5]), 0.0); // 0.5·2 − 1·3 + 2·0.5 = −1, and f(−1) = 0
//! ```
#![doc = include_str!("../docs/walk/neuron.md")]
//!
//! ---
//! previous: [Flexibility vs. Abstraction](crate::matrix) · [contents](crate) · next: [Neural Network](crate::network)

/// One artificial neuron.
#[derive(Clone, Debug)]
pub struct Neuron {
    /// The weights wᵢ, one for each input.
    pub weights: Vec<f64>,
    /// The activation function f.
    pub activation: fn(f64) -> f64,
}

impl Neuron {
    /// Output: y = f(Σᵢ wᵢ xᵢ), i = 1 … N.
    ///
    /// # Panics
    /// If the number of inputs is not the number of weights.
    #[must_use]
    #[track_caller]
    pub fn output(&self, inputs: &[f64]) -> f64 {
        let (n, weights) = (inputs.len(), self.weights.len());
        assert!(n == weights, "Neuron::output: {n} inputs for {weights} weights");
        let sum = self.weights.iter().zip(inputs).map(|(w, x)| w * x).sum(); // Σᵢ wᵢ xᵢ
        (self.activation)(sum)
    }
}

//! **Artificial Neural Networks**: one neuron, y = f(Σᵢ wᵢ xᵢ).
//!
//! A biological neuron collects what its dendrites bring, and when that is enough it sends a signal along its axon. The
//! artificial one weighs its inputs, sums them, and passes the sum through an activation function f:
#![doc = include_str!("../docs/formulas/neuron.svg")]
//! which is [`Neuron::output`]. Its inputs stand where the dendrites are, its output y where the axon is.
#![doc = include_str!("../docs/figures/neuron.svg")]
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

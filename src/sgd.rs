//! **Basic Optimization**: stochastic gradient descent (SGD), one step against the gradient.
//!
//! The weights are updated by an object of its own, the optimizer. The simplest is stochastic gradient descent, with
//! the learning rate η, which is [`Sgd::update`](Sgd#method.update):
#![doc = include_str!("../docs/formulas/sgd.svg")]
//! ## Why it goes down
//!
//! The gradient ∇L points where L rises fastest. A small step against it lowers the loss, by η times its squared
//! length:
#![doc = include_str!("../docs/formulas/why-sgd.svg")]
//! The ≈ holds for small steps only. Too small a η creeps; too large a one jumps over the minimum, to ever higher
//! points:
#![doc = include_str!("../docs/figures/descent.svg")]
#![doc = include_str!("../docs/walk/sgd.md")]
//!
//! ---
//! previous: [Memory Layout](crate::memory_layout) · [contents](crate) · next: [ReLU Activation Function](crate::relu)

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
    #[must_use]
    #[track_caller]
    pub fn new(learning_rate: f64) -> Sgd {
        assert!(
            learning_rate.is_finite() && learning_rate > 0.0,
            "Sgd::new: the learning rate must be finite and positive, not {learning_rate}"
        );
        Sgd { learning_rate }
    }

    /// Returns the learning rate η.
    #[must_use]
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

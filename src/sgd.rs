//! **Basic Optimization**: stochastic gradient descent (SGD), one step against the gradient.
//!
//! A separate object, the optimizer, updates the weights. The simplest optimizer is stochastic gradient descent with
//! the learning rate η. [`Sgd::update`](Sgd#method.update) computes:
#![doc = include_str!("../docs/formulas/sgd.svg")] // w⁽ᵏ⁺¹⁾ = w⁽ᵏ⁾ − η ∇L(w⁽ᵏ⁾)
//! *Stochastic* means that the gradient is that of one batch of samples, drawn at random, instead of all samples. The
//! gradient of a batch is cheaper to compute and noisy. If every sample is equally likely to be in the batch, it has,
//! on average, the direction of the gradient of all samples.
//!
//! ## Why the loss decreases
//!
//! Unless it is 0, the gradient ∇L points in the direction in which L grows fastest. A small step against it lowers the
//! loss by about η times the squared length of the gradient:
#![doc = include_str!("../docs/formulas/why-sgd.svg")] // L(w − η ∇L) ≈ L(w) − η ‖∇L‖²
//! This is the loss of the batch whose gradient it is; the loss of other samples may grow. And the ≈ holds only for
//! small steps. If η is too small, progress is slow. If it is too large, each step overshoots the minimum so far that
//! the loss grows:
#![doc = include_str!("../docs/figures/descent.svg")]
//! ## On paper
//!
//! Take a single weight w with the loss L(w) = (w − 3)², as in the figure. The gradient is 2(w − 3), and the minimum is
//! at w = 3. A step leads from w to w − η · 2(w − 3), so it multiplies the distance w − 3 by 1 − 2η. The loss falls if
//! this factor is between −1 and 1, which means 0 < η < 1:
//!
//! ```
//! use feedforward::{Matrix, Optimizer, Sgd};
//!
//! let gradient = |w: &Matrix| w.map(|w| 2.0 * (w - 3.0));
//! let descend = |learning_rate, steps| {
//!     let mut w = Matrix::from_rows([[1.0]]);
//!     for _ in 0..steps {
//!         let gradient = gradient(&w);
//!         Sgd::new(learning_rate).update(&mut w, &gradient);
//!     }
//!     w[(0, 0)]
//! };
//! let close = |x: f64, y: f64| (x - y).abs() < 1e-12;
//!
//! assert!(close(descend(0.1, 1), 1.4)); //   1 − 0.1·(−4)
//! assert!(close(descend(0.1, 2), 1.72)); //  1.4 − 0.1·(−3.2): each step goes a fifth of the way
//! assert!(close(descend(0.5, 1), 3.0)); //   the best η for this loss: one step is enough
//! assert!(close(descend(0.7, 1), 3.8)); //   overshoots from 3 − 2 to 3 + 0.8, but comes closer
//! assert!(close(descend(1.0, 2), 1.0)); //   to 5 and back: the loss stays the same
//! assert!(close(descend(1.5, 1), 7.0)); //   η too large: from 3 − 2 to 3 + 4
//! assert!(close(descend(1.5, 2), -5.0)); //  and then to 3 − 8: the loss grows
//!
//! // The η of the figure and their factors.
//! assert!(close(descend(0.05, 1), 3.0 - 2.0 * 0.9)); // too small: a tenth of the way
//! assert!(close(descend(0.3, 1), 3.0 - 2.0 * 0.4)); //  good
//! assert!(close(descend(1.2, 1), 3.0 + 2.0 * 1.4)); //  too large
//! ```
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

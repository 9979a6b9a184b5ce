//! **ReLU Activation Function**: f(x) = max(0, x), element by element.
//!
//! Forward, ReLU keeps positive numbers and replaces negative numbers by 0. [`Relu::forward`] computes:
#![doc = include_str!("../docs/formulas/relu.svg")] // f(x) = max(0, x)
#![doc = include_str!("../docs/figures/relu.svg")]
//! Backward, it passes the error where the input was positive, and 0 elsewhere. [`Relu::backward`] computes:
#![doc = include_str!("../docs/formulas/12.svg")] // eₙ₋₁ = 0 if x ≤ 0, else eₙ   (12)
//! At x = 0 the function has a kink and no derivative; (12) chooses 0 there.
//!
//! ## Why (12)
//!
//! ReLU works on each element separately, so each element has its own scalar error e. The derivative of ReLU is 0 for
//! negative x and 1 for positive x, but `backward` returns the derivative of the loss, which is the derivative of ReLU
//! *times* the error from the next layer. Therefore (12) has eₙ and not 1:
#![doc = include_str!("../docs/formulas/why-12.svg")] // eₙ₋₁ = ∂L/∂x = ∂L/∂ŷ · ∂ŷ/∂x
//! ## On paper
//!
//! Take the outputs of the [fully connected layer](crate::fully_connected#on-paper)'s example, one of which is 0, and
//! the errors of that example:
//!
//! ```
//! use feedforward::{Layer, Matrix, Relu};
//!
//! let mut relu = Relu::new();
//! let y = relu.forward(Matrix::from_rows([[4.0, 1.0], [0.0, -6.0]]));
//! assert_eq!(y, Matrix::from_rows([[4.0, 1.0], [0.0, 0.0]])); // max(0, x)
//!
//! let error_previous = relu.backward(Matrix::from_rows([[1.0, -1.0], [2.0, 0.5]]));
//! // 0 if x ≤ 0, else e                                              (12)
//! assert_eq!(error_previous, Matrix::from_rows([[1.0, -1.0], [0.0, 0.0]]));
//! ```
//!
//! The error −1 passes because its x is positive. The error 2 does not pass because its x is 0. ReLU has no weights, so
//! there is nothing to update.
#![doc = include_str!("../docs/walk/relu.md")]
//!
//! ---
//! previous: [Basic Optimization](crate::sgd) · [contents](crate) · next: [SoftMax Activation Function](crate::softmax)

use crate::{Layer, Matrix};

/// A ReLU layer (rectified linear unit).
#[derive(Clone, Debug, Default)]
pub struct Relu {
    input: Option<Matrix>, // X′: batch × inputs
}

impl Relu {
    /// Creates a ReLU layer for any number of inputs.
    #[must_use]
    pub fn new() -> Relu {
        Relu::default()
    }
}

/// Computes f(x) = max(0, x). A NaN stays NaN, so that a diverged run is visible.
fn relu(x: f64) -> f64 {
    if x <= 0.0 { 0.0 } else { x }
}

impl Layer for Relu {
    /// Output: f(x) = max(0, x), element by element.
    fn predict(&self, mut input: Matrix) -> Matrix {
        input.map_in_place(relu); //                                  max(0, x)
        input
    }

    /// Output: f(x) = max(0, x), element by element.
    fn forward(&mut self, input: Matrix) -> Matrix {
        let output = input.map(relu); //                              max(0, x)
        self.input = Some(input);
        output
    }

    /// Error for the previous layer: eₙ₋₁ = 0 if x ≤ 0, else eₙ [(12)](self).
    ///
    /// # Panics
    /// Before the first forward, or if the error does not have the shape of the input.
    #[track_caller]
    fn backward(&mut self, mut error: Matrix) -> Matrix {
        // forward: max(0, x)
        let input = self.input.as_ref().expect("Relu::backward: call forward first");
        error.assert_same_shape("Relu::backward", input);
        error.zip_map_in_place(input, |e, x| if x <= 0.0 { 0.0 } else { e }); // 0 if x ≤ 0, else eₙ   (12)
        error
    }
}

//! **ReLU Activation Function**: f(x) = max(0, x), element by element.
//!
//! Forward it passes what is positive and holds the rest at 0, which is [`Relu::forward`]:
#![doc = include_str!("../docs/formulas/relu.svg")]
#![doc = include_str!("../docs/figures/relu.svg")]
//! Backward it passes the error where it passed the input, and 0 elsewhere, which is [`Relu::backward`]:
#![doc = include_str!("../docs/formulas/12.svg")]
//! At x = 0 it has a kink, and no derivative; (12) chooses 0 there.
//!
//! ## Why (12)
//!
//! ReLU works on each element alone, so the error is a scalar e for each. The derivative of ReLU is 0 or 1, but what
//! travels backward is the derivative of the loss: that of ReLU *times* the error from above. Hence eₙ in (12), and
//! not 1:
#![doc = include_str!("../docs/formulas/why-12.svg")]
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

/// f(x) = max(0, x). A NaN stays NaN, so that a run that has gone wrong shows it.
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

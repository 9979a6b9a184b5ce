//! **SoftMax Activation Function**: from any numbers, the logits, to probabilities, row by row.
//!
//! The label of a sample is a one-hot vector **y**: N numbers, a 1 at the sample's class and 0 elsewhere. The
//! prediction **ŷ** has the same shape, all of it positive, its sum 1; for every row of the batch,
//! [`Softmax::forward`] is
#![doc = include_str!("../docs/formulas/13.svg")]
//! The exponential of a large x overflows. Before it the row is shifted by its maximum, so that none is above 1:
#![doc = include_str!("../docs/formulas/shift.svg")]
#![doc = include_str!("../docs/figures/softmax.svg")]
//! Backward, for every row of the batch and all operations element by element, [`Softmax::backward`] is
#![doc = include_str!("../docs/formulas/14.svg")]
//! ## Why the shift changes nothing
//!
//! A constant c, subtracted from every x, is a factor that numerator and denominator share:
#![doc = include_str!("../docs/formulas/why-shift.svg")]
//! ## Why (14)
//!
//! Every output depends on every input, for they share the denominator. The quotient rule on (13) gives the slopes:
#![doc = include_str!("../docs/formulas/softmax-slope.svg")]
//! xₖ reaches the loss through every ŷⱼ. The chain rule sums over these paths, and ŷₖ can be drawn to the front:
#![doc = include_str!("../docs/formulas/why-14.svg")]
//! With two classes, and 0 for the second logit, softmax is the sigmoid; hence the likeness of their gradients:
#![doc = include_str!("../docs/formulas/sigmoid.svg")]
#![doc = include_str!("../docs/walk/softmax.md")]
//!
//! ---
//! previous: [ReLU Activation Function](crate::relu) · [contents](crate) · next:
//! [Cross Entropy Loss](crate::cross_entropy)

use crate::{Layer, Matrix};

/// A softmax layer: it turns each row into probabilities.
#[derive(Clone, Debug, Default)]
pub struct Softmax {
    output: Option<Matrix>, // Ŷ′: batch × classes
}

impl Softmax {
    /// Creates a softmax layer for any number of classes.
    #[must_use]
    pub fn new() -> Softmax {
        Softmax::default()
    }
}

impl Layer for Softmax {
    /// Probabilities: ŷₖ = exp(xₖ) / Σⱼ exp(xⱼ) [(13)](self) for each row, with x̃ₖ = xₖ − max(x) in place of xₖ.
    ///
    /// If all logits are finite, no ŷₖ is NaN, infinite or 0. A value that is too small for a normal `f64` is raised to
    /// the smallest positive normal one, because the cross entropy loss divides by it.
    fn predict(&self, mut input: Matrix) -> Matrix {
        for row in input.iter_rows_mut() {
            let max = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            for x in row.iter_mut() {
                *x = (*x - max).exp(); //                         exp(x̃ₖ), x̃ₖ = xₖ − max(x)
            }
            let sum: f64 = row.iter().sum();
            for x in row {
                *x /= sum; //                                     exp(x̃ₖ) / Σⱼ exp(x̃ⱼ)   (13)
                if *x < f64::MIN_POSITIVE {
                    *x = f64::MIN_POSITIVE;
                }
            }
        }
        input
    }

    /// Probabilities as in [`predict`](Softmax::predict) [(13)](self). Keeps Ŷ′.
    fn forward(&mut self, input: Matrix) -> Matrix {
        let output = self.predict(input);
        self.output = Some(output.clone());
        output
    }

    /// Error for the previous layer: Eₙ₋₁ = ŷ (Eₙ − Σⱼ Eₙ,ⱼ ŷⱼ) [(14)](self) for each row.
    ///
    /// # Panics
    /// Before the first forward, or if the error does not have the shape of the output.
    #[track_caller]
    fn backward(&mut self, mut error: Matrix) -> Matrix {
        // forward: ŷₖ = exp(xₖ) / Σⱼ exp(xⱼ)
        let output = self.output.as_ref().expect("Softmax::backward: call forward first");
        error.assert_same_shape("Softmax::backward", output);
        for (error, output) in error.iter_rows_mut().zip(output.iter_rows()) {
            let sum: f64 = error.iter().zip(output).map(|(e, y)| e * y).sum();
            for (e, y) in error.iter_mut().zip(output) {
                *e = y * (*e - sum); //                           ŷ (Eₙ − Σⱼ Eₙ,ⱼ ŷⱼ)   (14)
            }
        }
        error
    }
}

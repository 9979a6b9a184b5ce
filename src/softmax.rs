//! **SoftMax Activation Function**: turns each row of scores, also called logits, into probabilities.
//!
//! The label of a sample is a one-hot vector **y** of N numbers: a 1 at the class of the sample, and 0 elsewhere. The
//! prediction **ŷ** has the same shape. Its elements are positive and sum to 1. [`Softmax::forward`] computes for every
//! row of the batch:
#![doc = include_str!("../docs/formulas/13.svg")] // ŷₖ = exp(xₖ) / Σⱼ exp(xⱼ), j = 1 … N   (13)
//! The exponential of an x above 709.78 overflows. Therefore each row is first shifted by its maximum, so that no
//! exponential exceeds 1:
#![doc = include_str!("../docs/formulas/shift.svg")] // x̃ₖ = xₖ − max(x)
#![doc = include_str!("../docs/figures/softmax.svg")]
//! [`Softmax::backward`] also works row by row. With all operations element by element, it computes:
#![doc = include_str!("../docs/formulas/14.svg")] // Eₙ₋₁ = ŷ (Eₙ − Σⱼ Eₙ,ⱼ ŷⱼ), j = 1 … N   (14)
//! ## Why the shift changes nothing
//!
//! Subtracting a constant c from every x multiplies numerator and denominator by the same factor:
#![doc = include_str!("../docs/formulas/why-shift.svg")]
// exp(xₖ − c) / Σⱼ exp(xⱼ − c) = e⁻ᶜ exp(xₖ) / (e⁻ᶜ Σⱼ exp(xⱼ)) = ŷₖ
//! ## Why (14)
//!
//! Every output depends on every input, because all outputs share the denominator. The quotient rule applied to (13)
//! gives the derivatives:
#![doc = include_str!("../docs/formulas/softmax-slope.svg")] // ∂ŷⱼ/∂xₖ = ŷₖ (1 − ŷₖ) if j = k, −ŷⱼ ŷₖ if j ≠ k
//! xₖ influences the loss through every ŷⱼ. The chain rule sums over these paths, and ŷₖ is a common factor:
#![doc = include_str!("../docs/formulas/why-14.svg")]
// Eₙ₋₁,ₖ = Σⱼ Eₙ,ⱼ ∂ŷⱼ/∂xₖ
//         = Eₙ,ₖ ŷₖ − Σⱼ Eₙ,ⱼ ŷⱼ ŷₖ
//         = ŷₖ (Eₙ,ₖ − Σⱼ Eₙ,ⱼ ŷⱼ), j = 1 … N
//! With two classes and 0 as the second logit, softmax is the sigmoid of the first logit. This is why the gradients of
//! softmax and sigmoid are similar:
#![doc = include_str!("../docs/formulas/sigmoid.svg")] // ŷ₁ = eˣ / (eˣ + e⁰) = 1 / (1 + e⁻ˣ), ∂ŷ₁/∂x = ŷ₁ (1 − ŷ₁)
//! ## On paper
//!
//! The logits 0, ln 2 and ln 5 have the exponentials 1, 2 and 5, with the sum 8:
//!
//! ```
//! use feedforward::{Layer, Matrix, Softmax};
//!
//! let close = |a: &Matrix, b: [[f64; 3]; 1]| (a - &Matrix::from_rows(b)).max_abs() < 1e-12;
//!
//! let mut softmax = Softmax::new();
//! let y = softmax.forward(Matrix::from_rows([[0.0, 2_f64.ln(), 5_f64.ln()]]));
//! assert!(close(&y, [[0.125, 0.25, 0.625]])); //            1/8, 2/8, 5/8                (13)
//!
//! // Backward: Σⱼ eⱼ ŷⱼ = 8·0.125 + 4·0.25 + 0·0.625 = 2, and then ŷ · (e − 2).
//! let error_previous = softmax.backward(Matrix::from_rows([[8.0, 4.0, 0.0]]));
//! assert!(close(&error_previous, [[0.75, 0.5, -1.25]])); // 0.125·6, 0.25·2, 0.625·(−2)  (14)
//! ```
//!
//! These three errors sum to 0. Apart from rounding, this is true of every row of an error that softmax returns,
//! because adding the same number to all logits changes no output, so the loss does not change in that direction.
#![doc = include_str!("../docs/walk/softmax.md")]
//!
//! ---
//! previous: [ReLU Activation Function](crate::relu) · [contents](crate) · next:
//! [Cross Entropy Loss](crate::cross_entropy)

use crate::{Layer, Matrix};

/// A softmax layer, which turns each row into probabilities.
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
    /// the smallest positive normal number, because the cross entropy loss divides by it.
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

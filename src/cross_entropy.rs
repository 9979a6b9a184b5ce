//! **Cross Entropy Loss**: measures how far a prediction is from the label, and starts backpropagation.
//!
//! The loss depends on one number per sample, the predicted probability of the sample's true class.
//! [`CrossEntropyLoss::forward`] sums its negative logarithm over the B samples of the batch:
#![doc = include_str!("../docs/formulas/15.svg")] // loss = Σₖ −ln(ŷₖ + ε) where yₖ = 1, k = 1 … B   (15)
//! In (15), as on the slide, k counts the samples, and ŷₖ is the predicted probability of the class of sample k, whose
//! label yₖ is 1. Everywhere else on these pages, as in (13), k is a class.
//!
//! ε is [`f64::EPSILON`], NumPy's `finfo(float).eps`: the distance from 1 to the next larger number. (The slide calls
//! it the smallest representable number, but `f64` also represents much smaller ones.) ε keeps very wrong predictions
//! away from ln 0. Predictions must be greater than 0, as those of [softmax](crate::softmax) are.
#![doc = include_str!("../docs/figures/cross-entropy.svg")]
//! The backward pass receives no error, because the recursion of backpropagation starts here.
//! [`CrossEntropyLoss::backward`] computes:
#![doc = include_str!("../docs/formulas/16.svg")] // Eₙ = −y/ŷ   (16)
//! Where y is 0, the error is 0. There is no ε in (16). The section *Why (16) has no ε* explains this.
//!
//! ## Why (16)
//!
//! Take (15) for one sample and without ε. It is a sum over the classes to which only the true class contributes,
//! because **y** is one-hot. The derivative of ln x is 1/x:
#![doc = include_str!("../docs/formulas/one-hot.svg")] // y = (0 ⋯ 0 1ₖ 0 ⋯ 0)
#![doc = include_str!("../docs/formulas/why-16.svg")] // L = −Σⱼ yⱼ ln ŷⱼ ⇒ ∂L/∂ŷₖ = −yₖ/ŷₖ, j = 1 … N
//! ## Why (16) followed by (14) is ŷ − y
//!
//! Put the error (16) into softmax's backward pass (14). A multiplication cancels every division, and the elements of a
//! one-hot **y** sum to 1:
#![doc = include_str!("../docs/formulas/why-16-14.svg")]
// Eₙ₋₁,ₖ = ŷₖ (−yₖ/ŷₖ + Σⱼ yⱼ/ŷⱼ ŷⱼ)
//         = −yₖ + ŷₖ Σⱼ yⱼ
//         = ŷₖ − yₖ, j = 1 … N
//! So the error that softmax passes to the previous layer is the prediction minus the label.
//!
//! ## Why (16) has no ε
//!
//! The slide says that ε cancels out, but the exact derivative of (15) is −y/(ŷ + ε). Equation (16) is the derivative
//! of −ln ŷ. The two are nearly equal if ŷ is much larger than ε. If it is not, (16) is the more useful one. With the
//! exact derivative, softmax would pass on (ŷ − y) · ŷₖ/(ŷₖ + ε), where k is the true class. At ŷₖ = ε this is half of
//! ŷ − y, and it goes to 0 as ŷₖ goes to 0. The network would learn least where it is most wrong. With (16) the error
//! is ŷ − y for every ŷₖ > 0.
//!
//! ## On paper
//!
//! Take the prediction of [softmax's example](crate::softmax#on-paper), and let the true class be the first, which is
//! the least probable:
//!
//! ```
//! use feedforward::{CrossEntropyLoss, Layer, Loss, Matrix, Softmax};
//!
//! let close = |a: &Matrix, b: [[f64; 3]; 1]| (a - &Matrix::from_rows(b)).max_abs() < 1e-12;
//!
//! let mut softmax = Softmax::new();
//! let mut loss = CrossEntropyLoss::new();
//! let label = Matrix::from_rows([[1.0, 0.0, 0.0]]);
//!
//! let prediction = softmax.forward(Matrix::from_rows([[0.0, 2_f64.ln(), 5_f64.ln()]]));
//! assert!(close(&prediction, [[0.125, 0.25, 0.625]]));
//! let value = loss.forward(prediction, &label);
//! assert!((value - 2.0794).abs() < 1e-4); //            −ln 0.125              (15)
//!
//! let error = loss.backward(&label);
//! assert!(close(&error, [[-8.0, 0.0, 0.0]])); //        −1/0.125, −0/0.25, …   (16)
//!
//! // Through softmax: Σⱼ eⱼ ŷⱼ = −8·0.125 = −1, and then ŷ · (e + 1).
//! let error = softmax.backward(error);
//! assert!(close(&error, [[-0.875, 0.25, 0.625]])); //   ŷ − y                  (14)
//! ```
#![doc = include_str!("../docs/walk/cross_entropy.md")]
//!
//! ---
//! previous: [SoftMax Activation Function](crate::softmax) · [contents](crate) · next:
//! [The Whole Step](crate::whole_step)

use crate::{Loss, Matrix};

/// The cross entropy of class probabilities and one-hot labels, summed over the batch.
#[derive(Clone, Debug, Default)]
pub struct CrossEntropyLoss {
    prediction: Option<Matrix>, // Ŷ′: batch × classes
}

impl CrossEntropyLoss {
    /// Creates a cross entropy loss for any number of classes.
    #[must_use]
    pub fn new() -> CrossEntropyLoss {
        CrossEntropyLoss::default()
    }
}

impl Loss for CrossEntropyLoss {
    /// loss = Σ −ln(ŷₖ + ε) where yₖ = 1 [(15)](self), summed over the samples of the batch, with ε =
    /// [`f64::EPSILON`]. Prediction and label are `batch × classes`.
    ///
    /// # Panics
    /// If prediction and label differ in shape, or a row of the label is not one-hot.
    #[track_caller]
    fn evaluate(&self, prediction: &Matrix, label: &Matrix) -> f64 {
        prediction.assert_same_shape("CrossEntropyLoss", label);
        let mut loss = 0.0;
        for (i, (label, prediction)) in label.iter_rows().zip(prediction.iter_rows()).enumerate() {
            let k = labelled_class(label, i);
            loss -= (prediction[k] + f64::EPSILON).ln(); //               −ln(ŷₖ + ε)   (15)
        }
        loss
    }

    /// The loss as in [`evaluate`](CrossEntropyLoss::evaluate) [(15)](self).
    ///
    /// # Panics
    /// As [`evaluate`](CrossEntropyLoss::evaluate).
    #[track_caller]
    fn forward(&mut self, prediction: Matrix, label: &Matrix) -> f64 {
        let loss = self.evaluate(&prediction, label);
        self.prediction = Some(prediction);
        loss
    }

    /// First error: Eₙ = −y/ŷ [(16)](self), and 0 wherever the label is 0. It has no ε, so it is not quite the
    /// derivative of (15), but softmax turns it into ŷ − y however small ŷ is.
    ///
    /// # Panics
    /// Before the first forward, or if the label does not have the shape of the prediction.
    #[track_caller]
    fn backward(&mut self, label: &Matrix) -> Matrix {
        // forward: −ln(ŷₖ + ε)
        let prediction = self.prediction.as_ref().expect("CrossEntropyLoss::backward: call forward first");
        label.assert_same_shape("CrossEntropyLoss::backward", prediction);
        label.zip_map(prediction, |y, y_hat| if y == 0.0 { 0.0 } else { -y / y_hat }) // −y/ŷ   (16)
    }
}

/// Returns the true class of sample i: the place of the 1 in its row of the label, which must be one-hot.
#[track_caller]
fn labelled_class(row: &[f64], i: usize) -> usize {
    let mut classes = (0..row.len()).filter(|&k| row[k] != 0.0);
    match (classes.next(), classes.next()) {
        (Some(k), None) if row[k] == 1.0 => k,
        _ => panic!("CrossEntropyLoss: row {i} of the label is {row:?}, not one-hot: exactly one 1, and 0 elsewhere"),
    }
}

//! **Cross Entropy Loss**: how surprised a prediction is by the label, and the error that starts backpropagation.
//!
//! Forward looks at one number a sample, the probability ŷₖ that was predicted for the sample's true class k. Its
//! negative logarithm, summed over the batch, is [`CrossEntropyLoss::forward`]:
#![doc = include_str!("../docs/formulas/15.svg")]
//! ε is [`f64::EPSILON`], NumPy's `finfo(float).eps`; it keeps very wrong predictions away from ln 0. Predictions
//! must be greater than 0, as those of [softmax](crate::softmax) are.
#![doc = include_str!("../docs/figures/cross-entropy.svg")]
//! Backward is [`CrossEntropyLoss::backward`]. No error comes in: here the recursion of backpropagation starts.
#![doc = include_str!("../docs/formulas/16.svg")]
//! There is no ε: it would distort the gradient just where the prediction is very wrong. Where y is 0, so is the error.
//!
//! ## Why (16)
//!
//! For one sample, with a one-hot **y** only the true class is left in the sum, and the derivative of ln is one over:
#![doc = include_str!("../docs/formulas/one-hot.svg")]
#![doc = include_str!("../docs/formulas/why-16.svg")]
//! ## Why (16) and then (14) is ŷ − y
//!
//! Put the error (16) into softmax's backward (14). Every division is undone by a multiplication, and the sum of a
//! one-hot **y** is 1:
#![doc = include_str!("../docs/formulas/why-16-14.svg")]
//! Prediction minus label: what arrives below softmax is the plainest error that one could have thought of.
#![doc = include_str!("../docs/walk/cross_entropy.md")]
//!
//! ---
//! previous: [SoftMax Activation Function](crate::softmax) · [contents](crate) · next:
//! [the whole step](crate::whole_step)

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
    /// loss = Σ −ln(ŷₖ + ε) where yₖ = 1 [(15)](self), with ε = [`f64::EPSILON`].
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

    /// The loss as in [`evaluate`](CrossEntropyLoss::evaluate) [(15)](self). Keeps Ŷ′.
    ///
    /// # Panics
    /// As `evaluate`.
    #[track_caller]
    fn forward(&mut self, prediction: Matrix, label: &Matrix) -> f64 {
        let loss = self.evaluate(&prediction, label);
        self.prediction = Some(prediction);
        loss
    }

    /// First error: Eₙ = −y/ŷ [(16)](self), and 0 wherever the label is 0. Without ε, which would distort the gradient.
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

/// The class k with yₖ = 1 in row i of the label, which must be one-hot.
#[track_caller]
fn labelled_class(row: &[f64], i: usize) -> usize {
    let mut classes = (0..row.len()).filter(|&k| row[k] != 0.0);
    match (classes.next(), classes.next()) {
        (Some(k), None) if row[k] == 1.0 => k,
        _ => panic!("CrossEntropyLoss: row {i} of the label is {row:?}, not one-hot: exactly one 1, and 0 elsewhere"),
    }
}

//! How good predictions are: how many are right, and what is taken for what.

use crate::Matrix;

/// The part of the samples, 0 … 1, whose largest class probability stands at the label's class; 0 if there are none.
/// Both matrices are `samples × classes`.
///
/// # Panics
/// When the shapes differ.
#[track_caller]
pub fn accuracy(prediction: &Matrix, label: &Matrix) -> f64 {
    prediction.assert_same_shape("accuracy", label);
    let (predicted, labelled) = (prediction.row_argmax(), label.row_argmax());
    let right = predicted.iter().zip(&labelled).filter(|(p, l)| p == l).count();
    right as f64 / prediction.rows().max(1) as f64
}

/// The confusion matrix: element (i, j) counts the samples of class i that were taken for class j, so that the diagonal
/// holds what is right. Both matrices are `samples × classes`.
///
/// # Panics
/// When the shapes differ.
#[track_caller]
pub fn confusion(prediction: &Matrix, label: &Matrix) -> Vec<Vec<usize>> {
    prediction.assert_same_shape("confusion", label);
    let classes = label.columns();
    let mut counts = vec![vec![0; classes]; classes];
    for (predicted, labelled) in prediction.row_argmax().into_iter().zip(label.row_argmax()) {
        counts[labelled][predicted] += 1;
    }
    counts
}

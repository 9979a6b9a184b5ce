//! Measures the quality of predictions by accuracy and confusion matrix.

use crate::Matrix;

/// Returns the fraction of the samples, 0 … 1, whose most probable class is the class of the label, or 0 if there are
/// no samples. Both matrices are `samples × classes`.
///
/// # Panics
/// If the shapes differ, or there are samples but no classes.
#[must_use]
#[track_caller]
pub fn accuracy(prediction: &Matrix, label: &Matrix) -> f64 {
    prediction.assert_same_shape("accuracy", label);
    let (predicted, labelled) = (prediction.row_argmax(), label.row_argmax());
    let right = predicted.iter().zip(&labelled).filter(|(p, l)| p == l).count();
    right as f64 / prediction.rows().max(1) as f64
}

/// Returns the confusion matrix (`classes × classes`), row by row. Element (i, j) is the number of samples of class i
/// that were predicted as class j, so the diagonal counts the right predictions. Both arguments are `samples ×
/// classes`.
///
/// # Panics
/// If the shapes differ, or there are samples but no classes.
#[must_use]
#[track_caller]
pub fn confusion_matrix(prediction: &Matrix, label: &Matrix) -> Vec<Vec<usize>> {
    prediction.assert_same_shape("confusion_matrix", label);
    let classes = label.columns();
    let mut counts = vec![vec![0; classes]; classes];
    for (predicted, labelled) in prediction.row_argmax().into_iter().zip(label.row_argmax()) {
        counts[labelled][predicted] += 1;
    }
    counts
}

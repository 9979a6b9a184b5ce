//! Measures the quality of predictions by accuracy and confusion matrix.

use crate::Matrix;

/// Returns the fraction of the samples, 0 … 1, whose most probable class is the class of the label, or 0 if there are
/// no samples. Both matrices are `samples × classes`.
///
/// A prediction that contains NaN is wrong, so the accuracy of a network whose predictions are all NaN is 0.
///
/// # Panics
/// If the shapes differ, or there are samples but no classes.
#[must_use]
#[track_caller]
pub fn accuracy(prediction: &Matrix, label: &Matrix) -> f64 {
    prediction.assert_same_shape("accuracy", label);
    let (predicted, labelled) = (classes(prediction), classes(label));
    let right = predicted.iter().zip(&labelled).filter(|(p, l)| p.is_some() && p == l).count();
    right as f64 / prediction.rows().max(1) as f64
}

/// Returns the confusion matrix (`classes × classes`), row by row. Element (i, j) is the number of samples of class i
/// that were predicted as class j, so the diagonal counts the right predictions. Both arguments are `samples ×
/// classes`.
///
/// A sample whose prediction contains NaN is not counted, so the sum of all elements can be less than the number of
/// samples.
///
/// # Panics
/// If the shapes differ, or there are samples but no classes.
#[must_use]
#[track_caller]
pub fn confusion_matrix(prediction: &Matrix, label: &Matrix) -> Vec<Vec<usize>> {
    prediction.assert_same_shape("confusion_matrix", label);
    let mut counts = vec![vec![0; label.columns()]; label.columns()];
    for pair in classes(label).into_iter().zip(classes(prediction)) {
        if let (Some(labelled), Some(predicted)) = pair {
            counts[labelled][predicted] += 1;
        }
    }
    counts
}

/// Returns the class of each row, which is the column of its largest element, or `None` if the row contains NaN.
#[track_caller]
fn classes(rows: &Matrix) -> Vec<Option<usize>> {
    let class = |(class, row): (usize, &[f64])| if row[class].is_nan() { None } else { Some(class) };
    rows.row_argmax().into_iter().zip(rows.iter_rows()).map(class).collect()
}

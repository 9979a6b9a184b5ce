//! Tests of the accuracy and the confusion matrix of predictions.

use feedforward::Matrix;
use feedforward::data::one_hot;
use feedforward::evaluation::{accuracy, confusion_matrix};

#[test]
fn accuracy_and_confusion_matrix_agree_with_values_worked_by_hand() {
    let label = Matrix::from_rows([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]);
    let prediction = Matrix::from_rows([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.3, 0.7]]);
    assert_eq!(accuracy(&prediction, &label), 0.75);
    // One sample of class 0 was predicted as class 1.
    assert_eq!(confusion_matrix(&prediction, &label), [[1, 1], [0, 2]]);
}

#[test]
fn without_samples_the_accuracy_and_all_counts_are_0() {
    assert_eq!(accuracy(&Matrix::zeros(0, 3), &Matrix::zeros(0, 3)), 0.0);
    assert_eq!(confusion_matrix(&Matrix::zeros(0, 2), &Matrix::zeros(0, 2)), [[0, 0], [0, 0]]);
}

#[test]
fn a_prediction_with_nan_is_wrong_and_not_counted() {
    let nan = f64::NAN;
    let label = one_hot(&[0, 0, 1, 1, 0], 2);
    // The second column of sample 2 would be the right class, and so would the first of sample 1.
    let prediction = Matrix::from_rows([[0.9, 0.1], [nan, 0.6], [0.2, nan], [0.3, 0.7], [nan, nan]]);
    assert_eq!(accuracy(&prediction, &label), 0.4);
    assert_eq!(confusion_matrix(&prediction, &label), [[1, 0], [0, 1]]);
    let diverged = Matrix::filled(5, 2, nan);
    assert_eq!(accuracy(&diverged, &label), 0.0);
    assert_eq!(confusion_matrix(&diverged, &label), [[0, 0], [0, 0]]);
}

#[test]
fn a_label_with_nan_is_no_class() {
    let (one, nan) = (Matrix::from_rows([[1.0, 0.0]]), Matrix::from_rows([[f64::NAN, 0.0]]));
    assert_eq!(accuracy(&one, &nan), 0.0);
    assert_eq!(accuracy(&nan, &nan), 0.0);
    assert_eq!(confusion_matrix(&one, &nan), [[0, 0], [0, 0]]);
}

#[test]
#[should_panic(expected = "accuracy: the shapes differ, 2×3 and 2×2")]
fn accuracy_refuses_different_shapes() {
    let _ = accuracy(&Matrix::zeros(2, 3), &Matrix::zeros(2, 2));
}

#[test]
#[should_panic(expected = "confusion_matrix: the shapes differ, 2×3 and 4×3")]
fn the_confusion_matrix_refuses_different_shapes() {
    let _ = confusion_matrix(&Matrix::zeros(2, 3), &Matrix::zeros(4, 3));
}

#[test]
fn the_rows_of_the_confusion_matrix_are_the_true_classes_and_its_columns_the_predicted_ones() {
    let label = one_hot(&[0, 0, 0, 1, 1, 2], 3);
    let prediction = one_hot(&[0, 1, 2, 2, 1, 2], 3);
    assert_eq!(confusion_matrix(&prediction, &label), [[1, 1, 1], [0, 1, 1], [0, 0, 1]]);
    assert_eq!(accuracy(&prediction, &label), 0.5);
}

//! How good predictions are.

use feedforward::Matrix;
use feedforward::evaluation::{accuracy, confusion_matrix};

#[test]
fn accuracy_and_confusion_worked_by_hand() {
    let label = Matrix::from_rows([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]);
    let prediction = Matrix::from_rows([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.3, 0.7]]);
    assert_eq!(accuracy(&prediction, &label), 0.75);
    assert_eq!(confusion_matrix(&prediction, &label), [[1, 1], [0, 2]]); // one of class 0 was taken for class 1
}

#[test]
fn of_no_samples_none_is_right() {
    assert_eq!(accuracy(&Matrix::zeros(0, 3), &Matrix::zeros(0, 3)), 0.0);
    assert_eq!(confusion_matrix(&Matrix::zeros(0, 2), &Matrix::zeros(0, 2)), [[0, 0], [0, 0]]);
}

#[test]
#[should_panic(expected = "accuracy: the shapes differ, 2×3 and 2×2")]
fn different_shapes_are_refused() {
    let _ = accuracy(&Matrix::zeros(2, 3), &Matrix::zeros(2, 2));
}

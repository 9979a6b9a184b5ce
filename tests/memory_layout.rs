//! Tests that the textbook's layout and ours give the same numbers, transposed.

mod support;

use feedforward::memory_layout::{change_layout, error_previous, forward, updated_weights};
use feedforward::random::Random;
use feedforward::{FullyConnected, Layer, Matrix, Sgd};
use proptest::prelude::*;
use support::assert_near;

#[test]
fn equations_1_2_and_3_agree_with_values_worked_by_hand() {
    // 2 outputs, 2 inputs, and the biases in the last column.
    let w = Matrix::from_rows([[1.0, 2.0, 0.5], [3.0, 4.0, -1.0]]);
    // 2 samples, each a column, and ones in the last row.
    let x = Matrix::from_rows([[5.0, 1.0], [6.0, 0.0], [1.0, 1.0]]);
    assert_eq!(forward(&w, &x), Matrix::from_rows([[17.5, 1.5], [38.0, 2.0]]));
    let e = Matrix::from_rows([[1.0, -1.0], [2.0, 0.5]]);
    assert_eq!(error_previous(&w, &e), Matrix::from_rows([[7.0, 0.5], [10.0, 0.0], [-1.5, -1.0]]));
    // E Xᵀ = [[4, 6, 0], [10.5, 12, 2.5]]
    assert_eq!(updated_weights(&w, 0.5, &e, &x), Matrix::from_rows([[-1.0, -1.0, 0.5], [-2.25, -2.0, -2.25]]));
}

#[test]
fn a_sample_is_one_slice_in_our_layout_and_a_column_in_the_textbooks() {
    let textbook = Matrix::from_rows([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]); // two samples of three values
    assert_eq!(textbook.as_slice(), [1.0, 10.0, 2.0, 20.0, 3.0, 30.0]); // X[:,0]: every second element
    let ours = change_layout(&textbook);
    assert_eq!(ours.as_slice(), [1.0, 2.0, 3.0, 10.0, 20.0, 30.0]);
    assert_eq!(ours[0], [1.0, 2.0, 3.0]); // X[0]: one slice
    assert_eq!(change_layout(&ours), textbook);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_layouts_agree(inputs in 1..8usize, outputs in 1..6usize, batch in 1..7usize, seed: u64) {
        let random = &mut Random::new(seed);
        let mut make = |rows, columns| Matrix::from_fn(rows, columns, |_, _| random.normal());
        let (w, x, e) = (make(outputs, inputs + 1), make(inputs, batch), make(outputs, batch));
        // The textbook's X has a last row of ones. The layer appends the ones itself.
        let ones = Matrix::from_fn(inputs + 1, batch, |i, j| if i < inputs { x[(i, j)] } else { 1.0 });

        let mut layer = FullyConnected::from_weights(change_layout(&w));
        layer.parameters.optimizer = Some(Box::new(Sgd::new(0.1)));
        let output = layer.forward(change_layout(&x));
        let error_to_previous = layer.backward(change_layout(&e));

        assert_near(&output, &change_layout(&forward(&w, &ones)), 1e-13); //               (1) and (9)
        let expected = error_previous(&w, &e).first_rows(inputs).to_matrix(); //           without the error of the ones
        assert_near(&error_to_previous, &change_layout(&expected), 1e-13); //              (2) and (10)
        let expected = updated_weights(&w, 0.1, &e, &ones);
        assert_near(&layer.parameters.weights, &change_layout(&expected), 1e-13); //       (3) and (11)
    }
}

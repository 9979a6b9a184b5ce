//! Tests of scalings, which are learned from the training data and applied to any data.

mod support;

use feedforward::Matrix;
use feedforward::data::{Dataset, Scaling};
use feedforward::random::Random;
use proptest::prelude::*;
use support::{assert_near, panic_message};

#[test]
fn by_largest_divides_all_inputs_by_the_largest_of_the_training_data() {
    let scaling = Scaling::by_largest(&Matrix::from_rows([[1.0, -4.0], [2.0, 3.0]]));
    let mut others = Matrix::from_rows([[8.0, -1.0]]);
    scaling.apply(&mut others);
    assert_eq!(others, Matrix::from_rows([[2.0, -0.25]])); // data that it was not learned from may lie outside −1 … 1
}

#[test]
fn the_largest_value_of_iris_is_7_9() {
    let mut iris = Dataset::iris();
    Scaling::by_largest(&iris.inputs).apply(&mut iris.inputs);
    assert_eq!(iris.inputs[0], [5.1 / 7.9, 3.5 / 7.9, 1.4 / 7.9, 0.2 / 7.9]);
}

#[test]
fn standardised_training_data_have_mean_0_and_variance_1_and_the_test_data_do_not() {
    let (mut train, mut test) = Dataset::iris().split(2.0 / 3.0, &mut Random::new(1));
    let scaling = Scaling::standardise(&train.inputs);
    scaling.apply(&mut train.inputs);
    scaling.apply(&mut test.inputs);
    let moments = |inputs: &Matrix| {
        let mean =
            |power: i32| move |column: &[f64]| column.iter().map(|x| x.powi(power)).sum::<f64>() / column.len() as f64;
        let columns = inputs.transpose();
        Matrix::from_rows([1, 2].map(|power| columns.iter_rows().map(mean(power)).collect::<Vec<f64>>()))
    };
    assert_near(&moments(&train.inputs), &Matrix::from_fn(2, 4, |i, _| i as f64), 1e-12);
    let other = moments(&test.inputs);
    assert!(other[0].iter().all(|mean| mean.abs() > 1e-3), "{other}");
}

#[test]
fn a_large_constant_feature_is_only_shifted() {
    let x = 1e6 + 1.0 / 3.0; // the mean of seven is rounded, by more than 10⁻¹²
    let scaling = Scaling::standardise(&Matrix::from_rows([[x]; 7]));
    assert_ne!(scaling.as_matrix()[(0, 0)], x);
    assert_eq!(scaling.as_matrix()[(1, 0)], 1.0);
}

#[test]
fn a_constant_feature_is_only_shifted() {
    // The mean of ten numbers 0.1 is rounded to 0.09999999999999999. The mean of the zeros is exact.
    let constant = Matrix::from_rows([[0.1, 0.0]; 10]);
    let scaling = Scaling::standardise(&constant);
    let mut standardised = constant.clone();
    scaling.apply(&mut standardised);
    assert_near(&standardised, &Matrix::zeros(10, 2), 1e-12);
    assert_eq!(scaling.as_matrix()[1], [1.0, 1.0]);
    let mut other = Matrix::from_rows([[2.1, -5.0]]);
    scaling.apply(&mut other);
    assert_near(&other, &Matrix::from_rows([[2.0, -5.0]]), 1e-12);
}

#[test]
fn by_largest_of_zeros_changes_nothing() {
    let scaling = Scaling::by_largest(&Matrix::zeros(3, 2));
    let mut inputs = Matrix::from_rows([[0.1, -7.0]]);
    scaling.apply(&mut inputs);
    assert_eq!(inputs, Matrix::from_rows([[0.1, -7.0]]));
}

#[test]
fn standardise_agrees_with_values_worked_by_hand() {
    let scaling = Scaling::standardise(&Matrix::from_rows([[1.0, -4.0], [3.0, 2.0], [5.0, 2.0], [3.0, 0.0]]));
    let expected = Matrix::from_rows([[3.0, 0.0], [2.0_f64.sqrt(), 6.0_f64.sqrt()]]); // means and standard deviations
    assert_near(scaling.as_matrix(), &expected, 1e-15);
    assert_eq!(Scaling::from_matrix(scaling.as_matrix().clone()), Some(scaling));
}

#[test]
fn the_scaling_none_changes_no_bit() {
    let inputs = Matrix::from_rows([[-0.0, 1e300, 5e-324]]);
    let mut same = inputs.clone();
    Scaling::none(3).apply(&mut same);
    let bits = |matrix: &Matrix| matrix.as_slice().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&same), bits(&inputs));
}

#[test]
#[should_panic(expected = "the inputs are 2×3, but the scaling is for 4 features")]
fn inputs_with_another_number_of_features_are_refused() {
    Scaling::none(4).apply(&mut Matrix::zeros(2, 3));
}

#[test]
fn inputs_that_are_not_finite_are_refused_with_their_place() {
    for x in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut dataset = Dataset::iris();
        dataset.inputs[(7, 2)] = x;
        let place = format!("row 7, column 2 of the inputs is {x}, not finite");
        let message = panic_message(|| Scaling::by_largest(&dataset.inputs));
        assert_eq!(message, format!("Scaling::by_largest: {place}"));
        let message = panic_message(|| Scaling::standardise(&dataset.inputs));
        assert_eq!(message, format!("Scaling::standardise: {place}"));
    }
}

#[test]
fn the_largest_and_the_smallest_doubles_are_standardised() {
    let max = f64::MAX;
    let mut inputs = Matrix::from_rows([[max, max, 5e-324], [-max, -max, 0.0], [max, -max, 0.0], [-max, -max, 0.0]]);
    let scaling = Scaling::standardise(&inputs);
    assert_eq!((scaling.as_matrix()[(0, 0)], scaling.as_matrix()[(1, 0)]), (0.0, max));
    assert_eq!(scaling.as_matrix()[(1, 2)], 1.0); // a deviation too small to divide by
    scaling.apply(&mut inputs);
    let one = 3f64.sqrt(); // of 4 numbers, one is larger: (x − mean)/deviation = √3 and −1/√3
    let expected = [[1.0, one, 0.0], [-1.0, -1.0 / one, 0.0], [1.0, -1.0 / one, 0.0], [-1.0, -1.0 / one, 0.0]];
    assert_near(&inputs, &Matrix::from_rows(expected), 1e-12);
}

#[test]
fn from_matrix_refuses_numbers_that_are_not_finite_divisors_of_0_and_other_shapes() {
    assert!(Scaling::from_matrix(Matrix::from_rows([[0.0, 1.0], [1.0, -2.0]])).is_some());
    for wrong in [[[0.0], [0.0]], [[f64::NAN], [1.0]], [[0.0], [f64::INFINITY]]] {
        assert!(Scaling::from_matrix(Matrix::from_rows(wrong)).is_none(), "{wrong:?}");
    }
    assert!(Scaling::from_matrix(Matrix::ones(3, 1)).is_none());
}

proptest! {
    #[test]
    fn standardised_inputs_are_finite_and_at_most_the_square_root_of_their_number(
        values in proptest::collection::vec(-1e300..1e300, 2..40)
    ) {
        let mut inputs = Matrix::from_vec(values.len(), 1, values);
        let scaling = Scaling::standardise(&inputs);
        scaling.apply(&mut inputs);
        let bound = (inputs.rows() as f64).sqrt() * (1.0 + 1e-9);
        prop_assert!(inputs.max_abs() <= bound, "{}", inputs);
    }

    #[test]
    fn finite_inputs_give_a_finite_scaling_and_stay_finite(
        (columns, values) in (1..4usize).prop_flat_map(|columns| {
            let tiny = (0..1u64 << 53).prop_map(f64::from_bits); // subnormal, or a little larger
            let huge = prop::sample::select(vec![f64::MAX, f64::MIN, 1.7e308, -1.7e308, 0.0]);
            let any = any::<f64>().prop_filter("finite", |x| x.is_finite());
            let columnwise = prop_oneof![
                prop::collection::vec(any, columns..40),
                prop::collection::vec(tiny, columns..40),
                prop::collection::vec(huge, columns..40),
            ];
            (Just(columns), columnwise)
        })
    ) {
        let rows = values.len() / columns;
        let inputs = Matrix::from_vec(rows, columns, values[..rows * columns].to_vec());
        for scaling in [Scaling::by_largest(&inputs), Scaling::standardise(&inputs)] {
            prop_assert_eq!(Scaling::from_matrix(scaling.as_matrix().clone()), Some(scaling.clone()));
            let mut scaled = inputs.clone();
            scaling.apply(&mut scaled);
            let bound = (rows as f64).sqrt() * (1.0 + 1e-9);
            let inside = |(place, x): (usize, &f64)| {
                // A constant feature is only shifted, so rounding of the mean remains.
                let rounding = 1e-11 * scaling.as_matrix()[(0, place % columns)].abs();
                x.abs() <= bound.max(rounding)
            };
            prop_assert!(scaled.as_slice().iter().enumerate().all(inside), "{}{}", inputs, scaled);
        }
    }

    #[test]
    fn ordinary_inputs_are_standardised_with_the_same_bits_as_by_the_formula(
        values in proptest::collection::vec(-1e100..1e100, 2..40)
    ) {
        let samples = values.len() as f64;
        let mean = values.iter().fold(0.0, |sum, x| sum + x / samples);
        let largest = values.iter().fold(0.0, |largest: f64, x| (x - mean).abs().max(largest));
        let variance = values.iter().fold(0.0, |sum, x| sum + ((x - mean) / largest).powi(2) / samples);
        let mut inputs = Matrix::from_vec(values.len(), 1, values.clone());
        let scaling = Scaling::standardise(&inputs);
        prop_assert_eq!(scaling.as_matrix().as_slice(), &[mean, largest * variance.sqrt()]);
        scaling.apply(&mut inputs);
        let expected: Vec<f64> = values.iter().map(|x| (x - mean) / (largest * variance.sqrt())).collect();
        prop_assert_eq!(inputs.as_slice(), &expected[..]);
    }
}

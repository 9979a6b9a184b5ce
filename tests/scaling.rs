//! Scaling: learned on one part of the data, done to the other.

mod support;

use feedforward::Matrix;
use feedforward::data::{Dataset, Scaling};
use feedforward::random::Random;
use proptest::prelude::*;
use support::assert_near;

#[test]
fn dividing_by_the_largest_brings_the_training_part_into_minus_one_to_one() {
    let scaling = Scaling::by_largest(&Matrix::from_rows([[1.0, -4.0], [2.0, 3.0]]));
    let mut others = Matrix::from_rows([[8.0, -1.0]]);
    scaling.apply(&mut others);
    assert_eq!(others, Matrix::from_rows([[2.0, -0.25]])); // others may lie outside
}

#[test]
fn iris_divided_by_its_largest_is_what_the_exercise_asks() {
    let (mut whole, mut by_scaling) = (Dataset::iris(), Dataset::iris());
    whole.divide_by_largest();
    Scaling::by_largest(&by_scaling.inputs).apply(&mut by_scaling.inputs);
    assert_eq!(whole, by_scaling);
    assert_eq!(whole.inputs[0], [5.1 / 7.9, 3.5 / 7.9, 1.4 / 7.9, 0.2 / 7.9]);
}

#[test]
fn standardised_iris_has_mean_0_and_variance_1_on_the_training_part_and_not_quite_on_the_other() {
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
fn a_feature_without_variance_or_of_zeros_becomes_0_and_never_nan() {
    let constant = Matrix::from_rows([[0.1, 0.0], [0.1, 0.0], [0.1, 0.0]]);
    for scaling in [Scaling::standardise(&constant), Scaling::by_largest(&Matrix::zeros(3, 2))] {
        let mut scaled = constant.clone();
        scaling.apply(&mut scaled);
        assert!(scaled.as_slice().iter().all(|x| x.is_finite()), "{scaled}");
    }
    let mut standardised = constant.clone();
    Scaling::standardise(&constant).apply(&mut standardised);
    assert_near(&standardised, &Matrix::zeros(3, 2), 1e-12);
}

#[test]
fn none_leaves_every_bit() {
    let inputs = Matrix::from_rows([[-0.0, 1e300, 5e-324]]);
    let mut same = inputs.clone();
    Scaling::none(3).apply(&mut same);
    let bits = |matrix: &Matrix| matrix.as_slice().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&same), bits(&inputs));
}

#[test]
#[should_panic(expected = "the inputs are 2×3, but the scaling is for 4 features")]
fn other_numbers_of_features_are_refused_with_both() {
    Scaling::none(4).apply(&mut Matrix::zeros(2, 3));
}

#[test]
fn numbers_that_are_no_scaling_are_refused() {
    assert!(Scaling::from_matrix(Matrix::from_rows([[0.0, 1.0], [1.0, -2.0]])).is_some());
    for wrong in [[[0.0], [0.0]], [[f64::NAN], [1.0]], [[0.0], [f64::INFINITY]]] {
        assert!(Scaling::from_matrix(Matrix::from_rows(wrong)).is_none(), "{wrong:?}");
    }
    assert!(Scaling::from_matrix(Matrix::ones(3, 1)).is_none());
}

proptest! {
    #[test]
    fn standardised_inputs_are_finite_and_as_large_as_the_root_of_their_number_at_most(
        values in proptest::collection::vec(-1e300..1e300, 2..40)
    ) {
        let mut inputs = Matrix::from_vec(values.len(), 1, values);
        let scaling = Scaling::standardise(&inputs);
        scaling.apply(&mut inputs);
        let bound = (inputs.rows() as f64).sqrt() * (1.0 + 1e-9);
        prop_assert!(inputs.max_abs() <= bound, "{}", inputs);
    }
}

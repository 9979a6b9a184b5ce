use crate::Matrix;

/// How inputs are brought to a size that suits a network: each feature x becomes (x − shift) / divisor.
///
/// What to shift and divide by is learned from the data to train on, and then done to all inputs, also those that come
/// later: looking at the test data for it would be a peek at what should be unknown.
///
/// ```
/// use feedforward::{Matrix, data::Scaling};
///
/// let train = Matrix::from_rows([[1.0, 10.0], [3.0, 10.0]]);
/// let mut test = Matrix::from_rows([[2.0, 5.0]]);
/// Scaling::standardise(&train).apply(&mut test);
/// assert_eq!(test, Matrix::from_rows([[0.0, -5.0]])); // a constant feature is shifted alone
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Scaling {
    numbers: Matrix, // 2 × features: the shifts, and below them the divisors
}

impl Scaling {
    /// Leaves inputs of so many features as they are.
    pub fn none(features: usize) -> Scaling {
        Scaling { numbers: Matrix::from_fn(2, features, |i, _| i as f64) }
    }

    /// Divides all features by the largest absolute value among all inputs, so that those lie in −1 … 1, as the exercise
    /// asks. Inputs that are all 0 stay so.
    pub fn by_largest(inputs: &Matrix) -> Scaling {
        let largest = inputs.max_abs();
        let divisor = if largest > 0.0 { largest } else { 1.0 };
        Scaling { numbers: Matrix::from_fn(2, inputs.columns(), |i, _| if i == 0 { 0.0 } else { divisor }) }
    }

    /// Shifts each feature by its mean and divides it by its standard deviation, so that it has mean 0 and variance 1. A
    /// feature that is constant is shifted alone.
    pub fn standardise(inputs: &Matrix) -> Scaling {
        let samples = inputs.rows().max(1) as f64;
        let features = inputs.columns();
        let over_rows = |f: &dyn Fn(f64, f64, usize) -> f64| {
            inputs.iter_rows().fold(vec![0.0; features], |mut sum, row| {
                (0..features).for_each(|j| sum[j] = f(sum[j], row[j], j));
                sum
            })
        };
        let mean = over_rows(&|sum, x, _| sum + x / samples);
        let largest = over_rows(&|largest, x, j| (x - mean[j]).abs().max(largest)); // keeps the squares from overflowing
        let variance = over_rows(&|sum, x, j| sum + ((x - mean[j]) / largest[j]).powi(2) / samples);
        let divisor = |j: usize| {
            let constant = largest[j] <= 1e-12 * mean[j].abs() || largest[j] == 0.0; // but for the rounding of the mean
            if constant { 1.0 } else { largest[j] * variance[j].sqrt() }
        };
        Scaling { numbers: Matrix::from_fn(2, features, |i, j| if i == 0 { mean[j] } else { divisor(j) }) }
    }

    /// From the shifts and, below them, the divisors of the features: `2 × features`. None if the shape is another, a
    /// number is not finite, or a divisor is 0.
    pub fn from_numbers(numbers: Matrix) -> Option<Scaling> {
        let usable = numbers.rows() == 2
            && numbers.as_slice().iter().all(|x| x.is_finite())
            && numbers[1].iter().all(|&divisor| divisor != 0.0);
        usable.then_some(Scaling { numbers })
    }

    /// The shifts and, below them, the divisors: `2 × features`.
    pub fn numbers(&self) -> &Matrix {
        &self.numbers
    }

    /// Scales inputs (`samples × features`) in place.
    ///
    /// # Panics
    /// When there are more or fewer features.
    #[track_caller]
    pub fn apply(&self, inputs: &mut Matrix) {
        let ((samples, features), expected) = (inputs.shape(), self.numbers.columns());
        assert!(
            features == expected,
            "Scaling::apply: {samples}×{features} inputs, but a scaling of {expected} features"
        );
        let (shift, divisor) = (&self.numbers[0], &self.numbers[1]);
        for i in 0..samples {
            for ((x, shift), divisor) in inputs[i].iter_mut().zip(shift).zip(divisor) {
                *x = (*x - shift) / divisor;
            }
        }
    }
}

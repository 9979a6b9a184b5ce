//! Scaling of inputs.

use crate::Matrix;

/// Scales inputs to a range that suits a network: each feature x becomes (x − shift) / divisor.
///
/// Learn shifts and divisors from the training data, then apply them to all inputs, including those that come later. If
/// they were learned from the test data as well, the test would no longer be on unseen data.
///
/// ```
/// use feedforward::{Matrix, data::Scaling};
///
/// let train = Matrix::from_rows([[1.0, 10.0], [3.0, 10.0]]);
/// let mut test = Matrix::from_rows([[2.0, 5.0]]);
/// Scaling::standardise(&train).apply(&mut test);
/// assert_eq!(test, Matrix::from_rows([[0.0, -5.0]])); // a constant feature is only shifted
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Scaling {
    rows: Matrix, // 2 × features: the shifts, then the divisors
}

impl Scaling {
    /// Creates a scaling that leaves inputs of `features` features unchanged.
    #[must_use]
    pub fn none(features: usize) -> Scaling {
        Scaling { rows: Matrix::from_fn(2, features, |i, _| i as f64) }
    }

    /// Learns to divide all features by the largest absolute value among all inputs (`samples × features`), so that
    /// they lie in −1 … 1, as the exercise asks. If all inputs are 0, the divisor is 1.
    ///
    /// # Panics
    /// If an input is not finite.
    #[must_use]
    #[track_caller]
    pub fn by_largest(inputs: &Matrix) -> Scaling {
        assert_finite("by_largest", inputs);
        let largest = inputs.max_abs();
        let divisor = if largest > 0.0 { largest } else { 1.0 };
        Scaling { rows: Matrix::from_fn(2, inputs.columns(), |i, _| if i == 0 { 0.0 } else { divisor }) }
    }

    /// Learns to shift each feature of the inputs (`samples × features`) by its mean and divide it by its standard
    /// deviation, so that it has mean 0 and variance 1. A feature is only shifted if it is constant, or if its standard
    /// deviation is less than [`f64::MIN_POSITIVE`], 2.2 · 10⁻³⁰⁸.
    ///
    /// # Panics
    /// If an input is not finite.
    #[must_use]
    #[track_caller]
    pub fn standardise(inputs: &Matrix) -> Scaling {
        assert_finite("standardise", inputs);
        let samples = inputs.rows().max(1) as f64;
        let features = inputs.columns();
        let over_rows = |f: &dyn Fn(f64, f64, usize) -> f64| {
            inputs.iter_rows().fold(vec![0.0; features], |mut sum, row| {
                (0..features).for_each(|j| sum[j] = f(sum[j], row[j], j));
                sum
            })
        };
        // Rounding can make the mean of the largest numbers infinite.
        let mean = over_rows(&|sum, x, _| (sum + x / samples).clamp(f64::MIN, f64::MAX));
        // Half a deviation cannot overflow, and neither can its square after division by the largest half.
        let half = |x: f64, j: usize| x / 2.0 - mean[j] / 2.0;
        let largest = over_rows(&|largest, x, j| half(x, j).abs().max(largest));
        let variance = over_rows(&|sum, x, j| sum + (half(x, j) / largest[j]).powi(2) / samples);
        let divisor = |j: usize| {
            let constant = largest[j] <= 1e-12 * (mean[j] / 2.0).abs() || largest[j] == 0.0; // up to rounding of the mean
            let deviation = (2.0 * (largest[j] * variance[j].sqrt())).min(f64::MAX);
            if constant || deviation < f64::MIN_POSITIVE { 1.0 } else { deviation }
        };
        Scaling { rows: Matrix::from_fn(2, features, |i, j| if i == 0 { mean[j] } else { divisor(j) }) }
    }

    /// Creates a scaling from a `2 × features` matrix with the shifts in row 0 and the divisors in row 1. Returns
    /// `None` if the matrix does not have 2 rows, a number is not finite, or a divisor is 0.
    #[must_use]
    pub fn from_matrix(rows: Matrix) -> Option<Scaling> {
        let usable = rows.rows() == 2
            && rows.as_slice().iter().all(|x| x.is_finite())
            && rows[1].iter().all(|&divisor| divisor != 0.0);
        usable.then_some(Scaling { rows })
    }

    /// Returns the shifts (row 0) and the divisors (row 1): `2 × features`.
    #[must_use]
    pub fn as_matrix(&self) -> &Matrix {
        &self.rows
    }

    /// Scales inputs (`samples × features`) in place.
    ///
    /// The inputs that the scaling was learned from give finite numbers. Later inputs may give ∞ if they are so far
    /// from the shift that the quotient exceeds [`f64::MAX`], and inputs that are not finite give ∞ or NaN.
    ///
    /// # Panics
    /// If the inputs have more or fewer features than the scaling.
    #[track_caller]
    pub fn apply(&self, inputs: &mut Matrix) {
        /// If the absolute value of a shift is at most this, x − shift cannot overflow, because this is less than half
        /// the distance between the two largest doubles.
        const SMALL: f64 = 1e291;
        let ((samples, features), expected) = (inputs.shape(), self.rows.columns());
        assert!(
            features == expected,
            "Scaling::apply: the inputs are {samples}×{features}, but the scaling is for {expected} features"
        );
        let (shift, divisor) = (&self.rows[0], &self.rows[1]);
        let small = shift.iter().all(|shift| shift.abs() <= SMALL);
        for i in 0..samples {
            for ((x, shift), divisor) in inputs[i].iter_mut().zip(shift).zip(divisor) {
                *x = if small || shift.abs() <= SMALL {
                    (*x - shift) / divisor
                } else {
                    2.0 * ((*x / 2.0 - shift / 2.0) / divisor)
                };
            }
        }
    }
}

/// Panics if an input is not finite.
#[track_caller]
fn assert_finite(function: &str, inputs: &Matrix) {
    if let Some(place) = inputs.as_slice().iter().position(|x| !x.is_finite()) {
        let (row, column) = (place / inputs.columns(), place % inputs.columns());
        panic!(
            "Scaling::{function}: row {row}, column {column} of the inputs is {}, not finite",
            inputs[(row, column)]
        );
    }
}

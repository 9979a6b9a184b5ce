//! Elementwise operations, and the sum, maximum and argmax of each row.

use super::Matrix;
use std::ops::{Add, AddAssign, Mul, MulAssign, Sub, SubAssign};

/// Elementwise operations and properties of rows. A method named `…_in_place` changes the matrix.
impl Matrix {
    /// Returns a new matrix with `f(x)` for each element x.
    #[must_use]
    pub fn map(&self, f: impl Fn(f64) -> f64) -> Matrix {
        let values = self.values.iter().map(|&x| f(x)).collect();
        Matrix { values, ..*self }
    }

    /// Replaces each element x by `f(x)`.
    pub fn map_in_place(&mut self, f: impl Fn(f64) -> f64) {
        for x in self.values.iter_mut() {
            *x = f(*x);
        }
    }

    /// Returns a new matrix with `f(x, y)` for each element x and the element y at the same position in `other`.
    ///
    /// # Panics
    /// If the shapes differ.
    #[must_use]
    #[track_caller]
    pub fn zip_map(&self, other: &Matrix, f: impl Fn(f64, f64) -> f64) -> Matrix {
        self.assert_same_shape("zip_map", other);
        let values = self.values.iter().zip(other.values.iter()).map(|(&x, &y)| f(x, y)).collect();
        Matrix { values, ..*self }
    }

    /// Replaces each element x by `f(x, y)`, where y is the element at the same position in `other`.
    ///
    /// # Panics
    /// If the shapes differ.
    #[track_caller]
    pub fn zip_map_in_place(&mut self, other: &Matrix, f: impl Fn(f64, f64) -> f64) {
        self.assert_same_shape("zip_map_in_place", other);
        for (x, &y) in self.values.iter_mut().zip(other.values.iter()) {
            *x = f(*x, y);
        }
    }

    /// Returns the sum of each row.
    #[must_use]
    pub fn row_sums(&self) -> Vec<f64> {
        self.iter_rows().map(|row| row.iter().sum()).collect()
    }

    /// Returns the largest element of each row, or −∞ for an empty row. As in NumPy, the maximum of a row that contains
    /// NaN is NaN.
    #[must_use]
    pub fn row_maxima(&self) -> Vec<f64> {
        self.iter_rows().map(|row| row.iter().copied().fold(f64::NEG_INFINITY, maximum)).collect()
    }

    /// Returns the column index of the largest element of each row, or of the first one if several are equal. For rows
    /// of class probabilities, that is the predicted class. As in NumPy, it is the index of the first NaN if the row
    /// contains one.
    ///
    /// # Panics
    /// If there are rows but no columns.
    #[must_use]
    #[track_caller]
    pub fn row_argmax(&self) -> Vec<usize> {
        assert!(self.rows == 0 || self.columns > 0, "row_argmax: the rows of a {}×0 matrix are empty", self.rows);
        let largest = |row: &[f64]| (1..row.len()).fold(0, |best, j| if larger(row[j], row[best]) { j } else { best });
        self.iter_rows().map(largest).collect()
    }

    /// Returns max |x| over all elements, or 0 for a matrix without elements. As in NumPy, the result is NaN if an
    /// element is NaN.
    #[must_use]
    pub fn max_abs(&self) -> f64 {
        self.values.iter().fold(0.0, |max, x| maximum(max, x.abs()))
    }

    /// Panics if the shapes differ. The message names the operation and both shapes.
    #[track_caller]
    pub(crate) fn assert_same_shape(&self, operation: &str, other: &Matrix) {
        let ((m, n), (p, q)) = (self.shape(), other.shape());
        assert!((m, n) == (p, q), "{operation}: the shapes differ, {m}×{n} and {p}×{q}");
    }
}

/// Returns whether x is larger than y. NaN is larger than every number.
fn larger(x: f64, y: f64) -> bool {
    x > y || x.is_nan() && !y.is_nan()
}

/// Returns the larger number, or NaN if one of them is NaN. (`f64::max` ignores NaN.)
fn maximum(x: f64, y: f64) -> f64 {
    if larger(y, x) { y } else { x }
}

/// Implements `+` or `-` for borrowed and owned operands. The result reuses the memory of an owned operand.
macro_rules! elementwise {
    ($Operator:ident $operator:ident, $Assign:ident $assign:ident, $sign:literal, $doc:literal, $f:expr) => {
        impl $Operator<&Matrix> for &Matrix {
            type Output = Matrix;

            #[doc = $doc]
            ///
            /// # Panics
            /// If the shapes differ.
            #[track_caller]
            fn $operator(self, other: &Matrix) -> Matrix {
                self.assert_same_shape($sign, other);
                self.zip_map(other, $f)
            }
        }

        impl $Operator<&Matrix> for Matrix {
            type Output = Matrix;

            #[doc = $doc]
            ///
            /// # Panics
            /// If the shapes differ.
            #[track_caller]
            fn $operator(mut self, other: &Matrix) -> Matrix {
                self.assert_same_shape($sign, other);
                self.zip_map_in_place(other, $f);
                self
            }
        }

        impl $Operator<Matrix> for &Matrix {
            type Output = Matrix;

            #[doc = $doc]
            ///
            /// # Panics
            /// If the shapes differ.
            #[track_caller]
            fn $operator(self, mut other: Matrix) -> Matrix {
                self.assert_same_shape($sign, &other);
                other.zip_map_in_place(self, |y, x| $f(x, y));
                other
            }
        }

        impl $Operator<Matrix> for Matrix {
            type Output = Matrix;

            #[doc = $doc]
            ///
            /// # Panics
            /// If the shapes differ.
            #[track_caller]
            fn $operator(self, other: Matrix) -> Matrix {
                self.$operator(&other)
            }
        }

        impl $Assign<&Matrix> for Matrix {
            #[doc = $doc]
            ///
            /// # Panics
            /// If the shapes differ.
            #[track_caller]
            fn $assign(&mut self, other: &Matrix) {
                self.assert_same_shape(concat!($sign, "="), other);
                self.zip_map_in_place(other, $f);
            }
        }

        impl $Assign<Matrix> for Matrix {
            #[doc = $doc]
            ///
            /// # Panics
            /// If the shapes differ.
            #[track_caller]
            fn $assign(&mut self, other: Matrix) {
                self.$assign(&other);
            }
        }
    };
}

elementwise!(Add add, AddAssign add_assign, "+", "Adds element by element.", |x: f64, y: f64| x + y);
elementwise!(Sub sub, SubAssign sub_assign, "-", "Subtracts element by element.", |x: f64, y: f64| x - y);

/// Multiplies every element by a number. The formula of the slides, w − η·g, compiles as it is written:
///
/// ```
/// # use feedforward::Matrix;
/// let (w, eta, g) = (Matrix::from_rows([[1.0, 2.0]]), 0.5, Matrix::from_rows([[4.0, 2.0]]));
/// assert_eq!(&w - eta * &g, Matrix::from_rows([[-1.0, 1.0]]));
/// ```
///
/// There is no `*` between two matrices, since it could mean either of two products. The matrix product is
/// [`x.matmul(&w)`](Matrix::matmul); the elementwise one is [`x.zip_map(&y, |x, y| x * y)`](Matrix::zip_map).
impl Mul<&Matrix> for f64 {
    type Output = Matrix;

    fn mul(self, matrix: &Matrix) -> Matrix {
        matrix.map(|x| self * x)
    }
}

/// Multiplies every element by a number and reuses the memory of the matrix.
impl Mul<Matrix> for f64 {
    type Output = Matrix;

    fn mul(self, mut matrix: Matrix) -> Matrix {
        matrix *= self;
        matrix
    }
}

/// Multiplies every element by a number.
///
/// There is no `*` between two matrices, since it could mean either of two products. The matrix product is
/// [`x.matmul(&w)`](Matrix::matmul); the elementwise one is [`x.zip_map(&y, |x, y| x * y)`](Matrix::zip_map).
impl Mul<f64> for &Matrix {
    type Output = Matrix;

    fn mul(self, factor: f64) -> Matrix {
        factor * self
    }
}

/// Multiplies every element by a number and reuses the memory of the matrix.
impl Mul<f64> for Matrix {
    type Output = Matrix;

    fn mul(self, factor: f64) -> Matrix {
        factor * self
    }
}

impl MulAssign<f64> for Matrix {
    /// Multiplies every element by `factor`.
    fn mul_assign(&mut self, factor: f64) {
        self.map_in_place(|x| factor * x);
    }
}

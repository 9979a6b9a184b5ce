//! What is done to each element alone, and what is read off each row.

use super::Matrix;
use std::ops::{Add, AddAssign, Mul, MulAssign, Sub, SubAssign};

/// Elementwise operations. Those called `…_in_place` change the matrix they are given; the others make a new one.
impl Matrix {
    /// A new matrix of `f(x)` for every element x.
    pub fn map(&self, f: impl Fn(f64) -> f64) -> Matrix {
        let values = self.values.iter().map(|&x| f(x)).collect();
        Matrix { values, ..*self }
    }

    /// Every element x becomes `f(x)`.
    pub fn map_in_place(&mut self, f: impl Fn(f64) -> f64) {
        for x in self.values.iter_mut() {
            *x = f(*x);
        }
    }

    /// A new matrix of `f(x, y)` for every two elements x, y that stand in the same place of the two matrices.
    ///
    /// # Panics
    /// When the shapes differ.
    #[track_caller]
    pub fn zip_map(&self, other: &Matrix, f: impl Fn(f64, f64) -> f64) -> Matrix {
        self.assert_same_shape("zip_map", other);
        let values = self.values.iter().zip(other.values.iter()).map(|(&x, &y)| f(x, y)).collect();
        Matrix { values, ..*self }
    }

    /// Every element x becomes `f(x, y)` with the element y in the same place of `other`.
    ///
    /// # Panics
    /// When the shapes differ.
    #[track_caller]
    pub fn zip_map_in_place(&mut self, other: &Matrix, f: impl Fn(f64, f64) -> f64) {
        self.assert_same_shape("zip_map_in_place", other);
        for (x, &y) in self.values.iter_mut().zip(other.values.iter()) {
            *x = f(*x, y);
        }
    }

    /// The sum of each row.
    pub fn row_sums(&self) -> Vec<f64> {
        self.iter_rows().map(|row| row.iter().sum()).collect()
    }

    /// The largest element of each row; −∞ for a row without elements.
    pub fn row_maxima(&self) -> Vec<f64> {
        self.iter_rows().map(|row| row.iter().copied().fold(f64::NEG_INFINITY, f64::max)).collect()
    }

    /// The column of each row's largest element, the first of equals: for rows of class probabilities, the class.
    ///
    /// # Panics
    /// When the rows have no elements.
    #[track_caller]
    pub fn row_argmax(&self) -> Vec<usize> {
        assert!(self.rows == 0 || self.columns > 0, "row_argmax: a {}×0 matrix has empty rows", self.rows);
        let largest = |row: &[f64]| (1..row.len()).fold(0, |best, j| if row[j] > row[best] { j } else { best });
        self.iter_rows().map(largest).collect()
    }

    /// max |x| over all elements; 0 for a matrix without elements.
    pub fn max_abs(&self) -> f64 {
        self.values.iter().fold(0.0, |max, x| x.abs().max(max))
    }

    /// # Panics
    /// When the shapes differ, naming the operation and both shapes.
    #[track_caller]
    pub(crate) fn assert_same_shape(&self, operation: &str, other: &Matrix) {
        let ((m, n), (p, q)) = (self.shape(), other.shape());
        assert!((m, n) == (p, q), "{operation}: the shapes differ, {m}×{n} and {p}×{q}");
    }
}

impl Add for &Matrix {
    type Output = Matrix;

    /// The sum, element by element.
    ///
    /// # Panics
    /// When the shapes differ.
    #[track_caller]
    fn add(self, other: &Matrix) -> Matrix {
        self.assert_same_shape("+", other);
        self.zip_map(other, |x, y| x + y)
    }
}

impl Sub for &Matrix {
    type Output = Matrix;

    /// The difference, element by element.
    ///
    /// # Panics
    /// When the shapes differ.
    #[track_caller]
    fn sub(self, other: &Matrix) -> Matrix {
        self.assert_same_shape("-", other);
        self.zip_map(other, |x, y| x - y)
    }
}

impl Mul<f64> for &Matrix {
    type Output = Matrix;

    /// Every element times `factor`.
    fn mul(self, factor: f64) -> Matrix {
        self.map(|x| x * factor)
    }
}

impl AddAssign<&Matrix> for Matrix {
    /// Adds `other`, element by element, in place.
    ///
    /// # Panics
    /// When the shapes differ.
    #[track_caller]
    fn add_assign(&mut self, other: &Matrix) {
        self.assert_same_shape("+=", other);
        self.zip_map_in_place(other, |x, y| x + y);
    }
}

impl SubAssign<&Matrix> for Matrix {
    /// Subtracts `other`, element by element, in place.
    ///
    /// # Panics
    /// When the shapes differ.
    #[track_caller]
    fn sub_assign(&mut self, other: &Matrix) {
        self.assert_same_shape("-=", other);
        self.zip_map_in_place(other, |x, y| x - y);
    }
}

impl MulAssign<f64> for Matrix {
    /// Multiplies every element by `factor`, in place.
    fn mul_assign(&mut self, factor: f64) {
        self.map_in_place(|x| x * factor);
    }
}

//! A matrix that borrows its elements.

use super::Matrix;
use std::fmt;

/// A borrowed matrix: a whole [`Matrix`], its transpose or its first rows. Copying a view copies no elements.
///
/// Element (i, j) is at index `i · row_stride + j · column_stride` of the slice. In the view of a whole matrix the
/// column stride is 1; in its transpose the row stride is 1.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) row_stride: usize,
    pub(super) column_stride: usize,
    pub(super) values: &'a [f64],
}

impl<'a> From<&'a Matrix> for View<'a> {
    #[inline]
    fn from(matrix: &'a Matrix) -> View<'a> {
        View {
            rows: matrix.rows,
            columns: matrix.columns,
            row_stride: matrix.columns,
            column_stride: 1,
            values: &matrix.values,
        }
    }
}

impl<'a> View<'a> {
    /// Returns the number of rows.
    #[must_use]
    pub fn rows(self) -> usize {
        self.rows
    }

    /// Returns the number of columns.
    #[must_use]
    pub fn columns(self) -> usize {
        self.columns
    }

    /// Returns the shape: (rows, columns).
    #[must_use]
    #[inline]
    pub fn shape(self) -> (usize, usize) {
        (self.rows, self.columns)
    }

    /// Returns the transpose, with rows and columns exchanged, without a copy.
    #[must_use]
    #[inline]
    pub fn t(self) -> View<'a> {
        View {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            values: self.values,
        }
    }

    /// Returns the first `rows` rows, without a copy.
    ///
    /// # Panics
    /// If the view has fewer rows.
    #[must_use]
    #[track_caller]
    pub fn first_rows(self, rows: usize) -> View<'a> {
        assert!(rows <= self.rows, "first_rows: {rows} rows requested from a {}×{} matrix", self.rows, self.columns);
        View { rows, ..self }
    }

    /// Copies the elements into a new matrix.
    #[must_use]
    pub fn to_matrix(self) -> Matrix {
        Matrix::from_fn(self.rows, self.columns, |i, j| self.at(i, j))
    }

    /// Returns all elements, row after row. The view must be a whole matrix.
    pub(crate) fn as_slice(self) -> &'a [f64] {
        assert!(self.column_stride == 1 && self.row_stride == self.columns, "a view of a whole matrix");
        &self.values[..self.rows * self.columns]
    }

    /// Returns row i. The view must be a whole matrix.
    pub(crate) fn row(self, i: usize) -> &'a [f64] {
        &self.as_slice()[i * self.columns..][..self.columns]
    }

    /// Iterates over the rows. The view must be a whole matrix.
    pub(crate) fn iter_rows(self) -> impl Iterator<Item = &'a [f64]> {
        let (columns, values) = (self.columns, self.as_slice());
        (0..self.rows).map(move |i| &values[i * columns..][..columns])
    }

    /// Returns the block of `rows × columns` elements whose first element is (i, j).
    #[inline(always)]
    pub(super) fn block(self, i: usize, rows: usize, j: usize, columns: usize) -> View<'a> {
        assert!(i + rows <= self.rows && j + columns <= self.columns);
        View { rows, columns, values: &self.values[i * self.row_stride + j * self.column_stride..], ..self }
    }

    /// Returns element (i, j).
    pub(super) fn at(self, i: usize, j: usize) -> f64 {
        self.values[i * self.row_stride + j * self.column_stride]
    }
}

/// Formats the view like a [`Matrix`] with the same elements.
impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_matrix(), f)
    }
}

//! A matrix that borrows its elements.

use super::{Matrix, kernel};
use std::fmt;

/// A borrowed matrix: a whole [`Matrix`], its transpose or its first rows. Copying a view copies no elements.
///
/// Element (i, j) is at index `i · row_stride + j · column_stride` of the slice. In a matrix as it is stored the column
/// stride is 1; in its transpose the row stride is 1.
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
    /// The shape: (rows, columns).
    #[must_use]
    #[inline]
    pub fn shape(self) -> (usize, usize) {
        (self.rows, self.columns)
    }

    /// The transpose: rows and columns exchanged, nothing copied.
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

    /// The first `rows` rows.
    ///
    /// # Panics
    /// If the view has fewer rows.
    #[must_use]
    #[track_caller]
    pub fn first_rows(self, rows: usize) -> View<'a> {
        assert!(rows <= self.rows, "first_rows: {rows} rows of a {}×{} matrix", self.rows, self.columns);
        View { rows, ..self }
    }

    /// Copies the elements into a new matrix.
    #[must_use]
    pub fn to_matrix(self) -> Matrix {
        Matrix::from_fn(self.rows, self.columns, |i, j| self.at(i, j))
    }

    /// The matrix product: `m × k` times `k × n` is `m × n`, Cᵢⱼ = Σₚ Aᵢₚ Bₚⱼ.
    ///
    /// # Panics
    /// If `right` does not have as many rows as this view has columns.
    #[must_use]
    #[track_caller]
    pub fn matmul<'b>(self, right: impl Into<View<'b>>) -> Matrix {
        let right = right.into();
        self.assert_fits("matmul", right);
        Matrix { rows: self.rows, columns: right.columns, values: kernel::multiply_new(self, right) }
    }

    /// Computes the product as [`matmul`](View::matmul) does and stores it in `product`, which takes its shape. The memory
    /// of `product` is used again if it is large enough.
    ///
    /// # Panics
    /// If `right` does not have as many rows as this view has columns.
    #[track_caller]
    pub fn matmul_into<'b>(self, right: impl Into<View<'b>>, product: &mut Matrix) {
        let right = right.into();
        self.assert_fits("matmul_into", right);
        product.reshape(self.rows, right.columns);
        kernel::multiply(self, right, &mut product.values);
    }

    #[track_caller]
    #[inline]
    fn assert_fits(self, operation: &str, right: View<'_>) {
        let ((m, k), (p, n)) = (self.shape(), right.shape());
        assert!(k == p, "{operation}: {m}×{k} times {p}×{n}: the left has {k} columns, the right {p} rows");
    }

    /// The block of `rows × columns` elements whose first is (i, j).
    #[inline(always)]
    pub(super) fn block(self, i: usize, rows: usize, j: usize, columns: usize) -> View<'a> {
        assert!(i + rows <= self.rows && j + columns <= self.columns);
        View { rows, columns, values: &self.values[i * self.row_stride + j * self.column_stride..], ..self }
    }

    /// Element (i, j).
    pub(super) fn at(self, i: usize, j: usize) -> f64 {
        self.values[i * self.row_stride + j * self.column_stride]
    }
}

/// As the [`Matrix`] with these elements.
impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_matrix(), f)
    }
}

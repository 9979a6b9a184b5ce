use super::{Matrix, kernel};

/// A matrix that is only looked at: the whole of a [`Matrix`], its transpose, its first rows. Copying a view copies no
/// elements.
///
/// Element (i, j) stands at `i · row_stride + j · column_stride` of the slice. In a matrix as it is stored the column
/// stride is 1; in its transpose the row stride is.
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
    /// (rows, columns).
    #[inline]
    pub fn shape(self) -> (usize, usize) {
        (self.rows, self.columns)
    }

    /// The transpose: rows and columns exchanged, nothing copied.
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
    /// When there are fewer.
    #[track_caller]
    pub fn top(self, rows: usize) -> View<'a> {
        assert!(rows <= self.rows, "top: the first {rows} rows of a {}×{} matrix", self.rows, self.columns);
        View { rows, ..self }
    }

    /// A matrix of its own with these elements.
    pub fn to_matrix(self) -> Matrix {
        Matrix::from_fn(self.rows, self.columns, |i, j| self.at(i, j))
    }

    /// The matrix product: `m × k` times `k × n` is `m × n`, Cᵢⱼ = Σₚ Aᵢₚ Bₚⱼ.
    ///
    /// # Panics
    /// When `right` has not as many rows as this view has columns.
    #[track_caller]
    pub fn matmul<'b>(self, right: impl Into<View<'b>>) -> Matrix {
        let right = right.into();
        self.assert_fits("matmul", right);
        Matrix { rows: self.rows, columns: right.columns, values: kernel::multiply_new(self, right) }
    }

    /// As [`matmul`](View::matmul), into a matrix that is there already: it takes the shape of the product, and its
    /// memory is used again where it suffices.
    ///
    /// # Panics
    /// When `right` has not as many rows as this view has columns.
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

    /// The `rows × columns` elements from (i, p) on.
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

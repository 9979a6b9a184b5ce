//! The matrix product: checks the shapes and calls the [`kernel`].

use super::{Matrix, View, kernel};

/// The matrix product.
impl Matrix {
    /// Computes the matrix product, Cᵢⱼ = Σₚ Aᵢₚ Bₚⱼ: `m × k` times `k × n` is `m × n`.
    ///
    /// # Panics
    /// If `right` does not have as many rows as this matrix has columns.
    #[must_use]
    #[track_caller]
    pub fn matmul<'a>(&self, right: impl Into<View<'a>>) -> Matrix {
        View::from(self).matmul(right)
    }

    /// Computes the product as [`matmul`](Matrix::matmul) does and stores it in `product`, which takes its shape. The
    /// memory of `product` is reused if it is large enough.
    ///
    /// # Panics
    /// If `right` does not have as many rows as this matrix has columns.
    #[track_caller]
    pub fn matmul_into<'a>(&self, right: impl Into<View<'a>>, product: &mut Matrix) {
        View::from(self).matmul_into(right, product);
    }
}

/// The matrix product.
impl View<'_> {
    /// Computes the matrix product, Cᵢⱼ = Σₚ Aᵢₚ Bₚⱼ: `m × k` times `k × n` is `m × n`.
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

    /// Computes the product as [`matmul`](View::matmul) does and stores it in `product`, which takes its shape. The
    /// memory of `product` is reused if it is large enough.
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
}

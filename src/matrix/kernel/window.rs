//! A window is the part of C that a tile or a thread writes.

use std::marker::PhantomData;

/// A rectangle of C with exclusive write access: the counterpart of [`View`](crate::matrix::View) for the result.
///
/// It may lie inside a larger matrix, whose rows are `stride` apart, and its elements may be uninitialized. So it holds
/// a pointer instead of a slice. Rectangles made by splitting share no element, so threads can fill them at the same
/// time. The first element of an empty rectangle may lie outside of the matrix: it is never accessed, so its address is
/// computed with `wrapping_add`.
pub(super) struct Window<'c> {
    pub(super) first: *mut f64,
    pub(super) stride: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
    elements: PhantomData<&'c mut f64>,
}

// SAFETY: while a window lives it is the only access to its elements, like `&mut [f64]`, which is `Send` as well.
unsafe impl Send for Window<'_> {}

impl<'c> Window<'c> {
    /// Creates a window onto all of a `rows × columns` matrix whose elements are `values`, row after row.
    #[inline]
    pub(super) fn new(values: &'c mut [f64], rows: usize, columns: usize) -> Window<'c> {
        let size = rows.checked_mul(columns);
        assert!(size == Some(values.len()), "{} elements for a {rows}×{columns} product", values.len());
        Window { first: values.as_mut_ptr(), stride: columns, rows, columns, elements: PhantomData }
    }

    /// Creates a window onto a `rows × columns` matrix in the spare capacity of `vector`, after its elements.
    #[inline]
    pub(super) fn spare(vector: &'c mut Vec<f64>, rows: usize, columns: usize) -> Window<'c> {
        let spare = vector.spare_capacity_mut();
        assert!(rows.checked_mul(columns).is_some_and(|size| size <= spare.len()));
        Window { first: spare.as_mut_ptr().cast(), stride: columns, rows, columns, elements: PhantomData }
    }

    /// Borrows the block of `rows × columns` elements whose first element is (i, j).
    #[inline]
    pub(super) fn block(&mut self, i: usize, rows: usize, j: usize, columns: usize) -> Window<'_> {
        assert!(i + rows <= self.rows && j + columns <= self.columns);
        let first = self.first.wrapping_add(i * self.stride + j);
        Window { first, stride: self.stride, rows, columns, elements: PhantomData }
    }

    /// Splits the window into its first `i` rows and the remaining rows.
    #[inline]
    pub(super) fn split_rows(self, i: usize) -> (Window<'c>, Window<'c>) {
        assert!(i <= self.rows);
        let first = self.first.wrapping_add(i * self.stride);
        (Window { rows: i, ..self }, Window { first, rows: self.rows - i, ..self })
    }

    /// Splits the window into its first `j` columns and the remaining columns.
    #[inline]
    pub(super) fn split_columns(self, j: usize) -> (Window<'c>, Window<'c>) {
        assert!(j <= self.columns);
        let first = self.first.wrapping_add(j);
        (Window { columns: j, ..self }, Window { first, columns: self.columns - j, ..self })
    }

    /// Turns a window of one column without gaps into a window of one row.
    #[inline]
    pub(super) fn column_as_row(self) -> Window<'c> {
        assert!(self.columns == 1 && self.stride == 1);
        Window { rows: 1, columns: self.rows, stride: self.rows, ..self }
    }

    /// Reads element (i, j).
    ///
    /// # Safety
    /// The element must have been written before.
    #[inline]
    pub(super) unsafe fn get(&self, i: usize, j: usize) -> f64 {
        assert!(i < self.rows && j < self.columns);
        // SAFETY: (i, j) is inside the window, and the caller guarantees that it is initialized.
        unsafe { self.first.add(i * self.stride + j).read() }
    }

    /// Writes element (i, j).
    #[inline]
    pub(super) fn set(&mut self, i: usize, j: usize, value: f64) {
        assert!(i < self.rows && j < self.columns);
        // SAFETY: (i, j) is inside the window.
        unsafe { self.first.add(i * self.stride + j).write(value) }
    }
}

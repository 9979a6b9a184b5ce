use std::marker::PhantomData;

/// A rectangle of C that one caller alone may write: what [`View`](crate::matrix::View) is to an operand, for the
/// product.
///
/// It may lie inside a larger matrix (rows `stride` apart) and its elements need not be initialised yet, so it is a
/// pointer and not a slice. Rectangles made by splitting share no element: threads can fill them side by side.
pub(super) struct Window<'c> {
    pub(super) first: *mut f64,
    pub(super) stride: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
    elements: PhantomData<&'c mut f64>,
}

// SAFETY: a window is the only way to its elements while it lives, as `&mut [f64]` is, which may be sent as well.
unsafe impl Send for Window<'_> {}

impl<'c> Window<'c> {
    /// All of the `rows × columns` matrix whose elements are `values`, row after row.
    #[inline]
    pub(super) fn new(values: &'c mut [f64], rows: usize, columns: usize) -> Window<'c> {
        assert!(values.len() == rows * columns, "{} elements for a {rows}×{columns} product", values.len());
        Window { first: values.as_mut_ptr(), stride: columns, rows, columns, elements: PhantomData }
    }

    /// All of a `rows × columns` matrix in the spare capacity of the vector, after what it holds.
    #[inline]
    pub(super) fn spare(vector: &'c mut Vec<f64>, rows: usize, columns: usize) -> Window<'c> {
        let spare = vector.spare_capacity_mut();
        assert!(spare.len() >= rows * columns);
        Window { first: spare.as_mut_ptr().cast(), stride: columns, rows, columns, elements: PhantomData }
    }

    /// The `rows × columns` elements from (i, j) on.
    #[inline]
    pub(super) fn block(&mut self, i: usize, rows: usize, j: usize, columns: usize) -> Window<'_> {
        assert!(i + rows <= self.rows && j + columns <= self.columns);
        // SAFETY: (i, j) is inside this window, or one past its end where the block is empty.
        let first = unsafe { self.first.add(i * self.stride + j) };
        Window { first, stride: self.stride, rows, columns, elements: PhantomData }
    }

    /// The first `i` rows, and the others.
    #[inline]
    pub(super) fn split_rows(self, i: usize) -> (Window<'c>, Window<'c>) {
        assert!(i <= self.rows);
        // SAFETY: row i is inside the window, or one past its end; the rows above it belong to the first half alone.
        let below = unsafe { self.first.add(i * self.stride) };
        (Window { rows: i, ..self }, Window { first: below, rows: self.rows - i, ..self })
    }

    /// The first `j` columns, and the others.
    #[inline]
    pub(super) fn split_columns(self, j: usize) -> (Window<'c>, Window<'c>) {
        assert!(j <= self.columns);
        // SAFETY: column j is inside the window, or one past its end; those before it belong to the first half alone.
        let right = unsafe { self.first.add(j) };
        (Window { columns: j, ..self }, Window { first: right, columns: self.columns - j, ..self })
    }

    /// A window of one column without gaps, as a row.
    #[inline]
    pub(super) fn column_as_row(self) -> Window<'c> {
        assert!(self.columns == 1 && self.stride == 1);
        Window { rows: 1, columns: self.rows, stride: self.rows, ..self }
    }

    /// Element (i, j).
    ///
    /// # Safety
    /// It must have been written before.
    #[inline]
    pub(super) unsafe fn get(&self, i: usize, j: usize) -> f64 {
        assert!(i < self.rows && j < self.columns);
        // SAFETY: (i, j) is inside the window, and the caller knows it to be written.
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

//! **Flexibility vs. Abstraction**: linear algebra, the level on which everything else is built.
//!
//! Frameworks for neural networks exist on three levels. The lowest offers the operations of linear algebra, close to
//! the machine. The middle level compiles graphs of tensor operations and is highly flexible. The highest level stacks
//! elementary layers, which is less flexible but simple.
#![doc = include_str!("../../docs/figures/abstraction.svg")]
//! This crate has all three: this module is the lowest level, [`graph`](crate::graph) the middle one, and the
//! [`network`](crate::network) of layers the highest. The next pages explain the layers. Read about graphs after them;
//! [One Network, Three Levels](crate::three_levels) then shows the same network on each level.
//!
//! A [`Matrix`] stores `f64` values row by row in one vector, so `x[0]`, the first sample of a batch, is one contiguous
//! slice. A [`View`] is a borrowed matrix: a whole matrix, its [transpose](Matrix::t), or its [first
//! rows](Matrix::first_rows). The product [`matmul`](Matrix::matmul) takes views, so it needs no transposed copy of an
//! operand. [`kernel`] explains how the product is computed. You can follow the slides without it.
//!
//! ## On paper
//!
//! Element (i, j) of a product is row i of the left matrix times column j of the right one: Cᵢⱼ = Σₚ Aᵢₚ Bₚⱼ. The inner
//! sizes must agree; the outer sizes are the shape of the result.
//!
//! ```text
//!     X           W        XW
//!
//!  1  2  1        1       21.5
//!  3  4  1       10       43.5
//!                 0.5
//!   2 × 3       3 × 1     2 × 1
//! ```
//!
//! The 21.5 is 1·1 + 2·10 + 1·0.5, and the 43.5 is 3·1 + 4·10 + 1·0.5.
//!
//! ```
//! use feedforward::Matrix;
//!
//! let x = Matrix::from_rows([[1.0, 2.0, 1.0], [3.0, 4.0, 1.0]]); // two samples
//! let w = Matrix::from_rows([[1.0], [10.0], [0.5]]); //             two weights and a bias
//! let y = x.matmul(&w);
//! assert_eq!(y, Matrix::from_rows([[21.5], [43.5]]));
//! assert_eq!(x[0], [1.0, 2.0, 1.0]); // the first sample
//!
//! // XᵀY without a copy of X: 3 × 2 times 2 × 1.
//! let product = x.t().matmul(&y);
//! assert_eq!(product, Matrix::from_rows([[152.0], [217.0], [65.0]])); // 1·21.5 + 3·43.5, …
//! ```
#![doc = include_str!("../../docs/walk/matrix.md")]
//!
//! ---
//! [contents](crate) · next: [Artificial Neural Networks](crate::neuron)

mod display;
mod elements;
mod elementwise;
pub mod kernel;
mod product;
mod view;

pub use view::View;

use elements::Elements;
use std::ops::{Index, IndexMut};

/// A row-major matrix of `f64`.
///
/// `matrix[i]` is row i as a slice, `matrix[(i, j)]` one element. The number of rows or columns may be 0; a product
/// over an inner dimension of 0 is a matrix of zeros.
#[derive(Clone, PartialEq, Default)]
pub struct Matrix {
    rows: usize,
    columns: usize,
    values: Elements,
}

/// Constructors. They panic if no machine has memory for the number of elements.
impl Matrix {
    /// Creates a `rows × columns` matrix of zeros.
    #[must_use]
    #[track_caller]
    pub fn zeros(rows: usize, columns: usize) -> Matrix {
        Matrix::filled(rows, columns, 0.0)
    }

    /// Creates a `rows × columns` matrix of ones.
    #[must_use]
    #[track_caller]
    pub fn ones(rows: usize, columns: usize) -> Matrix {
        Matrix::filled(rows, columns, 1.0)
    }

    /// Creates a `rows × columns` matrix with `value` in every element.
    #[must_use]
    #[track_caller]
    pub fn filled(rows: usize, columns: usize, value: f64) -> Matrix {
        Matrix { rows, columns, values: Elements::filled(size(rows, columns), value) }
    }

    /// Creates the `n × n` identity: ones on the diagonal, zeros elsewhere.
    #[must_use]
    #[track_caller]
    pub fn identity(n: usize) -> Matrix {
        Matrix::from_fn(n, n, |i, j| if i == j { 1.0 } else { 0.0 })
    }

    /// Creates a `rows × columns` matrix with `element(i, j)` in row i, column j. Calls `element` row by row.
    ///
    /// ```
    /// # use feedforward::Matrix;
    /// let m = Matrix::from_fn(2, 3, |i, j| (10 * i + j) as f64);
    /// assert_eq!(m, Matrix::from_rows([[0.0, 1.0, 2.0], [10.0, 11.0, 12.0]]));
    /// ```
    #[must_use]
    #[track_caller]
    pub fn from_fn(rows: usize, columns: usize, mut element: impl FnMut(usize, usize) -> f64) -> Matrix {
        let size = size(rows, columns);
        let mut values = Elements::with_capacity(size);
        let rows_with_elements = if size == 0 { 0 } else { rows };
        for i in 0..rows_with_elements {
            (0..columns).for_each(|j| values.push(element(i, j)));
        }
        Matrix { rows, columns, values }
    }

    /// Creates a matrix from its rows: arrays, slices or vectors, all of the same length.
    ///
    /// # Panics
    /// If a row is not as long as the first.
    #[must_use]
    #[track_caller]
    pub fn from_rows<Row: AsRef<[f64]>>(rows: impl AsRef<[Row]>) -> Matrix {
        let rows = rows.as_ref();
        let columns = rows.first().map_or(0, |row| row.as_ref().len());
        let mut values = Elements::with_capacity(size(rows.len(), columns));
        for (i, row) in rows.iter().enumerate() {
            let row = row.as_ref();
            assert!(row.len() == columns, "from_rows: row {i} has {} elements, row 0 has {columns}", row.len());
            values.extend_from_slice(row);
        }
        Matrix { rows: rows.len(), columns, values }
    }

    /// Creates a `rows × columns` matrix from its elements, row after row.
    ///
    /// # Panics
    /// If `values` does not hold `rows · columns` elements.
    #[must_use]
    #[track_caller]
    pub fn from_vec(rows: usize, columns: usize, values: Vec<f64>) -> Matrix {
        assert!(
            values.len() == size(rows, columns),
            "from_vec: {} values do not fill a {rows}×{columns} matrix",
            values.len()
        );
        Matrix { rows, columns, values: values.into() }
    }
}

/// Shape and elements.
impl Matrix {
    /// Returns the number of rows: in a batch, the number of samples.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Returns the number of columns: in a batch, the number of values in a sample.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Returns the shape: (rows, columns).
    #[must_use]
    pub fn shape(&self) -> (usize, usize) {
        (self.rows, self.columns)
    }

    /// Iterates over the rows, each a slice.
    pub fn iter_rows(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        let (columns, values) = (self.columns, &self.values[..]);
        (0..self.rows).map(move |i| &values[i * columns..][..columns])
    }

    /// Iterates over the rows, each a mutable slice.
    pub fn iter_rows_mut(&mut self) -> impl ExactSizeIterator<Item = &mut [f64]> {
        let (columns, mut rest) = (self.columns, &mut self.values[..]);
        (0..self.rows).map(move |_| {
            let (row, below) = std::mem::take(&mut rest).split_at_mut(columns);
            rest = below;
            row
        })
    }

    /// Returns all elements, row after row.
    #[must_use]
    pub fn as_slice(&self) -> &[f64] {
        &self.values
    }

    /// Returns mutable access to all elements, row after row.
    #[must_use]
    pub fn as_mut_slice(&mut self) -> &mut [f64] {
        &mut self.values
    }

    /// Converts the matrix into its elements, row after row.
    #[must_use]
    pub fn into_vec(self) -> Vec<f64> {
        self.values.into_vec()
    }

    /// Copies the given rows, in the given order, into a new matrix. A row may be selected more than once.
    ///
    /// # Panics
    /// If a row does not exist.
    #[must_use]
    #[track_caller]
    pub fn select_rows(&self, rows: &[usize]) -> Matrix {
        let with_ones = self.columns.saturating_add(1); // reserves room for the column of ones
        let mut values = Elements::with_capacity(size(rows.len(), with_ones));
        for &i in rows {
            values.extend_from_slice(&self[i]);
        }
        Matrix { rows: rows.len(), columns: self.columns, values }
    }

    /// Brings the rows into the given order, a permutation, and cuts the matrix after the first `count`. The first part
    /// keeps the memory of the matrix.
    pub(crate) fn split_rows(mut self, order: &[usize], count: usize) -> (Matrix, Matrix) {
        let columns = self.columns;
        for i in 0..self.rows {
            let mut from = order[i];
            while from < i {
                from = order[from]; // the row that was here before its place was filled
            }
            if from > i {
                let (upper, lower) = self.values.split_at_mut(from * columns);
                upper[i * columns..][..columns].swap_with_slice(&mut lower[..columns]);
            }
        }
        let rest = self.select_rows(&(count..self.rows).collect::<Vec<_>>());
        self.values.resize(count * columns);
        (Matrix { rows: count, ..self }, rest)
    }

    /// Appends a column on the right with `value` in every element. A `value` of 1 gives the column of ones that
    /// belongs to the biases.
    ///
    /// ```
    /// # use feedforward::Matrix;
    /// let x = Matrix::from_rows([[3.0, 5.0], [4.0, 6.0]]);
    /// assert_eq!(x.append_column(1.0), Matrix::from_rows([[3.0, 5.0, 1.0], [4.0, 6.0, 1.0]]));
    /// ```
    ///
    /// # Panics
    /// If no machine has memory for the number of elements.
    #[must_use]
    #[track_caller]
    pub fn append_column(self, value: f64) -> Matrix {
        let (rows, columns) = self.shape();
        assert!(columns < usize::MAX, "append_column: a {rows}×{columns} matrix cannot have another column");
        let size = size(rows, columns + 1);
        let mut values = self.values;
        if !values.fits(size) {
            let mut wider = Elements::with_capacity(size);
            for i in 0..rows {
                wider.extend_from_slice(&values[i * columns..(i + 1) * columns]);
                wider.push(value);
            }
            values = wider;
        } else {
            values.resize(size);
            // Row i moves right by i places. The last row moves first, so that no row overwrites another.
            for i in (0..rows).rev() {
                values.copy_within(i * columns..(i + 1) * columns, i * (columns + 1));
                values[i * (columns + 1) + columns] = value;
            }
        }
        Matrix { rows, columns: columns + 1, values }
    }
}

/// Views.
impl Matrix {
    /// Returns the transpose without a copy: a [`View`] of this matrix with rows and columns exchanged.
    #[must_use]
    pub fn t(&self) -> View<'_> {
        View::from(self).t()
    }

    /// Returns the first `rows` rows without a copy: NumPy's `W[:rows]`.
    ///
    /// # Panics
    /// If the matrix has fewer rows.
    #[must_use]
    #[track_caller]
    pub fn first_rows(&self, rows: usize) -> View<'_> {
        View::from(self).first_rows(rows)
    }

    /// Copies the transpose into a new matrix. In a product, [`t`](Matrix::t) does the same without the copy.
    #[must_use]
    pub fn transpose(&self) -> Matrix {
        self.t().to_matrix()
    }

    /// Copies the elements of a view and takes its shape. The memory is reused if it is large enough.
    pub(crate) fn copy_from(&mut self, view: View<'_>) {
        self.reshape(view.rows, view.columns);
        for (i, row) in self.iter_rows_mut().enumerate() {
            row.iter_mut().enumerate().for_each(|(j, x)| *x = view.at(i, j));
        }
    }

    /// Changes the shape. Element values are unspecified afterwards.
    #[inline]
    #[track_caller]
    pub(crate) fn reshape(&mut self, rows: usize, columns: usize) {
        self.values.resize(size(rows, columns));
        (self.rows, self.columns) = (rows, columns);
    }
}

impl Index<usize> for Matrix {
    type Output = [f64];

    /// Returns row i: in a batch, sample i.
    ///
    /// # Panics
    /// If there is no row i.
    #[track_caller]
    fn index(&self, i: usize) -> &[f64] {
        assert!(i < self.rows, "row {i} is out of range in a {}×{} matrix", self.rows, self.columns);
        &self.values[i * self.columns..(i + 1) * self.columns]
    }
}

impl IndexMut<usize> for Matrix {
    /// Returns mutable access to row i.
    ///
    /// # Panics
    /// If there is no row i.
    #[track_caller]
    fn index_mut(&mut self, i: usize) -> &mut [f64] {
        assert!(i < self.rows, "row {i} is out of range in a {}×{} matrix", self.rows, self.columns);
        &mut self.values[i * self.columns..(i + 1) * self.columns]
    }
}

impl Index<(usize, usize)> for Matrix {
    type Output = f64;

    /// Returns element (i, j).
    ///
    /// # Panics
    /// If there is no row i or no column j.
    #[track_caller]
    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        assert!(
            i < self.rows && j < self.columns,
            "element ({i}, {j}) is out of range in a {}×{} matrix",
            self.rows,
            self.columns
        );
        &self.values[i * self.columns + j]
    }
}

impl IndexMut<(usize, usize)> for Matrix {
    /// Returns mutable access to element (i, j).
    ///
    /// # Panics
    /// If there is no row i or no column j.
    #[track_caller]
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
        assert!(
            i < self.rows && j < self.columns,
            "element ({i}, {j}) is out of range in a {}×{} matrix",
            self.rows,
            self.columns
        );
        &mut self.values[i * self.columns + j]
    }
}

/// Returns the number of elements, rows · columns.
///
/// # Panics
/// If no machine has memory for them.
#[track_caller]
#[inline]
fn size(rows: usize, columns: usize) -> usize {
    match rows.checked_mul(columns) {
        Some(size) if size <= elements::MOST => size,
        _ => panic!("a {rows}×{columns} matrix is too large for this machine"),
    }
}

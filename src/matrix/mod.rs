//! **Flexibility vs. Abstraction**: linear algebra on the bare metal, on which all the rest stands.
//!
//! Frameworks for neural networks stand on three levels. The lowest offers the operations of linear algebra, close to
//! the machine; the middle compiles graphs of tensor operations, and can express the most; the highest stacks
//! elementary layers, which is less flexible, and simple.
#![doc = include_str!("../../docs/figures/abstraction.svg")]
//! This crate has the highest level, its [`network`](crate::network) of layers, and the lowest, which is this module.
//!
//! A [`Matrix`] is a row-major rectangle of `f64`: row after row in one vector, so that `x[0]`, the first sample of a
//! batch, is one contiguous slice. A [`View`] is a matrix that is only looked at: the whole of one, its
//! [transpose](Matrix::t), its [first rows](Matrix::top). The product [`matmul`](Matrix::matmul) takes views, so a
//! transposed operand is read where it stands and never copied. How it is computed is told in [`kernel`]; the slides can
//! be read without it.
#![doc = include_str!("../../docs/walk/matrix.md")]
//!
//! ---
//! [contents](crate) · next: [Artificial Neural Networks](crate::neuron)

mod display;
mod elements;
mod elementwise;
pub mod kernel;
mod view;

pub use view::View;

use elements::Elements;
use std::ops::{Index, IndexMut};

/// A row-major matrix of `f64`.
///
/// `matrix[i]` is row i as a slice, `matrix[(i, j)]` one element. Either number of rows or columns may be 0: such a
/// matrix has no elements, and a product over an inner dimension of 0 is a matrix of zeros.
#[derive(Clone, PartialEq, Default)]
pub struct Matrix {
    rows: usize,
    columns: usize,
    values: Elements,
}

/// Making a matrix.
impl Matrix {
    /// A `rows × columns` matrix of zeros.
    pub fn zeros(rows: usize, columns: usize) -> Matrix {
        Matrix::filled(rows, columns, 0.0)
    }

    /// A `rows × columns` matrix of ones.
    pub fn ones(rows: usize, columns: usize) -> Matrix {
        Matrix::filled(rows, columns, 1.0)
    }

    /// A `rows × columns` matrix whose every element is `value`.
    #[track_caller]
    pub fn filled(rows: usize, columns: usize, value: f64) -> Matrix {
        Matrix { rows, columns, values: Elements::filled(size(rows, columns), value) }
    }

    /// The `n × n` identity: ones on the diagonal, zeros elsewhere.
    pub fn identity(n: usize) -> Matrix {
        Matrix::from_fn(n, n, |i, j| if i == j { 1.0 } else { 0.0 })
    }

    /// A matrix whose element in row i, column j is `element(i, j)`, called row by row.
    ///
    /// ```
    /// # use feedforward::Matrix;
    /// let m = Matrix::from_fn(2, 3, |i, j| (10 * i + j) as f64);
    /// assert_eq!(m, Matrix::from_rows([[0.0, 1.0, 2.0], [10.0, 11.0, 12.0]]));
    /// ```
    #[track_caller]
    pub fn from_fn(rows: usize, columns: usize, mut element: impl FnMut(usize, usize) -> f64) -> Matrix {
        let mut values = Elements::with_capacity(size(rows, columns));
        for i in 0..rows {
            (0..columns).for_each(|j| values.push(element(i, j)));
        }
        Matrix { rows, columns, values }
    }

    /// A matrix from its rows: arrays, slices or vectors, all of one length.
    ///
    /// # Panics
    /// When a row is not as long as the first.
    #[track_caller]
    pub fn from_rows<Row: AsRef<[f64]>>(rows: impl AsRef<[Row]>) -> Matrix {
        let rows = rows.as_ref();
        let columns = rows.first().map_or(0, |row| row.as_ref().len());
        let mut values = Elements::with_capacity(rows.len() * columns);
        for (i, row) in rows.iter().enumerate() {
            let row = row.as_ref();
            assert!(row.len() == columns, "from_rows: row {i} has {} elements, row 0 has {columns}", row.len());
            values.extend_from_slice(row);
        }
        Matrix { rows: rows.len(), columns, values }
    }

    /// A `rows × columns` matrix from its elements, row after row.
    ///
    /// # Panics
    /// When `values` does not hold `rows · columns` elements.
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
    /// The number of rows: in a batch, the number of samples.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns: in a batch, the number of values of one sample.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// (rows, columns).
    pub fn shape(&self) -> (usize, usize) {
        (self.rows, self.columns)
    }

    /// The rows, one slice after the other.
    pub fn iter_rows(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        let (columns, values) = (self.columns, &self.values[..]);
        (0..self.rows).map(move |i| &values[i * columns..][..columns])
    }

    /// The rows, one slice after the other, to be changed.
    pub fn iter_rows_mut(&mut self) -> impl ExactSizeIterator<Item = &mut [f64]> {
        let (columns, mut rest) = (self.columns, &mut self.values[..]);
        (0..self.rows).map(move |_| {
            let (row, below) = std::mem::take(&mut rest).split_at_mut(columns);
            rest = below;
            row
        })
    }

    /// All elements, row after row.
    pub fn as_slice(&self) -> &[f64] {
        &self.values
    }

    /// All elements, row after row, to be changed.
    pub fn as_mut_slice(&mut self) -> &mut [f64] {
        &mut self.values
    }

    /// The elements, row after row, and the end of the matrix.
    pub fn into_vec(self) -> Vec<f64> {
        self.values.into_vec()
    }

    /// A new matrix of the given rows, in the given order; a row may be chosen more than once.
    ///
    /// # Panics
    /// When there is no such row.
    #[track_caller]
    pub fn select_rows(&self, rows: &[usize]) -> Matrix {
        let mut values = Elements::with_capacity(rows.len() * (self.columns + 1)); // with room for the column of ones
        for &i in rows {
            values.extend_from_slice(&self[i]);
        }
        Matrix { rows: rows.len(), columns: self.columns, values }
    }

    /// The matrix with one more column on its right, every element of it `value`: with 1, the inputs' column of ones.
    ///
    /// ```
    /// # use feedforward::Matrix;
    /// let x = Matrix::from_rows([[3.0, 5.0], [4.0, 6.0]]);
    /// assert_eq!(x.append_column(1.0), Matrix::from_rows([[3.0, 5.0, 1.0], [4.0, 6.0, 1.0]]));
    /// ```
    pub fn append_column(self, value: f64) -> Matrix {
        let (rows, columns) = self.shape();
        let mut values = self.values;
        if values.capacity() < rows * (columns + 1) {
            let mut wider = Elements::with_capacity(rows * (columns + 1));
            for i in 0..rows {
                wider.extend_from_slice(&values[i * columns..(i + 1) * columns]);
                wider.push(value);
            }
            values = wider;
        } else {
            values.resize(rows * (columns + 1));
            // Each row moves right by its own index: the last first, so that none overwrites one that has yet to move.
            for i in (0..rows).rev() {
                values.copy_within(i * columns..(i + 1) * columns, i * (columns + 1));
                values[i * (columns + 1) + columns] = value;
            }
        }
        Matrix { rows, columns: columns + 1, values }
    }
}

/// The product and its views.
impl Matrix {
    /// The transpose, not copied: a [`View`] that reads this matrix with rows and columns exchanged.
    pub fn t(&self) -> View<'_> {
        View::from(self).t()
    }

    /// The first `rows` rows, not copied.
    ///
    /// # Panics
    /// When the matrix has fewer rows.
    #[track_caller]
    pub fn top(&self, rows: usize) -> View<'_> {
        View::from(self).top(rows)
    }

    /// The transpose as a matrix of its own. Inside a product, [`t`](Matrix::t) does the same without the copy.
    pub fn transpose(&self) -> Matrix {
        self.t().to_matrix()
    }

    /// The matrix product: `m × k` times `k × n` is `m × n`, Cᵢⱼ = Σₚ Aᵢₚ Bₚⱼ.
    ///
    /// # Panics
    /// When `right` has not as many rows as this matrix has columns.
    #[track_caller]
    pub fn matmul<'a>(&self, right: impl Into<View<'a>>) -> Matrix {
        View::from(self).matmul(right)
    }

    /// As [`matmul`](Matrix::matmul), into a matrix that is there already: it takes the shape of the product, and its
    /// memory is used again where it suffices.
    ///
    /// # Panics
    /// When `right` has not as many rows as this matrix has columns.
    #[track_caller]
    pub fn matmul_into<'a>(&self, right: impl Into<View<'a>>, product: &mut Matrix) {
        View::from(self).matmul_into(right, product);
    }

    /// Takes this shape. Which elements stay is not said.
    #[track_caller]
    fn reshape(&mut self, rows: usize, columns: usize) {
        self.values.resize(size(rows, columns));
        (self.rows, self.columns) = (rows, columns);
    }
}

impl Index<usize> for Matrix {
    type Output = [f64];

    /// Row i: in a batch, sample i.
    #[track_caller]
    fn index(&self, i: usize) -> &[f64] {
        assert!(i < self.rows, "row {i} of a {}×{} matrix", self.rows, self.columns);
        &self.values[i * self.columns..(i + 1) * self.columns]
    }
}

impl IndexMut<usize> for Matrix {
    #[track_caller]
    fn index_mut(&mut self, i: usize) -> &mut [f64] {
        assert!(i < self.rows, "row {i} of a {}×{} matrix", self.rows, self.columns);
        &mut self.values[i * self.columns..(i + 1) * self.columns]
    }
}

impl Index<(usize, usize)> for Matrix {
    type Output = f64;

    #[track_caller]
    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        assert!(i < self.rows && j < self.columns, "element ({i}, {j}) of a {}×{} matrix", self.rows, self.columns);
        &self.values[i * self.columns + j]
    }
}

impl IndexMut<(usize, usize)> for Matrix {
    #[track_caller]
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
        assert!(i < self.rows && j < self.columns, "element ({i}, {j}) of a {}×{} matrix", self.rows, self.columns);
        &mut self.values[i * self.columns + j]
    }
}

/// rows · columns, the number of elements.
#[track_caller]
fn size(rows: usize, columns: usize) -> usize {
    rows.checked_mul(columns).unwrap_or_else(|| panic!("a {rows}×{columns} matrix is too large for this machine"))
}

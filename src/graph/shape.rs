//! Shapes, in which the number of samples in a batch is a symbol.

use std::fmt;

/// The number of rows or columns of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// The number of samples in the batch, which the inputs of each run decide.
    Batch,
    /// The same number in every run.
    Fixed(usize),
}

/// The shape of a node: rows × columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The number of rows.
    pub rows: Size,
    /// The number of columns.
    pub columns: Size,
}

impl Size {
    /// Returns the number in a run with `batch` samples.
    pub(super) fn of(self, batch: usize) -> usize {
        match self {
            Size::Batch => batch,
            Size::Fixed(size) => size,
        }
    }
}

impl Shape {
    /// The shape of a single number.
    pub(super) const NUMBER: Shape = Shape::new(Size::Fixed(1), Size::Fixed(1));

    pub(super) const fn new(rows: Size, columns: Size) -> Shape {
        Shape { rows, columns }
    }

    /// Returns rows and columns in a run with `batch` samples.
    pub(super) fn of(self, batch: usize) -> (usize, usize) {
        (self.rows.of(batch), self.columns.of(batch))
    }

    /// Returns the shape with rows and columns exchanged.
    pub(super) fn transposed(self) -> Shape {
        Shape::new(self.columns, self.rows)
    }
}

impl fmt::Display for Size {
    /// Formats the size as a number, or as `b` for the batch.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Size::Batch => write!(f, "b"),
            Size::Fixed(size) => write!(f, "{size}"),
        }
    }
}

impl fmt::Display for Shape {
    /// Formats the shape as in `b×3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}×{}", self.rows, self.columns)
    }
}

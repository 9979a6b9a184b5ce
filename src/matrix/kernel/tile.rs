//! A tile: the small rectangle of C whose sums stay in registers. What an instruction set provides is a [`Tiles`].

use super::window::Window;
use crate::matrix::View;

/// C = A B, or C += A B, for a C that fits into registers.
///
/// # Safety
/// The machine must have the instruction set for which the tile was compiled.
pub(super) type Tile = unsafe fn(a: View<'_>, b: View<'_>, c: Window<'_>, accumulate: bool);

/// The tiles of one instruction set.
pub(super) struct Tiles {
    /// Numbers in a vector register: a power of two.
    pub(super) lanes: usize,
    /// The tile of `r` rows and `v` vector registers of columns is `broadcast[r - 1][v - 1]`. The rows of its B are
    /// contiguous.
    pub(super) broadcast: &'static [&'static [Tile]],
    /// For a C that is one vector register wide, a tile of more rows than the others have: so many, and the tile.
    pub(super) tall: (usize, Tile),
    /// The tile of `r` rows and `s` columns is `dot[r - 1][s - 1]`. The rows of its A and the columns of its B are
    /// contiguous.
    pub(super) dot: &'static [&'static [Tile]],
}

impl Tiles {
    /// The most rows of a tile.
    pub(super) fn rows(&self) -> usize {
        self.broadcast.len()
    }

    /// How many of `remaining` rows the next tile of so many `columns` takes. The tall tile saves calls, which are most
    /// of the work where the sums are short; from sums of 16 products on it is the slower one.
    #[inline]
    pub(super) fn rows_of(&self, depth: usize, columns: usize, remaining: usize) -> usize {
        let tall = depth <= 8 && columns <= self.lanes && remaining >= self.tall.0;
        if tall { self.tall.0 } else { self.rows().min(remaining) }
    }

    /// How many of `remaining` columns the next tile of so many `rows` takes: as many as its registers hold; but of
    /// four vectors two, since two and two are faster than three and one (a tile one vector wide loads more than it
    /// computes).
    #[inline]
    pub(super) fn columns(&self, rows: usize, remaining: usize) -> usize {
        let widest = self.broadcast[rows.min(self.rows()) - 1].len();
        let four = 3 * self.lanes < remaining && remaining <= 4 * self.lanes;
        remaining.min(self.lanes * if widest == 3 && four { 2 } else { widest })
    }

    /// So many columns, filled up to whole vectors.
    #[inline]
    pub(super) fn padded(&self, columns: usize) -> usize {
        (columns + self.lanes - 1) & !(self.lanes - 1)
    }

    /// The product of one tile, vectors along the rows of B.
    #[inline]
    pub(super) fn run(&self, a: View<'_>, b: View<'_>, c: Window<'_>, accumulate: bool) {
        // By a shift: a division would take as long as a small tile.
        let vectors_but_one = (b.columns - 1) >> self.lanes.trailing_zeros();
        let tile = if a.rows > self.rows() { self.tall.1 } else { self.broadcast[a.rows - 1][vectors_but_one] };
        // SAFETY: an `InstructionSet` gives out its tiles only on a machine that has it.
        unsafe { tile(a, b, c, accumulate) }
    }

    /// The product of one tile, vectors along the sum.
    #[inline]
    pub(super) fn run_dot(&self, a: View<'_>, b: View<'_>, c: Window<'_>) {
        let tile = self.dot[a.rows - 1][b.columns - 1];
        // SAFETY: an `InstructionSet` gives out its tiles only on a machine that has it.
        unsafe { tile(a, b, c, false) }
    }
}

/// Asserts what the loads and stores of a tile rely on: that A and B fit each other and C, that no operand is empty,
/// and that all elements of A and B lie within their slices.
#[inline(always)]
pub(super) fn check(a: View<'_>, b: View<'_>, c: &Window<'_>) {
    let inside = |v: View<'_>| (v.rows - 1) * v.row_stride + (v.columns - 1) * v.column_stride < v.values.len();
    assert!(a.rows > 0 && a.columns > 0 && b.columns > 0);
    assert!(a.rows == c.rows && a.columns == b.rows && b.columns == c.columns);
    assert!(inside(a) && inside(b));
}

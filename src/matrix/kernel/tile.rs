//! A tile is the small rectangle of C whose sums stay in registers. Each instruction set provides its tiles as
//! [`Tiles`].

use super::window::Window;
use crate::matrix::View;

/// A function that computes C = A B, or C += A B if `accumulate`, for a C that fits into registers.
///
/// # Safety
/// * The machine must have the instruction set for which the function is compiled.
/// * If `accumulate`, all elements of C must have been written before.
pub(super) type Tile = unsafe fn(a: View<'_>, b: View<'_>, c: Window<'_>, accumulate: bool);

/// The tiles of an instruction set that this machine has. [`InstructionSet`](super::InstructionSet) returns them.
pub(super) struct Tiles {
    /// Numbers in a vector: a power of two.
    pub(super) lanes: usize,
    /// The tiles of `r` rows and `v` vectors, as `broadcast[r - 1][v - 1]`. The rows of B must be contiguous.
    pub(super) broadcast: &'static [&'static [Tile]],
    /// A tile that is one vector wide and has more rows than the other tiles: the number of its rows, and the tile.
    pub(super) tall: (usize, Tile),
    /// The tiles of `r` rows and `s` columns with vectors along the sum, as `dot[r - 1][s - 1]`. The rows of A and the
    /// columns of B must be contiguous.
    pub(super) dot: &'static [&'static [Tile]],
}

/// The longest sums for which the tall tile is used. It saves calls, which are most of the work if sums are short; for
/// sums of 16 products and more it is slower than the other tiles.
const SHORT: usize = 8;
/// Vectors in the widest tile of several rows, with AVX-512. If one vector more than this remains, two tiles of half
/// the vectors are faster than this tile and one that is a single vector wide, since the latter loads more than it
/// computes.
const WIDE: usize = 3;

impl Tiles {
    /// Returns the most rows that a tile has, without the tall tile.
    pub(super) fn rows(&self) -> usize {
        self.broadcast.len()
    }

    /// Returns how many of the `remaining` rows the next tile takes, if it has `columns` columns and sums of `depth`
    /// products.
    #[inline]
    pub(super) fn rows_of(&self, depth: usize, columns: usize, remaining: usize) -> usize {
        let tall = depth <= SHORT && columns <= self.lanes && remaining >= self.tall.0;
        if tall { self.tall.0 } else { self.rows().min(remaining) }
    }

    /// Returns how many of the `remaining` columns the next tile takes, for a C of `rows` rows: as many as its
    /// registers hold, or half of them if that makes the last two tiles equal (see `WIDE`).
    #[inline]
    pub(super) fn columns(&self, rows: usize, remaining: usize) -> usize {
        let widest = self.broadcast[rows.min(self.rows()) - 1].len();
        let one_more = WIDE * self.lanes < remaining && remaining <= (WIDE + 1) * self.lanes;
        let vectors = if widest == WIDE && one_more { WIDE.div_ceil(2) } else { widest };
        remaining.min(self.lanes * vectors)
    }

    /// Returns the number of columns rounded up to whole vectors.
    #[inline]
    pub(super) fn padded(&self, columns: usize) -> usize {
        (columns + self.lanes - 1) & !(self.lanes - 1)
    }

    /// Computes one tile with vectors along the rows of B.
    ///
    /// # Safety
    /// If `accumulate`, all elements of C must have been written before.
    #[inline]
    pub(super) unsafe fn run(&self, a: View<'_>, b: View<'_>, c: Window<'_>, accumulate: bool) {
        // A shift, because a division would take as long as a small tile.
        let vectors_but_one = (b.columns - 1) >> self.lanes.trailing_zeros();
        let tile = if a.rows > self.rows() { self.tall.1 } else { self.broadcast[a.rows - 1][vectors_but_one] };
        // SAFETY: this machine has the instruction set of `Tiles`, and the caller guarantees that C has been written if
        // `accumulate`.
        unsafe { tile(a, b, c, accumulate) }
    }

    /// Computes one tile with vectors along the sum.
    #[inline]
    pub(super) fn run_dot(&self, a: View<'_>, b: View<'_>, c: Window<'_>) {
        let tile = self.dot[a.rows - 1][b.columns - 1];
        // SAFETY: this machine has the instruction set of `Tiles`, and the tile does not accumulate.
        unsafe { tile(a, b, c, false) }
    }
}

/// Checks everything that the loads and stores of a tile rely on: A, B and C fit each other, none of them is empty, and
/// all elements of A and B lie within their slices.
#[inline(always)]
pub(super) fn check(a: View<'_>, b: View<'_>, c: &Window<'_>) {
    let inside = |v: View<'_>| (v.rows - 1) * v.row_stride + (v.columns - 1) * v.column_stride < v.values.len();
    assert!(a.rows > 0 && a.columns > 0 && b.columns > 0);
    assert!(a.rows == c.rows && a.columns == b.rows && b.columns == c.columns);
    assert!(inside(a) && inside(b));
}

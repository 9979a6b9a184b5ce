//! The short path: tiles that read both operands where they stand. Nothing is packed and nothing allocated.
//!
//! It is the path of all small products, and of B with short rows or A with few: packing pays only when a packed
//! element is used often, and when reading it in place is slow.

use super::{Tiles, Window};
use crate::matrix::View;

/// Rows of B from one end of a block to the other, at most so many pages of 4 KiB: a tile reads a little of each, and
/// the processor knows 64 to 96 pages by heart (its first-level TLB).
const PAGES: usize = 64;
/// Doubles in a page.
pub(super) const PAGE: usize = 4096 / 8;
/// Where A has few rows and those of B are long, hardly more is done than to read B. The processor fetches ahead along up
/// to 32 streams, and each row of a block is one.
const STREAMS: usize = 16;
/// The depth of a block is at most so many rows of B: 256 rows of a tile 3 vectors of 8 wide are 48 KiB, which is a
/// level-1 cache.
const DEPTH: usize = 256;

/// The depth of the blocks of a product of so many rows of A, so many of B, which are `stride` apart.
#[inline]
pub(super) fn depth(m: usize, k: usize, stride: usize) -> usize {
    let only_read = m <= STREAMS && stride >= PAGE;
    if k <= STREAMS || only_read { STREAMS } else { (PAGES * (PAGE / stride).max(1)).min(DEPTH) }
}

/// C = A B, where the rows of B are contiguous: a strip of B as wide as a tile is used for all rows of A, then the next.
#[inline]
pub(super) fn multiply(tiles: &Tiles, depth: usize, a: View<'_>, b: View<'_>, mut c: Window<'_>) {
    let ((m, k), n) = (a.shape(), b.columns);
    if k <= depth && m <= tiles.rows() && n == tiles.columns(m, n) {
        return tiles.run(a, b, c, false); // one tile is all: the loops below would take as long as it
    }
    let mut p = 0;
    while p < k {
        let depth = depth.min(k - p);
        let mut j = 0;
        while j < n {
            let columns = tiles.columns(m, n - j);
            let b = b.block(p, depth, j, columns);
            let mut i = 0;
            while i < m {
                let rows = tiles.rows_of(depth, columns, m - i);
                tiles.run(a.block(i, rows, p, depth), b, c.block(i, rows, j, columns), p > 0);
                i += rows;
            }
            j += columns;
        }
        p += depth;
    }
}

/// Numbers of B that [`multiply_copied`] can copy: 1 KiB.
pub(super) const COPIED: usize = 128;

/// C = A B for a transposed B of a few numbers: they are copied in the order of their rows, onto the stack.
pub(super) fn multiply_copied(tiles: &Tiles, a: View<'_>, b: View<'_>, c: Window<'_>) {
    let (k, n) = b.shape();
    let mut copy = [0.0; COPIED];
    for p in 0..k {
        for (j, to) in copy[p * n..][..n].iter_mut().enumerate() {
            *to = b.at(p, j);
        }
    }
    let b = View { rows: k, columns: n, row_stride: n, column_stride: 1, values: &copy };
    multiply(tiles, COPIED, a, b, c); // not deeper than that
}

/// C = A B, where the rows of A and the columns of B are contiguous: every element of C one sum of products, with
/// vectors along the sum. The path of a transposed B and so few rows of A that packing B does not pay.
pub(super) fn multiply_dot(tiles: &Tiles, a: View<'_>, b: View<'_>, mut c: Window<'_>) {
    let ((m, k), n) = (a.shape(), b.columns);
    let most_rows = tiles.dot.len();
    let most_columns = tiles.dot[most_rows.min(m) - 1].len();
    let mut j = 0;
    while j < n {
        let columns = most_columns.min(n - j);
        let b = b.block(0, k, j, columns);
        let mut i = 0;
        while i < m {
            let rows = most_rows.min(m - i);
            tiles.run_dot(a.block(i, rows, 0, k), b, c.block(i, rows, j, columns));
            i += rows;
        }
        j += columns;
    }
}

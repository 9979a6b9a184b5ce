//! The in-place path and its variants: the tiles read both operands where they are. Nothing is packed and nothing is
//! allocated.
//!
//! All small products take this path, and products whose B has short rows or whose A has few rows. Packing pays only if
//! each packed number is used often and reading in place is slow.

use super::{Tiles, Window};
use crate::matrix::View;

/// Doubles in a page of memory, which has 4 KiB on most machines.
pub(super) const PAGE: usize = 4096 / size_of::<f64>();
/// The most pages that the rows of a block of B span. A tile reads a little of every row, and the first-level TLB holds
/// 64 to 96 pages.
const PAGES: usize = 64;
/// The depth of a block if A has at most this number of rows and the rows of B are long, so that the product does
/// hardly more than read B. The processor prefetches along up to 32 streams, and each row of a block is one stream.
const STREAMS: usize = 16;
/// The greatest depth of a block: 256 rows of a tile that is 3 vectors of 8 wide are 48 KiB, a whole level-1 cache.
const DEPTH: usize = 256;

/// Returns the depth of the blocks, the number of rows of B in each, for `m` rows of A and `k` rows of B that are
/// `stride` apart.
#[inline]
pub(super) fn depth(m: usize, k: usize, stride: usize) -> usize {
    let only_read = m <= STREAMS && stride >= PAGE;
    let one_block = k <= STREAMS; // whatever the stride: this saves small products the division
    if one_block || only_read {
        return STREAMS;
    }
    let rows_in_a_page = (PAGE / stride.max(1)).max(1); // the stride of a B without columns is 0
    (PAGES * rows_in_a_page).min(DEPTH)
}

/// Computes C = A B for a B whose rows are contiguous, in blocks of `depth` rows of B. A strip of a block, as wide as a
/// tile, serves all rows of A before the next strip is read.
#[inline]
pub(super) fn multiply(tiles: &Tiles, depth: usize, a: View<'_>, b: View<'_>, mut c: Window<'_>) {
    let ((m, k), n) = (a.shape(), b.columns);
    if k <= depth && m <= tiles.rows() && n == tiles.columns(m, n) {
        // One tile is the whole product. The loops would double its time.
        // SAFETY: the tile does not accumulate.
        return unsafe { tiles.run(a, b, c, false) };
    }
    // Loop 3 walks along k. Each step after the first reads and writes all of C once more.
    let mut p = 0;
    while p < k {
        let depth = depth.min(k - p);
        // Loop 2 walks along n. A strip of B, at most 256 × 24 numbers, stays in the level-1 cache during loop 1.
        let mut j = 0;
        while j < n {
            let columns = tiles.columns(m, n - j);
            let b = b.block(p, depth, j, columns);
            // Loop 1 walks along m. Each step reads a tile's rows of A, at most 8 × 256 numbers, from the level-2
            // cache, which holds all rows of A in this loop: at most 256 × 256 numbers, 512 KiB. (Only with a copied B
            // can there be more.)
            let mut i = 0;
            while i < m {
                let rows = tiles.rows_of(depth, columns, m - i);
                // The tile walks along this block's k. Its part of C stays in registers.
                // SAFETY: the first step of loop 3 has written all of C.
                unsafe { tiles.run(a.block(i, rows, p, depth), b, c.block(i, rows, j, columns), p > 0) };
                i += rows;
            }
            j += columns;
        }
        p += depth;
    }
}

/// The greatest number of elements of a B that is copied to the stack: 1 KiB. Such a B has at most 128 rows, so the
/// copy is always a single block.
pub(super) const COPIED: usize = 128;

/// Computes C = A B for a B of at most `COPIED` numbers, which may be transposed. They are first copied to the stack,
/// row after row.
pub(super) fn multiply_copied(tiles: &Tiles, a: View<'_>, b: View<'_>, c: Window<'_>) {
    let (k, n) = b.shape();
    let mut copy = [0.0; COPIED];
    for p in 0..k {
        for (j, to) in copy[p * n..][..n].iter_mut().enumerate() {
            *to = b.at(p, j);
        }
    }
    let b = View { rows: k, columns: n, row_stride: n, column_stride: 1, values: &copy };
    let depth = COPIED; // one block: B has at most this number of rows
    multiply(tiles, depth, a, b, c);
}

/// Computes C = A B if the rows of A and the columns of B are contiguous. Each element of C is one sum of products,
/// with vectors along the sum. This path serves a transposed B if A has too few rows for packing to pay.
pub(super) fn multiply_dot(tiles: &Tiles, a: View<'_>, b: View<'_>, mut c: Window<'_>) {
    let ((m, k), n) = (a.shape(), b.columns);
    let most_rows = tiles.dot.len();
    let most_columns = tiles.dot[most_rows.min(m) - 1].len();
    // Loop 2 walks along n. A few columns of B stay in the level-1 cache during loop 1, unless they are very long.
    let mut j = 0;
    while j < n {
        let columns = most_columns.min(n - j);
        let b = b.block(0, k, j, columns);
        // Loop 1 walks along m, a few rows of A at a time.
        let mut i = 0;
        while i < m {
            let rows = most_rows.min(m - i);
            // The tile walks along all of k.
            tiles.run_dot(a.block(i, rows, 0, k), b, c.block(i, rows, j, columns));
            i += rows;
        }
        j += columns;
    }
}

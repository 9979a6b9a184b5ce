//! Rung 3, blocks: a piece of B small enough for the cache is used for every row of A before the next piece is read.

use super::loop_order::add_row;
use crate::matrix::View;

/// Rows of B in a block: 128 × 512 doubles are 512 KiB, a half of a level-2 cache of 1 MiB.
const ROWS: usize = 128;
/// Columns of B, and of C, in a block: a row of a block is 4 KiB, so rows of B and C share a level-1 cache of 32 KiB.
const COLUMNS: usize = 512;

/// C = A B as [`loop_order::multiply`](super::loop_order::multiply), for one block of B after the other.
///
/// The loops before read all of B again for every row of A: from main memory, once B has outgrown the caches. Here a
/// block of B is read from memory once, and from the cache for all further rows of A.
///
/// # Panics
/// When the shapes do not fit.
#[track_caller]
pub fn multiply(a: View<'_>, b: View<'_>, c: &mut [f64]) {
    super::assert_shapes(a, b, c);
    let (k, n) = b.shape();
    c.fill(0.0);
    for j in (0..n).step_by(COLUMNS) {
        let columns = COLUMNS.min(n - j);
        for p in (0..k).step_by(ROWS) {
            for i in 0..a.rows {
                let c = &mut c[i * n + j..][..columns];
                for p in p..k.min(p + ROWS) {
                    add_row(c, a.at(i, p), b, p, j);
                }
            }
        }
    }
}

//! Rung 3, blocking: a block of B that fits into the cache serves every row of A before the next block is read.
//!
//! 8.6 GFLOP/s at 256³, where all of B fits into the cache and blocks gain nothing; 7.9 at 1024³.

use super::loop_order::add_row;
use crate::matrix::View;

/// Rows of B in a block: 128 × 512 doubles are 512 KiB, half of a level-2 cache of 1 MiB.
const ROWS: usize = 128;
/// Columns of B and C in a block: a row of a block is 4 KiB, so a row of B and a row of C fit together into a level-1
/// cache of 32 KiB.
const COLUMNS: usize = 512;

/// Computes C = A B like [`loop_order::multiply`](super::loop_order::multiply), one block of B after the other.
///
/// `a` is `m × k`, `b` is `k × n`, and `c` holds the `m · n` elements of C row after row.
///
/// The first two rungs read all of B again for every row of A. If B is larger than the caches, it comes from main
/// memory. Here each block of B is read from memory once, for the first row of A, and from the cache for all further
/// rows.
///
/// # Panics
/// If `a` does not have as many columns as `b` has rows, or `c` does not have `m · n` elements.
#[track_caller]
pub fn multiply(a: View<'_>, b: View<'_>, c: &mut [f64]) {
    super::assert_shapes(a, b, c);
    if c.is_empty() {
        return; // there may be many rows without columns
    }
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

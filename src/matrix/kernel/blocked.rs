//! The product in blocks that stay in the cache while they are used.

use crate::matrix::View;

/// Rows of B in a block: 64 × 256 doubles are 128 KiB, which stay in a level-2 cache while every row of A passes by.
const ROWS: usize = 64;
/// Columns of B, and of C, in a block: one row of a block of C is 2 KiB and stays in the level-1 cache.
const COLUMNS: usize = 256;

/// C += A B. For each block of B and each row of A: the row of C grows by Aᵢₚ times the rows of the block.
pub(super) fn multiply(a: View<'_>, b: View<'_>, c: &mut [f64]) {
    let n = b.columns;
    let mut block = Vec::with_capacity(ROWS * COLUMNS.min(n));
    for j in (0..n).step_by(COLUMNS) {
        let columns = COLUMNS.min(n - j);
        for p in (0..b.rows).step_by(ROWS) {
            let rows = ROWS.min(b.rows - p);
            block.clear();
            for q in p..p + rows {
                block.extend((j..j + columns).map(|j| b.at(q, j)));
            }
            for i in 0..a.rows {
                let c = &mut c[i * n + j..][..columns];
                for (q, b) in block.chunks_exact(columns).enumerate() {
                    let a = a.at(i, p + q);
                    for (c, b) in c.iter_mut().zip(b) {
                        *c += a * b;
                    }
                }
            }
        }
    }
}

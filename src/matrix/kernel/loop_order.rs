//! Rung 2, the loops in another order: the innermost goes along rows, where memory is contiguous.

use crate::matrix::View;

/// C = A B as [`naive::multiply`](super::naive::multiply), the two inner loops exchanged: a row of C is the sum of the
/// rows of B, each times one element of A.
///
/// Nothing else has changed, the same products are added in the same order. But now the inner loop uses all of every
/// cache line, and its additions go to different elements, so that none waits for another and the compiler can do two
/// in one instruction.
///
/// # Panics
/// When the shapes do not fit.
#[track_caller]
pub fn multiply(a: View<'_>, b: View<'_>, c: &mut [f64]) {
    super::assert_shapes(a, b, c);
    let n = b.columns;
    c.fill(0.0);
    for i in 0..a.rows {
        let c = &mut c[i * n..][..n];
        for p in 0..a.columns {
            add_row(c, a.at(i, p), b, p, 0);
        }
    }
}

/// c += a times the part of row p of B that begins in column j and is as long as c.
pub(super) fn add_row(c: &mut [f64], a: f64, b: View<'_>, p: usize, j: usize) {
    if b.column_stride == 1 {
        let b = &b.values[p * b.row_stride + j..][..c.len()];
        for (c, b) in c.iter_mut().zip(b) {
            *c += a * b;
        }
    } else {
        for (c, j) in c.iter_mut().zip(j..) {
            *c += a * b.at(p, j);
        }
    }
}

//! Rung 1, the definition: three loops that compute one element of C after the other.
//!
//! 1.8 GFLOP/s at 256³, 0.4 at 1024³. Every faster rung is tested against this one.

use crate::matrix::View;

/// Computes C = A B by its definition, Cᵢⱼ = Σₚ Aᵢₚ Bₚⱼ.
///
/// `a` is `m × k`, `b` is `k × n`, and `c` holds the `m · n` elements of C row after row.
///
/// Two costs make it slow. The inner loop walks down a column of B, `n` elements from one step to the next: it loads a
/// whole cache line, 8 numbers, to use one of them. And each addition waits for the previous one, since all of them go
/// into the same sum.
///
/// # Panics
/// If `a` does not have as many columns as `b` has rows, or `c` does not have `m · n` elements.
#[track_caller]
pub fn multiply(a: View<'_>, b: View<'_>, c: &mut [f64]) {
    super::assert_shapes(a, b, c);
    if c.is_empty() {
        return; // there may be many rows without columns
    }
    for i in 0..a.rows {
        for j in 0..b.columns {
            let mut sum = 0.0;
            for p in 0..a.columns {
                sum += a.at(i, p) * b.at(p, j);
            }
            c[i * b.columns + j] = sum;
        }
    }
}

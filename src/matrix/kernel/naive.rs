//! Rung 1, the definition: three loops, one element of C after the other. Every faster rung is held against it.

use crate::matrix::View;

/// C = A B: Cᵢⱼ = Σₚ Aᵢₚ Bₚⱼ, for A of `m × k`, B of `k × n` and the elements of C row after row.
///
/// The inner loop goes down a column of B, `n` elements from one step to the next: it loads a whole cache line, 8
/// numbers, to use one of them. And each addition waits for the one before, since all go into one sum.
///
/// # Panics
/// When the shapes do not fit.
#[track_caller]
pub fn multiply(a: View<'_>, b: View<'_>, c: &mut [f64]) {
    super::assert_shapes(a, b, c);
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

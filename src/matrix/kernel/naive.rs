//! The definition of the product as three loops: what every faster one is held against.

use crate::matrix::View;

/// C = A B, one element after the other: Cᵢⱼ = Σₚ Aᵢₚ Bₚⱼ.
#[cfg_attr(not(test), expect(dead_code, reason = "the oracle of the tests"))]
pub(in crate::matrix) fn multiply(a: View<'_>, b: View<'_>, c: &mut [f64]) {
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

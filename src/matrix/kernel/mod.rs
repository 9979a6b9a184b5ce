//! The product: one function, [`multiply`], and beside it the [naive](naive::multiply) one that says what it computes.

mod blocked;
pub(super) mod naive;

use super::View;

/// C = A B, where `c` holds the elements of the `m × n` product row after row and is zero.
pub(super) fn multiply(a: View<'_>, b: View<'_>, c: &mut [f64]) {
    debug_assert!(a.columns == b.rows && c.len() == a.rows * b.columns);
    blocked::multiply(a, b, c);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Matrix;

    /// Small integers: every product and sum is exact, so every order of summation gives the same bits.
    fn integers(rows: usize, columns: usize) -> Matrix {
        Matrix::from_fn(rows, columns, |i, j| ((7 * i + 3 * j) % 11) as f64 - 5.0)
    }

    #[test]
    fn every_shape_up_to_and_across_a_block_edge_equals_the_naive_product_exactly() {
        for (m, k, n) in
            [(0, 3, 2), (3, 0, 2), (3, 2, 0), (1, 1, 1), (5, 7, 3), (3, 63, 255), (2, 64, 256), (4, 65, 257)]
        {
            let (a, b) = (integers(m, k), integers(k, n));
            let (at, bt) = (a.transpose(), b.transpose());
            for (a, b) in
                [(View::from(&a), View::from(&b)), (at.t(), View::from(&b)), (View::from(&a), bt.t()), (at.t(), bt.t())]
            {
                let mut expected = vec![f64::NAN; m * n];
                naive::multiply(a, b, &mut expected);
                assert_eq!(a.matmul(b).as_slice(), expected, "{m}×{k} times {k}×{n}");
            }
        }
    }
}

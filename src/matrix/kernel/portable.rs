//! The tiles for every machine, without intrinsics: the compiler makes of them what its target has. That is SSE2 on
//! x86-64, whose 16 registers of 2 doubles hold a tile of 4 × 4; and NEON on aarch64.
//!
//! It multiplies and then adds. `f64::mul_add` would be one rounding, and where there is no such instruction a call
//! into the mathematical library for every product.

use super::{
    tile::{Tiles, check},
    window::Window,
};
use crate::matrix::View;

pub(super) const TILES: Tiles = Tiles {
    lanes: LANES,
    broadcast: &[&[tile::<1>], &[tile::<2>], &[tile::<3>], &[tile::<4>]],
    tall: (5, tile::<5>),
    dot: &[&[dot]],
};

const LANES: usize = 4;

/// R rows of C, each up to 4 elements long. In every step, a row of B times each of R numbers of A.
fn tile<const R: usize>(a: View<'_>, b: View<'_>, mut c: Window<'_>, accumulate: bool) {
    check(a, b, &c);
    assert!(a.rows == R && b.columns <= LANES && b.column_stride == 1);
    let rows: [&[f64]; R] = std::array::from_fn(|i| &a.values[i * a.row_stride..]);
    let mut sums = [[0.0; LANES]; R];
    for p in 0..a.columns {
        let b_row = &b.values[p * b.row_stride..];
        let padded;
        let bs: &[f64; LANES] = match b_row.first_chunk() {
            Some(row) => row, // perhaps with numbers beyond the last column: their sums go nowhere
            None => {
                padded = std::array::from_fn(|v| b_row.get(v).copied().unwrap_or(0.0));
                &padded
            }
        };
        for i in 0..R {
            let a = rows[i][p * a.column_stride];
            for v in 0..LANES {
                sums[i][v] += a * bs[v];
            }
        }
    }
    for i in 0..R {
        for j in 0..b.columns {
            // SAFETY: who accumulates has written the elements before.
            let before = if accumulate { unsafe { c.get(i, j) } } else { 0.0 };
            c.set(i, j, before + sums[i][j]);
        }
    }
}

/// One row of A by one column of B, in four sums that do not wait for each other.
fn dot(a: View<'_>, b: View<'_>, mut c: Window<'_>, _accumulate: bool) {
    check(a, b, &c);
    assert!(a.rows == 1 && b.columns == 1 && a.column_stride == 1 && b.row_stride == 1);
    let (a, b) = (a.values[..a.columns].chunks_exact(LANES), b.values[..b.rows].chunks_exact(LANES));
    let rest: f64 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    let mut sums = [0.0; LANES];
    for (a, b) in a.zip(b) {
        for v in 0..LANES {
            sums[v] += a[v] * b[v];
        }
    }
    c.set(0, 0, (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest);
}

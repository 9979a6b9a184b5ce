//! The portable tiles, without intrinsics. The compiler translates them to the vectors of its target: to SSE2 on
//! x86-64, whose 16 registers of 2 doubles hold a tile of 4 × 4, and to NEON on aarch64.
//!
//! The tiles multiply and then add. `f64::mul_add` would round only once, but on a machine without such an instruction
//! it calls the mathematical library for every product.

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

/// Numbers in a row of a tile: two vector registers of SSE2 or NEON.
const LANES: usize = 4;

/// Computes R rows of C of up to 4 elements each. Each step multiplies a row of B by each of R numbers of A.
///
/// # Safety
/// As for [`Tile`](super::tile::Tile).
unsafe fn tile<const R: usize>(a: View<'_>, b: View<'_>, mut c: Window<'_>, accumulate: bool) {
    check(a, b, &c);
    assert!(a.rows == R && b.columns <= LANES && b.column_stride == 1);
    let rows: [&[f64]; R] = std::array::from_fn(|i| &a.values[i * a.row_stride..]);
    let mut sums = [[0.0; LANES]; R];
    for p in 0..a.columns {
        let b_row = &b.values[p * b.row_stride..];
        let padded;
        let bs: &[f64; LANES] = match b_row.first_chunk() {
            Some(row) => row, // may contain numbers after the last column: their sums are never stored
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
            // SAFETY: the caller guarantees that the elements of C have been written if `accumulate`.
            let before = if accumulate { unsafe { c.get(i, j) } } else { 0.0 };
            c.set(i, j, before + sums[i][j]);
        }
    }
}

/// Multiplies one row of A by one column of B, in four sums that do not wait for each other.
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

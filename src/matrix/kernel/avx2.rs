//! The tiles of AVX2 with FMA: 16 registers of 4 doubles, and two fused multiply-adds of 4 doubles in a cycle.
//!
//! As with AVX-512, at least 8 sums must be in flight. A tile of 6 × 2 vectors holds 12 sums, 2 vectors of B and 1 of A
//! in 15 of the 16 registers. It loads 2 vectors and 6 numbers for 12 multiply-adds: 8 loads in 6 cycles. A mask would
//! take another register, so there are two loops, one with a mask and one without.

use super::{
    tile::{Tiles, check},
    window::Window,
};
use crate::matrix::View;
use std::arch::x86_64::*;

pub(super) const TILES: Tiles = Tiles {
    lanes: LANES,
    broadcast: &[
        &[
            tile::<1, 1>,
            tile::<1, 2>,
            tile::<1, 3>,
            tile::<1, 4>,
            tile::<1, 5>,
            tile::<1, 6>,
            tile::<1, 7>,
            tile::<1, 8>,
        ],
        &[tile::<2, 1>, tile::<2, 2>],
        &[tile::<3, 1>, tile::<3, 2>],
        &[tile::<4, 1>, tile::<4, 2>],
        &[tile::<5, 1>, tile::<5, 2>],
        &[tile::<6, 1>, tile::<6, 2>],
    ],
    tall: (12, tile::<12, 1>),
    dot: &[
        &[dot::<1, 1>, dot::<1, 2>, dot::<1, 3>, dot::<1, 4>],
        &[dot::<2, 1>, dot::<2, 2>, dot::<2, 3>, dot::<2, 4>],
        &[dot::<3, 1>, dot::<3, 2>, dot::<3, 3>, dot::<3, 4>],
    ],
};

/// Numbers in a vector.
const LANES: usize = 4;

/// Returns a mask of the first `lanes` lanes of a vector.
#[target_feature(enable = "avx2,fma")]
fn first(lanes: usize) -> __m256i {
    _mm256_cmpgt_epi64(_mm256_set1_epi64x(lanes as i64), _mm256_setr_epi64x(0, 1, 2, 3))
}

/// Computes R × V vectors of C. Unused lanes of the last vector in each row are masked.
///
/// # Safety
/// As for [`Tile`](super::tile::Tile).
#[target_feature(enable = "avx2,fma")]
unsafe fn tile<const R: usize, const V: usize>(a: View<'_>, b: View<'_>, c: Window<'_>, accumulate: bool) {
    check(a, b, &c);
    assert!(a.rows == R && b.columns.div_ceil(LANES) == V && b.column_stride == 1);
    let last = first(b.columns - LANES * (V - 1));
    // SAFETY: `check` has accepted the operands, and `last` masks all lanes from `b.columns` on.
    let sums = unsafe {
        if b.columns == LANES * V { sums::<R, V, false>(a, b, last) } else { sums::<R, V, true>(a, b, last) }
    };
    for i in 0..R {
        for v in 0..V {
            // SAFETY: `check` compared the rows and columns, so the unmasked lanes are elements of the window. The caller
            // guarantees that they have been written if `accumulate`.
            unsafe {
                let c = c.first.add(i * c.stride + LANES * v);
                let mask = if v < V - 1 { first(LANES) } else { last };
                let before = if accumulate { _mm256_maskload_pd(c, mask) } else { _mm256_setzero_pd() };
                _mm256_maskstore_pd(c, mask, _mm256_add_pd(before, sums[i][v]));
            }
        }
    }
}

/// Computes the sums of a tile from operands that `check` has accepted. Each step loads a row of B as V vectors and
/// multiplies them by each of R numbers of A, copied to all lanes.
///
/// # Safety
/// `check` must have accepted A and B. A must have R rows, and B at most V vectors of columns. `last` must mask the lanes
/// of the last vector that are not in B; without `MASKED` there are none.
#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn sums<const R: usize, const V: usize, const MASKED: bool>(
    a: View<'_>,
    b: View<'_>,
    last: __m256i,
) -> [[__m256d; V]; R] {
    assert!(MASKED || b.columns == LANES * V);
    let mut sums = [[_mm256_setzero_pd(); V]; R];
    let (mut a_column, mut b_row) = (a.values.as_ptr(), b.values.as_ptr());
    for _ in 0..a.columns {
        let mut bs = [_mm256_setzero_pd(); V];
        for v in 0..V {
            // SAFETY: the unmasked lanes are elements of one row of B, which lies within its slice according to
            // `check`.
            bs[v] = unsafe {
                let b = b_row.add(LANES * v);
                if MASKED && v == V - 1 { _mm256_maskload_pd(b, last) } else { _mm256_loadu_pd(b) }
            };
        }
        for i in 0..R {
            // SAFETY: this is an element of A, which lies within its slice according to `check`.
            let a = _mm256_set1_pd(unsafe { *a_column.add(i * a.row_stride) });
            for v in 0..V {
                sums[i][v] = _mm256_fmadd_pd(a, bs[v], sums[i][v]);
            }
        }
        a_column = a_column.wrapping_add(a.column_stride);
        b_row = b_row.wrapping_add(b.row_stride);
    }
    sums
}

/// Multiplies R rows of A by S columns of B, and adds 4 products to each of the R · S sums at a time.
#[target_feature(enable = "avx2,fma")]
fn dot<const R: usize, const S: usize>(a: View<'_>, b: View<'_>, mut c: Window<'_>, _accumulate: bool) {
    check(a, b, &c);
    assert!(a.rows == R && b.columns == S && a.column_stride == 1 && b.row_stride == 1);
    let mut sums = [[_mm256_setzero_pd(); S]; R];
    for p in (0..a.columns).step_by(LANES) {
        let mask = first(a.columns - p);
        let mut bs = [_mm256_setzero_pd(); S];
        for j in 0..S {
            // SAFETY: the unmasked lanes are elements of column j of B from p on, which lies within its slice.
            bs[j] = unsafe { _mm256_maskload_pd(b.values.as_ptr().add(j * b.column_stride + p), mask) };
        }
        for i in 0..R {
            // SAFETY: the unmasked lanes are elements of row i of A from p on, which lies within its slice.
            let a = unsafe { _mm256_maskload_pd(a.values.as_ptr().add(i * a.row_stride + p), mask) };
            for j in 0..S {
                sums[i][j] = _mm256_fmadd_pd(a, bs[j], sums[i][j]);
            }
        }
    }
    for i in 0..R {
        for j in 0..S {
            let pairs = _mm_add_pd(_mm256_castpd256_pd128(sums[i][j]), _mm256_extractf128_pd::<1>(sums[i][j]));
            c.set(i, j, _mm_cvtsd_f64(_mm_hadd_pd(pairs, pairs)));
        }
    }
}

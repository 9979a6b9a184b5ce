//! The tiles of AVX2 with FMA: 16 registers of 4 doubles, two fused multiply-adds of 4 in a cycle.
//!
//! As with AVX-512, 8 sums at least must be under way. A tile of 6 × 2 vectors holds 12 sums, 2 vectors of B and 1 of A
//! in 15 of the 16 registers, and loads 2 vectors and 6 numbers for 12 multiply-adds, 8 loads in 6 cycles. A mask would
//! need a register of its own: so there are two loops, with and without.

use super::{
    tile::{Tiles, check},
    window::Window,
};
use crate::matrix::View;
use std::arch::x86_64::*;

pub(super) const TILES: Tiles = Tiles {
    lanes: 4,
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

/// The mask of the first `lanes` of four lanes.
#[target_feature(enable = "avx2,fma")]
fn first(lanes: usize) -> __m256i {
    _mm256_cmpgt_epi64(_mm256_set1_epi64x(lanes as i64), _mm256_setr_epi64x(0, 1, 2, 3))
}

/// R rows of C, each V vectors long of which the last may be partly used: its other lanes are masked off.
#[target_feature(enable = "avx2,fma")]
fn tile<const R: usize, const V: usize>(a: View<'_>, b: View<'_>, c: Window<'_>, accumulate: bool) {
    check(a, b, &c);
    assert!(a.rows == R && b.columns.div_ceil(4) == V && b.column_stride == 1);
    let last = first(b.columns - 4 * (V - 1));
    let sums = if b.columns == 4 * V { sums::<R, V, false>(a, b, last) } else { sums::<R, V, true>(a, b, last) };
    for i in 0..R {
        for v in 0..V {
            // SAFETY: the unmasked lanes are elements of the window, of as many rows and columns as `check` found.
            unsafe {
                let c = c.first.add(i * c.stride + 4 * v);
                let mask = if v < V - 1 { first(4) } else { last };
                let before = if accumulate { _mm256_maskload_pd(c, mask) } else { _mm256_setzero_pd() };
                _mm256_maskstore_pd(c, mask, _mm256_add_pd(before, sums[i][v]));
            }
        }
    }
}

/// The sums of a tile, for operands that `check` has seen. In every step, a row of B in V vectors; times each of R numbers
/// of A, copied to all lanes.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn sums<const R: usize, const V: usize, const MASKED: bool>(
    a: View<'_>,
    b: View<'_>,
    last: __m256i,
) -> [[__m256d; V]; R] {
    assert!(MASKED || b.columns == 4 * V);
    let mut sums = [[_mm256_setzero_pd(); V]; R];
    let (mut a_column, mut b_row) = (a.values.as_ptr(), b.values.as_ptr());
    for _ in 0..a.columns {
        let mut bs = [_mm256_setzero_pd(); V];
        for v in 0..V {
            // SAFETY: all lanes, or those not masked, are elements of one row of B, which `check` found in its slice.
            bs[v] = unsafe {
                let b = b_row.add(4 * v);
                if MASKED && v == V - 1 { _mm256_maskload_pd(b, last) } else { _mm256_loadu_pd(b) }
            };
        }
        for i in 0..R {
            // SAFETY: an element of A, which `check` found inside its slice.
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

/// R rows of A by S columns of B, 4 products of each of the R · S sums at a time.
#[target_feature(enable = "avx2,fma")]
fn dot<const R: usize, const S: usize>(a: View<'_>, b: View<'_>, mut c: Window<'_>, _accumulate: bool) {
    check(a, b, &c);
    assert!(a.rows == R && b.columns == S && a.column_stride == 1 && b.row_stride == 1);
    let mut sums = [[_mm256_setzero_pd(); S]; R];
    for p in (0..a.columns).step_by(4) {
        let mask = first(a.columns - p);
        let mut bs = [_mm256_setzero_pd(); S];
        for j in 0..S {
            // SAFETY: the unmasked lanes are elements p and following of column j, which `check` found in its slice.
            bs[j] = unsafe { _mm256_maskload_pd(b.values.as_ptr().add(j * b.column_stride + p), mask) };
        }
        for i in 0..R {
            // SAFETY: the unmasked lanes are elements p and following of row i, which `check` found in its slice.
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

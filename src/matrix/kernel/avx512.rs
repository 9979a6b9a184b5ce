//! The tiles of AVX-512F: 32 registers of 8 doubles, two fused multiply-adds of 8 in a cycle.
//!
//! A fused multiply-add takes 4 cycles, so 8 of them must be under way at any time: 8 independent sums at least. More
//! sums share more loads: a tile of 8 × 3 vectors loads 3 vectors of B and 8 numbers of A for 24 multiply-adds, that
//! is 11 loads in 12 cycles of which each could do 2. It holds 24 sums, 3 vectors of B and 1 of A in 28 of the 32
//! registers.

use super::{
    tile::{Tiles, check},
    window::Window,
};
use crate::matrix::View;
use std::arch::x86_64::*;

pub(super) const TILES: Tiles = Tiles {
    lanes: 8,
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
        &[tile::<2, 1>, tile::<2, 2>, tile::<2, 3>],
        &[tile::<3, 1>, tile::<3, 2>, tile::<3, 3>],
        &[tile::<4, 1>, tile::<4, 2>, tile::<4, 3>],
        &[tile::<5, 1>, tile::<5, 2>, tile::<5, 3>],
        &[tile::<6, 1>, tile::<6, 2>, tile::<6, 3>],
        &[tile::<7, 1>, tile::<7, 2>, tile::<7, 3>],
        &[tile::<8, 1>, tile::<8, 2>, tile::<8, 3>],
    ],
    tall: (24, tile::<24, 1>),
    dot: &[
        &[dot::<1, 1>, dot::<1, 2>, dot::<1, 3>, dot::<1, 4>, dot::<1, 5>, dot::<1, 6>, dot::<1, 7>, dot::<1, 8>],
        &[dot::<2, 1>, dot::<2, 2>, dot::<2, 3>, dot::<2, 4>],
        &[dot::<3, 1>, dot::<3, 2>, dot::<3, 3>, dot::<3, 4>],
    ],
};

/// R rows of C, each V vectors long of which the last may be partly used: its other lanes are masked off.
#[target_feature(enable = "avx512f")]
fn tile<const R: usize, const V: usize>(a: View<'_>, b: View<'_>, c: Window<'_>, accumulate: bool) {
    check(a, b, &c);
    assert!(a.rows == R && b.columns.div_ceil(8) == V && b.column_stride == 1);
    if accumulate {
        for i in 0..R {
            for v in 0..V {
                let c = c.first.wrapping_add(i * c.stride + 8 * v).cast();
                // C will be read last; on its way from memory while the sums are computed.
                // SAFETY: a prefetch cannot fault, wherever it points. (Newer compilers know, and need no `unsafe`.)
                #[allow(unused_unsafe)]
                unsafe {
                    _mm_prefetch::<_MM_HINT_T0>(c);
                }
            }
        }
    }
    let last: __mmask8 = 0xff >> (8 * V - b.columns);
    let sums = if b.columns == 8 * V { sums::<R, V, false>(a, b, last) } else { sums::<R, V, true>(a, b, last) };
    for i in 0..R {
        for v in 0..V {
            let mask = if v == V - 1 { last } else { 0xff };
            // SAFETY: the unmasked lanes are elements of the window, of as many rows and columns as `check` found.
            unsafe {
                let c = c.first.add(i * c.stride + 8 * v);
                let sum = match accumulate {
                    true => _mm512_add_pd(_mm512_maskz_loadu_pd(mask, c), sums[i][v]),
                    false => sums[i][v],
                };
                _mm512_mask_storeu_pd(c, mask, sum);
            }
        }
    }
}

/// The sums of a tile, for operands that `check` has seen. In every step, a row of B in V vectors; times each of R numbers
/// of A, copied to all lanes. A masked load is a second instruction inside the processor, on a port that a multiply-add
/// would take, so only a last vector that is partly used is masked.
#[inline]
#[target_feature(enable = "avx512f")]
fn sums<const R: usize, const V: usize, const MASKED: bool>(
    a: View<'_>,
    b: View<'_>,
    last: __mmask8,
) -> [[__m512d; V]; R] {
    assert!(MASKED || b.columns == 8 * V);
    let mut sums = [[_mm512_setzero_pd(); V]; R];
    let (mut a_column, mut b_row) = (a.values.as_ptr(), b.values.as_ptr());
    for _ in 0..a.columns {
        let mut bs = [_mm512_setzero_pd(); V];
        for v in 0..V {
            // SAFETY: all lanes, or those not masked, are elements of one row of B, which `check` found in its slice.
            bs[v] = unsafe {
                let b = b_row.add(8 * v);
                if MASKED && v == V - 1 { _mm512_maskz_loadu_pd(last, b) } else { _mm512_loadu_pd(b) }
            };
        }
        for i in 0..R {
            // SAFETY: an element of A, which `check` found inside its slice.
            let a = _mm512_set1_pd(unsafe { *a_column.add(i * a.row_stride) });
            for v in 0..V {
                sums[i][v] = _mm512_fmadd_pd(a, bs[v], sums[i][v]);
            }
        }
        a_column = a_column.wrapping_add(a.column_stride);
        b_row = b_row.wrapping_add(b.row_stride);
    }
    sums
}

/// R rows of A by S columns of B, 8 products of each of the R · S sums at a time.
#[target_feature(enable = "avx512f")]
fn dot<const R: usize, const S: usize>(a: View<'_>, b: View<'_>, mut c: Window<'_>, _accumulate: bool) {
    check(a, b, &c);
    assert!(a.rows == R && b.columns == S && a.column_stride == 1 && b.row_stride == 1);
    let mut sums = [[_mm512_setzero_pd(); S]; R];
    // The first step ends where a cache line of B does: loads that straddle two of them take twice as long.
    let (mut p, mut end) = (0, b.values.as_ptr().align_offset(64).min(a.columns));
    while p < a.columns {
        let mask: __mmask8 = (0xff_u16 >> (8 - (end - p))) as __mmask8; // none of 8 at first, if B is aligned
        let mut bs = [_mm512_setzero_pd(); S];
        for j in 0..S {
            // SAFETY: the unmasked lanes are elements p to `end` of column j, which `check` found in its slice.
            bs[j] = unsafe { _mm512_maskz_loadu_pd(mask, b.values.as_ptr().add(j * b.column_stride + p)) };
        }
        for i in 0..R {
            // SAFETY: the unmasked lanes are elements p to `end` of row i, which `check` found in its slice.
            let a = unsafe { _mm512_maskz_loadu_pd(mask, a.values.as_ptr().add(i * a.row_stride + p)) };
            for j in 0..S {
                sums[i][j] = _mm512_fmadd_pd(a, bs[j], sums[i][j]);
            }
        }
        (p, end) = (end, a.columns.min(end + 8));
    }
    for i in 0..R {
        for j in 0..S {
            c.set(i, j, _mm512_reduce_add_pd(sums[i][j]));
        }
    }
}

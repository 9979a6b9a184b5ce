//! The tiles of AVX-512F: 32 registers of 8 doubles, and two fused multiply-adds of 8 doubles in a cycle.
//!
//! A fused multiply-add takes 4 cycles, so 8 of them must be in flight at any time, which takes at least 8 independent
//! sums. With more sums, each load serves more multiply-adds: a tile of 8 × 3 vectors loads 3 vectors of B and 8
//! numbers of A for 24 multiply-adds. These are 11 loads in 12 cycles, and the processor can do 2 loads in each cycle.
//! The tile holds 24 sums, 3 vectors of B and 1 of A in 28 of the 32 registers.

use super::{
    tile::{Tiles, check},
    window::Window,
};
use crate::matrix::View;
use crate::matrix::elements::MANY;
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

/// Numbers in a vector.
const LANES: usize = 8;
/// The mask of all lanes.
const ALL: __mmask8 = 0xff;

/// Computes R × V vectors of C. Unused lanes of the last vector in each row are masked.
///
/// # Safety
/// As for [`Tile`](super::tile::Tile).
#[target_feature(enable = "avx512f")]
unsafe fn tile<const R: usize, const V: usize>(a: View<'_>, b: View<'_>, c: Window<'_>, accumulate: bool) {
    check(a, b, &c);
    assert!(a.rows == R && b.columns.div_ceil(LANES) == V && b.column_stride == 1);
    if accumulate {
        for i in 0..R {
            for v in 0..V {
                let c = c.first.wrapping_add(i * c.stride + LANES * v).cast();
                // The tile reads C last, so C can come from memory while the sums are computed.
                // SAFETY: a prefetch cannot fault, wherever it points. (For newer compilers it is a safe function.)
                #[allow(unused_unsafe)]
                unsafe {
                    _mm_prefetch::<_MM_HINT_T0>(c);
                }
            }
        }
    }
    let last = ALL >> (LANES * V - b.columns);
    // SAFETY: `check` has accepted the operands, and `last` masks all lanes from `b.columns` on.
    let sums = unsafe {
        if b.columns == LANES * V { sums::<R, V, false>(a, b, last) } else { sums::<R, V, true>(a, b, last) }
    };
    for i in 0..R {
        for v in 0..V {
            let mask = if v == V - 1 { last } else { ALL };
            // SAFETY: `check` compared the rows and columns, so the unmasked lanes are elements of the window. The caller
            // guarantees that they have been written if `accumulate`.
            unsafe {
                let c = c.first.add(i * c.stride + LANES * v);
                let sum = match accumulate {
                    true => _mm512_add_pd(_mm512_maskz_loadu_pd(mask, c), sums[i][v]),
                    false => sums[i][v],
                };
                _mm512_mask_storeu_pd(c, mask, sum);
            }
        }
    }
}

/// Computes the sums of a tile from operands that `check` has accepted. Each step loads a row of B as V vectors and
/// multiplies them by each of R numbers of A, copied to all lanes.
///
/// Only a partly used last vector is masked, because the processor splits a masked load into two operations, and one of
/// them takes a port that a multiply-add needs.
///
/// # Safety
/// `check` must have accepted A and B. A must have R rows, and B at most V vectors of columns. `last` must mask the lanes
/// of the last vector that are not in B; without `MASKED` there are none.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn sums<const R: usize, const V: usize, const MASKED: bool>(
    a: View<'_>,
    b: View<'_>,
    last: __mmask8,
) -> [[__m512d; V]; R] {
    assert!(MASKED || b.columns == LANES * V);
    let mut sums = [[_mm512_setzero_pd(); V]; R];
    let (mut a_column, mut b_row) = (a.values.as_ptr(), b.values.as_ptr());
    for _ in 0..a.columns {
        let mut bs = [_mm512_setzero_pd(); V];
        for v in 0..V {
            // SAFETY: the unmasked lanes are elements of one row of B, which lies within its slice according to
            // `check`.
            bs[v] = unsafe {
                let b = b_row.add(LANES * v);
                if MASKED && v == V - 1 { _mm512_maskz_loadu_pd(last, b) } else { _mm512_loadu_pd(b) }
            };
        }
        for i in 0..R {
            // SAFETY: this is an element of A, which lies within its slice according to `check`.
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

/// Multiplies R rows of A by S columns of B, and adds 8 products to each of the R · S sums at a time.
#[target_feature(enable = "avx512f")]
fn dot<const R: usize, const S: usize>(a: View<'_>, b: View<'_>, mut c: Window<'_>, _accumulate: bool) {
    check(a, b, &c);
    assert!(a.rows == R && b.columns == S && a.column_stride == 1 && b.row_stride == 1);
    let mut sums = [[_mm512_setzero_pd(); S]; R];
    // The first step ends at the end of a cache line of B, because a load that straddles two lines takes twice as long.
    // A small B may start anywhere in a cache line. Its first step takes a whole vector, so that the order of summation
    // does not depend on its address.
    let first = if b.values.len() < MANY { LANES } else { b.values.as_ptr().align_offset(size_of::<__m512d>()) };
    let (mut p, mut end) = (0, first.min(a.columns));
    while p < a.columns {
        // The first step has no lanes if B is aligned.
        let mask = (u16::from(ALL) >> (LANES - (end - p))) as __mmask8;
        let mut bs = [_mm512_setzero_pd(); S];
        for j in 0..S {
            // SAFETY: the unmasked lanes are elements p to `end` of column j of B, which lies within its slice.
            bs[j] = unsafe { _mm512_maskz_loadu_pd(mask, b.values.as_ptr().add(j * b.column_stride + p)) };
        }
        for i in 0..R {
            // SAFETY: the unmasked lanes are elements p to `end` of row i of A, which lies within its slice.
            let a = unsafe { _mm512_maskz_loadu_pd(mask, a.values.as_ptr().add(i * a.row_stride + p)) };
            for j in 0..S {
                sums[i][j] = _mm512_fmadd_pd(a, bs[j], sums[i][j]);
            }
        }
        (p, end) = (end, a.columns.min(end + LANES));
    }
    for i in 0..R {
        for j in 0..S {
            c.set(i, j, _mm512_reduce_add_pd(sums[i][j]));
        }
    }
}

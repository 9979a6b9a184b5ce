//! The most that one core can do: independent multiplications and additions on registers, nothing loaded or stored.

#![allow(unsafe_code)] // to call what not every machine has

use feedforward::matrix::kernel::InstructionSet;
use std::hint::black_box;
use std::time::Instant;

/// Sums under way at a time: each waits 4 cycles for itself, and two are started in a cycle, so 8 are enough.
const SUMS: usize = 12;
const STEPS: usize = 20_000;

/// Thousands of millions of floating-point operations in a second with these instructions, the best of many runs.
pub(crate) fn gflops(set: InstructionSet) -> f64 {
    let run = || -> usize {
        match set {
            // SAFETY: the caller asks for instruction sets of this machine only.
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx512 => unsafe { avx512() },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx2 => unsafe { avx2() },
            _ => portable(),
        }
    };
    let time = |_| {
        let start = Instant::now();
        let operations = run();
        operations as f64 / start.elapsed().as_secs_f64() / 1e9
    };
    (0..2000).map(time).fold(0.0, f64::max)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn avx512() -> usize {
    use std::arch::x86_64::*;
    let (a, b) = (_mm512_set1_pd(black_box(0.999)), _mm512_set1_pd(black_box(1e-3)));
    let mut sums = [a; SUMS];
    for _ in 0..STEPS {
        for sum in &mut sums {
            *sum = _mm512_fmadd_pd(*sum, a, b);
        }
    }
    black_box(sums);
    2 * 8 * SUMS * STEPS
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2() -> usize {
    use std::arch::x86_64::*;
    let (a, b) = (_mm256_set1_pd(black_box(0.999)), _mm256_set1_pd(black_box(1e-3)));
    let mut sums = [a; SUMS];
    for _ in 0..STEPS {
        for sum in &mut sums {
            *sum = _mm256_fmadd_pd(*sum, a, b);
        }
    }
    black_box(sums);
    2 * 4 * SUMS * STEPS
}

/// Vectors of 2, as SSE2 and NEON have them, without fused operations.
fn portable() -> usize {
    let (a, b) = (black_box(0.999), black_box(1e-3));
    let mut sums = [[a; 2]; SUMS];
    for _ in 0..STEPS {
        for sum in &mut sums {
            *sum = [sum[0] * a + b, sum[1] * a + b];
        }
    }
    black_box(sums);
    2 * 2 * SUMS * STEPS
}

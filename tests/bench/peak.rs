//! Measures the peak of one core: independent multiplications and additions on registers, without loads and stores.

#![allow(unsafe_code)] // calls functions that need an instruction set

use feedforward::matrix::kernel::InstructionSet;
use std::hint::black_box;
use std::time::Instant;

/// Independent sums. Each multiply-add takes 4 cycles and two start in every cycle, so at least 8 sums must be in
/// flight.
const SUMS: usize = 12;
/// Multiply-adds to each sum in one run.
const STEPS: usize = 20_000;

/// Number of runs. The fastest one counts.
const RUNS: usize = 2000;

/// Returns the peak with the instruction set `set` in GFLOP/s, 10⁹ floating-point operations per second.
pub(crate) fn gflops(set: InstructionSet) -> f64 {
    let run = || -> usize {
        match set {
            // SAFETY: the caller passes only instruction sets that this machine has.
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx512 => unsafe { avx512() },
            // SAFETY: as for AVX-512.
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
    (0..RUNS).map(time).fold(0.0, f64::max)
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

/// Uses vectors of 2 doubles, the size of SSE2 and NEON, and no fused operations.
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

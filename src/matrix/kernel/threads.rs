//! Rung 6, threads: C is cut into one piece for each thread, along its longer side. A square is cut into columns, so
//! that each thread packs only its own part of B.
//!
//! With 2 threads 115.6 GFLOP/s at 256³, 153.3 at 1024³.
//!
//! The sums are never split. Each element of C is computed by one thread, in the same way as without other threads, so
//! the product has the same bits for any number of threads.

use super::{Path, Tiles, Window, packed};
use crate::matrix::View;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

/// The least number of multiply-adds of a product that uses several threads. This number takes 400 microseconds on a
/// fast core, so two threads take 200 plus the time to start one. Starting a thread takes 20 to 40 microseconds; on a
/// virtual machine, which may have to wake a core, 60 to 180.
const WORTHWHILE: usize = 1 << 24;

/// The number set by [`set_threads`], or 0 before the first call.
static THREADS: AtomicUsize = AtomicUsize::new(0);

/// Sets the number of threads that large products use, process-wide. The results do not depend on it.
///
/// # Panics
/// If `count` is 0.
#[track_caller]
pub fn set_threads(count: usize) {
    assert!(count > 0, "set_threads: a product needs at least one thread");
    THREADS.store(count, Relaxed);
}

/// Returns the number of threads that large products use: the number given to [`set_threads`], or else the number of
/// cores of this machine.
#[must_use]
pub fn threads() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    match THREADS.load(Relaxed) {
        0 => *CORES.get_or_init(|| thread::available_parallelism().map_or(1, |cores| cores.get())),
        count => count,
    }
}

/// Returns whether a product of `m × k` by `k × n` is large enough for several threads.
#[inline]
pub(super) fn worthwhile(m: usize, k: usize, n: usize) -> bool {
    m.saturating_mul(k).saturating_mul(n) >= WORTHWHILE
}

/// Computes C = A B by up to `count` threads, including the current one.
pub(super) fn multiply(path: Path, tiles: &Tiles, count: usize, a: View<'_>, b: View<'_>, c: Window<'_>) {
    packed::with_buffers(count, |buffers| {
        let (own, others) = buffers[..count].split_first_mut().expect("a product needs at least one thread");
        thread::scope(|scope| {
            let (mut a, mut b, mut c) = (a, b, c);
            for (buffer, pieces) in others.iter_mut().zip((2..=count).rev()) {
                let (piece, rest) = cut(path, tiles, pieces, a, b, c);
                (a, b, c) = rest;
                scope.spawn(move || path.run(tiles, buffer, piece.0, piece.1, piece.2));
            }
            path.run(tiles, own, a, b, c);
        });
    });
}

/// A product: the left operand, the right operand and the window for the result.
type Product<'a, 'b, 'c> = (View<'a>, View<'b>, Window<'c>);

/// Cuts one of `pieces` pieces of about equal size from a product, and returns it and the rest. The piece is some rows
/// of A and C, or some columns of B and C.
fn cut<'a, 'b, 'c>(
    path: Path,
    tiles: &Tiles,
    pieces: usize,
    a: View<'a>,
    b: View<'b>,
    c: Window<'c>,
) -> (Product<'a, 'b, 'c>, Product<'a, 'b, 'c>) {
    let (m, n) = (a.rows, b.columns);
    // A dot tile of fewer rows takes more columns, and where its first column starts decides how it sums. So the dot path
    // keeps all rows together.
    if m > n && path != Path::Dot {
        let rows = m.div_ceil(pieces).next_multiple_of(tiles.rows()).min(m);
        let (piece, rest) = c.split_rows(rows);
        ((a.first_rows(rows), b, piece), (a.block(rows, m - rows, 0, a.columns), b, rest))
    } else {
        let columns = n.div_ceil(pieces).next_multiple_of(tiles.lanes).min(n);
        let (piece, rest) = c.split_columns(columns);
        ((a, b.block(0, b.rows, 0, columns), piece), (a, b.block(0, b.rows, columns, n - columns), rest))
    }
}

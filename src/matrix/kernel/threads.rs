//! Rung 6, threads: C is cut into one piece for each thread, along its longer side. A square is cut into columns, so
//! that each thread packs only its own part of B. A piece is large enough to be worth starting a thread.
//!
//! With 2 threads 115.6 GFLOP/s at 256³, 153.3 at 1024³.
//!
//! The sums are never split. Each element of C is computed by one thread, in the same way as without other threads, so
//! the product has the same bits for any number of threads.

use super::{Path, Tiles, Window, packed};
use crate::matrix::View;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, OnceLock};
use std::thread;

/// The least number of multiply-adds for which a thread is started. They take 200 microseconds on a fast core. Starting
/// a thread takes 20 to 40 microseconds; on a virtual machine, which may have to wake a core, 60 to 180.
const WORTHWHILE: usize = 1 << 23;

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

/// Returns the most threads that a product of `m × k` by `k × n` can use: 0 or 1 if it is too small for several.
#[inline]
pub(super) fn most(m: usize, k: usize, n: usize) -> usize {
    m.saturating_mul(k).saturating_mul(n) / WORTHWHILE
}

/// Computes C = A B by up to `count` threads, including the current one. `new_thread` configures each new thread.
///
/// Each thread takes the next piece of the product until none is left. So if the system refuses to start a thread, the
/// others compute its piece.
pub(super) fn multiply(
    path: Path,
    tiles: &Tiles,
    count: usize,
    new_thread: impl Fn() -> thread::Builder,
    a: View<'_>,
    b: View<'_>,
    c: Window<'_>,
) {
    assert!(count > 0, "a product needs at least one thread");
    let pieces = cut(path, tiles, count, a, b, c);
    packed::with_buffers(pieces.len(), |buffers| {
        let pieces = Mutex::new(pieces);
        let next = || pieces.lock().expect("no thread panics while it takes a piece").pop();
        let work = |buffer: &mut packed::Buffer| {
            while let Some((a, b, c)) = next() {
                path.run(tiles, buffer, a, b, c);
            }
        };
        let (own, others) = buffers.split_first_mut().expect("a product that is large enough for threads has a piece");
        thread::scope(|scope| {
            for buffer in others {
                if new_thread().spawn_scoped(scope, move || work(buffer)).is_err() {
                    break;
                }
            }
            work(own);
        });
    });
}

/// A product: the left operand, the right operand and the window for the result.
type Product<'a, 'b, 'c> = (View<'a>, View<'b>, Window<'c>);

/// Cuts a product into at most `count` pieces of about equal size, along the longer side of C. No piece is empty: it is
/// some rows of A and C, or some columns of B and C.
fn cut<'a, 'b, 'c>(
    path: Path,
    tiles: &Tiles,
    count: usize,
    a: View<'a>,
    b: View<'b>,
    mut c: Window<'c>,
) -> Vec<Product<'a, 'b, 'c>> {
    let (m, n) = (a.rows, b.columns);
    let mut pieces = Vec::new();
    // A dot tile of fewer rows takes more columns, and where its first column starts decides how it sums. So the dot path
    // keeps all rows together.
    if m > n && path != Path::Dot {
        let most_rows = m.div_ceil(count).next_multiple_of(tiles.rows());
        for i in (0..m).step_by(most_rows) {
            let rows = most_rows.min(c.rows);
            let (piece, rest) = c.split_rows(rows);
            pieces.push((a.block(i, rows, 0, a.columns), b, piece));
            c = rest;
        }
    } else {
        let most_columns = n.div_ceil(count).next_multiple_of(tiles.lanes);
        for j in (0..n).step_by(most_columns) {
            let columns = most_columns.min(c.columns);
            let (piece, rest) = c.split_columns(columns);
            pieces.push((a, b.block(0, b.rows, j, columns), piece));
            c = rest;
        }
    }
    pieces
}

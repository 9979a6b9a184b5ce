//! Rung 6, threads: C is cut into as many pieces as there are threads, along its longer side. A square is cut into columns:
//! each thread then packs only its own part of B.
//!
//! The sums are never cut. Every element of C is computed by one thread as it would be by one alone, so the product is
//! the same, bit for bit, for any number of threads.

use super::{Path, Tiles, Window, packed};
use crate::matrix::View;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

/// A product of fewer multiplications and additions than this is left to one thread. To start another takes 20 to 40
/// microseconds, and on a virtual machine, which may have to wake a core, 60 to 180. So many products take 400 on a fast
/// core: with two threads, 200 and the start.
const WORTHWHILE: usize = 1 << 24;

/// The number set by [`set_threads`]; 0 before.
static THREADS: AtomicUsize = AtomicUsize::new(0);

/// Large products use so many threads from now on, in all of the program. The result does not depend on it.
///
/// # Panics
/// When there is none.
#[track_caller]
pub fn set_threads(count: usize) {
    assert!(count > 0, "set_threads: a product needs one thread at least");
    THREADS.store(count, Relaxed);
}

/// The number of threads of large products: that [set](set_threads), or else the number of this machine's cores.
pub fn threads() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    match THREADS.load(Relaxed) {
        0 => *CORES.get_or_init(|| thread::available_parallelism().map_or(1, |cores| cores.get())),
        count => count,
    }
}

/// Whether a product of `m × k` by `k × n` is large enough for threads.
#[inline]
pub(super) fn worthwhile(m: usize, k: usize, n: usize) -> bool {
    m.saturating_mul(k).saturating_mul(n) >= WORTHWHILE
}

/// C = A B by up to `count` threads, this one among them.
pub(super) fn multiply(path: Path, tiles: &Tiles, count: usize, a: View<'_>, b: View<'_>, c: Window<'_>) {
    packed::with_buffers(count, |buffers| {
        let (own, others) = buffers[..count].split_first_mut().expect("there is one thread at least");
        thread::scope(|scope| {
            let (mut a, mut b, mut c) = (a, b, c);
            for (buffer, pieces) in others.iter_mut().zip((2..=count).rev()) {
                let (piece, rest) = cut(tiles, pieces, a, b, c);
                (a, b, c) = rest;
                scope.spawn(move || path.run(tiles, buffer, piece.0, piece.1, piece.2));
            }
            path.run(tiles, own, a, b, c);
        });
    });
}

/// A product: left operand, right operand, and where the result goes.
type Product<'a, 'b, 'c> = (View<'a>, View<'b>, Window<'c>);

/// One of so many about equal pieces of a product, and the rest: some rows of A and C, or some columns of B and C.
fn cut<'a, 'b, 'c>(
    tiles: &Tiles,
    pieces: usize,
    a: View<'a>,
    b: View<'b>,
    c: Window<'c>,
) -> (Product<'a, 'b, 'c>, Product<'a, 'b, 'c>) {
    let (m, n) = (a.rows, b.columns);
    if m > n {
        let rows = m.div_ceil(pieces).next_multiple_of(tiles.rows()).min(m);
        let (top, bottom) = c.split_rows(rows);
        ((a.first_rows(rows), b, top), (a.block(rows, m - rows, 0, a.columns), b, bottom))
    } else {
        let columns = n.div_ceil(pieces).next_multiple_of(tiles.lanes).min(n);
        let (left, right) = c.split_columns(columns);
        ((a, b.block(0, b.rows, 0, columns), left), (a, b.block(0, b.rows, columns, n - columns), right))
    }
}

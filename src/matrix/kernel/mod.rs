//! The product.
#![allow(unsafe_code)] // loads, stores and dispatch; every block says why it may
#![allow(clippy::needless_range_loop)] // rows, columns and vectors are numbered as in the formulas

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
pub mod blocked;
mod direct;
mod instruction_set;
pub mod loop_order;
pub mod naive;
pub mod packed;
mod portable;
#[cfg(test)]
mod tests;
mod threads;
mod tile;
mod window;

pub use instruction_set::InstructionSet;
pub use threads::{set_threads, threads};

use super::View;
use tile::Tiles;
use window::Window;

/// C = A B with all rungs, for A of `m × k`, B of `k × n` and the elements of C row after row; what they were before
/// does not matter.
///
/// # Panics
/// When the shapes do not fit.
#[track_caller]
pub fn multiply(a: View<'_>, b: View<'_>, c: &mut [f64]) {
    assert_shapes(a, b, c);
    let c = Window::new(c, a.rows, b.columns);
    product(InstructionSet::selected(), None, None, a, b, c);
}

/// As [`multiply`], with an instruction set and a number of threads for this one product.
///
/// # Panics
/// When the shapes do not fit, or when this machine does not have the instruction set.
#[track_caller]
pub fn multiply_with(set: InstructionSet, threads: usize, a: View<'_>, b: View<'_>, c: &mut [f64]) {
    assert_shapes(a, b, c);
    set.assert_available();
    let c = Window::new(c, a.rows, b.columns);
    product(set, Some(threads), None, a, b, c);
}

/// The elements of A B, row after row, in a vector of their own.
pub(super) fn multiply_new(a: View<'_>, b: View<'_>) -> Vec<f64> {
    let size = a.rows.checked_mul(b.columns).expect("the product is too large for this machine");
    let mut values = Vec::with_capacity(size);
    product(InstructionSet::selected(), None, None, a, b, Window::spare(&mut values, a.rows, b.columns));
    // SAFETY: the product has written all elements of its window, which are these.
    unsafe { values.set_len(size) };
    values
}

/// What [`multiply`] chooses from, by shape and strides alone: the sums of an element of C are the same for any number
/// of threads.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Path {
    /// Tiles that read both operands in place.
    Direct,
    /// Tiles with vectors along the sum, both operands in place.
    Dot,
    /// Tiles that read packed blocks.
    Packed,
}

impl Path {
    #[inline]
    fn of(a: View<'_>, b: View<'_>) -> Path {
        if b.column_stride == 1 && (a.rows <= 128 || b.row_stride <= 256) {
            Path::Direct
        } else if b.row_stride == 1 && a.column_stride == 1 && (a.rows == 1 || a.rows <= 16 && a.columns >= 64) {
            Path::Dot
        } else {
            Path::Packed
        }
    }

    fn run(self, tiles: &Tiles, buffer: &mut packed::Buffer, a: View<'_>, b: View<'_>, c: Window<'_>) {
        if c.rows == 0 || c.columns == 0 {
            return;
        }
        match self {
            Path::Direct => direct::multiply(tiles, a, b, c),
            Path::Dot => direct::multiply_dot(tiles, a, b, c),
            Path::Packed => packed::multiply_blocks(tiles, buffer, a, b, c),
        }
    }
}

/// C = A B by so many threads, or as many as are [set](set_threads); on this path, or the fastest. Writes all of C.
#[inline(always)]
fn product(set: InstructionSet, count: Option<usize>, path: Option<Path>, a: View<'_>, b: View<'_>, mut c: Window<'_>) {
    if a.columns == 0 {
        return (0..c.rows).for_each(|i| (0..c.columns).for_each(|j| c.set(i, j, 0.0)));
    }
    if c.rows == 0 || c.columns == 0 {
        return;
    }
    // A product that is a column is computed as a row, its transpose: Bᵀ Aᵀ. The elements of both are contiguous.
    let (a, b, c) = if c.columns == 1 && c.stride == 1 { (b.t(), a.t(), c.column_as_row()) } else { (a, b, c) };
    let path = path.unwrap_or_else(|| Path::of(a, b));
    let tiles = set.tiles();
    if threads::worthwhile(a.rows, a.columns, b.columns) {
        threads::multiply(path, tiles, count.unwrap_or_else(threads), a, b, c);
        return;
    }
    match path {
        Path::Direct => direct::multiply(tiles, a, b, c),
        Path::Dot => direct::multiply_dot(tiles, a, b, c),
        Path::Packed => packed::with_buffers(1, |buffers| packed::multiply_blocks(tiles, &mut buffers[0], a, b, c)),
    }
}

#[track_caller]
#[inline]
fn assert_shapes(a: View<'_>, b: View<'_>, c: &[f64]) {
    let ((m, k), (rows, n)) = (a.shape(), b.shape());
    assert!(
        k == rows && m.checked_mul(n) == Some(c.len()),
        "multiply: {m}×{k} times {rows}×{n} into {} elements",
        c.len()
    );
}

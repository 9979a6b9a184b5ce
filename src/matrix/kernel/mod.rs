//! The low level, on the bare metal: one operation, C = A B, from three loops to the limit of the machine.
//!
//! Nearly all the time of training is spent in this one operation: a fully connected layer needs it three times,
//! X′W′ (9), E′ₙ W′ᵀ (10) and X′ᵀ E′ₙ (11). To learn how a network works, [`naive`] is enough. This is the room for those
//! who want to see what stands between it and what the processor can do, which is a factor of forty on one core. Each
//! rung of the ladder is one idea, stays here as code that can be called, and is held against the first by tests.
//!
//! | rung | idea |
//! |---|---|
//! | 1 [`naive`] | Cᵢⱼ = Σₚ Aᵢₚ Bₚⱼ, as it is written |
//! | 2 [`loop_order`] | go through memory in the order in which it lies there |
//! | 3 [`blocked`] | what has been brought into the cache, use it for all rows before it is driven out |
//! | 4 [`packed`] | what has been brought into a register, use it for a whole tile of C; lay B out as the tiles read it |
//! | 5 [`InstructionSet`] | compute 4 or 8 numbers by one instruction, and multiply and add by one |
//! | 6 [`set_threads`] | give every core a piece of C |
//!
//! `cargo bench` climbs the ladder and prints the speed of each rung beside the measured peak of the core;
//! `docs/performance.md` shows what it printed.
//!
//! # What limits a product
//!
//! A product of `m × k` by `k × n` takes `m · n · k` multiplications and as many additions, but there are only
//! `m · k + k · n + m · n` numbers. Each of them is used again and again; so a product need not be limited by memory, if
//! a number is used often while it is near:
//!
//! ```text
//!                     size              numbers fetched in a cycle (AVX-512)
//! registers           32 × 8            all
//! level-1 cache       32 to 48 KiB      16
//! level-2 cache       1 to 2 MiB        about 6
//! main memory         –                 about 1/2
//! ```
//!
//! Rungs 3 and 4 keep numbers near; then rung 5 can compute as fast as the processor does: with AVX-512, 16
//! multiply-adds in a cycle.
//!
//! # The tile
//!
//! At the bottom stands the tile, up to 8 rows by 24 columns of C whose sums stay in registers during all of the
//! innermost loop. In each step p it adds one column of A times one row of B:
//!
//! ```text
//!                        Bₚ   ┌────────┬────────┬────────┐    3 vectors of 8, loaded
//!                             └────────┴────────┴────────┘
//!                  Aₚ  ┌─┐    ┌────────┬────────┬────────┐
//!        one number,   ├─┤    ├────────┼────────┼────────┤
//!        copied to all ├─┤    ├────────┼────────┼────────┤    8 × 3 sums, each
//!        lanes of a    ├─┤    ├────────┼────────┼────────┤    sum ← sum + a · b
//!        vector        ├─┤    ├────────┼────────┼────────┤    by one instruction
//!                      └─┘    └────────┴────────┴────────┘
//! ```
//!
//! 11 loads serve 24 multiply-adds. The vectors lie along the rows of B and C; of A only single numbers are needed, so
//! its strides do not matter, and A can be read where it stands, transposed or not. The tiles of each instruction set are
//! in files of their own, about a hundred lines each. They are written with intrinsics (`std::arch`), functions that stand
//! for one instruction each: whether the compiler finds vectors in plain loops depends on the day.
//!
//! # Three paths
//!
//! * **In place**: up to 256 rows of A (64 where the rows of B are long), and B as it is stored. Tiles read both operands
//!   where they are; nothing is packed and nothing allocated. It is the path of all small products, in which packing
//!   would cost more than it saves. The few numbers of a small transposed B are copied first, onto the stack.
//! * **Dot**: few rows of A, and a transposed B. Each element of C is one sum, with vectors along it.
//! * **Packed**: all others. B is packed, by the way transposed if it must be; so are those few rows of a transposed A
//!   which the next tiles need.
//!
//! A vector load that straddles two cache lines costs two. So a [`Matrix`](super::Matrix) that is not small begins where a
//! line does, and so do the packed blocks: 128³ in place is 86 GFLOP/s that way, and 75 otherwise.
//!
//! The choice looks at shapes and strides only, and threads never cut a sum, so the same product gives the same bits on
//! the same machine, always. (Another instruction set may round differently: a fused multiply-add rounds once.)
//!
//! # unsafe
//!
//! Intrinsics that load and store take pointers; to call a function compiled for AVX-512 is sound only on a processor
//! that has it; and threads write to one matrix side by side. For these three the rest of the crate's rule, no `unsafe`,
//! is lifted here. Each tile first checks that its operands fit each other and lie within their slices; an
//! [`InstructionSet`] is only used where the processor has it; and a window hands out parts of C that do not overlap. The
//! portable path runs under Miri: `cargo +nightly miri test --lib kernel`.

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

use super::{View, elements::Elements};
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

/// As [`multiply_with`] on one thread, with both operands read in place, where [`multiply`] might pack them: to measure
/// which is faster.
///
/// # Panics
/// As [`multiply_with`]; and when the rows of B are not contiguous.
#[track_caller]
pub fn multiply_in_place(set: InstructionSet, a: View<'_>, b: View<'_>, c: &mut [f64]) {
    assert_shapes(a, b, c);
    assert!(b.column_stride == 1, "multiply_in_place: the rows of the right operand are not contiguous");
    set.assert_available();
    let c = Window::new(c, a.rows, b.columns);
    product(set, Some(1), Some(Path::direct(a, b)), a, b, c);
}

/// As [`multiply_with`] on one thread, with the right operand packed, where [`multiply`] might read it in place.
///
/// # Panics
/// As [`multiply_with`].
#[track_caller]
pub fn multiply_packed(set: InstructionSet, a: View<'_>, b: View<'_>, c: &mut [f64]) {
    assert_shapes(a, b, c);
    set.assert_available();
    let c = Window::new(c, a.rows, b.columns);
    product(set, Some(1), Some(Path::Packed), a, b, c);
}

/// The elements of A B, row after row, in memory of their own.
pub(super) fn multiply_new(a: View<'_>, b: View<'_>) -> Elements {
    let size = a.rows.checked_mul(b.columns).expect("the product is too large for this machine");
    let mut elements = Elements::with_capacity(size);
    let vector = elements.vector_mut();
    product(InstructionSet::selected(), None, None, a, b, Window::spare(vector, a.rows, b.columns));
    // SAFETY: the product has written all elements of its window, which are these.
    unsafe { vector.set_len(vector.len() + size) };
    elements
}

/// Up to so many rows of A, the rows of B are read in place: a packed number must be used for more rows than these before
/// packing has paid for itself. `docs/performance.md` shows both ways.
const FEW: usize = 256;
/// As `FEW`, for a B whose rows are a page of memory or more apart. All of them begin in the same places of the level-1
/// cache, which holds a dozen of these, and each needs an entry of the processor's table of pages.
const FEW_FAR: usize = 64;

/// What [`multiply`] chooses from, by shape and strides alone: the sums of an element of C are the same for any number
/// of threads.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Path {
    /// Tiles that read both operands in place, in blocks of so many rows of B.
    Direct { depth: usize },
    /// Tiles with vectors along the sum, both operands in place.
    Dot,
    /// As `Direct`, after a copy of B.
    Copied,
    /// Tiles that read packed blocks.
    Packed,
}

impl Path {
    #[inline]
    fn direct(a: View<'_>, b: View<'_>) -> Path {
        Path::Direct { depth: direct::depth(a.rows, b.rows, b.row_stride) }
    }

    #[inline]
    fn of(a: View<'_>, b: View<'_>) -> Path {
        let few = if b.row_stride < direct::PAGE { FEW } else { FEW_FAR };
        if b.column_stride == 1 && a.rows <= few {
            Path::direct(a, b)
        } else if b.rows * b.columns <= direct::COPIED && a.rows > 1 {
            Path::Copied
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
            Path::Direct { depth } => direct::multiply(tiles, depth, a, b, c),
            Path::Copied => direct::multiply_copied(tiles, a, b, c),
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
    let (a, b, c) =
        if c.columns == 1 && c.stride == 1 && path.is_none() { (b.t(), a.t(), c.column_as_row()) } else { (a, b, c) };
    let path = path.unwrap_or_else(|| Path::of(a, b));
    let tiles = set.tiles();
    if threads::worthwhile(a.rows, a.columns, b.columns) {
        threads::multiply(path, tiles, count.unwrap_or_else(threads), a, b, c);
        return;
    }
    match path {
        // As `run`, but without a buffer where none is needed: a tenth of a 4³ product.
        Path::Direct { depth } => direct::multiply(tiles, depth, a, b, c),
        Path::Copied => direct::multiply_copied(tiles, a, b, c),
        Path::Dot => direct::multiply_dot(tiles, a, b, c),
        Path::Packed => packed::with_buffers(1, |buffers| path.run(tiles, &mut buffers[0], a, b, c)),
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

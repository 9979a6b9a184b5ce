//! The matrix kernel: one operation, C = A B, from three plain loops to the limit of the machine.
//!
//! Training spends most of its time in this operation. A fully connected layer needs it three times: X′W′ (9), E′ₙ
//! W′ᵀ (10) and X′ᵀ E′ₙ (11). To learn how a network works, [`naive`] is enough. This chapter is for readers who want
//! to know what lies between the naive loops and the limit of the processor: on one core a factor of 45 at 256³, the
//! product of two 256 × 256 matrices, and of almost 200 at 1024³.
//!
//! The way there is a ladder. Each rung adds one idea, stays here as code that you can call, and is tested against the
//! first. One GFLOP/s is 10⁹ floating-point operations per second.
//!
//! | rung | idea | GFLOP/s at 256³ | at 1024³ |
//! |---|---|---|---|
//! | 1 [`naive`] | follow the definition, Cᵢⱼ = Σₚ Aᵢₚ Bₚⱼ | 1.8 | 0.4 |
//! | 2 [`loop_order`] | walk through memory in the order in which it is stored | 8.6 | 5.3 |
//! | 3 [`blocked`] | while a block of B is in the cache, use it for all rows of A | 8.6 | 7.9 |
//! | 4 [`packed`] | while a number is in a register, use it for a tile of C; store B as tiles read it | 10.8 | 11.0 |
//! | 5 [`InstructionSet`]: AVX2 | compute 4 numbers with one instruction, which multiplies and adds | 41.4 | 39.4 |
//! | 5 [`InstructionSet`]: AVX-512 | compute 8 numbers with one instruction, which multiplies and adds | 82.1 | 77.6 |
//! | 6 [`set_threads`]: 2 threads | give every core a piece of C | 115.6 | 153.3 |
//!
//! These figures come from `cargo bench` on a virtual machine with two cores of an Intel Xeon. The measured peak of one
//! of these cores is 89.1 GFLOP/s, so rung 5 reaches 92 % of it. `docs/performance.md` has more figures and describes
//! the machine; `cargo bench` measures yours.
//!
//! ```
//! use feedforward::Matrix;
//! use feedforward::matrix::{View, kernel};
//!
//! let a = Matrix::from_rows([[1.0, 2.0], [3.0, 4.0]]);
//! let b = Matrix::from_rows([[5.0, 6.0], [7.0, 8.0]]);
//! let (mut naive, mut fast) = ([0.0; 4], [0.0; 4]);
//! kernel::naive::multiply(View::from(&a), View::from(&b), &mut naive);
//! kernel::multiply(View::from(&a), View::from(&b), &mut fast);
//! assert_eq!(naive, [19.0, 22.0, 43.0, 50.0]);
//! assert_eq!(fast, naive);
//! ```
//!
//! # The first three rungs
//!
//! The first three rungs execute the same statement, each in a different order:
//!
//! ```text
//! naive                         loop order                    blocked
//!
//! for i in rows of A            for i in rows of A            for each block of B
//!   for j in columns of B         for p in rows of B            for i in rows of A
//!     for p in rows of B            for j in columns of B         for p in rows of the block
//!       c[i][j] += a[i][p]            c[i][j] += a[i][p]            for j in columns of the block
//!                * b[p][j]                     * b[p][j]              c[i][j] += a[i][p] * b[p][j]
//! ```
//!
//! The naive order reads B down its columns, and uses one number of every cache line that it loads. The second order
//! reads B and C along their rows, and uses all 8. It still reads all of B for every row of A. The third order does the
//! same with one block at a time, which comes from the cache for all rows of A but the first. At 256³ all of B fits
//! into the cache, so blocks gain nothing yet. At 1024³ they make the product 1.5 times as fast.
//!
//! # What limits a product
//!
//! A product of `m × k` by `k × n` takes `m · n · k` multiplications and as many additions, but it involves only
//! `m · k + k · n + m · n` numbers, so each number is used again and again. Memory need not limit the product if the
//! kernel uses each number often while it is in a register or a cache:
//!
//! ```text
//!                     size              numbers fetched in a cycle (AVX-512)
//! registers           32 × 8            all
//! level-1 cache       32 to 48 KiB      16
//! level-2 cache       1 to 2 MiB        about 6
//! main memory         –                 about 1/2
//! ```
//!
//! Rungs 3 and 4 keep numbers in caches and registers. Then rung 5 can compute as fast as the processor allows: 16
//! multiply-adds in a cycle with AVX-512.
//!
//! # The tile
//!
//! The innermost loop computes a tile (BLIS calls it the micro-kernel): up to 8 rows by 24 columns of C, whose sums
//! stay in registers for the whole loop. Each step p adds the product of one column of A and one row of B:
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
//! 11 loads serve 24 multiply-adds. The vectors lie along the rows of B and C. The tile reads A one number at a time,
//! so the strides of A do not matter, and A can be read in place, transposed or not.
//!
//! Each instruction set has its tiles in its own file of 70 to 150 lines. They are written with intrinsics
//! (`std::arch`), functions that each stand for one instruction, because auto-vectorization of plain loops is not
//! reliable.
//!
//! # The loops around the tile
//!
//! Four loops cut a large product into tiles. Each loop walks along one dimension of the product, and keeps a piece of
//! one operand in a cache or in registers while the inner loops use it:
//!
//! ```text
//! loop      walks along      in steps of                 keeps
//! 4, p      k                512                         –
//! 3, j      n                a block, 192 columns        512 × 192 of B, packed: 768 KiB, level-2 cache
//! 2, i      m                a tile's rows, up to 8      8 × 512 of A: 32 KiB, level-2 cache
//! 1, q      the block's n    a tile's columns, up to 24  512 × 24 of B, a strip, flows from level 2 through level 1
//! tile, p   the block's k    1                           8 × 24 of C: registers
//! ```
//!
//! The sizes are those of AVX-512. Each step of loop 4 reads and writes all of C, so its steps are long. A small
//! product needs fewer loops and no packing: see the first of the paths below.
//!
//! # Three paths
//!
//! * **In place**, for up to 256 rows of A (64 if the rows of B are long) and a B whose rows are contiguous. The tiles
//!   read both operands where they are, and nothing is packed or allocated. All small products take this path, since
//!   packing would cost more than it saves. A B of at most 128 numbers that is transposed or meets more rows of A is
//!   copied to the stack first.
//! * **Dot**, for few rows of A and a transposed B. Each element of C is one sum, with vectors along the sum.
//! * **Packed**, for all other products. B is packed, and transposed while it is packed if necessary. If A is
//!   transposed, the rows of A that the next tiles need are packed as well.
//!
//! A vector load that straddles two cache lines costs as much as two loads. So every [`Matrix`](super::Matrix), unless
//! it is small, starts at a cache line, and so do the packed blocks. With this, 128³ in place reaches 86 GFLOP/s;
//! without it, 75.
//!
//! # Same product, same bits
//!
//! The choice of the path depends on shapes and strides alone, threads never split a sum, and the order of a sum does
//! not depend on where the operands are in memory. So the same product gives the same bits on the same machine, with
//! any number of threads. Another instruction set may round differently, since a fused multiply-add rounds once instead
//! of twice.
//!
//! The environment variable `FEEDFORWARD_INSTRUCTION_SET` selects the [instruction set](InstructionSet), to test or
//! measure one of them.
//!
//! # unsafe
//!
//! The rest of the crate has no `unsafe`. The kernel needs it for five things:
//!
//! * Intrinsics that load and store take pointers. Each tile first checks that its operands fit each other and lie
//!   within their slices.
//! * Calling a function compiled for AVX-512 is sound only on a processor that has AVX-512. An [`InstructionSet`] is
//!   used only if the processor has it.
//! * A tile that adds to C reads it first. This is sound only if C has been written, as in every step of loop 4 after
//!   the first.
//! * Threads write to the same matrix at the same time. They get windows of C that do not overlap.
//! * New memory for C is not filled with zeros first: it becomes part of the vector after the product has written every
//!   element. The memory of packed blocks is a vector of cache lines, which is read as a slice of numbers.
//!
//! Miri, which finds undefined behaviour, runs the tests of the portable path and of the threads:
//! `cargo +nightly miri test --lib kernel`. With `RUSTFLAGS="-C target-feature=+avx512f"` in front, it runs the tiles of
//! AVX2 and AVX-512 as well, on any machine.

#![allow(unsafe_code)] // loads, stores and calls of tiles; every block says why it is sound
#![allow(clippy::needless_range_loop)] // rows, columns and vectors have the indices of the formulas

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

/// Computes C = A B with all rungs: the [selected](InstructionSet::selected) instruction set, the fastest path, and
/// [`threads()`] threads if the product is large.
///
/// `a` is `m × k`, `b` is `k × n`, and `c` receives the `m · n` elements of C row after row. The previous values of `c`
/// do not matter.
///
/// # Panics
/// If `a` does not have as many columns as `b` has rows, or `c` does not have `m · n` elements.
#[track_caller]
pub fn multiply(a: View<'_>, b: View<'_>, c: &mut [f64]) {
    assert_shapes(a, b, c);
    let c = Window::new(c, a.rows, b.columns);
    product(InstructionSet::selected_tiles(), None, None, a, b, c);
}

/// How [`multiply_with`] computes a product. For measurements and tests.
#[doc(hidden)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Route {
    /// The path that [`multiply`] chooses.
    Chosen,
    /// Both operands are read in place. The rows of B must be contiguous.
    InPlace,
    /// The right operand is packed.
    Packed,
}

/// Computes C = A B like [`multiply`], with a given route, instruction set and number of threads (which only large
/// products use). For measurements and tests.
///
/// # Panics
/// If the shapes do not fit, if this machine does not have the instruction set, if `threads` is 0 and the product is
/// large, or if the rows of B are not contiguous and the route is [`Route::InPlace`].
#[doc(hidden)]
#[track_caller]
#[inline]
pub fn multiply_with(route: Route, set: InstructionSet, threads: usize, a: View<'_>, b: View<'_>, c: &mut [f64]) {
    assert_shapes(a, b, c);
    let tiles = set.tiles();
    let c = Window::new(c, a.rows, b.columns);
    // A separate call for each route, so that the compiler removes the branches of the other routes. They would take a
    // tenth of the time of a 4³ product.
    match route {
        Route::Chosen => product(tiles, Some(threads), None, a, b, c),
        Route::InPlace => {
            assert!(b.column_stride == 1, "multiply_with: the rows of the right operand are not contiguous");
            product(tiles, Some(threads), Some(Path::direct(a, b)), a, b, c);
        }
        Route::Packed => product(tiles, Some(threads), Some(Path::Packed), a, b, c),
    }
}

/// Returns the elements of A B, row after row, in new memory.
#[track_caller]
pub(super) fn multiply_new(a: View<'_>, b: View<'_>) -> Elements {
    let size = super::size(a.rows, b.columns);
    let mut elements = Elements::with_capacity(size);
    let vector = elements.vector_mut();
    product(InstructionSet::selected_tiles(), None, None, a, b, Window::spare(vector, a.rows, b.columns));
    // SAFETY: the product has written all `size` elements of its window, and the window starts at the vector's end.
    unsafe { vector.set_len(vector.len() + size) };
    elements
}

/// The most rows of A for which the rows of B are read in place. With more, each packed number is used often enough to
/// pay for packing: in place and packed are equally fast at 256³, and at 384³ they reach 74 and 81 GFLOP/s.
/// `docs/performance.md` shows both for all sizes.
const FEW: usize = 256;
/// Like `FEW`, for a B whose rows are a page of memory or more apart. Such rows compete for the same sets of the
/// level-1 cache, which have about a dozen lines each, and each row needs its own entry of the TLB. In place is slower
/// from about 128 rows of A on: 128 × 785 times 785 × 512 reaches 68 GFLOP/s in place and 72 packed.
const FEW_FAR: usize = 64;
/// The most rows of A, and the least length of a sum, for which a transposed B is multiplied by dot products. At these
/// bounds, 16 × 64 times 64 × 64, dot products and packing are equally fast (34 GFLOP/s on a Zen 4 core). With fewer
/// rows packing pays less (8 × 64: 34 and 24 GFLOP/s), and in longer sums the end of a dot product, where the lanes are
/// added up, matters less (16 × 512 times 512 × 512: 45 and 34).
const DOT_ROWS: usize = 16;
const DOT_DEPTH: usize = 64;

/// How a product is computed. The choice looks at shapes and strides alone, so an element of C is the same sum for any
/// number of threads.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Path {
    /// Tiles read both operands in place, in blocks of `depth` rows of B.
    Direct { depth: usize },
    /// Tiles with vectors along the sum read both operands in place.
    Dot,
    /// Like `Direct`, with a copy of B on the stack.
    Copied,
    /// Tiles read packed blocks.
    Packed,
}

impl Path {
    #[inline]
    fn direct(a: View<'_>, b: View<'_>) -> Path {
        Path::Direct { depth: direct::depth(a.rows, b.rows, b.row_stride) }
    }

    /// Chooses the fastest path for A B.
    #[inline]
    fn of(a: View<'_>, b: View<'_>) -> Path {
        let few = if b.row_stride < direct::PAGE { FEW } else { FEW_FAR };
        let row = a.rows == 1; // a single row uses each number of B once, so no copy of B pays
        if b.column_stride == 1 && a.rows <= few {
            Path::direct(a, b)
        } else if b.rows * b.columns <= direct::COPIED && !row {
            Path::Copied
        } else if b.row_stride == 1 && a.column_stride == 1 && (row || a.rows <= DOT_ROWS && a.columns >= DOT_DEPTH) {
            Path::Dot
        } else {
            Path::Packed
        }
    }

    fn run(self, tiles: &Tiles, buffer: &mut packed::Buffer, a: View<'_>, b: View<'_>, c: Window<'_>) {
        match self {
            Path::Direct { depth } => direct::multiply(tiles, depth, a, b, c),
            Path::Copied => direct::multiply_copied(tiles, a, b, c),
            Path::Dot => direct::multiply_dot(tiles, a, b, c),
            Path::Packed => packed::multiply_blocks(tiles, buffer, a, b, c),
        }
    }
}

/// Computes C = A B and writes all of C. Without a `count` of threads uses [`threads()`], and without a `path` the
/// fastest one.
#[inline(always)]
fn product(tiles: &Tiles, count: Option<usize>, path: Option<Path>, a: View<'_>, b: View<'_>, mut c: Window<'_>) {
    if c.rows == 0 || c.columns == 0 {
        return;
    }
    if a.columns == 0 {
        return (0..c.rows).for_each(|i| (0..c.columns).for_each(|j| c.set(i, j, 0.0)));
    }
    // A single column is computed as a row, its transpose: Cᵀ = Bᵀ Aᵀ. The elements of both are contiguous.
    let (a, b, c) =
        if c.columns == 1 && c.stride == 1 && path.is_none() { (b.t(), a.t(), c.column_as_row()) } else { (a, b, c) };
    let path = path.unwrap_or_else(|| Path::of(a, b));
    let most = threads::most(a.rows, a.columns, b.columns);
    if most > 1 {
        let count = count.unwrap_or_else(threads).min(most);
        threads::multiply(path, tiles, count, std::thread::Builder::new, a, b, c);
        return;
    }
    match path {
        // Like `run`, but fetches a buffer only if the path needs one: this saves a tenth of the time of a 4³ product.
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
        "multiply: {m}×{k} times {rows}×{n} into {} elements: the shapes do not fit",
        c.len()
    );
}

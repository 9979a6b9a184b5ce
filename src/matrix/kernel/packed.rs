//! Rung 4, packing: a block of B is copied first, so that the tiles read it from one end to the other.
//!
//! 10.8 GFLOP/s at 256³, 70 % of the peak of SSE2; 11.0 at 1024³. With vectors of 8 numbers (rung 5), the same loops
//! reach 77.6 at 1024³.

use super::{InstructionSet, Route, Tiles, Window};
use crate::matrix::View;
use crate::matrix::elements::LINE;
use std::cell::RefCell;

/// Rows of B in a block: a tile adds this number of products in its registers before it reads and writes C. Compared
/// with 256, C passes half as often between the cores and the memory that they share, and 512³ reaches 80 instead of 78
/// GFLOP/s.
const DEPTH: usize = 512;
/// Numbers of B in a block: 768 KiB, which stay in a level-2 cache of 1 MiB or more while all rows of A use them. At
/// the full depth the block is 192 columns wide.
const BLOCK: usize = 96 * 1024;
/// The width of a block is a multiple of this, so that it consists of whole strips: the widths of all tiles of
/// several rows divide it.
const WIDTH: usize = 24;

/// The least width of a block, in columns, for which a transposed A is packed. It is wider than the widest tile, so
/// that at least two strips use the copy of each row.
const MANY: usize = 25;
/// The least distance between consecutive numbers in a row of A for which A is packed. From here on a page holds at
/// most 8 numbers of a row.
const FAR: usize = 64;

/// Computes C = A B by tiles of the [portable](InstructionSet::Portable) instruction set, from packed blocks.
///
/// `a` is `m × k`, `b` is `k × n`, and `c` holds the `m · n` elements of C row after row.
///
/// Blocking alone leaves two costs. First, each product loads and stores an element of C. So the kernel computes a
/// *tile* of C at once, as large as the registers hold, and uses each number that it loads for all rows or all columns
/// of the tile. Second, the rows of a block are far apart in memory, each in its own pages and cache lines. So the
/// kernel *packs* each block once: it copies it into strips as wide as a tile, in the order in which the tiles will
/// read them.
///
/// # Panics
/// If `a` does not have as many columns as `b` has rows, or `c` does not have `m · n` elements.
#[track_caller]
pub fn multiply(a: View<'_>, b: View<'_>, c: &mut [f64]) {
    super::multiply_with(Route::Packed, InstructionSet::Portable, 1, a, b, c);
}

/// Memory for packed blocks, kept for the next product.
#[derive(Default)]
pub(super) struct Buffer {
    a: Vec<CacheLine>,
    b: Vec<CacheLine>,
}

/// A cache line of numbers. Packed blocks start at a cache line, so that no vector load straddles two lines.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct CacheLine {
    _numbers: [f64; LINE],
}

thread_local! {
    /// One buffer for each thread of a product. All buffers belong to the thread that called the product, since the
    /// other threads end with the product.
    static BUFFERS: RefCell<Vec<Buffer>> = const { RefCell::new(Vec::new()) };
}

/// Calls `f` with `count` buffers of the current thread.
pub(super) fn with_buffers<R>(count: usize, f: impl FnOnce(&mut [Buffer]) -> R) -> R {
    BUFFERS.with_borrow_mut(|buffers| {
        if buffers.len() < count {
            buffers.resize_with(count, Buffer::default);
        }
        f(&mut buffers[..count])
    })
}

/// Returns the first `count` numbers of `lines`, growing it if it is shorter.
fn numbers(lines: &mut Vec<CacheLine>, count: usize) -> &mut [f64] {
    if lines.len() * LINE < count {
        lines.resize(count.div_ceil(LINE), CacheLine::default());
    }
    // SAFETY: a `CacheLine` consists of `LINE` doubles and no padding, and `lines` holds at least `count` doubles.
    unsafe { std::slice::from_raw_parts_mut(lines.as_mut_ptr().cast(), count) }
}

/// Computes C = A B from packed blocks of B, by the four loops that the [module](super) describes.
///
/// A is read in place, since a tile reads it one number at a time. The exception is a transposed A that many columns
/// use: there, neighbouring numbers of a row may be a page apart, so the rows of the next tiles are packed as well.
pub(super) fn multiply_blocks(tiles: &Tiles, buffer: &mut Buffer, a: View<'_>, b: View<'_>, mut c: Window<'_>) {
    let ((m, k), n) = (a.shape(), b.columns);
    // Loop 4 walks along k. Each step reads and writes all of C.
    let mut p = 0;
    while p < k {
        let depth = DEPTH.min(k - p);
        let most_columns = BLOCK / depth / WIDTH * WIDTH;
        // Loop 3 walks along n. The packed block of B stays in the level-2 cache during loops 2 and 1.
        let mut j = 0;
        while j < n {
            let columns = most_columns.min(n - j);
            let packed_b = pack_block(tiles, &mut buffer.b, m, b.block(p, depth, j, columns));
            // Loop 2 walks along m. A tile's rows of A, up to 8 × 512 numbers, stay in the level-2 cache meanwhile.
            let mut i = 0;
            while i < m {
                let rows = tiles.rows().min(m - i);
                let mut a = a.block(i, rows, p, depth);
                if a.column_stride >= FAR && columns >= MANY {
                    let packed_a = numbers(&mut buffer.a, rows * depth);
                    pack_rows(a, packed_a);
                    a = View { row_stride: 1, column_stride: rows, values: packed_a, ..a };
                }
                // Loop 1 walks along the block's n. Each strip of B is read from one end to the other, so the processor
                // prefetches it into the level-1 cache.
                let mut q = 0;
                while q < columns {
                    let width = tiles.columns(m, columns - q);
                    let row_stride = tiles.padded(width);
                    let values = &packed_b[depth * q..];
                    let strip = View { rows: depth, columns: width, row_stride, column_stride: 1, values };
                    // The tile walks along the block's k. Its part of C stays in registers.
                    // SAFETY: the first step of loop 4 has written all of C.
                    unsafe { tiles.run(a, strip, c.block(i, rows, j + q, width), p > 0) };
                    q += width;
                }
                i += rows;
            }
            j += columns;
        }
        p += depth;
    }
}

/// Copies a block of B into strips, each as wide as the next tile and padded to whole vectors. Padding is never read.
fn pack_block<'p>(tiles: &Tiles, packed: &'p mut Vec<CacheLine>, m: usize, b: View<'_>) -> &'p [f64] {
    let packed = numbers(packed, b.rows * tiles.padded(b.columns));
    if b.column_stride == 1 {
        pack_rows_of_strips(tiles, packed, m, b);
    } else {
        let mut j = 0;
        while j < b.columns {
            let width = tiles.columns(m, b.columns - j);
            let padded = tiles.padded(width);
            pack_transposed_strip(b.block(0, b.rows, j, width), &mut packed[b.rows * j..][..b.rows * padded], padded);
            j += width;
        }
    }
    packed
}

/// Packs a block whose rows are contiguous, row after row as B is stored: the processor recognises the order and
/// prefetches.
fn pack_rows_of_strips(tiles: &Tiles, packed: &mut [f64], m: usize, b: View<'_>) {
    for p in 0..b.rows {
        let row = &b.values[p * b.row_stride..][..b.columns];
        let mut j = 0;
        while j < b.columns {
            let width = tiles.columns(m, b.columns - j);
            let from = &row[j..][..width];
            let to = &mut packed[b.rows * j + p * tiles.padded(width)..][..width];
            // Whole cache lines first: a copy of constant size needs no call of `memcpy`.
            let (from_lines, from_rest) = from.as_chunks::<LINE>();
            let (to_lines, to_rest) = to.as_chunks_mut::<LINE>();
            to_lines.iter_mut().zip(from_lines).for_each(|(to, from)| *to = *from);
            to_rest.copy_from_slice(from_rest);
            j += width;
        }
    }
}

/// Packs a strip of a B whose columns are contiguous, into rows of `padded` numbers.
///
/// Takes a cache line's numbers, 8 columns, at a time. It then writes whole lines, and it reads from 8 places, which
/// fit into the level-1 cache even if all fall into the same set, since a set has at least 8 lines.
fn pack_transposed_strip(b: View<'_>, packed: &mut [f64], padded: usize) {
    let mut j = 0;
    while j + LINE <= b.columns {
        let columns: [&[f64]; LINE] = std::array::from_fn(|q| &b.values[(j + q) * b.column_stride..]);
        for p in 0..b.rows {
            let packed = &mut packed[p * padded + j..][..LINE];
            for q in 0..LINE {
                packed[q] = columns[q][p * b.row_stride];
            }
        }
        j += LINE;
    }
    for j in j..b.columns {
        for p in 0..b.rows {
            packed[p * padded + j] = b.at(p, j);
        }
    }
}

/// Packs a few rows of a transposed A, column after column.
fn pack_rows(a: View<'_>, packed: &mut [f64]) {
    /// The rows of a full AVX-512 tile. A copy of constant size needs no call of `memcpy`.
    const FULL: usize = 8;
    for p in 0..a.columns {
        let (column, packed) = (&a.values[p * a.column_stride..][..a.rows], &mut packed[p * a.rows..][..a.rows]);
        match a.rows {
            FULL => packed[..FULL].copy_from_slice(&column[..FULL]),
            _ => packed.copy_from_slice(column),
        }
    }
}

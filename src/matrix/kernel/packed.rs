//! Rung 4, packing: a block of B is first copied so that the tiles read it from one end to the other.

use super::{InstructionSet, Tiles, Window};
use crate::matrix::View;
use std::cell::RefCell;

/// The depth of a block: so many products are added in the registers of a tile before C is read and written. Twice as
/// deep, and C passes half as often between the cores and the memory that they share.
const DEPTH: usize = 512;
/// Numbers of a block of B: 768 KiB of them stay in a level-2 cache of 1 MiB or more while all rows of A pass by. With
/// the full depth that is 192 columns.
const BLOCK: usize = 96 * 1024;
/// A block is whole strips wide: this is a multiple of the width of every tile.
const WIDTH: usize = 24;

/// From this number of columns on, a transposed A is packed: the copy of a row serves two strips at least.
const MANY: usize = 25;
/// A transposed A whose numbers of one row are further apart than this is packed: an eighth of a page.
const FAR: usize = 64;

/// C = A B by the tiles of the [portable](InstructionSet::Portable) instruction set, all operands packed.
///
/// Blocks alone leave two costs. An element of C is loaded and stored for every product: so a *tile* of C, as large as
/// the registers hold, is computed at once, and a number loaded is used for all its rows or columns. And rows of a block
/// lie far apart in memory, each in pages and cache lines of its own: so the block is *packed* once, into strips as
/// wide as a tile, in the order in which the tiles will read it.
///
/// # Panics
/// When the shapes do not fit.
#[track_caller]
pub fn multiply(a: View<'_>, b: View<'_>, c: &mut [f64]) {
    super::multiply_packed(InstructionSet::Portable, a, b, c);
}

/// Memory into which blocks are packed, kept for the next product.
#[derive(Default)]
pub(super) struct Buffer {
    a: Vec<CacheLine>,
    b: Vec<CacheLine>,
}

/// Packed numbers begin where a cache line does, so that no vector load needs two.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct CacheLine {
    _numbers: [f64; 8],
}

thread_local! {
    /// One for each thread of a product; all belong to the thread that asked for it, as the others end with it.
    static BUFFERS: RefCell<Vec<Buffer>> = const { RefCell::new(Vec::new()) };
}

/// Calls `f` with this thread's buffers, at least `count` of them.
pub(super) fn with_buffers<R>(count: usize, f: impl FnOnce(&mut [Buffer]) -> R) -> R {
    BUFFERS.with_borrow_mut(|buffers| {
        if buffers.len() < count {
            buffers.resize_with(count, Buffer::default);
        }
        f(buffers)
    })
}

/// The first `count` numbers of `lines`, which grows where it is shorter.
fn numbers(lines: &mut Vec<CacheLine>, count: usize) -> &mut [f64] {
    if lines.len() * 8 < count {
        lines.resize(count.div_ceil(8), CacheLine::default());
    }
    // SAFETY: a `CacheLine` is 8 doubles and nothing else, and there are at least `count` of them.
    unsafe { std::slice::from_raw_parts_mut(lines.as_mut_ptr().cast(), count) }
}

/// C = A B: for each block of B, packed, and each few rows of A, the tiles of these rows.
///
/// A is read in place, since a tile needs only single numbers of it: but for the rows of a transposed A that are used
/// for many columns. One after the other their numbers may lie a page apart, so these few rows are packed, too.
pub(super) fn multiply_blocks(tiles: &Tiles, buffer: &mut Buffer, a: View<'_>, b: View<'_>, mut c: Window<'_>) {
    let ((m, k), n) = (a.shape(), b.columns);
    let mut p = 0;
    while p < k {
        let depth = DEPTH.min(k - p);
        let most_columns = BLOCK / depth / WIDTH * WIDTH;
        let mut j = 0;
        while j < n {
            let columns = most_columns.min(n - j);
            let packed_b = pack_block(tiles, &mut buffer.b, m, b.block(p, depth, j, columns));
            let mut i = 0;
            while i < m {
                let rows = tiles.rows().min(m - i);
                let mut a = a.block(i, rows, p, depth);
                if a.column_stride >= FAR && columns >= MANY {
                    let packed_a = numbers(&mut buffer.a, rows * depth);
                    pack_rows(a, packed_a);
                    a = View { row_stride: 1, column_stride: rows, values: packed_a, ..a };
                }
                let mut q = 0;
                while q < columns {
                    let width = tiles.columns(m, columns - q);
                    let row_stride = tiles.padded(width);
                    let values = &packed_b[depth * q..];
                    let strip = View { rows: depth, columns: width, row_stride, column_stride: 1, values };
                    tiles.run(a, strip, c.block(i, rows, j + q, width), p > 0);
                    q += width;
                }
                i += rows;
            }
            j += columns;
        }
        p += depth;
    }
}

/// Copies a block of B into strips, each as wide as the next tile and filled up to whole vectors. What is beyond a
/// strip's width is never read.
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

/// Row after row, as B lies in memory: the processor sees where the next numbers will be, and fetches ahead.
fn pack_rows_of_strips(tiles: &Tiles, packed: &mut [f64], m: usize, b: View<'_>) {
    for p in 0..b.rows {
        let row = &b.values[p * b.row_stride..][..b.columns];
        let mut j = 0;
        while j < b.columns {
            let width = tiles.columns(m, b.columns - j);
            let from = &row[j..][..width];
            let to = &mut packed[b.rows * j + p * tiles.padded(width)..][..width];
            let (from_eights, from_rest) = from.as_chunks::<8>();
            let (to_eights, to_rest) = to.as_chunks_mut::<8>();
            to_eights.iter_mut().zip(from_eights).for_each(|(to, from)| *to = *from);
            to_rest.copy_from_slice(from_rest);
            j += width;
        }
    }
}

/// A strip of a B whose columns are contiguous, in rows of `padded` numbers.
///
/// Eight columns at a time: eight places to read from, no more than a set of the level-1 cache has lines, should all
/// fall into one; and a whole cache line to write.
fn pack_transposed_strip(b: View<'_>, packed: &mut [f64], padded: usize) {
    let mut j = 0;
    while j + 8 <= b.columns {
        let columns: [&[f64]; 8] = std::array::from_fn(|q| &b.values[(j + q) * b.column_stride..]);
        for p in 0..b.rows {
            let packed = &mut packed[p * padded + j..][..8];
            for q in 0..8 {
                packed[q] = columns[q][p * b.row_stride];
            }
        }
        j += 8;
    }
    for j in j..b.columns {
        for p in 0..b.rows {
            packed[p * padded + j] = b.at(p, j);
        }
    }
}

/// Copies a few rows of A, column after column.
fn pack_rows(a: View<'_>, packed: &mut [f64]) {
    for p in 0..a.columns {
        let (column, packed) = (&a.values[p * a.column_stride..][..a.rows], &mut packed[p * a.rows..][..a.rows]);
        match a.rows {
            8 => packed[..8].copy_from_slice(&column[..8]),
            _ => packed.copy_from_slice(column),
        }
    }
}

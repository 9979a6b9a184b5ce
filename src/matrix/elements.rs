//! Stores the elements of a matrix, so that those of large matrices start at a cache line.

use std::ops::{Deref, DerefMut};

/// Doubles in a cache line, which has 64 bytes, the size of the longest vector register. A vector load that straddles
/// two lines takes twice as long.
pub(super) const LINE: usize = 8;
/// The least number of elements that are aligned to a cache line. A smaller matrix causes too few loads to gain from
/// it.
pub(super) const MANY: usize = 512;

/// The most elements that a vector can hold, after the padding up to a cache line.
pub(super) const MOST: usize = isize::MAX as usize / size_of::<f64>() - (LINE - 1);

/// The elements of a matrix, row after row, in a vector. They start at the first cache line in the vector's memory.
#[derive(Default)]
pub(super) struct Elements {
    vector: Vec<f64>,
    start: usize, // the numbers before this index are padding
}

impl Elements {
    /// Creates an empty buffer with the given capacity.
    #[inline]
    pub(super) fn with_capacity(count: usize) -> Elements {
        if count < MANY {
            return Elements { vector: Vec::with_capacity(count), start: 0 };
        }
        let mut vector = Vec::with_capacity(count + LINE - 1);
        let start = line_start(&vector);
        vector.resize(start, 0.0);
        Elements { vector, start }
    }

    /// Creates `count` elements with the given value.
    pub(super) fn filled(count: usize, value: f64) -> Elements {
        if count < MANY {
            return Elements { vector: vec![value; count], start: 0 };
        }
        let mut vector = vec![value; count + LINE - 1];
        let start = line_start(&vector);
        vector.truncate(start + count);
        Elements { vector, start }
    }

    /// Returns whether `count` elements fit without a new allocation, and start at a cache line if they are many.
    #[inline]
    pub(super) fn fits(&self, count: usize) -> bool {
        count <= self.vector.capacity() - self.start && (count < MANY || self.start == line_start(&self.vector))
    }

    /// Appends an element.
    pub(super) fn push(&mut self, value: f64) {
        self.vector.push(value);
    }

    /// Appends all elements of `values`.
    pub(super) fn extend_from_slice(&mut self, values: &[f64]) {
        self.vector.extend_from_slice(values);
    }

    /// Resizes to `count` elements, filling with zeros. If they do not [fit](Self::fits), all elements are zero
    /// afterwards.
    #[inline]
    pub(super) fn resize(&mut self, count: usize) {
        if count == self.len() {
            return; // the common case: a step of training repeats the shapes of the last
        }
        if !self.fits(count) {
            *self = Elements::with_capacity(count);
        }
        self.vector.resize(self.start + count, 0.0);
    }

    /// Returns the vector, to append elements to it.
    #[inline]
    pub(super) fn vector_mut(&mut self) -> &mut Vec<f64> {
        &mut self.vector
    }

    /// Converts the elements into a vector without padding.
    pub(super) fn into_vec(mut self) -> Vec<f64> {
        self.vector.drain(..self.start);
        self.vector
    }
}

/// Returns the index of the first double in `memory` that starts a cache line. The slice may be empty: its address
/// counts.
#[inline]
fn line_start(memory: &[f64]) -> usize {
    memory.as_ptr().align_offset(LINE * size_of::<f64>()).min(LINE - 1)
}

impl From<Vec<f64>> for Elements {
    /// Takes over the vector. Its elements stay in place, or move by a few positions if there are many and they do not
    /// start at a cache line.
    fn from(mut vector: Vec<f64>) -> Elements {
        let count = vector.len();
        if count < MANY || line_start(&vector) == 0 {
            return Elements { vector, start: 0 };
        }
        vector.reserve(LINE - 1);
        let start = line_start(&vector);
        vector.resize(start + count, 0.0);
        vector.copy_within(..count, start);
        Elements { vector, start }
    }
}

impl FromIterator<f64> for Elements {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Elements {
        let values = values.into_iter();
        let mut elements = Elements::with_capacity(values.size_hint().0);
        elements.vector.extend(values);
        elements
    }
}

impl Deref for Elements {
    type Target = [f64];

    #[inline]
    fn deref(&self) -> &[f64] {
        &self.vector[self.start..]
    }
}

impl DerefMut for Elements {
    #[inline]
    fn deref_mut(&mut self) -> &mut [f64] {
        &mut self.vector[self.start..]
    }
}

impl Clone for Elements {
    fn clone(&self) -> Elements {
        let mut clone = Elements::with_capacity(self.len());
        clone.extend_from_slice(self);
        clone
    }
}

impl PartialEq for Elements {
    fn eq(&self, other: &Elements) -> bool {
        **self == **other
    }
}

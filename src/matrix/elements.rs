//! Where the elements of a matrix stand in memory.

use std::ops::{Deref, DerefMut};

/// Doubles in a cache line, 64 bytes, which is also the longest vector register. A vector load that does not begin where
/// a line does touches two lines, and takes twice as long.
const LINE: usize = 8;
/// A matrix of fewer elements begins where it happens to: there is not much to load.
const MANY: usize = 512;

/// The elements of a matrix, row after row: a vector, from the first place in it where a cache line begins.
#[derive(Default)]
pub(super) struct Elements {
    vector: Vec<f64>,
    start: usize, // what stands before is not used
}

impl Elements {
    /// None as yet, with memory for so many.
    #[inline]
    pub(super) fn with_capacity(count: usize) -> Elements {
        if count < MANY {
            return Elements { vector: Vec::with_capacity(count), start: 0 };
        }
        let mut vector = Vec::with_capacity(count.saturating_add(LINE - 1));
        let start = line_start(&vector);
        vector.resize(start, 0.0);
        Elements { vector, start }
    }

    /// So many times this value.
    pub(super) fn filled(count: usize, value: f64) -> Elements {
        if count < MANY {
            return Elements { vector: vec![value; count], start: 0 };
        }
        let mut vector = vec![value; count.saturating_add(LINE - 1)];
        let start = line_start(&vector);
        vector.truncate(start + count);
        Elements { vector, start }
    }

    /// How many there is memory for.
    pub(super) fn capacity(&self) -> usize {
        self.vector.capacity() - self.start
    }

    /// One more, at the end.
    pub(super) fn push(&mut self, value: f64) {
        self.vector.push(value);
    }

    /// More of them, at the end.
    pub(super) fn extend_from_slice(&mut self, values: &[f64]) {
        self.vector.extend_from_slice(values);
    }

    /// Makes them so many: leaves off some, or adds zeros. Where the memory does not suffice, none of the old ones stay.
    pub(super) fn resize(&mut self, count: usize) {
        if self.capacity() < count {
            *self = Elements::with_capacity(count);
        }
        self.vector.resize(self.start + count, 0.0);
    }

    /// The vector, for one who appends to it.
    #[inline]
    pub(super) fn vector_mut(&mut self) -> &mut Vec<f64> {
        &mut self.vector
    }

    /// A vector of them alone.
    pub(super) fn into_vec(mut self) -> Vec<f64> {
        self.vector.drain(..self.start);
        self.vector
    }
}

/// The first place of this memory, which may be empty as yet, where a cache line begins.
#[inline]
fn line_start(memory: &[f64]) -> usize {
    memory.as_ptr().align_offset(LINE * size_of::<f64>()).min(LINE - 1)
}

impl From<Vec<f64>> for Elements {
    /// Those of the vector: where they stand, or moved up a little if that is not where a cache line begins.
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

//! Which vector instructions the machine has, and which the product uses.

use super::{portable, tile::Tiles};
use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

#[cfg(target_arch = "x86_64")]
use super::{avx2, avx512};

/// The vector instructions of a product, from the most portable to the fastest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InstructionSet {
    /// What the compiler may assume of every machine of its target: SSE2 on x86-64, NEON on aarch64.
    Portable,
    /// AVX2 and FMA: vectors of 4 doubles.
    Avx2,
    /// AVX-512F: vectors of 8 doubles.
    Avx512,
}

use InstructionSet::{Avx2, Avx512, Portable};

/// The place in [`ALL`](InstructionSet::ALL) of the set in use; before the first product, none.
static SELECTED: AtomicU8 = AtomicU8::new(NONE);
const NONE: u8 = u8::MAX;

impl InstructionSet {
    /// All of them, whether this machine has them or not.
    pub const ALL: [InstructionSet; 3] = [Portable, Avx2, Avx512];

    /// Whether this machine has it.
    pub fn is_available(self) -> bool {
        match self {
            Portable => true,
            #[cfg(target_arch = "x86_64")]
            Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Avx512 => is_x86_feature_detected!("avx512f"),
            #[cfg(not(target_arch = "x86_64"))]
            _ => false,
        }
    }

    /// The set that products use: the fastest that the machine has, found once; or the one [forced](Self::force).
    #[inline]
    pub fn selected() -> InstructionSet {
        match InstructionSet::ALL.get(SELECTED.load(Relaxed) as usize) {
            Some(set) => *set,
            None => InstructionSet::detect(),
        }
    }

    #[cold]
    fn detect() -> InstructionSet {
        let best = InstructionSet::ALL.into_iter().rfind(|set| set.is_available()).expect("Portable is available");
        // Where another thread has forced a set in between, that remains.
        let _ = SELECTED.compare_exchange(NONE, best as u8, Relaxed, Relaxed);
        InstructionSet::selected()
    }

    /// All products of the program use this set from now on: for tests and measurements.
    ///
    /// # Panics
    /// When this machine does not have it.
    #[track_caller]
    pub fn force(self) {
        self.assert_available();
        SELECTED.store(self as u8, Relaxed);
    }

    #[track_caller]
    pub(super) fn assert_available(self) {
        assert!(self.is_available(), "this machine does not have the instruction set {self}");
    }

    /// The tiles of a set that this machine has.
    #[inline]
    pub(super) fn tiles(self) -> &'static Tiles {
        match self {
            #[cfg(target_arch = "x86_64")]
            Avx2 => &avx2::TILES,
            #[cfg(target_arch = "x86_64")]
            Avx512 => &avx512::TILES,
            _ => &portable::TILES,
        }
    }
}

/// The name as it is written of the processor: `AVX-512`.
impl fmt::Display for InstructionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Portable => "portable",
            Avx2 => "AVX2",
            Avx512 => "AVX-512",
        })
    }
}

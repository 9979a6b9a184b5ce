//! Finds the instruction sets of the machine and selects the one that products use.

use super::{portable, tile::Tiles};
use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

#[cfg(target_arch = "x86_64")]
use super::{avx2, avx512};

/// The vector instructions that a product uses, from the most portable set to the fastest.
///
/// The environment variable `FEEDFORWARD_INSTRUCTION_SET` overrides the choice for a whole process. Its value is
/// `portable`, `AVX2` or `AVX-512`, in upper or lower case. The tests then run on that set:
///
/// ```text
/// FEEDFORWARD_INSTRUCTION_SET=AVX2 cargo test
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InstructionSet {
    /// The instructions that the compiler may assume on every machine of its target: SSE2 on x86-64, NEON on aarch64.
    Portable,
    /// AVX2 and FMA: vectors of 4 doubles.
    Avx2,
    /// AVX-512F: vectors of 8 doubles.
    Avx512,
}

use InstructionSet::{Avx2, Avx512, Portable};

/// The environment variable that overrides the choice.
pub(super) const VARIABLE: &str = "FEEDFORWARD_INSTRUCTION_SET";

/// The index in [`ALL`](InstructionSet::ALL) of the selected set, or `NONE` before the first product.
static SELECTED: AtomicU8 = AtomicU8::new(NONE);
const NONE: u8 = u8::MAX;

impl InstructionSet {
    /// All instruction sets, from the most portable to the fastest, whether this machine has them or not.
    pub const ALL: [InstructionSet; 3] = [Portable, Avx2, Avx512];

    /// Returns whether this machine has the instruction set.
    #[must_use]
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

    /// Returns the instruction sets of this machine, from the most portable to the fastest.
    #[must_use]
    pub fn available() -> Vec<InstructionSet> {
        InstructionSet::ALL.into_iter().filter(|set| set.is_available()).collect()
    }

    /// Returns the instruction set that products use: the one that `FEEDFORWARD_INSTRUCTION_SET` names, or else the
    /// fastest one of this machine.
    ///
    /// The first call reads the environment variable and detects the processor's features. Later calls cost one atomic
    /// load.
    ///
    /// # Panics
    /// If `FEEDFORWARD_INSTRUCTION_SET` names an unknown instruction set, or one that this machine does not have.
    #[must_use]
    #[inline]
    pub fn selected() -> InstructionSet {
        match InstructionSet::ALL.get(SELECTED.load(Relaxed) as usize) {
            Some(set) => *set,
            None => InstructionSet::select(),
        }
    }

    #[cold]
    fn select() -> InstructionSet {
        let set = InstructionSet::from_environment().unwrap_or_else(|message| panic!("{message}"));
        // Threads that race here all store the same set.
        SELECTED.store(set as u8, Relaxed);
        set
    }

    /// Returns the instruction set that the first call of [`selected`](Self::selected) chooses. A program can call this
    /// before the first product, to report a wrong `FEEDFORWARD_INSTRUCTION_SET` without a panic.
    ///
    /// # Errors
    /// If `selected` would panic. The message names the variable, its value and the sets of this machine.
    pub fn from_environment() -> Result<InstructionSet, String> {
        let name = std::env::var_os(VARIABLE).map(|name| name.to_string_lossy().into_owned());
        choose(name.as_deref(), &InstructionSet::available())
    }

    /// Returns the tiles of this set.
    ///
    /// # Panics
    /// If this machine does not have the set.
    #[track_caller]
    #[inline]
    pub(super) fn tiles(self) -> &'static Tiles {
        assert!(self.is_available(), "this machine does not have the instruction set {self}");
        self.unchecked_tiles()
    }

    /// Returns the tiles of the [selected](InstructionSet::selected) set.
    #[inline]
    pub(super) fn selected_tiles() -> &'static Tiles {
        InstructionSet::selected().unchecked_tiles() // `choose` has checked that the machine has the set
    }

    #[inline]
    fn unchecked_tiles(self) -> &'static Tiles {
        match self {
            #[cfg(target_arch = "x86_64")]
            Avx2 => &avx2::TILES,
            #[cfg(target_arch = "x86_64")]
            Avx512 => &avx512::TILES,
            _ => &portable::TILES,
        }
    }
}

/// Chooses the set called `name` from the `available` sets, which are ordered from the slowest to the fastest. Without
/// a name, chooses the fastest. Returns a message for the user if there is no such set.
pub(super) fn choose(name: Option<&str>, available: &[InstructionSet]) -> Result<InstructionSet, String> {
    let Some(name) = name else {
        return Ok(*available.last().expect("every machine has the portable set"));
    };
    let Some(set) = InstructionSet::ALL.into_iter().find(|set| set.to_string().eq_ignore_ascii_case(name)) else {
        return Err(format!("{VARIABLE}={name}: unknown instruction set; this machine has {}", list(available)));
    };
    if !available.contains(&set) {
        return Err(format!("{VARIABLE}={name}: this machine lacks {set}; it has {}", list(available)));
    }
    Ok(set)
}

/// Returns the names of the sets, separated by commas.
fn list(sets: &[InstructionSet]) -> String {
    sets.iter().map(InstructionSet::to_string).collect::<Vec<_>>().join(", ")
}

/// Writes the usual name: `portable`, `AVX2` or `AVX-512`.
impl fmt::Display for InstructionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Portable => "portable",
            Avx2 => "AVX2",
            Avx512 => "AVX-512",
        })
    }
}

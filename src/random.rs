//! A small random number generator: the same seed gives the same random bits on every machine.
//!
//! The algorithm is xoshiro256++ 1.0 (Blackman and Vigna 2019), seeded by SplitMix64 as its authors recommend. It is
//! fast, and its authors know of no statistical test that it fails. It is not suitable for cryptography.

/// A seeded random number generator.
///
/// ```
/// use feedforward::random::Random;
///
/// let (mut one, mut other) = (Random::new(7), Random::new(7));
/// assert_eq!(one.uniform(), other.uniform()); // the same seed, the same numbers
/// ```
#[derive(Clone, Debug)]
pub struct Random {
    state: [u64; 4],
}

impl Random {
    /// Creates a generator whose sequence of numbers is determined by `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Random {
        let mut state = seed;
        Random { state: std::array::from_fn(|_| split_mix(&mut state)) }
    }

    /// Returns 64 random bits.
    pub fn bits(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.state;
        let bits = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        bits
    }

    /// Returns a number uniformly distributed in [0, 1), one of the 2⁵³ multiples of 2⁻⁵³.
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * 2f64.powi(-53)
    }

    /// Returns an integer uniformly distributed in 0 … n − 1. It is the high half of the product of n and 64 random
    /// bits. The few draws that would bias it are rejected and repeated (Lemire 2019).
    ///
    /// # Panics
    /// If `n` is 0.
    #[track_caller]
    pub fn below(&mut self, n: usize) -> usize {
        assert!(n > 0, "Random::below: n must be at least 1, not 0");
        let n = n as u64;
        loop {
            let product = u128::from(self.bits()) * u128::from(n);
            if product as u64 >= n.wrapping_neg() % n {
                return (product >> 64) as usize;
            }
        }
    }

    /// Returns a normally distributed number with mean 0 and variance 1 (Marsaglia's polar method). Its last bits may
    /// differ between platforms, because it uses [`f64::ln`].
    pub fn normal(&mut self) -> f64 {
        loop {
            let (x, y) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                return x * (-2.0 * square.ln() / square).sqrt();
            }
        }
    }

    /// Shuffles the items in place, such that all orders are equally likely (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): advances the state and returns 64 bits.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xoshiro256_plus_plus_gives_the_published_numbers() {
        let mut random = Random { state: [1, 2, 3, 4] };
        let published = [
            41943041,
            58720359,
            3588806011781223,
            3591011842654386,
            9228616714210784205,
            9973669472204895162,
            14011001112246962877,
            12406186145184390807,
            15849039046786891736,
            10450023813501588000,
        ];
        assert_eq!(published.map(|_| random.bits()), published);
    }

    #[test]
    fn split_mix_gives_the_published_numbers() {
        let mut state = 1234567;
        let published =
            [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];
        assert_eq!(published.map(|_| split_mix(&mut state)), published);
    }
}

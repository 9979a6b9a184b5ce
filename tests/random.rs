//! Tests that random numbers are reproducible and have the documented distribution. (Unit tests in `src/random.rs`
//! compare the generator with its published values.)

use feedforward::random::Random;

#[test]
fn the_same_seed_gives_the_same_sequence_and_another_seed_another_one() {
    let draw = |seed| {
        let mut random = Random::new(seed);
        (0..8).map(|_| random.bits()).collect::<Vec<_>>()
    };
    assert_eq!(draw(42), draw(42));
    assert_ne!(draw(42), draw(43));
    assert_ne!(draw(0), [0; 8]);
}

#[test]
fn uniform_numbers_are_evenly_distributed_in_0_to_1() {
    let mut random = Random::new(1);
    let mut counts = [0u32; 10];
    for _ in 0..100_000 {
        let x = random.uniform();
        assert!((0.0..1.0).contains(&x));
        counts[(x * 10.0) as usize] += 1;
    }
    // Expected: 10,000 each, with a standard deviation of 95.
    assert!(counts.iter().all(|&count| (9_600..10_400).contains(&count)), "{counts:?}");
}

#[test]
fn normal_numbers_have_mean_0_variance_1_and_the_tails_of_a_normal() {
    let mut random = Random::new(2);
    let n = 200_000;
    let (mut sum, mut squares, mut outside_one, mut outside_two) = (0.0, 0.0, 0, 0);
    for _ in 0..n {
        let x = random.normal();
        sum += x;
        squares += x * x;
        outside_one += u32::from(x.abs() > 1.0);
        outside_two += u32::from(x.abs() > 2.0);
    }
    let n = f64::from(n);
    assert!((sum / n).abs() < 0.01, "mean {}", sum / n);
    assert!((squares / n - 1.0).abs() < 0.015, "variance {}", squares / n);
    assert!((f64::from(outside_one) / n - 0.3173).abs() < 0.005, "{outside_one}");
    assert!((f64::from(outside_two) / n - 0.0455).abs() < 0.003, "{outside_two}");
}

#[test]
fn whole_numbers_below_n_are_evenly_distributed() {
    let mut random = Random::new(3);
    let mut counts = [0u32; 3];
    for _ in 0..30_000 {
        counts[random.below(3)] += 1;
    }
    assert!(counts.iter().all(|&count| (9_600..10_400).contains(&count)), "{counts:?}");
    assert_eq!(random.below(1), 0);
}

/// With n = 3 · 2⁶², the 2⁶⁴ possible draws give 4/3 draws to each number. A generator that uses every draw returns
/// every third number twice as often as the rest.
#[test]
fn whole_numbers_below_a_very_large_n_are_evenly_distributed() {
    let mut random = Random::new(4);
    let mut counts = [0u32; 3];
    for _ in 0..30_000 {
        counts[random.below(3 << 62) % 3] += 1;
    }
    assert!(counts.iter().all(|&count| (9_600..10_400).contains(&count)), "{counts:?}");
}

#[test]
#[should_panic(expected = "n must be at least 1, not 0")]
fn below_refuses_0() {
    Random::new(5).below(0);
}

#[test]
fn a_shuffle_keeps_all_items_and_all_orders_are_equally_frequent() {
    let mut random = Random::new(6);
    let mut orders = std::collections::BTreeMap::new();
    for _ in 0..24_000 {
        let mut items = [0, 1, 2, 3];
        random.shuffle(&mut items);
        *orders.entry(items).or_insert(0u32) += 1;
    }
    assert_eq!(orders.len(), 24);
    // Expected: 1,000 each, with a standard deviation of 31.
    assert!(orders.values().all(|count| (850..1150).contains(count)), "{orders:?}");
    random.shuffle::<u8>(&mut []);
}

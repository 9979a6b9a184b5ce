//! The random numbers: reproducible, and distributed as they say. (Their published values are tested beside the code.)

use feedforward::random::Random;

#[test]
fn a_seed_names_one_sequence() {
    let draw = |seed| {
        let mut random = Random::new(seed);
        (0..8).map(|_| random.bits()).collect::<Vec<_>>()
    };
    assert_eq!(draw(42), draw(42));
    assert_ne!(draw(42), draw(43));
    assert_ne!(draw(0), [0; 8]);
}

#[test]
fn uniform_numbers_fill_0_to_1_evenly() {
    let mut random = Random::new(1);
    let mut counts = [0u32; 10];
    for _ in 0..100_000 {
        let x = random.uniform();
        assert!((0.0..1.0).contains(&x));
        counts[(x * 10.0) as usize] += 1;
    }
    // 10,000 each; the standard deviation is 95.
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
fn numbers_below_n_are_below_n_and_even() {
    let mut random = Random::new(3);
    let mut counts = [0u32; 3];
    for _ in 0..30_000 {
        counts[random.below(3)] += 1;
    }
    assert!(counts.iter().all(|&count| (9_600..10_400).contains(&count)), "{counts:?}");
    assert_eq!(random.below(1), 0);
}

/// Of the 2⁶⁴ draws, 4/3 fall on each of 3 · 2⁶² numbers: taken as they come, every third number would come twice as often.
#[test]
fn numbers_below_a_very_large_n_are_even_too() {
    let mut random = Random::new(4);
    let mut counts = [0u32; 3];
    for _ in 0..30_000 {
        counts[random.below(3 << 62) % 3] += 1;
    }
    assert!(counts.iter().all(|&count| (9_600..10_400).contains(&count)), "{counts:?}");
}

#[test]
#[should_panic(expected = "no whole number below 0")]
fn there_is_no_number_below_0() {
    Random::new(5).below(0);
}

#[test]
fn a_shuffle_keeps_every_item_and_makes_every_order_as_often() {
    let mut random = Random::new(6);
    let mut orders = std::collections::BTreeMap::new();
    for _ in 0..24_000 {
        let mut items = [0, 1, 2, 3];
        random.shuffle(&mut items);
        *orders.entry(items).or_insert(0u32) += 1;
    }
    assert_eq!(orders.len(), 24);
    assert!(orders.values().all(|count| (850..1150).contains(count)), "{orders:?}"); // 1,000 each, deviation 31
    random.shuffle::<u8>(&mut []);
}

//! Tests of data sets: the checks when one is created, the split, the names, and the batches.

mod support;

use feedforward::data::{Batches, Dataset, Names, one_hot};
use feedforward::random::Random;
use feedforward::{DataSource, Matrix};
use std::sync::Arc;
use support::panic_message;

/// Creates `samples` samples of 2 features in 3 classes. The inputs of sample i are i and −i, its class is i modulo 3.
fn dataset(samples: usize) -> Dataset {
    let classes: Vec<usize> = (0..samples).map(|i| i % 3).collect();
    let inputs = Matrix::from_fn(samples, 2, |i, j| if j == 0 { i as f64 } else { -(i as f64) });
    Dataset::new(inputs, one_hot(&classes, 3), names())
}

fn names() -> Names {
    let text = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
    Names { features: text(&["x", "minus x"]), label: Some("rest".to_string()), classes: text(&["0", "1", "2"]) }
}

/// Asserts that inputs and labels belong together, as [`dataset`] creates them, and returns the numbers of the samples.
#[track_caller]
fn numbers(inputs: &Matrix, labels: &Matrix) -> Vec<usize> {
    let numbers: Vec<usize> = inputs.iter_rows().map(|row| row[0] as usize).collect();
    let all = dataset(numbers.iter().max().map_or(0, |largest| largest + 1));
    assert_eq!((inputs, labels), (&all.inputs.select_rows(&numbers), &all.labels.select_rows(&numbers)));
    numbers
}

fn sorted(mut numbers: Vec<usize>) -> Vec<usize> {
    numbers.sort_unstable();
    numbers
}

#[test]
fn a_new_dataset_has_the_inputs_labels_and_names_that_it_was_given() {
    let (inputs, labels) = (Matrix::from_rows([[1.0, 2.0], [3.0, 4.0]]), one_hot(&[2, 0], 3));
    let dataset = Dataset::new(inputs.clone(), labels.clone(), names());
    assert_eq!((dataset.inputs, dataset.labels, dataset.names), (inputs, labels, names()));
}

#[test]
fn the_features_of_a_dataset_need_no_names() {
    let names = Names { features: Vec::new(), ..names() };
    let dataset = Dataset::new(Matrix::ones(2, 5), one_hot(&[0, 1], 3), names.clone());
    assert_eq!((dataset.samples(), dataset.names), (2, names));
}

#[test]
fn a_dataset_can_have_no_samples() {
    assert_eq!(Dataset::new(Matrix::zeros(0, 2), Matrix::zeros(0, 3), names()).samples(), 0);
}

#[test]
fn a_dataset_of_parts_that_do_not_fit_each_other_is_refused() {
    type Parts = (Matrix, Matrix, Names);
    let refusal = |change: &dyn Fn(&mut Parts)| {
        let mut parts = (Matrix::ones(4, 2), one_hot(&[0, 1, 2, 0], 3), names());
        change(&mut parts);
        panic_message(|| Dataset::new(parts.0, parts.1, parts.2))
    };
    let name = || "more".to_string();
    for (message, expected) in [
        (refusal(&|parts| parts.0 = Matrix::ones(5, 2)), "5 inputs, but 4 labels"),
        (refusal(&|parts| parts.0 = Matrix::ones(3, 2)), "3 inputs, but 4 labels"),
        (refusal(&|parts| parts.1 = Matrix::zeros(0, 3)), "4 inputs, but 0 labels"),
        (refusal(&|parts| parts.2.features.truncate(1)), "1 feature names for 2 features"),
        (refusal(&|parts| parts.2.features.push(name())), "3 feature names for 2 features"),
        (refusal(&|parts| parts.2.classes.truncate(2)), "2 class names for 3 classes"),
        (refusal(&|parts| parts.2.classes.push(name())), "4 class names for 3 classes"),
        (refusal(&|parts| parts.2.classes.clear()), "0 class names for 3 classes"),
    ] {
        assert_eq!(message, format!("Dataset::new: {expected}"));
    }
}

#[test]
fn two_features_or_two_classes_with_the_same_name_are_refused() {
    let refusal = |names| panic_message(|| Dataset::new(Matrix::ones(1, 2), one_hot(&[0], 3), names));
    let text = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
    let features = Names { features: text(&["x", "x"]), ..names() };
    assert_eq!(refusal(features), "Dataset::new: features 0 and 1 have the same name, \"x\"");
    let classes = Names { classes: text(&["a", "b", "a"]), ..names() };
    assert_eq!(refusal(classes), "Dataset::new: classes 0 and 2 have the same name, \"a\"");
    let one_of_each =
        Names { features: text(&["a", "b"]), label: Some("a".to_string()), classes: text(&["a", "b", ""]) };
    assert_eq!(Dataset::new(Matrix::ones(1, 2), one_hot(&[0], 3), one_of_each).samples(), 1);
}

#[test]
fn labels_that_are_not_one_hot_make_no_dataset() {
    let nan = f64::NAN;
    for row in [
        [0.0, 0.0, 0.0],  // no class
        [1.0, 1.0, 0.0],  // two classes
        [1.0, 1.0, 1.0],  // three classes
        [0.0, 0.5, 0.0],  // not 1
        [0.5, 0.5, 0.0],  // adds up to 1
        [2.0, -1.0, 0.0], // adds up to 1
        [1.0, -1.0, 1.0], // adds up to 1
        [0.0, 2.0, 0.0],  // more than 1
        [0.0, -1.0, 0.0], // less than 0
        [nan, 0.0, 0.0],  // NaN alone
        [1.0, nan, 0.0],  // NaN beside the 1
        [0.0, 0.0, 1.0 + 1e-15],
    ] {
        for place in 0..3 {
            let mut labels = one_hot(&[0, 1, 2], 3);
            labels[place].copy_from_slice(&row);
            let message = panic_message(|| Dataset::new(Matrix::ones(3, 2), labels, names()));
            let expected = "of the labels is not one-hot: exactly one 1, and 0 elsewhere";
            assert_eq!(message, format!("Dataset::new: row {place} {expected}"), "{row:?}");
        }
    }
    let minus_0 = Matrix::from_rows([[-0.0, 1.0, 0.0]]); // −0 = 0
    assert_eq!(Dataset::new(Matrix::ones(1, 2), minus_0, names()).samples(), 1);
}

#[test]
fn one_hot_puts_a_single_1_in_the_column_of_the_class() {
    assert_eq!(one_hot(&[1, 0, 1], 3), Matrix::from_rows([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]));
    assert_eq!(one_hot(&[], 3).shape(), (0, 3));
    assert_eq!(panic_message(|| one_hot(&[0, 3], 3)), "one_hot: sample 1 is of class 3, but there are 3 classes");
}

#[test]
fn select_copies_the_samples_in_the_given_order_and_keeps_the_names() {
    let selected = dataset(7).select(&[5, 0, 5, 1]);
    assert_eq!(numbers(&selected.inputs, &selected.labels), [5, 0, 5, 1]);
    assert_eq!(selected.names, names());
    assert_eq!(dataset(7).select(&[]).names, names());
    assert!(panic_message(|| dataset(7).select(&[7])).contains("row 7"));
}

#[test]
fn a_split_puts_every_sample_into_one_part_and_keeps_the_names() {
    for (part, expected) in [(0.0, 0), (0.25, 3), (0.5, 6), (2.0 / 3.0, 7), (0.75, 8), (1.0, 11)] {
        let (train, test) = dataset(11).split(part, &mut Random::new(1)); // 2.75, 5.5, 7.33 and 8.25 are rounded
        let (mut all, rest) = (numbers(&train.inputs, &train.labels), numbers(&test.inputs, &test.labels));
        assert_eq!((all.len(), rest.len()), (expected, 11 - expected), "{part}");
        all.extend(rest);
        assert_eq!(sorted(all), (0..11).collect::<Vec<_>>(), "{part}");
        assert_eq!((&train.names, &test.names), (&names(), &names()));
    }
}

#[test]
fn a_split_is_random_and_the_same_for_the_same_seed() {
    let split = |seed| dataset(50).split(0.5, &mut Random::new(seed));
    assert_eq!(split(1), split(1));
    assert_ne!(split(1), split(2));
    let train = split(1).0;
    assert_ne!(sorted(numbers(&train.inputs, &train.labels)), (0..25).collect::<Vec<_>>());
}

#[test]
fn a_split_selects_the_samples_of_a_shuffled_order() {
    for samples in [0, 1, 2, 3, 10, 101] {
        let mut order: Vec<usize> = (0..samples).collect();
        Random::new(7).shuffle(&mut order);
        let (train, test) = order.split_at((0.6 * samples as f64).round() as usize);
        let whole = dataset(samples);
        let expected = (whole.select(train), whole.select(test));
        assert_eq!(whole.split(0.6, &mut Random::new(7)), expected, "{samples} samples");
    }
}

#[test]
fn a_part_outside_0_to_1_is_refused() {
    for part in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        let message = panic_message(|| dataset(4).split(part, &mut Random::new(1)));
        assert_eq!(message, format!("Dataset::split: the part must be within 0 … 1, not {part}"));
    }
}

#[test]
fn every_epoch_returns_every_sample_once_in_a_new_order() {
    let mut batches = Batches::new(dataset(10), 4, Random::new(3));
    let mut epoch = || {
        let mut order = Vec::new();
        for size in [4, 4, 2] {
            let (inputs, labels) = batches.next_batch();
            assert_eq!(inputs.rows(), size);
            order.extend(numbers(&inputs, &labels));
        }
        assert_eq!(sorted(order.clone()), (0..10).collect::<Vec<_>>());
        order
    };
    let orders = [epoch(), epoch(), epoch()];
    assert_ne!(orders[0], (0..10).collect::<Vec<_>>(), "the first epoch must be in a random order too");
    assert!(orders[0] != orders[1] && orders[1] != orders[2] && orders[0] != orders[2], "{orders:?}");
}

#[test]
fn a_batch_size_that_divides_the_samples_gives_no_empty_batch() {
    let mut batches = Batches::new(dataset(6), 3, Random::new(3));
    for _ in 0..5 {
        assert_eq!(batches.next_batch().0.rows(), 3);
    }
}

#[test]
fn a_batch_has_at_most_all_samples() {
    let (inputs, labels) = Batches::new(dataset(4), 100, Random::new(3)).next_batch();
    assert_eq!(sorted(numbers(&inputs, &labels)), [0, 1, 2, 3]);
}

#[test]
fn the_same_seed_gives_the_same_batches_and_a_clone_continues_where_the_original_is() {
    let mut batches = Batches::new(dataset(9), 2, Random::new(5));
    let mut same = Batches::new(dataset(9), 2, Random::new(5));
    assert_eq!((0..7).map(|_| batches.next_batch()).collect::<Vec<_>>(), [(); 7].map(|()| same.next_batch()));
    let mut clone = batches.clone();
    assert_eq!([(); 9].map(|()| batches.next_batch()), [(); 9].map(|()| clone.next_batch()));
}

#[test]
fn batches_share_the_dataset_and_do_not_copy_it() {
    let shared = Arc::new(dataset(9));
    let batches = Batches::new(Arc::clone(&shared), 2, Random::new(5));
    let _clone = batches.clone();
    assert_eq!(Arc::strong_count(&shared), 3);
}

#[test]
fn batches_that_are_empty_or_whose_labels_do_not_fit_are_refused() {
    let message = panic_message(|| Batches::new(dataset(4), 0, Random::new(1)));
    assert_eq!(message, "Batches::new: batches of 0 out of 4 samples; both must be at least 1");
    let message = panic_message(|| Batches::new(dataset(0), 5, Random::new(1)));
    assert_eq!(message, "Batches::new: batches of 5 out of 0 samples; both must be at least 1");
    let mut changed = dataset(4);
    changed.labels = one_hot(&[0, 1, 2], 3); // the fields are public, so they can change after the checks
    let message = panic_message(|| Batches::new(changed, 2, Random::new(1)));
    assert_eq!(message, "Batches::new: 4 inputs, but 3 labels");
}

#[test]
fn debug_of_batches_is_short_however_many_samples_there_are() {
    let mut batches = Batches::new(dataset(100_000), 50, Random::new(1));
    batches.next_batch();
    let text = format!("{batches:?}");
    assert_eq!(text, r#"Batches { samples: 100000, classes: ["0", "1", "2"], batch_size: 50, next: 50, .. }"#);
    assert!(format!("{batches:#?}").len() < 300, "{batches:#?}");
}

#[test]
fn of_classes_names_the_classes_and_nothing_else() {
    let expected = Names { features: Vec::new(), label: None, classes: vec!["no".to_string(), "yes".to_string()] };
    assert_eq!(Names::of_classes(["no", "yes"]), expected);
    assert_eq!(Names::of_classes(vec!["no".to_string(), "yes".to_string()]), expected);
    assert_eq!(Names::of_classes(8..11).classes, ["8", "9", "10"]);
    assert_eq!(Names::of_classes([0; 0]), Names::default());
}

#[test]
fn the_built_in_datasets_have_names() {
    let iris = Dataset::iris();
    assert_eq!(iris.names.features, ["sepal length", "sepal width", "petal length", "petal width"]);
    assert_eq!(iris.names.classes, ["setosa", "versicolor", "virginica"]);
    assert_eq!(iris.names.label.as_deref(), Some("species"));
    assert_eq!(iris.labels.transpose().row_sums(), [50.0; 3]);
    let digits = Dataset::digits();
    assert_eq!(digits.names, Names::of_classes(0..10));
    let counts = digits.labels.transpose().row_sums();
    assert_eq!(counts, [178.0, 182.0, 177.0, 183.0, 181.0, 182.0, 181.0, 179.0, 174.0, 180.0]);
    assert!(digits.inputs.as_slice().iter().all(|pixel| (0.0..=16.0).contains(pixel)));
}

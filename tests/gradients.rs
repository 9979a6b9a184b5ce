//! Every layer and the loss alone, and whole networks: what `backward` computes is what central differences measure.

use feedforward::gradient_check::{Compared, GradientCheck, check_layer, check_loss, check_network};
use feedforward::random::Random;
use feedforward::{CrossEntropyLoss, FullyConnected, Layer, Loss, Matrix, Parameters, Relu, Softmax};
use proptest::prelude::*;

/// The largest relative difference that is still agreement: central differences of this step are good to about 1e-10.
const AGREES: f64 = 1e-7;

fn agrees(check: GradientCheck) -> Result<(), TestCaseError> {
    prop_assert!(check.largest < AGREES, "{}", check);
    Ok(())
}

/// A matrix of numbers uniform in `from … to`.
fn uniform(rows: usize, columns: usize, from: f64, to: f64, random: &mut Random) -> Matrix {
    Matrix::from_fn(rows, columns, |_, _| from + (to - from) * random.uniform())
}

/// Random one-hot rows.
fn labels(batch: usize, classes: usize, random: &mut Random) -> Matrix {
    let classes_of: Vec<usize> = (0..batch).map(|_| random.below(classes)).collect();
    feedforward::data::one_hot(&classes_of, classes)
}

/// A fully connected layer with normal weights whose biases keep every output for `input` well away from 0, the
/// kink of the ReLU behind it: each bias puts 0 in the middle of a wide gap between the outputs.
fn away_from_the_kink(input: &Matrix, outputs: usize, random: &mut Random) -> FullyConnected {
    let inputs = input.columns();
    let mut weights = Matrix::from_fn(inputs + 1, outputs, |i, _| if i < inputs { random.normal() } else { 0.0 });
    let sums = FullyConnected::from_weights(weights.clone()).predict(input.clone());
    for j in 0..outputs {
        let mut sorted: Vec<f64> = (0..sums.rows()).map(|i| sums[(i, j)]).collect();
        sorted.sort_by(f64::total_cmp);
        sorted.insert(0, sorted[0] - 1.0); // outside all of them there is always a gap
        sorted.push(sorted[sorted.len() - 1] + 1.0);
        let gaps: Vec<[f64; 2]> =
            sorted.windows(2).map(|pair| [pair[0], pair[1]]).filter(|[low, high]| high - low > 0.1).collect();
        let [low, high] = gaps[random.below(gaps.len())];
        weights[(inputs, j)] = -(low + high) / 2.0;
    }
    FullyConnected::from_weights(weights)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn fully_connected(batch in 1..6usize, inputs in 1..7usize, outputs in 1..6usize, seed: u64) {
        let random = &mut Random::new(seed);
        let mut layer = FullyConnected::he(inputs, outputs, random);
        agrees(check_layer(&mut layer, &uniform(batch, inputs, -2.0, 2.0, random)))?;
    }

    #[test]
    fn relu(batch in 1..6usize, inputs in 1..7usize, seed: u64) {
        let random = &mut Random::new(seed);
        let input = uniform(batch, inputs, 0.01, 3.0, random).map(|x| if x > 1.0 { x } else { -x });
        agrees(check_layer(&mut Relu::new(), &input))?;
    }

    #[test]
    fn softmax(batch in 1..6usize, classes in 1..7usize, scale in 0.1..8.0f64, seed: u64) {
        let input = uniform(batch, classes, -scale, scale, &mut Random::new(seed));
        agrees(check_layer(&mut Softmax::new(), &input))?;
    }

    #[test]
    fn cross_entropy(batch in 1..6usize, classes in 1..7usize, seed: u64) {
        let random = &mut Random::new(seed);
        let (prediction, label) = (uniform(batch, classes, 0.05, 1.0, random), labels(batch, classes, random));
        agrees(check_loss(&mut CrossEntropyLoss::new(), &prediction, &label))?;
    }

    #[test]
    fn whole_networks(batch in 1..5usize, sizes in prop::collection::vec(1..6usize, 2..5), seed: u64) {
        let random = &mut Random::new(seed);
        let input = uniform(batch, sizes[0], -2.0, 2.0, random);
        let mut layers: Vec<Box<dyn Layer>> = Vec::new();
        let mut output = input.clone();
        for &outputs in &sizes[1..] {
            if !layers.is_empty() {
                layers.push(Box::new(Relu::new()));
                output = Relu::new().predict(output);
            }
            let mut layer = away_from_the_kink(&output, outputs, random);
            let largest = layer.predict(output.clone()).max_abs();
            if largest > 5.0 {
                // Equation 16 leaves out the loss's ε: seen by differences only where ŷ is nearly as small as that.
                layer.parameters.weights *= 5.0 / largest;
            }
            output = layer.predict(output);
            layers.push(Box::new(layer));
        }
        layers.push(Box::new(Softmax::new()));
        let label = labels(batch, sizes[sizes.len() - 1], random);
        agrees(check_network(&mut layers, &mut CrossEntropyLoss::new(), &input, &label))?;
    }

    /// Whatever the scales: softmax, loss, and both backward give ŷ − y, and nothing is NaN or infinite.
    #[test]
    fn softmax_and_cross_entropy_give_prediction_minus_label_for_any_finite_logits(
        batch in 1..5usize, classes in 1..6usize, seed: u64,
        scales in prop::collection::vec(prop::sample::select(vec![0.0, 1e-300, 1.0, 40.0, 745.0, 1e4, 1e300, f64::MAX]), 4),
    ) {
        let random = &mut Random::new(seed);
        let logits = Matrix::from_fn(batch, classes, |i, _| scales[i % 4] * (2.0 * random.uniform() - 1.0));
        prediction_minus_label(&logits, &labels(batch, classes, random))?;
    }

    #[test]
    fn also_for_any_bits_that_are_a_finite_number(bits in prop::collection::vec(prop::num::f64::ANY, 6), class in 0..6usize) {
        let logits: Vec<f64> = bits.into_iter().map(|x| if x.is_finite() { x } else { f64::MIN }).collect();
        prediction_minus_label(&Matrix::from_rows([logits]), &feedforward::data::one_hot(&[class], 6))?;
    }
}

fn prediction_minus_label(logits: &Matrix, label: &Matrix) -> Result<(), TestCaseError> {
    let (mut softmax, mut loss) = (Softmax::new(), CrossEntropyLoss::new());
    let prediction = softmax.forward(logits.clone());
    prop_assert!(prediction.as_slice().iter().all(|&y| y > 0.0 && y <= 1.0), "{:?}", prediction);
    let value = loss.forward(prediction.clone(), label);
    prop_assert!(value.is_finite(), "{}", value);
    let first = loss.backward(label);
    prop_assert!(first.as_slice().iter().all(|e| e.is_finite()), "{:?}", first);
    let error = softmax.backward(first);
    let difference = (&error - &(&prediction - label)).max_abs();
    prop_assert!(difference <= 1e-12, "{:e}: {:?} for {:?}", difference, error, prediction);
    prop_assert!(error.as_slice().iter().all(|e| e.is_finite()), "{:?}", error);
    Ok(())
}

/// A fully connected layer whose backward is wrong in one element of what it returns.
#[derive(Debug)]
struct Wrong {
    layer: FullyConnected,
    place: Compared,
}

impl Layer for Wrong {
    fn predict(&self, input: Matrix) -> Matrix {
        self.layer.predict(input)
    }

    fn forward(&mut self, input: Matrix) -> Matrix {
        self.layer.forward(input)
    }

    fn backward(&mut self, error: Matrix) -> Matrix {
        let mut error_previous = self.layer.backward(error);
        let gradient = self.layer.parameters.gradient.as_mut().unwrap();
        match self.place {
            Compared::Input(i, j) => error_previous[(i, j)] += 1e-3,
            Compared::Weights { row, column, .. } => gradient[(row, column)] = f64::NAN,
            _ => unreachable!(),
        }
        error_previous
    }

    fn parameters(&self) -> Option<&Parameters> {
        self.layer.parameters()
    }

    fn parameters_mut(&mut self) -> Option<&mut Parameters> {
        self.layer.parameters_mut()
    }
}

#[test]
fn a_single_wrong_element_is_found_and_named() {
    let input = Matrix::from_fn(3, 2, |i, j| 0.5 + i as f64 - j as f64);
    for place in [Compared::Input(2, 1), Compared::Input(0, 0), Compared::Weights { layer: 0, row: 2, column: 3 }] {
        let layer = FullyConnected::he(2, 4, &mut Random::new(5));
        let check = check_layer(&mut Wrong { layer, place }, &input);
        assert_eq!(check.compared, place, "{check}");
        assert!(check.largest > 1e-4, "{check}");
    }
}

#[test]
fn a_wrong_layer_is_named_by_its_index_in_the_network() {
    let place = Compared::Weights { layer: 0, row: 1, column: 1 };
    let random = &mut Random::new(9);
    let wrong = Wrong { layer: FullyConnected::he(3, 2, random), place };
    let mut layers: Vec<Box<dyn Layer>> =
        vec![Box::new(FullyConnected::he(2, 3, random)), Box::new(wrong), Box::new(Softmax::new())];
    let input = Matrix::from_rows([[0.3, -0.7]]);
    let check = check_network(&mut layers, &mut CrossEntropyLoss::new(), &input, &Matrix::from_rows([[0.0, 1.0]]));
    assert_eq!(check.compared, Compared::Weights { layer: 1, row: 1, column: 1 });
    assert!(check.to_string().contains("weights (1, 1) of layer 1"), "{check}");
}

/// A layer that says its derivative is 10, when it is `slope`.
#[derive(Debug)]
struct Slope(f64);

impl Layer for Slope {
    fn predict(&self, input: Matrix) -> Matrix {
        &input * self.0
    }

    fn forward(&mut self, input: Matrix) -> Matrix {
        self.predict(input)
    }

    fn backward(&mut self, error: Matrix) -> Matrix {
        &error * 10.0
    }
}

#[test]
fn the_difference_is_relative_to_the_larger_derivative_or_to_1() {
    let one = Matrix::from_rows([[1.0]]);
    for (slope, expected) in [(8.0, 0.2), (12.5, 0.2), (10.0, 0.0)] {
        let check = check_layer(&mut Slope(slope), &one); // the weight of the one output is sin 1 + 0.1 = 0.94
        assert!((check.largest - expected).abs() < 1e-8, "slope {slope}: {check}");
    }
    let check = check_loss(&mut Constant, &one, &one); // analytic 1e-3, numeric 0: relative to 1
    assert!((check.largest - 1e-3).abs() < 1e-12, "{check}");
}

/// A loss that never changes, and says that it does.
#[derive(Debug)]
struct Constant;

impl Loss for Constant {
    fn evaluate(&self, _: &Matrix, _: &Matrix) -> f64 {
        7.0
    }

    fn forward(&mut self, _: Matrix, _: &Matrix) -> f64 {
        7.0
    }

    fn backward(&mut self, label: &Matrix) -> Matrix {
        label * 1e-3
    }
}

#[test]
fn large_numbers_are_nudged_by_large_steps() {
    let check = check_layer(&mut Slope(10.0), &Matrix::from_rows([[3e9, -2e6]]));
    assert!(check.largest < 1e-8, "{check}");
}

#[test]
fn a_check_leaves_the_weights_as_they_were() {
    let mut layer = FullyConnected::he(3, 2, &mut Random::new(2));
    let weights = layer.parameters.weights.clone();
    let _ = check_layer(&mut layer, &Matrix::ones(2, 3));
    assert_eq!(layer.parameters.weights, weights);
}

#[test]
#[should_panic(expected = "backward changed the weights of layer 0; it must have no optimizer")]
fn a_layer_that_learns_while_it_is_checked_is_refused() {
    let mut layer = FullyConnected::he(3, 2, &mut Random::new(2));
    layer.parameters.optimizer = Some(Box::new(feedforward::Sgd::new(0.1)));
    let _ = check_layer(&mut layer, &Matrix::ones(2, 3));
}

/// A layer whose `predict`, `forward` and `backward` multiply by three factors. It has no `parameters_mut`.
#[derive(Debug)]
struct Factors {
    predict: f64,
    forward: f64,
    backward: f64,
    parameters: Option<Parameters>,
}

impl Layer for Factors {
    fn predict(&self, input: Matrix) -> Matrix {
        self.predict * input
    }

    fn forward(&mut self, input: Matrix) -> Matrix {
        self.forward * input
    }

    fn backward(&mut self, error: Matrix) -> Matrix {
        self.backward * error
    }

    fn parameters(&self) -> Option<&Parameters> {
        self.parameters.as_ref()
    }
}

#[test]
fn a_layer_whose_predict_is_not_its_forward_is_found() {
    let input = Matrix::from_rows([[1.0, -2.0], [0.5, 0.25]]);
    let mut good = Factors { predict: 3.0, forward: 3.0, backward: 3.0, parameters: None };
    let check = check_layer(&mut good, &input);
    assert!(check.largest < 1e-8, "{check}");
    let check = check_layer(&mut Factors { predict: 2.0, ..good }, &input);
    assert_eq!(check.compared, Compared::Output(0, 0), "{check}"); // a third of 3; later elements differ as much or less
    assert!(check.to_string().starts_with("output (0, 0): predict 2e0, forward 3e0"), "{check}");
}

#[test]
fn backward_is_compared_with_forward_and_not_with_predict() {
    let mut layer = Factors { predict: 2.0, forward: 3.0, backward: 2.0, parameters: None };
    let check = check_layer(&mut layer, &Matrix::from_rows([[1e-6]])); // the outputs differ by 1e-6, the slopes by 1
    assert_eq!(check.compared, Compared::Input(0, 0), "{check}");
    assert!((check.largest - 1.0 / 3.0).abs() < 1e-8, "{check}");
}

#[test]
#[should_panic(expected = "only one of parameters and parameters_mut of layer 0")]
fn parameters_that_cannot_be_changed_are_refused() {
    let parameters = Some(Parameters::new(Matrix::ones(1, 1)));
    let mut layer = Factors { predict: 1.0, forward: 1.0, backward: 1.0, parameters };
    let _ = check_layer(&mut layer, &Matrix::ones(1, 1));
}

/// The sum of the prediction; `evaluate` returns twice that.
#[derive(Debug)]
struct Twice;

impl Loss for Twice {
    fn evaluate(&self, prediction: &Matrix, _: &Matrix) -> f64 {
        2.0 * prediction.as_slice().iter().sum::<f64>()
    }

    fn forward(&mut self, prediction: Matrix, _: &Matrix) -> f64 {
        prediction.as_slice().iter().sum()
    }

    fn backward(&mut self, label: &Matrix) -> Matrix {
        label.map(|_| 1.0)
    }
}

#[test]
fn a_loss_whose_evaluate_is_not_its_forward_is_found() {
    let check = check_loss(&mut Twice, &Matrix::from_rows([[1.0, 3.0]]), &Matrix::ones(1, 2));
    assert_eq!(check.compared, Compared::Loss, "{check}");
    assert!(check.to_string().starts_with("loss: evaluate 8e0, forward 4e0"), "{check}");
}

//! Tests that what `backward` computes agrees with central differences, for each layer and the loss alone and for whole
//! networks; and that the gradient check finds wrong layers and losses.

mod support;

use feedforward::gradient_check::{Compared, GradientCheck, check_layer, check_loss, check_network};
use feedforward::random::Random;
use feedforward::{CrossEntropyLoss, FullyConnected, Layer, Loss, Matrix, Parameters, Relu, Softmax};
use proptest::prelude::*;
use support::panic_message;

/// The largest relative difference that counts as agreement. With this step, central differences have errors of about
/// 1e-10.
const AGREES: f64 = 1e-7;

fn agrees(check: GradientCheck) -> Result<(), TestCaseError> {
    prop_assert!(check.largest < AGREES, "{}", check);
    Ok(())
}

/// Creates a matrix of random numbers, uniformly distributed in `from … to`.
fn uniform(rows: usize, columns: usize, from: f64, to: f64, random: &mut Random) -> Matrix {
    Matrix::from_fn(rows, columns, |_, _| from + (to - from) * random.uniform())
}

/// Creates random one-hot labels.
fn labels(batch: usize, classes: usize, random: &mut Random) -> Matrix {
    let classes_of: Vec<usize> = (0..batch).map(|_| random.below(classes)).collect();
    feedforward::data::one_hot(&classes_of, classes)
}

/// Creates a fully connected layer with normally distributed weights. Its biases keep all outputs for `input` well away
/// from 0, the kink of the next layer, a ReLU: each bias puts 0 in the middle of a wide gap between the outputs.
fn away_from_the_kink(input: &Matrix, outputs: usize, random: &mut Random) -> FullyConnected {
    let inputs = input.columns();
    let mut weights = Matrix::from_fn(inputs + 1, outputs, |i, _| if i < inputs { random.normal() } else { 0.0 });
    let sums = FullyConnected::from_weights(weights.clone()).predict(input.clone());
    for j in 0..outputs {
        let mut sorted: Vec<f64> = (0..sums.rows()).map(|i| sums[(i, j)]).collect();
        sorted.sort_by(f64::total_cmp);
        sorted.insert(0, sorted[0] - 1.0); // there is always a wide gap outside all outputs
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
    fn a_fully_connected_layer_agrees_with_central_differences(
        batch in 1..6usize, inputs in 1..7usize, outputs in 1..6usize, seed: u64,
    ) {
        let random = &mut Random::new(seed);
        let mut layer = FullyConnected::he(inputs, outputs, random);
        agrees(check_layer(&mut layer, &uniform(batch, inputs, -2.0, 2.0, random)))?;
    }

    #[test]
    fn a_relu_agrees_with_central_differences(batch in 1..6usize, inputs in 1..7usize, seed: u64) {
        let random = &mut Random::new(seed);
        let input = uniform(batch, inputs, 0.01, 3.0, random).map(|x| if x > 1.0 { x } else { -x });
        agrees(check_layer(&mut Relu::new(), &input))?;
    }

    #[test]
    fn a_softmax_agrees_with_central_differences(
        batch in 1..6usize, classes in 1..7usize, scale in 0.1..8.0f64, seed: u64,
    ) {
        let input = uniform(batch, classes, -scale, scale, &mut Random::new(seed));
        agrees(check_layer(&mut Softmax::new(), &input))?;
    }

    #[test]
    fn the_cross_entropy_loss_agrees_with_central_differences(batch in 1..6usize, classes in 1..7usize, seed: u64) {
        let random = &mut Random::new(seed);
        let (prediction, label) = (uniform(batch, classes, 0.05, 1.0, random), labels(batch, classes, random));
        agrees(check_loss(&mut CrossEntropyLoss::new(), &prediction, &label))?;
    }

    #[test]
    fn a_whole_network_agrees_with_central_differences(
        batch in 1..5usize, sizes in prop::collection::vec(1..6usize, 2..5), seed: u64,
    ) {
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
                // Equation 16 leaves out the ε of the loss. Differences would show that if ŷ were nearly as small as ε.
                layer.parameters.weights *= 5.0 / largest;
            }
            output = layer.predict(output);
            layers.push(Box::new(layer));
        }
        layers.push(Box::new(Softmax::new()));
        let label = labels(batch, sizes[sizes.len() - 1], random);
        agrees(check_network(&mut layers, &mut CrossEntropyLoss::new(), &input, &label))?;
    }

    #[test]
    fn the_error_of_softmax_and_cross_entropy_is_prediction_minus_label_at_any_scale(
        batch in 1..5usize, classes in 1..6usize, seed: u64,
        scales in prop::collection::vec(prop::sample::select(vec![0.0, 1e-300, 1.0, 40.0, 745.0, 1e4, 1e300, f64::MAX]), 4),
    ) {
        let random = &mut Random::new(seed);
        let logits = Matrix::from_fn(batch, classes, |i, _| scales[i % 4] * (2.0 * random.uniform() - 1.0));
        check_error_is_prediction_minus_label(&logits, &labels(batch, classes, random))?;
    }

    #[test]
    fn the_error_of_softmax_and_cross_entropy_is_prediction_minus_label_for_any_finite_logits(
        bits in prop::collection::vec(prop::num::f64::ANY, 6), class in 0..6usize,
    ) {
        let logits: Vec<f64> = bits.into_iter().map(|x| if x.is_finite() { x } else { f64::MIN }).collect();
        check_error_is_prediction_minus_label(&Matrix::from_rows([logits]), &feedforward::data::one_hot(&[class], 6))?;
    }
}

/// Passes `logits` forward and backward through softmax and loss. Checks that the error is ŷ − y and that all numbers
/// on the way are finite.
fn check_error_is_prediction_minus_label(logits: &Matrix, label: &Matrix) -> Result<(), TestCaseError> {
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

/// A fully connected layer whose `backward` makes one element of its results wrong.
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
fn a_single_wrong_element_of_a_layer_is_found_and_named() {
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

/// A layer whose derivative is the number in it, but whose `backward` uses 10.
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
        let check = check_layer(&mut Slope(slope), &one); // the loss is the output times sin 1 + 0.1 = 0.94
        assert!((check.largest - expected).abs() < 1e-8, "slope {slope}: {check}");
    }
    let check = check_loss(&mut Constant, &one, &one); // analytic 1e-3, numeric 0: relative to 1
    assert!((check.largest - 1e-3).abs() < 1e-12, "{check}");
}

/// A loss that is always 7, but whose `backward` returns derivatives other than 0.
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
fn the_step_grows_with_the_number_that_it_changes() {
    let check = check_layer(&mut Slope(10.0), &Matrix::from_rows([[3e9, -2e6]]));
    assert!(check.largest < 1e-8, "{check}");
}

#[test]
fn a_check_does_not_change_the_weights() {
    let mut layer = FullyConnected::he(3, 2, &mut Random::new(2));
    let weights = layer.parameters.weights.clone();
    let _ = check_layer(&mut layer, &Matrix::ones(2, 3));
    assert_eq!(layer.parameters.weights, weights);
}

#[test]
#[should_panic(expected = "backward changed the weights of layer 0; the layer must have no optimizer")]
fn a_layer_with_an_optimizer_is_refused() {
    let mut layer = FullyConnected::he(3, 2, &mut Random::new(2));
    layer.parameters.optimizer = Some(Box::new(feedforward::Sgd::new(0.1)));
    let _ = check_layer(&mut layer, &Matrix::ones(2, 3));
}

/// A layer whose `predict`, `forward` and `backward` multiply by three factors. It does not implement `parameters_mut`.
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
fn a_layer_whose_predict_differs_from_its_forward_is_found() {
    let input = Matrix::from_rows([[1.0, -2.0], [0.5, 0.25]]);
    let mut good = Factors { predict: 3.0, forward: 3.0, backward: 3.0, parameters: None };
    let check = check_layer(&mut good, &input);
    assert!(check.largest < 1e-8, "{check}");
    let check = check_layer(&mut Factors { predict: 2.0, ..good }, &input);
    // The first output differs by a third of 3. The other outputs differ as much or less.
    assert_eq!(check.compared, Compared::Output(0, 0), "{check}");
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
fn a_layer_with_parameters_but_no_parameters_mut_is_refused() {
    let parameters = Some(Parameters::new(Matrix::ones(1, 1)));
    let mut layer = Factors { predict: 1.0, forward: 1.0, backward: 1.0, parameters };
    let _ = check_layer(&mut layer, &Matrix::ones(1, 1));
}

/// A loss that is the sum of the prediction, but whose `evaluate` returns twice the sum.
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
fn a_loss_whose_evaluate_differs_from_its_forward_is_found() {
    let check = check_loss(&mut Twice, &Matrix::from_rows([[1.0, 3.0]]), &Matrix::ones(1, 2));
    assert_eq!(check.compared, Compared::Loss, "{check}");
    assert!(check.to_string().starts_with("loss: evaluate 8e0, forward 4e0"), "{check}");
}

/// What [`Changed`] does differently from the fully connected layer in it.
#[derive(Clone, Copy, Debug)]
enum Change {
    /// `predict` returns an output with one column too many.
    PredictShape,
    /// `backward` returns an error with one column too many.
    ErrorShape,
    /// `backward` keeps a gradient with one column too many.
    GradientShape,
    /// `backward` keeps no gradient.
    NoGradient,
    /// `parameters` returns nothing.
    NoParameters,
    /// `backward` doubles a weight.
    Weights,
    /// `backward` returns an error whose rows are exchanged.
    Rows,
    /// `backward` takes the columns of the error in the opposite order.
    Columns,
    /// `backward` keeps the gradient of the first sample alone.
    FirstSample,
    /// `backward` keeps a gradient of 0 for the biases.
    Biases,
    /// `backward` returns an error of NaN.
    Nan,
}

/// A fully connected layer with one change that makes it wrong.
#[derive(Debug)]
struct Changed {
    layer: FullyConnected,
    change: Change,
    input: Option<Matrix>,
}

fn changed(change: Change) -> Changed {
    Changed { layer: FullyConnected::he(3, 2, &mut Random::new(6)), change, input: None }
}

impl Layer for Changed {
    fn predict(&self, input: Matrix) -> Matrix {
        let output = self.layer.predict(input);
        if let Change::PredictShape = self.change { output.append_column(1.0) } else { output }
    }

    fn forward(&mut self, input: Matrix) -> Matrix {
        self.input = Some(input.clone());
        self.layer.forward(input)
    }

    fn backward(&mut self, mut error: Matrix) -> Matrix {
        if let Change::Columns = self.change {
            error.iter_rows_mut().for_each(|row| row.reverse());
        }
        let mut error_previous = self.layer.backward(error.clone());
        let weights = &mut self.layer.parameters.weights;
        let gradient = self.layer.parameters.gradient.as_mut().unwrap();
        match self.change {
            Change::ErrorShape => error_previous = error_previous.append_column(0.0),
            Change::GradientShape => *gradient = gradient.clone().append_column(0.0),
            Change::NoGradient => self.layer.parameters.gradient = None,
            Change::Weights => weights[(0, 0)] *= 2.0,
            Change::Rows => error_previous = error_previous.select_rows(&[1, 0]),
            Change::FirstSample => {
                let input = self.input.as_ref().unwrap().clone().append_column(1.0);
                *gradient = input.first_rows(1).t().matmul(error.first_rows(1));
            }
            Change::Biases => gradient[3].fill(0.0),
            Change::Nan => error_previous.map_in_place(|_| f64::NAN),
            Change::PredictShape | Change::NoParameters | Change::Columns => {}
        }
        error_previous
    }

    fn parameters(&self) -> Option<&Parameters> {
        if let Change::NoParameters = self.change { None } else { self.layer.parameters() }
    }

    fn parameters_mut(&mut self) -> Option<&mut Parameters> {
        self.layer.parameters_mut()
    }
}

/// Two samples of three numbers.
fn two_samples() -> Matrix {
    Matrix::from_rows([[0.3, -0.7, 1.5], [2.0, 0.4, -1.1]])
}

#[test]
fn a_layer_with_a_result_of_the_wrong_shape_is_refused_with_both_shapes() {
    for (change, expected) in [
        (Change::ErrorShape, "gradient check, the error and the input: the shapes differ, 2×4 and 2×3"),
        (Change::GradientShape, "gradient check, the gradient and the weights: the shapes differ, 4×3 and 4×2"),
    ] {
        assert_eq!(panic_message(|| check_layer(&mut changed(change), &two_samples())), expected);
    }
    let mut layers: Vec<Box<dyn Layer>> = vec![Box::new(changed(Change::PredictShape))];
    let message =
        panic_message(|| check_network(&mut layers, &mut CrossEntropyLoss::new(), &two_samples(), &Matrix::ones(2, 2)));
    assert_eq!(message, "gradient check, predict and forward: the shapes differ, 2×3 and 2×2");
    let message = panic_message(|| check_layer(&mut changed(Change::PredictShape), &two_samples()));
    assert_eq!(message, "gradient check, predict and forward: the shapes differ, 2×3 and 2×2");
}

#[test]
fn a_layer_with_missing_parts_is_refused() {
    for (change, expected) in [
        (Change::NoGradient, "gradient check: layer 0 has weights but no gradient"),
        (
            Change::NoParameters,
            "gradient check: only one of parameters and parameters_mut of layer 0 returns something",
        ),
        (Change::Weights, "gradient check: backward changed the weights of layer 0; the layer must have no optimizer"),
    ] {
        assert_eq!(panic_message(|| check_layer(&mut changed(change), &two_samples())), expected);
    }
}

#[test]
fn a_panic_about_a_layer_of_a_network_names_its_index() {
    for (change, expected) in [
        (Change::NoGradient, "layer 2 has weights but no gradient"),
        (Change::NoParameters, "parameters_mut of layer 2 returns something"),
        (Change::Weights, "changed the weights of layer 2;"),
    ] {
        let first = FullyConnected::he(3, 3, &mut Random::new(8));
        let mut layers: Vec<Box<dyn Layer>> =
            vec![Box::new(first), Box::new(Softmax::new()), Box::new(changed(change))];
        let label = Matrix::from_rows([[0.0, 1.0], [1.0, 0.0]]);
        let message = panic_message(|| check_network(&mut layers, &mut Twice, &two_samples(), &label));
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_layer_with_systematic_errors_is_found() {
    for change in [Change::Rows, Change::Columns, Change::FirstSample, Change::Biases, Change::Nan] {
        let check = check_layer(&mut changed(change), &two_samples());
        assert!(check.largest > 1e-2, "{change:?}: {check}");
        let in_weights = matches!(check.compared, Compared::Weights { .. });
        match change {
            Change::FirstSample | Change::Biases => assert!(in_weights, "{check}"),
            Change::Rows | Change::Nan => assert!(!in_weights, "{check}"),
            _ => {}
        }
    }
    let check = check_layer(&mut changed(Change::Nan), &two_samples());
    assert_eq!((check.largest, check.compared), (f64::INFINITY, Compared::Input(0, 0)), "{check}");
}

#[test]
fn a_result_writes_what_was_compared_and_both_numbers() {
    let check = |compared| GradientCheck { largest: 0.25, compared, analytic: 1.5, numeric: 2.0 };
    for (compared, expected) in [
        (Compared::Input(3, 1), "input (3, 1): analytic 1.5e0, numeric 2e0, relative difference 2.5e-1"),
        (
            Compared::Weights { layer: 2, row: 4, column: 0 },
            "weights (4, 0) of layer 2: analytic 1.5e0, numeric 2e0, relative difference 2.5e-1",
        ),
        (Compared::Output(0, 5), "output (0, 5): predict 1.5e0, forward 2e0, relative difference 2.5e-1"),
        (Compared::Loss, "loss: evaluate 1.5e0, forward 2e0, relative difference 2.5e-1"),
    ] {
        assert_eq!(check(compared).to_string(), expected);
    }
}

#[test]
fn a_result_holds_the_derivatives_that_differ_most() {
    let check = check_layer(&mut Slope(8.0), &Matrix::from_rows([[1.0, 1.0]]));
    let r = [1.0_f64.sin() + 0.1, 2.0_f64.sin() + 0.1]; // the documented weights of the outputs
    assert_eq!(check.compared, Compared::Input(0, if r[0] > r[1] { 0 } else { 1 }));
    let r = r[0].max(r[1]);
    assert!((check.analytic - 10.0 * r).abs() < 1e-8 && (check.numeric - 8.0 * r).abs() < 1e-8, "{check}");
}

/// A cross entropy loss whose `backward` returns one wrong element.
#[derive(Debug)]
struct WrongLoss {
    loss: CrossEntropyLoss,
    place: (usize, usize),
}

impl Loss for WrongLoss {
    fn evaluate(&self, prediction: &Matrix, label: &Matrix) -> f64 {
        self.loss.evaluate(prediction, label)
    }

    fn forward(&mut self, prediction: Matrix, label: &Matrix) -> f64 {
        self.loss.forward(prediction, label)
    }

    fn backward(&mut self, label: &Matrix) -> Matrix {
        let mut error = self.loss.backward(label);
        error[self.place] += 0.01;
        error
    }
}

#[test]
fn a_single_wrong_element_of_a_loss_is_found_and_named() {
    let (prediction, label) = (Matrix::filled(2, 3, 0.4), feedforward::data::one_hot(&[1, 2], 3));
    for place in [(0, 0), (0, 1), (1, 2)] {
        let check = check_loss(&mut WrongLoss { loss: CrossEntropyLoss::new(), place }, &prediction, &label);
        assert_eq!(check.compared, Compared::Input(place.0, place.1), "{check}");
        assert!(check.largest > 1e-3, "{check}");
    }
}

#[test]
fn a_loss_with_an_error_of_the_wrong_shape_is_refused() {
    let message = panic_message(|| check_loss(&mut Constant, &Matrix::ones(2, 3), &Matrix::ones(2, 2)));
    assert_eq!(message, "gradient check, the error and the input: the shapes differ, 2×2 and 2×3");
}

#[test]
fn a_network_with_a_wrong_predict_evaluate_or_backward_is_found() {
    let input = two_samples();
    let factors = |predict, backward| Factors { predict, forward: 3.0, backward, parameters: None };
    let network = |layer: Factors| -> Vec<Box<dyn Layer>> {
        vec![Box::new(layer), Box::new(FullyConnected::he(3, 2, &mut Random::new(8)))]
    };
    let label = Matrix::ones(2, 2);
    let check = |layers: &mut Vec<Box<dyn Layer>>| {
        layers.push(Box::new(Softmax::new()));
        let label = feedforward::data::one_hot(&[0, 1], 2);
        check_network(layers, &mut CrossEntropyLoss::new(), &input, &label)
    };
    let good = check(&mut network(factors(3.0, 3.0)));
    assert!(good.largest < AGREES, "{good}");
    let predict = check(&mut network(factors(2.0, 3.0)));
    assert!(predict.largest > 1e-3 && matches!(predict.compared, Compared::Output(..)), "{predict}");
    let backward = check(&mut network(factors(3.0, 2.0)));
    assert!(backward.largest > 1e-3 && matches!(backward.compared, Compared::Input(..)), "{backward}");
    let evaluate = check_network(&mut [], &mut Twice, &Matrix::ones(2, 2), &label);
    assert_eq!(evaluate.compared, Compared::Loss, "{evaluate}");
}

#[test]
fn the_check_of_a_network_restores_input_and_weights_after_every_step() {
    let random = &mut Random::new(10);
    let layers = || -> Vec<Box<dyn Layer>> {
        let random = &mut Random::new(3);
        vec![
            Box::new(FullyConnected::he(3, 4, random)),
            Box::new(Softmax::new()),
            Box::new(FullyConnected::he(4, 2, random)),
            Box::new(Softmax::new()),
        ]
    };
    let (input, label) = (uniform(4, 3, -2.0, 2.0, random), labels(4, 2, random));
    let mut checked = layers();
    let check = check_network(&mut checked, &mut CrossEntropyLoss::new(), &input, &label);
    assert!(check.largest < 1e-8, "{check}"); // a number left at x − h would show as a difference of about h = 6e-6
    for (checked, new) in checked.iter().zip(layers()) {
        let weights = |layer: &dyn Layer| layer.parameters().map(|parameters| parameters.weights.clone());
        assert_eq!(weights(checked.as_ref()), weights(new.as_ref()));
    }
}

#[test]
fn a_check_of_nothing_finds_no_difference() {
    let check = check_layer(&mut Relu::new(), &Matrix::zeros(0, 3));
    assert_eq!((check.largest, check.compared), (0.0, Compared::Input(0, 0)));
}

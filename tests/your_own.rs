//! Tests that a layer, a loss, an optimizer and a data source written outside the crate work in a network like those of
//! the crate.

use feedforward::data::{Batches, Dataset};
use feedforward::gradient_check::{check_layer, check_loss};
use feedforward::model::Model;
use feedforward::random::Random;
use feedforward::{
    CrossEntropyLoss, DataSource, FullyConnected, Layer, Loss, Matrix, NeuralNetwork, Optimizer, Parameters, Sgd,
    Softmax,
};
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// f(x) = 1 / (1 + e⁻ˣ), element by element.
#[derive(Debug, Default)]
struct Sigmoid {
    output: Option<Matrix>,
}

impl Layer for Sigmoid {
    fn predict(&self, mut input: Matrix) -> Matrix {
        input.map_in_place(|x| 1.0 / (1.0 + (-x).exp()));
        input
    }

    fn forward(&mut self, input: Matrix) -> Matrix {
        let output = self.predict(input);
        self.output = Some(output.clone());
        output
    }

    /// eₙ₋₁ = eₙ · ŷ (1 − ŷ)
    fn backward(&mut self, mut error: Matrix) -> Matrix {
        let output = self.output.as_ref().expect("forward comes first");
        error.zip_map_in_place(output, |e, y| e * y * (1.0 - y));
        error
    }
}

/// L = ½ Σ (ŷ − y)²
#[derive(Debug, Default)]
struct SquaredLoss {
    prediction: Option<Matrix>,
}

impl Loss for SquaredLoss {
    fn evaluate(&self, prediction: &Matrix, label: &Matrix) -> f64 {
        prediction.zip_map(label, |p, y| 0.5 * (p - y) * (p - y)).as_slice().iter().sum()
    }

    fn forward(&mut self, prediction: Matrix, label: &Matrix) -> f64 {
        let loss = self.evaluate(&prediction, label);
        self.prediction = Some(prediction);
        loss
    }

    /// E = ŷ − y
    fn backward(&mut self, label: &Matrix) -> Matrix {
        self.prediction.as_ref().expect("forward comes first") - label
    }
}

/// SGD with momentum: v ← μ v + g, w ← w − η v. It keeps v, so every layer needs its own optimizer.
#[derive(Clone, Debug)]
struct Momentum {
    learning_rate: f64,
    momentum: f64,
    velocity: Option<Matrix>,
}

impl Optimizer for Momentum {
    fn update(&mut self, weights: &mut Matrix, gradient: &Matrix) {
        let velocity = self.velocity.get_or_insert_with(|| Matrix::zeros(gradient.rows(), gradient.columns()));
        *velocity *= self.momentum;
        *velocity += gradient;
        *weights -= self.learning_rate * &*velocity;
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }
}

/// A data source that returns the four cases of exclusive or.
#[derive(Debug)]
struct ExclusiveOr;

impl DataSource for ExclusiveOr {
    fn next_batch(&mut self) -> (Matrix, Matrix) {
        let input = Matrix::from_rows([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
        (input, Matrix::from_rows([[0.0], [1.0], [1.0], [0.0]]))
    }
}

#[test]
fn a_network_of_your_own_parts_learns_exclusive_or() {
    let optimizer = Momentum { learning_rate: 0.5, momentum: 0.9, velocity: None };
    let mut network = NeuralNetwork::new(optimizer, ExclusiveOr, SquaredLoss::default());
    let random = &mut Random::new(1);
    network.append_layer(FullyConnected::xavier(2, 4, random));
    network.append_layer(Sigmoid::default());
    network.append_layer(FullyConnected::xavier(4, 1, random));
    network.append_layer(Sigmoid::default());
    network.train(2000);

    let (input, label) = ExclusiveOr.next_batch();
    let difference = (&network.predict(input) - &label).max_abs();
    assert!(difference < 0.1, "{difference}");
    assert_eq!(network.losses().len(), 2000);
    assert!(network.losses()[1999] < 0.01 * network.losses()[0]);
}

#[test]
fn the_gradient_check_accepts_your_own_layer_and_loss() {
    let input = Matrix::from_rows([[0.3, -1.2, 2.0], [0.0, 0.7, -0.4]]);
    let check = check_layer(&mut Sigmoid::default(), &input);
    assert!(check.largest < 1e-9, "{check}");
    let check = check_loss(&mut SquaredLoss::default(), &input, &Matrix::ones(2, 3));
    assert!(check.largest < 1e-9, "{check}");
}

#[test]
fn the_sigmoid_agrees_with_values_worked_by_hand() {
    let mut sigmoid = Sigmoid::default();
    assert_eq!(sigmoid.forward(Matrix::from_rows([[0.0]])), Matrix::from_rows([[0.5]]));
    assert_eq!(sigmoid.backward(Matrix::from_rows([[4.0]])), Matrix::from_rows([[1.0]])); // 4 · 0.5 · 0.5
}

fn assert_send_and_debug<T: Send + Debug + ?Sized>() {}

#[test]
fn networks_and_their_parts_are_send_and_debug() {
    assert_send_and_debug::<NeuralNetwork>();
    assert_send_and_debug::<dyn Layer>();
    assert_send_and_debug::<dyn Optimizer>();
    assert_send_and_debug::<dyn Loss>();
    assert_send_and_debug::<dyn DataSource>();
    assert_send_and_debug::<Parameters>();
    assert_send_and_debug::<Model>();
    assert_send_and_debug::<Batches>();
}

#[test]
fn a_network_of_boxed_parts_in_another_thread_learns_the_same_as_one_of_plain_parts() {
    let optimizer: Box<dyn Optimizer> = Box::new(Momentum { learning_rate: 0.5, momentum: 0.9, velocity: None });
    let loss: Box<dyn Loss> = Box::new(SquaredLoss::default());
    let data: Box<dyn DataSource> = Box::new(ExclusiveOr);
    let mut network = NeuralNetwork::new(optimizer, data, loss);
    let random = &mut Random::new(1);
    let layers: Vec<Box<dyn Layer>> = vec![
        Box::new(FullyConnected::xavier(2, 4, random)),
        Box::new(Sigmoid::default()),
        Box::new(FullyConnected::xavier(4, 1, random)),
        Box::new(Sigmoid::default()),
    ];
    for layer in layers {
        network.append_layer(layer);
    }
    assert!(format!("{network:?}").contains("ExclusiveOr"));
    let network = std::thread::spawn(move || {
        network.train(2000);
        network
    });
    let network = network.join().unwrap();

    // The same network without boxes takes the same steps.
    let mut plain = NeuralNetwork::new(
        Momentum { learning_rate: 0.5, momentum: 0.9, velocity: None },
        ExclusiveOr,
        SquaredLoss::default(),
    );
    let random = &mut Random::new(1);
    plain.append_layer(FullyConnected::xavier(2, 4, random));
    plain.append_layer(Sigmoid::default());
    plain.append_layer(FullyConnected::xavier(4, 1, random));
    plain.append_layer(Sigmoid::default());
    plain.train(2000);
    assert_eq!(network.losses(), plain.losses());
}

/// A layer that records which of its methods was called last.
#[derive(Debug)]
struct Called {
    last: &'static str,
    parameters: Parameters,
}

impl Layer for Called {
    fn predict(&self, input: Matrix) -> Matrix {
        2.0 * input
    }

    fn forward(&mut self, input: Matrix) -> Matrix {
        self.last = "forward";
        3.0 * input
    }

    fn backward(&mut self, error: Matrix) -> Matrix {
        self.last = "backward";
        4.0 * error
    }

    fn backward_weights(&mut self, _: Matrix) {
        self.last = "backward_weights";
    }

    fn parameters(&self) -> Option<&Parameters> {
        Some(&self.parameters)
    }

    fn parameters_mut(&mut self) -> Option<&mut Parameters> {
        Some(&mut self.parameters)
    }
}

#[test]
fn calls_of_a_boxed_layer_go_to_the_layer_in_the_box() {
    let mut boxed = Box::new(Called { last: "", parameters: Parameters::new(Matrix::ones(1, 1)) });
    fn call(layer: &mut impl Layer, how: &str) -> Matrix {
        let one = Matrix::ones(1, 1);
        match how {
            "forward" => layer.forward(one),
            "backward" => layer.backward(one),
            "backward_weights" => {
                layer.backward_weights(one);
                Matrix::zeros(1, 1)
            }
            _ => layer.predict(one),
        }
    }
    for (how, result) in [("forward", 3.0), ("backward", 4.0), ("backward_weights", 0.0)] {
        assert_eq!(call(&mut boxed, how), Matrix::filled(1, 1, result));
        assert_eq!(boxed.last, how);
    }
    assert_eq!(call(&mut boxed, "predict"), Matrix::filled(1, 1, 2.0));
    fn weights(layer: &mut impl Layer) -> Matrix {
        layer.parameters_mut().unwrap().weights *= 5.0;
        layer.parameters().unwrap().weights.clone()
    }
    assert_eq!(weights(&mut boxed), Matrix::filled(1, 1, 5.0));
}

#[test]
fn evaluate_does_not_disturb_training() {
    let data = || Batches::new(Dataset::iris(), 50, Random::new(2));
    let network = || {
        let mut network = NeuralNetwork::new(Sgd::new(1e-3), data(), CrossEntropyLoss::new());
        network.append_layer(FullyConnected::xavier(4, 3, &mut Random::new(1)));
        network.append_layer(Softmax::new());
        network
    };
    let (mut asked, mut left_alone) = (network(), network());
    let (input, label) = data().next_batch();
    let other = asked.evaluate(Matrix::ones(1, 4), &Matrix::from_rows([[0.0, 1.0, 0.0]]));
    let prediction = asked.predict(Matrix::ones(1, 4));
    assert_eq!(other, -(prediction[(0, 1)] + f64::EPSILON).ln());
    let loss = asked.evaluate(input, &label);
    assert_eq!(asked.forward(), loss); // the network's first batch is the same batch
    let _ = asked.evaluate(Matrix::ones(1, 4), &Matrix::from_rows([[0.0, 1.0, 0.0]]));
    asked.backward();
    left_alone.forward();
    left_alone.backward();
    let weights = |network: &NeuralNetwork| network.layers()[0].parameters().unwrap().weights.clone();
    assert_eq!(weights(&asked), weights(&left_alone));
}

/// A fully connected layer with the default `backward_weights`. Counts the calls of `backward`.
#[derive(Debug)]
struct OwnBackward {
    layer: FullyConnected,
    calls: Arc<AtomicUsize>,
}

impl Layer for OwnBackward {
    fn predict(&self, input: Matrix) -> Matrix {
        self.layer.predict(input)
    }

    fn forward(&mut self, input: Matrix) -> Matrix {
        self.layer.forward(input)
    }

    fn backward(&mut self, error: Matrix) -> Matrix {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.layer.backward(error)
    }

    fn parameters(&self) -> Option<&Parameters> {
        self.layer.parameters()
    }

    fn parameters_mut(&mut self) -> Option<&mut Parameters> {
        self.layer.parameters_mut()
    }
}

/// A network on Iris with `first`, a layer of 4 inputs and 3 outputs, as its first layer.
fn iris_network(first: impl Layer + 'static) -> NeuralNetwork {
    let data = Batches::new(Dataset::iris(), 50, Random::new(2));
    let mut network = NeuralNetwork::new(Sgd::new(1e-3), data, CrossEntropyLoss::new());
    network.append_layer(first);
    network.append_layer(Softmax::new());
    network
}

#[test]
fn a_first_layer_with_the_default_backward_weights_learns_the_same_as_one_that_overrides_it() {
    let layer = || FullyConnected::xavier(4, 3, &mut Random::new(1));
    let calls = Arc::new(AtomicUsize::new(0));
    let mut default = iris_network(OwnBackward { layer: layer(), calls: Arc::clone(&calls) });
    let mut overridden = iris_network(layer());
    default.train(20);
    overridden.train(20);
    assert_eq!(calls.load(Ordering::Relaxed), 20);
    assert_eq!(default.losses(), overridden.losses());
    let parameters = |network: &NeuralNetwork| network.layers()[0].parameters().unwrap().clone();
    assert_eq!(parameters(&default).weights, parameters(&overridden).weights);
    assert_eq!(parameters(&default).gradient, parameters(&overridden).gradient);
    assert_ne!(parameters(&default).weights, layer().parameters.weights);
}

#[test]
fn a_network_calls_backward_weights_on_its_first_layer_alone() {
    let called = || Called { last: "", parameters: Parameters::new(Matrix::ones(1, 1)) };
    let mut network = NeuralNetwork::new(Sgd::new(0.1), ExclusiveOr, SquaredLoss::default());
    network.append_layer(called());
    network.append_layer(called());
    network.append_layer(FullyConnected::from_weights(Matrix::ones(3, 1)));
    network.train(1);
    let text = format!("{:?}", network.layers());
    let calls: Vec<&str> = text.split("last: \"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(calls, ["backward_weights", "backward"]);
}

#[test]
fn a_layer_has_no_parameters_by_default() {
    let mut sigmoid = Sigmoid::default();
    assert!(sigmoid.parameters().is_none() && sigmoid.parameters_mut().is_none());
}

/// An optimizer that ignores the gradient. It subtracts 1, then 2, then 3 … from every weight.
#[derive(Debug)]
struct Counting(f64);

impl Optimizer for Counting {
    fn update(&mut self, weights: &mut Matrix, _: &Matrix) {
        self.0 += 1.0;
        weights.map_in_place(|w| w - self.0);
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(Counting(self.0))
    }
}

#[test]
fn every_layer_gets_its_own_copy_of_the_optimizer() {
    let mut network = NeuralNetwork::new(Counting(0.0), ExclusiveOr, SquaredLoss::default());
    network.append_layer(FullyConnected::from_weights(Matrix::zeros(3, 2)));
    network.append_layer(FullyConnected::from_weights(Matrix::zeros(3, 1)));
    network.train(2);
    for layer in network.layers() {
        let weights = &layer.parameters().unwrap().weights;
        assert!(weights.as_slice().iter().all(|&w| w == -3.0), "{weights}"); // −1 − 2, in each layer
    }
}

#[test]
fn a_clone_of_a_layer_has_its_own_optimizer_in_the_same_state() {
    let mut layer = FullyConnected::from_weights(Matrix::zeros(2, 1));
    layer.parameters.optimizer = Some(Box::new(Counting(0.0)));
    let step = |layer: &mut FullyConnected| {
        layer.forward(Matrix::ones(1, 1));
        layer.backward_weights(Matrix::ones(1, 1));
        layer.parameters.weights[(0, 0)]
    };
    assert_eq!(step(&mut layer), -1.0);
    let mut clone = layer.clone();
    assert_eq!((step(&mut layer), step(&mut clone)), (-3.0, -3.0)); // −1 − 2 in both
}

#[test]
fn calls_of_a_boxed_optimizer_go_to_the_optimizer_in_the_box() {
    fn step(optimizer: &mut impl Optimizer, weights: &mut Matrix) {
        let gradient = Matrix::zeros(1, 1);
        optimizer.update(weights, &gradient);
        let mut copy = optimizer.boxed_clone();
        copy.update(weights, &gradient);
        copy.update(weights, &gradient);
    }
    let mut boxed: Box<dyn Optimizer> = Box::new(Counting(0.0));
    let mut weights = Matrix::zeros(1, 1);
    step(&mut boxed, &mut weights);
    assert_eq!(weights, Matrix::filled(1, 1, -6.0)); // −1, and −2 and −3 by the copy
    boxed.clone().update(&mut weights, &Matrix::zeros(1, 1));
    assert_eq!(weights, Matrix::filled(1, 1, -8.0)); // −2: the copy did not change the original
}

#[test]
fn calls_of_a_boxed_loss_and_data_source_go_to_those_in_the_box() {
    fn all(loss: &mut impl Loss, data: &mut impl DataSource) -> (f64, f64, Matrix) {
        let (input, label) = data.next_batch();
        let prediction = Matrix::filled(input.rows(), 1, 3.0);
        (loss.evaluate(&prediction, &label), loss.forward(prediction, &label), loss.backward(&label))
    }
    let (mut loss, mut data): (Box<dyn Loss>, Box<dyn DataSource>) =
        (Box::new(SquaredLoss::default()), Box::new(ExclusiveOr));
    let error = Matrix::from_rows([[3.0], [2.0], [2.0], [3.0]]);
    assert_eq!(all(&mut loss, &mut data), (13.0, 13.0, error)); // ½ (9 + 4 + 4 + 9)
}

#[test]
fn append_layer_replaces_the_optimizer_of_the_layer() {
    let mut layer = FullyConnected::from_weights(Matrix::zeros(3, 1));
    layer.parameters.optimizer = Some(Box::new(Sgd::new(0.1)));
    let mut network = NeuralNetwork::new(Counting(0.0), ExclusiveOr, SquaredLoss::default());
    network.append_layer(layer);
    network.train(1);
    assert_eq!(network.layers()[0].parameters().unwrap().weights, Matrix::filled(3, 1, -1.0));
}

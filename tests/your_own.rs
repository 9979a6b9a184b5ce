//! A layer, a loss, an optimizer and a data source written outside the crate join a network as the crate's own do.

use feedforward::data::{Batches, Dataset};
use feedforward::gradient_check::{check_layer, check_loss};
use feedforward::random::Random;
use feedforward::{
    CrossEntropyLoss, DataSource, FullyConnected, Layer, Loss, Matrix, NeuralNetwork, Optimizer, Parameters, Sgd,
    Softmax,
};

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

/// SGD with momentum: v ← μ v + g, w ← w − η v. It remembers v, so every layer needs its own optimizer.
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

/// The four cases of exclusive or.
#[derive(Debug)]
struct ExclusiveOr;

impl DataSource for ExclusiveOr {
    fn next_batch(&mut self) -> (Matrix, Matrix) {
        let input = Matrix::from_rows([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
        (input, Matrix::from_rows([[0.0], [1.0], [1.0], [0.0]]))
    }
}

#[test]
fn together_they_learn_exclusive_or() {
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
fn the_gradient_check_confirms_them() {
    let input = Matrix::from_rows([[0.3, -1.2, 2.0], [0.0, 0.7, -0.4]]);
    let check = check_layer(&mut Sigmoid::default(), &input);
    assert!(check.largest < 1e-9, "{check}");
    let check = check_loss(&mut SquaredLoss::default(), &input, &Matrix::ones(2, 3));
    assert!(check.largest < 1e-9, "{check}");
}

#[test]
fn sigmoid_worked_by_hand() {
    let mut sigmoid = Sigmoid::default();
    assert_eq!(sigmoid.forward(Matrix::from_rows([[0.0]])), Matrix::from_rows([[0.5]]));
    assert_eq!(sigmoid.backward(Matrix::from_rows([[4.0]])), Matrix::from_rows([[1.0]])); // 4 · 0.5 · 0.5
}

fn is<T: Send + std::fmt::Debug>(_: &T) {}

#[test]
fn boxed_parts_join_a_network_which_can_be_printed_and_sent_to_another_thread() {
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
    is(&network);
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

/// A layer that records which method was called.
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
fn every_call_to_a_boxed_layer_goes_to_the_layer_in_the_box() {
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
fn a_loss_is_asked_without_disturbing_training() {
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
    assert_eq!(asked.forward(), loss); // the first batch of the network is that batch
    let _ = asked.evaluate(Matrix::ones(1, 4), &Matrix::from_rows([[0.0, 1.0, 0.0]]));
    asked.backward();
    left_alone.forward();
    left_alone.backward();
    let weights = |network: &NeuralNetwork| network.layers()[0].parameters().unwrap().weights.clone();
    assert_eq!(weights(&asked), weights(&left_alone));
}

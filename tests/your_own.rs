//! A layer, a loss, an optimizer and a data source written outside the crate join a network as the crate's own do.

use feedforward::gradient_check::{check_layer, check_loss};
use feedforward::random::Random;
use feedforward::{DataSource, FullyConnected, Layer, Loss, Matrix, NeuralNetwork, Optimizer};

/// f(x) = 1 / (1 + e⁻ˣ), element by element.
#[derive(Default)]
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
#[derive(Default)]
struct SquaredLoss {
    prediction: Option<Matrix>,
}

impl Loss for SquaredLoss {
    fn forward(&mut self, prediction: Matrix, label: &Matrix) -> f64 {
        let loss = prediction.zip_map(label, |p, y| 0.5 * (p - y) * (p - y)).as_slice().iter().sum();
        self.prediction = Some(prediction);
        loss
    }

    /// E = ŷ − y
    fn backward(&mut self, label: &Matrix) -> Matrix {
        self.prediction.as_ref().expect("forward comes first") - label
    }
}

/// SGD with momentum: v ← μ v + g, w ← w − η v. It remembers v, so every layer needs an optimizer of its own.
#[derive(Clone)]
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
        *weights -= &(&*velocity * self.learning_rate);
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }
}

/// The four cases of exclusive or.
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

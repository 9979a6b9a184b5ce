//! Tests of features that the exercise does not ask of students: initial weights for deep networks, messages for wrong
//! shapes, and a softmax that is never 0.

mod support;

use feedforward::data::{Batches, Dataset, one_hot};
use feedforward::random::Random;
use feedforward::{
    CrossEntropyLoss, FullyConnected, Layer, Loss, Matrix, NeuralNetwork, Optimizer, Relu, Sgd, Softmax,
};
use support::panic_message;

/// Returns the initial weights without the biases, which must be 0.
fn start(layer: FullyConnected) -> Vec<f64> {
    let weights = layer.parameters.weights;
    let inputs = weights.rows() - 1;
    assert!(weights[inputs].iter().all(|bias| *bias == 0.0), "the biases must start at 0");
    weights.first_rows(inputs).to_matrix().into_vec()
}

fn variance(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    assert!(mean.abs() < 0.01, "mean {mean}");
    values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / values.len() as f64
}

#[test]
fn he_weights_are_normally_distributed_with_variance_2_over_inputs() {
    let weights = start(FullyConnected::he(200, 300, &mut Random::new(1)));
    assert_eq!(weights.len(), 200 * 300);
    assert!((variance(&weights) / (2.0 / 200.0) - 1.0).abs() < 0.03);
    let far = weights.iter().filter(|w| w.abs() > 2.0 * 0.1).count() as f64 / 60_000.0;
    assert!(
        (far - 0.0455).abs() < 0.005,
        "{far} of the weights are beyond two standard deviations; expected 0.0455 as for normal numbers"
    );
}

#[test]
fn xavier_weights_are_uniformly_distributed_within_the_bound() {
    let weights = start(FullyConnected::xavier(200, 300, &mut Random::new(2)));
    assert_eq!(weights.len(), 200 * 300);
    let bound = (6.0_f64 / 500.0).sqrt();
    let largest = weights.iter().fold(0.0, |max: f64, w| max.max(w.abs()));
    assert!(largest < bound && largest > 0.999 * bound, "{largest} of {bound}");
    assert!((variance(&weights) / (bound * bound / 3.0) - 1.0).abs() < 0.03);
}

#[test]
fn softmax_is_never_0() {
    let mut softmax = Softmax::new();
    let output = softmax.forward(Matrix::from_rows([[0.0, -1e4, 700.0], [-1e300, 1e300, 0.0]]));
    assert!(output.as_slice().iter().all(|y| *y >= f64::MIN_POSITIVE && *y <= 1.0), "{output:?}");
    assert_eq!(output[(0, 1)], f64::MIN_POSITIVE);
    assert_eq!(output[(0, 0)], (-700f64).exp(), "a value that is not too small must stay");
}

#[test]
fn backward_weights_of_a_fully_connected_layer_learns_the_same_as_backward() {
    let random = &mut Random::new(3);
    let mut layers: [FullyConnected; 2] =
        std::array::from_fn(|_| FullyConnected::from_weights(Matrix::from_fn(4, 2, |i, j| (i + j) as f64)));
    let (x, e) = (Matrix::from_fn(3, 3, |_, _| random.normal()), Matrix::from_fn(3, 2, |_, _| random.normal()));
    for layer in &mut layers {
        layer.parameters.optimizer = Some(Box::new(Sgd::new(0.1)));
        layer.forward(x.clone());
    }
    let [first, other] = &mut layers;
    first.backward_weights(e.clone());
    other.backward(e);
    assert_eq!(first.parameters.weights, other.parameters.weights);
    assert_eq!(first.parameters.gradient, other.parameters.gradient);
}

#[test]
fn weights_can_be_loaded_through_layers_mut() {
    let data = Batches::new(Dataset::iris(), 10, Random::new(4));
    let mut network = NeuralNetwork::new(Sgd::new(0.1), data, CrossEntropyLoss::new());
    network.append_layer(FullyConnected::new(4, 3, &mut Random::new(5)));
    network.layers_mut()[0].parameters_mut().unwrap().weights = Matrix::zeros(5, 3);
    assert_eq!(network.predict(Matrix::ones(1, 4)), Matrix::zeros(1, 3));
}

#[test]
fn wrong_shapes_and_calls_in_the_wrong_order_are_refused_with_what_is_wrong() {
    let ones = Matrix::ones;
    let fully_connected = || FullyConnected::from_weights(ones(5, 3));
    let label = one_hot(&[0, 1], 3);
    let cases: [(String, &str); 12] = [
        (panic_message(|| fully_connected().forward(ones(2, 3))), "the input is 2×3, but weights 5×3 take 4 inputs"),
        (panic_message(|| fully_connected().predict(ones(2, 5))), "the input is 2×5, but weights 5×3 take 4 inputs"),
        (panic_message(|| fully_connected().backward(ones(2, 3))), "call forward first"),
        (panic_message(|| FullyConnected::from_weights(ones(0, 3))), "there is no row for the biases"),
        (panic_message(|| Relu::new().backward(ones(2, 3))), "Relu::backward: call forward first"),
        (panic_message(|| Softmax::new().backward(ones(2, 3))), "Softmax::backward: call forward first"),
        (
            panic_message(|| {
                let mut relu = Relu::new();
                relu.forward(ones(2, 3));
                relu.backward(ones(3, 2))
            }),
            "Relu::backward: the shapes differ, 3×2 and 2×3",
        ),
        (
            panic_message(|| {
                let mut softmax = Softmax::new();
                softmax.forward(ones(2, 3));
                softmax.backward(ones(1, 3));
            }),
            "Softmax::backward: the shapes differ, 1×3 and 2×3",
        ),
        (
            panic_message(|| CrossEntropyLoss::new().forward(ones(2, 4), &label)),
            "CrossEntropyLoss: the shapes differ, 2×4 and 2×3",
        ),
        (panic_message(|| CrossEntropyLoss::new().backward(&label)), "CrossEntropyLoss::backward: call forward first"),
        (panic_message(|| Sgd::new(0.1).update(&mut ones(2, 3), &ones(3, 2))), "the shapes differ, 2×3 and 3×2"),
        (
            panic_message(|| {
                let data = Batches::new(Dataset::iris(), 10, Random::new(4));
                NeuralNetwork::new(Sgd::new(0.1), data, CrossEntropyLoss::new()).backward();
            }),
            "NeuralNetwork::backward: call forward first",
        ),
    ];
    for (message, expected) in cases {
        assert!(message.contains(expected), "{message:?} should say {expected:?}");
    }
}

#[test]
fn labels_that_are_not_one_hot_are_refused() {
    for row in [[0.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.5, 0.0], [0.2, 0.3, 0.5], [0.0, f64::NAN, 0.0]] {
        let label = Matrix::from_rows([[0.0, 1.0, 0.0], row]);
        let message = panic_message(|| CrossEntropyLoss::new().forward(Matrix::filled(2, 3, 0.3), &label));
        assert!(message.contains("row 1 of the label is") && message.contains("not one-hot"), "{message}");
    }
}

#[test]
fn sgd_tells_its_learning_rate() {
    assert_eq!(Sgd::new(0.1).learning_rate(), 0.1);
}

#[test]
fn learning_rates_that_are_not_finite_and_positive_are_refused() {
    for eta in [0.0, -0.1, f64::NAN, f64::INFINITY] {
        let message = panic_message(|| Sgd::new(eta));
        assert!(message.contains("must be finite and positive"), "{message}");
    }
}

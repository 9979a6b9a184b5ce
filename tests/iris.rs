//! Tests of the slides' network on Iris: 200 steps compared with the oracle, and the accuracy for many seeds.

mod support;

use feedforward::data::{Batches, Dataset, Scaling};
use feedforward::evaluation::accuracy;
use feedforward::random::Random;
use feedforward::{CrossEntropyLoss, FullyConnected, Matrix, NeuralNetwork, Relu, Sgd, Softmax};
use support::{OneBatch, assert_near, golden};

#[test]
fn after_200_training_steps_losses_and_weights_agree_with_the_oracle() {
    let data = OneBatch(golden("network_iris/input"), golden("network_iris/label"));
    let mut network = NeuralNetwork::new(Sgd::new(1e-3), data, CrossEntropyLoss::new());
    network.append_layer(FullyConnected::from_weights(golden("network_iris/weights1_start")));
    network.append_layer(Relu::new());
    network.append_layer(FullyConnected::from_weights(golden("network_iris/weights2_start")));
    network.append_layer(Softmax::new());
    network.train(200);

    assert_near(&Matrix::from_vec(200, 1, network.losses().to_vec()), &golden("network_iris/losses"), 1e-9);
    assert_near(&network.layers()[0].parameters().unwrap().weights, &golden("network_iris/weights1_end"), 1e-9);
    assert_near(&network.layers()[2].parameters().unwrap().weights, &golden("network_iris/weights2_end"), 1e-9);
    assert_near(&network.predict(golden("network_iris/input")), &golden("network_iris/prediction_end"), 1e-9);
}

/// Trains the network of the exercise and returns its test accuracy: inputs divided by their largest absolute value,
/// 2/3 training data, batches of 50, 4→3, ReLU, 3→3, softmax, η = 10⁻³, 4,000 iterations.
fn exercise_run(seed: u64) -> f64 {
    let mut random = Random::new(seed);
    let (mut train, mut test) = Dataset::iris().split(2.0 / 3.0, &mut random);
    let scaling = Scaling::by_largest(&train.inputs);
    scaling.apply(&mut train.inputs);
    scaling.apply(&mut test.inputs);
    let mut network =
        NeuralNetwork::new(Sgd::new(1e-3), Batches::new(train, 50, Random::new(seed)), CrossEntropyLoss::new());
    network.append_layer(FullyConnected::new(4, 3, &mut random));
    network.append_layer(Relu::new());
    network.append_layer(FullyConnected::new(3, 3, &mut random));
    network.append_layer(Softmax::new());
    network.train(4000);
    accuracy(&network.predict(test.inputs.clone()), &test.labels)
}

/// Measured with the uniform [0, 1) start: all seeds 0 … 99 reach 90 %; the worst has 92 %, the best 100 %.
#[test]
fn the_network_of_the_exercise_reaches_90_percent_for_nearly_every_seed() {
    let accuracies: Vec<f64> = (0..24).map(exercise_run).collect();
    let passed = accuracies.iter().filter(|&&accuracy| accuracy >= 0.9).count();
    assert!(passed >= 22, "{passed} of 24 seeds reach 90 %: {accuracies:?}");
    assert!(accuracies.iter().all(|&accuracy| accuracy >= 0.8), "{accuracies:?}");
}

#[test]
fn one_seed_gives_the_same_bits_every_time() {
    assert_eq!(exercise_run(3).to_bits(), exercise_run(3).to_bits());
}

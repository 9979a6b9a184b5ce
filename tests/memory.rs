//! Measures the memory that a training run needs, with a counting allocator. This file has a single test, because
//! another test would allocate at the same time.

#[path = "support/counting.rs"]
mod counting;
mod support;

use counting::{IN_USE, PEAK};
use feedforward::random::Random;
use feedforward::{CrossEntropyLoss, FullyConnected, Matrix, NeuralNetwork, Relu, Sgd, Softmax};
use std::sync::atomic::Ordering::Relaxed;
use support::OneBatch;

#[test]
fn memory_does_not_grow_during_training_and_stays_within_three_times_the_parameters_plus_the_activations() {
    let (sizes, batch) = ([784, 512, 512, 10], 128);
    let mut random = Random::new(1);
    let input = Matrix::from_fn(batch, sizes[0], |_, _| random.uniform());
    let label = Matrix::from_fn(batch, 10, |i, j| if i % 10 == j { 1.0 } else { 0.0 });
    let mut network = NeuralNetwork::new(Sgd::new(1e-3), OneBatch(input, label), CrossEntropyLoss::new());
    for pair in sizes.windows(2) {
        network.append_layer(FullyConnected::he(pair[0], pair[1], &mut random));
        if pair[1] != 10 {
            network.append_layer(Relu::new());
        }
    }
    network.append_layer(Softmax::new());

    network.train(2);
    let after_two = IN_USE.load(Relaxed);
    network.train(18);
    let after_twenty = IN_USE.load(Relaxed);
    let losses = 8 * 64; // bytes of the recorded losses, in a vector whose capacity may exceed its length
    assert!(
        after_twenty <= after_two + losses,
        "memory grows: {after_two} bytes after 2 iterations, {after_twenty} after 20"
    );

    let parameters: usize = sizes.windows(2).map(|pair| 8 * (pair[0] + 1) * pair[1]).sum();
    // Columns of the matrices of each layer: X, X′ and Ŷ′ for a fully connected layer, and an input and an output of
    // equal width for a ReLU or a softmax.
    let columns = (784 + 785 + 512) + 2 * 512 + (512 + 513 + 512) + 2 * 512 + (512 + 513 + 10) + 2 * 10;
    let activations = 8 * batch * columns;
    let peak = PEAK.load(Relaxed);
    assert!(
        peak <= 3 * parameters + activations,
        "{peak} bytes at the peak, more than 3 times the parameters ({parameters}) plus the activations ({activations})"
    );
}

//! Counts what a compiled graph allocates. This file has a single test, because another test would allocate at the same
//! time.

#[path = "support/counting.rs"]
mod counting;
mod support;

use counting::ALLOCATIONS;
use feedforward::graph::{Pass, training_step};
use feedforward::random::Random;
use feedforward::{CrossEntropyLoss, FullyConnected, Matrix, NeuralNetwork, Relu, Sgd, Softmax};
use std::sync::atomic::Ordering::Relaxed;
use support::OneBatch;

/// Returns the allocations of ten steps of the exercise's network as layers, after steps that fill its memory.
fn allocations_of_layers() -> usize {
    let mut random = Random::new(1);
    let (x, y) = (Matrix::ones(50, 4), Matrix::from_fn(50, 3, |i, j| if i % 3 == j { 1.0 } else { 0.0 }));
    let mut network = NeuralNetwork::new(Sgd::new(1e-3), OneBatch(x, y), CrossEntropyLoss::new());
    network.append_layer(FullyConnected::new(4, 3, &mut random));
    network.append_layer(Relu::new());
    network.append_layer(FullyConnected::new(3, 3, &mut random));
    network.append_layer(Softmax::new());
    network.train(100); // the list of losses has room for 128
    let before = ALLOCATIONS.load(Relaxed);
    network.train(10);
    ALLOCATIONS.load(Relaxed) - before
}

#[test]
fn a_program_allocates_nothing_after_its_first_step_and_the_layers_eight_matrices_and_the_batch() {
    assert_eq!(allocations_of_layers(), 10 * (8 + 2));
    feedforward::matrix::kernel::set_threads(1); // starting a thread allocates
    for (sizes, batch) in [(&[4, 3, 3][..], 50), (&[784, 128, 10], 128)] {
        let mut random = Random::new(1);
        let classes = sizes[sizes.len() - 1];
        let x = Matrix::from_fn(batch, sizes[0], |_, _| random.uniform());
        let y = Matrix::from_fn(batch, classes, |i, j| if i % classes == j { 1.0 } else { 0.0 });
        let weights = || {
            let mut random = Random::new(2);
            let pairs = sizes.windows(2);
            pairs.map(|pair| FullyConnected::he(pair[0], pair[1], &mut random).parameters.weights).collect()
        };
        for passes in [&[][..], &[Pass::Dead, Pass::Reuse], &Pass::ALL] {
            let mut program = training_step(weights(), 1e-3).compile_with(passes);
            program.run(&[("x", &x), ("y", &y)]);
            let (smaller, fewer) = (x.first_rows(batch - 1).to_matrix(), y.first_rows(batch - 1).to_matrix());
            let before = ALLOCATIONS.load(Relaxed);
            for _ in 0..3 {
                program.run(&[("x", &x), ("y", &y)]);
                program.run(&[("x", &smaller), ("y", &fewer)]); // the last batch of an epoch
            }
            let allocations = ALLOCATIONS.load(Relaxed) - before;
            assert_eq!(allocations, 0, "{sizes:?}, {passes:?}");
        }
    }
}

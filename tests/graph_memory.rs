//! Counts what a compiled graph allocates. This file has a single test, because another test would allocate at the same
//! time.

#[path = "support/counting.rs"]
mod counting;

use counting::ALLOCATIONS;
use feedforward::graph::{Pass, training_step};
use feedforward::random::Random;
use feedforward::{FullyConnected, Matrix};
use std::sync::atomic::Ordering::Relaxed;

#[test]
fn a_program_allocates_nothing_after_its_first_step() {
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

//! Measures training steps of whole networks: forward, backward and update for one batch.

use crate::{Report, best};
use feedforward::matrix::kernel;
use feedforward::random::Random;
use feedforward::{CrossEntropyLoss, DataSource, FullyConnected, Layer, Matrix, NeuralNetwork, Relu, Sgd, Softmax};

/// A data source that returns the same batch in every iteration.
#[derive(Debug)]
pub(crate) struct OneBatch(pub(crate) Matrix, pub(crate) Matrix);

impl DataSource for OneBatch {
    fn next_batch(&mut self) -> (Matrix, Matrix) {
        (self.0.clone(), self.1.clone())
    }
}

/// Returns a batch of random inputs with labels. `sizes` are the numbers of inputs, of each hidden layer's outputs and of
/// classes.
pub(crate) fn batch_for(sizes: &[usize], batch: usize) -> OneBatch {
    let mut random = Random::new(1);
    let classes = sizes[sizes.len() - 1];
    let input = Matrix::from_fn(batch, sizes[0], |_, _| random.uniform());
    OneBatch(input, Matrix::from_fn(batch, classes, |i, j| if i % classes == j { 1.0 } else { 0.0 }))
}

/// Returns the weights of fully connected layers of these sizes.
pub(crate) fn weights(sizes: &[usize]) -> Vec<Matrix> {
    let mut random = Random::new(2);
    sizes.windows(2).map(|pair| FullyConnected::he(pair[0], pair[1], &mut random).parameters.weights).collect()
}

/// Returns a network of fully connected layers with activations between them, a softmax and the cross entropy loss.
pub(crate) fn network_of(weights: &[Matrix], activation: fn() -> Box<dyn Layer>, batch: usize) -> NeuralNetwork {
    let mut sizes = vec![weights[0].rows() - 1];
    sizes.extend(weights.iter().map(Matrix::columns));
    let mut network = NeuralNetwork::new(Sgd::new(1e-3), batch_for(&sizes, batch), CrossEntropyLoss::new());
    for (i, weights) in weights.iter().enumerate() {
        if i > 0 {
            network.append_layer(activation());
        }
        network.append_layer(FullyConnected::from_weights(weights.clone()));
    }
    network.append_layer(Softmax::new());
    network
}

/// Returns the name of a network: its sizes, with hyphens between them.
pub(crate) fn name(sizes: &[usize]) -> String {
    sizes.iter().map(|size| size.to_string()).collect::<Vec<_>>().join("-")
}

/// Returns the floating-point operations of a step's products: forward and gradient in every layer, and the error for
/// the previous layer in all layers but the first.
pub(crate) fn operations(sizes: &[usize], batch: usize) -> usize {
    let product = |inputs: usize, outputs: usize| 2 * batch * inputs * outputs;
    let layer = |(i, pair): (usize, &[usize])| {
        2 * product(pair[0] + 1, pair[1]) + if i > 0 { product(pair[0], pair[1]) } else { 0 }
    };
    sizes.windows(2).enumerate().map(layer).sum()
}

/// Measures a step of each network with one thread and with all threads.
pub(crate) fn all(report: &mut Report, peak: f64) {
    let networks: [(&[usize], usize); 3] = [(&[4, 3, 3], 50), (&[784, 128, 10], 128), (&[784, 512, 512, 10], 128)];
    let all = kernel::threads();
    for (sizes, batch) in networks {
        let mut network = network_of(&weights(sizes), || Box::new(Relu::new()), batch);
        let name = name(sizes);
        for threads in [1, all] {
            kernel::set_threads(threads);
            let [time] = best(2.0, [&mut || network.train(1)]);
            let gflops = operations(sizes, batch) as f64 / time / 1e9;
            let remark = format!("{gflops:.1} GFLOP/s, {:.1} % of the peak", 100.0 * gflops / (peak * threads as f64));
            let thread = if threads == 1 { "thread" } else { "threads" };
            report.line(format!("{name} batch {batch} {threads} {thread}"), threads, 1e6 * time, "µs", &remark);
        }
    }
}

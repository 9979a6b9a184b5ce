//! A run: the network is built, trained batch by batch, and measured at the end of every epoch.

use super::Failure;
use super::progress::Progress;
use super::train::{Length, Settings};
use feedforward::data::{Batches, Dataset};
use feedforward::evaluation::accuracy;
use feedforward::random::Random;
use feedforward::{CrossEntropyLoss, FullyConnected, Matrix, NeuralNetwork, Relu, Sgd, Softmax};
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// More weights than this are taken for a slip: they would need 800 MB, and as much for their gradient.
const MOST_WEIGHTS: usize = 100_000_000;
/// So many samples at a time pass through the network when it is measured.
const MEASURED: usize = 500;

/// A network with its data, and what is known of its training so far.
pub(crate) struct Training {
    pub(crate) train: Arc<Dataset>,
    pub(crate) test: Dataset,
    pub(crate) network: NeuralNetwork,
    pub(crate) iterations: usize,
    /// Samples a batch.
    pub(crate) batch_size: usize,
    /// Batches an epoch.
    pub(crate) batches: usize,
    pub(crate) learning_rate: f64,
    pub(crate) epochs: Vec<Epoch>,
    /// The time spent training, and not measuring.
    pub(crate) busy: Duration,
}

/// What is known at the end of an epoch.
#[derive(Clone, Copy)]
pub(crate) struct Epoch {
    /// Iterations up to here.
    pub(crate) iterations: usize,
    /// The mean loss of a sample, over this epoch.
    pub(crate) loss: f64,
    /// The accuracy on the test data.
    pub(crate) accuracy: f64,
}

impl Training {
    /// Fully connected layers of the sizes that the settings say, a ReLU between each two, a softmax behind the last.
    pub(crate) fn new(
        train: Dataset,
        test: Dataset,
        settings: &Settings,
        mut random: Random,
    ) -> Result<Training, Failure> {
        let mut sizes = vec![train.inputs.columns()];
        sizes.extend(&settings.hidden);
        sizes.push(train.class_names.len());
        let weights = sizes.windows(2).try_fold(0usize, |sum, size| size[1].checked_mul(size[0] + 1)?.checked_add(sum));
        if weights.is_none_or(|weights| weights > MOST_WEIGHTS) {
            return Err(Failure::Usage(format!("--hidden: a network {sizes:?} has more than {MOST_WEIGHTS} weights")));
        }
        let layers: Vec<FullyConnected> =
            sizes.windows(2).map(|size| settings.start.layer(size[0], size[1], &mut random)).collect();

        let train = Arc::new(train);
        let batch_size = settings.batch_size.min(train.samples());
        let batches = train.samples().div_ceil(batch_size);
        let source = Batches::new(Arc::clone(&train), batch_size, random);
        let mut network = NeuralNetwork::new(Sgd::new(settings.learning_rate), source, CrossEntropyLoss::new());
        for (i, layer) in layers.into_iter().enumerate() {
            if i > 0 {
                network.append_layer(Relu::new());
            }
            network.append_layer(layer);
        }
        network.append_layer(Softmax::new());
        let iterations = match settings.length {
            Length::Iterations(iterations) => iterations,
            Length::Epochs(epochs) => epochs * batches,
        };
        let learning_rate = settings.learning_rate;
        let (epochs, busy) = (Vec::new(), Duration::ZERO);
        Ok(Training { train, test, network, iterations, batch_size, batches, learning_rate, epochs, busy })
    }

    /// All iterations. Fails at the first whose loss is not finite.
    pub(crate) fn run(&mut self, progress: &mut Progress) -> Result<(), Failure> {
        let mut started = Instant::now();
        for iteration in 1..=self.iterations {
            self.network.train(1);
            if !self.network.losses().last().is_some_and(|loss| loss.is_finite()) {
                progress.clear()?;
                return Err(self.diverged(iteration));
            }
            if iteration % self.batches == 0 || iteration == self.iterations {
                self.busy += started.elapsed();
                let begin = (iteration - 1) / self.batches * self.batches;
                let samples: usize = (begin..iteration).map(|i| self.samples_at(i)).sum();
                let loss: f64 = self.network.losses()[begin..].iter().sum();
                self.epochs.push(Epoch {
                    iterations: iteration,
                    loss: loss / samples as f64,
                    accuracy: self.accuracy(&self.test),
                });
                progress.epoch(self)?;
                started = Instant::now();
            }
            progress.iteration(self, iteration)?;
        }
        progress.clear()
    }

    fn diverged(&self, iteration: usize) -> Failure {
        let rate = self.learning_rate;
        Failure::Run(format!(
            "the loss is not finite at iteration {iteration}: the learning rate {rate} is too large here; \
             try --learning-rate {}, or --start he",
            rate / 10.0
        ))
    }

    /// The mean loss of a sample, at every iteration.
    pub(crate) fn losses(&self) -> Vec<f64> {
        let mean = |(i, loss)| loss / self.samples_at(i) as f64;
        self.network.losses().iter().copied().enumerate().map(mean).collect()
    }

    /// The samples in the batch of iteration `i`, counted from 0: the last of an epoch may have fewer.
    fn samples_at(&self, i: usize) -> usize {
        let first = i % self.batches * self.batch_size;
        self.batch_size.min(self.train.samples() - first)
    }

    /// The part of the samples for which the network gives the right class the highest probability.
    pub(crate) fn accuracy(&self, data: &Dataset) -> f64 {
        accuracy(&self.predict(&data.inputs), &data.labels)
    }

    /// The class probabilities of all samples, with little more memory than they need themselves.
    pub(crate) fn predict(&self, inputs: &Matrix) -> Matrix {
        let mut probabilities = Vec::new();
        let rows: Vec<usize> = (0..inputs.rows()).collect();
        for rows in rows.chunks(MEASURED) {
            probabilities.extend(self.network.predict(inputs.select_rows(rows)).into_vec());
        }
        Matrix::from_vec(inputs.rows(), self.train.class_names.len(), probabilities)
    }
}

/// Where the weights start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Start {
    Uniform,
    Xavier,
    He,
}

impl Start {
    fn layer(self, inputs: usize, outputs: usize, random: &mut Random) -> FullyConnected {
        match self {
            Start::Uniform => FullyConnected::new(inputs, outputs, random),
            Start::Xavier => FullyConnected::xavier(inputs, outputs, random),
            Start::He => FullyConnected::he(inputs, outputs, random),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Start::Uniform => "uniform",
            Start::Xavier => "xavier",
            Start::He => "he",
        }
    }
}

impl FromStr for Start {
    type Err = ();

    fn from_str(text: &str) -> Result<Start, ()> {
        [Start::Uniform, Start::Xavier, Start::He].into_iter().find(|start| start.name() == text).ok_or(())
    }
}

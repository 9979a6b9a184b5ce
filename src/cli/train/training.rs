//! A network in training, with its data, its settings and its results so far.

use super::data::Data;
use super::settings::{Length, Settings};
use feedforward::data::Batches;
use feedforward::evaluation;
use feedforward::model::Model;
use feedforward::random::Random;
use feedforward::{CrossEntropyLoss, Layer, Matrix, NeuralNetwork, Sgd};
use std::sync::Arc;
use std::time::Duration;

/// The number of samples that pass through the network at a time when it is measured.
const MEASURED: usize = 500;

/// A network in training.
pub(super) struct Training {
    pub(super) data: Data,
    pub(super) settings: Settings,
    /// The layers of the network in words.
    pub(super) layers: String,
    network: NeuralNetwork,
    /// The number of iterations of the whole run.
    pub(super) iterations: usize,
    /// Samples per batch, at most the number of training samples.
    pub(super) batch_size: usize,
    /// Batches per epoch.
    batches: usize,
    /// The epochs that are complete.
    pub(super) epochs: Vec<Epoch>,
    /// The time spent on training, without the measurements.
    pub(super) busy: Duration,
}

/// The state at the end of an epoch.
#[derive(Clone, Copy)]
pub(super) struct Epoch {
    /// Iterations since the start of the run.
    pub(super) iterations: usize,
    /// The mean loss per sample during this epoch.
    pub(super) loss: f64,
    /// The accuracy on the [watched](Data::watched) data.
    pub(super) accuracy: f64,
}

impl Training {
    /// Prepares to train the model on the data.
    pub(super) fn new(data: Data, model: &Model, settings: &Settings, random: Random) -> Training {
        let batch_size = settings.batch_size.min(data.train.samples());
        let batches = data.train.samples().div_ceil(batch_size);
        let source = Batches::new(Arc::clone(&data.train), batch_size, random);
        let mut network = NeuralNetwork::new(Sgd::new(settings.learning_rate), source, CrossEntropyLoss::new());
        model.append_to(&mut network);
        let iterations = match settings.length {
            Length::Iterations(iterations) => iterations,
            Length::Epochs(epochs) => epochs.saturating_mul(batches),
        };
        let (settings, epochs, busy) = (settings.clone(), Vec::new(), Duration::ZERO);
        let layers = model.describe();
        Training { data, settings, layers, network, iterations, batch_size, batches, epochs, busy }
    }

    /// Trains on the next batch. Returns whether its loss is finite, and at the end of an epoch the weights as well.
    pub(super) fn step(&mut self) -> bool {
        self.network.train(1);
        let losses = self.network.losses();
        let (iteration, finite) = (losses.len(), losses.last().is_some_and(|loss| loss.is_finite()));
        finite && (!self.ends_epoch(iteration) || self.is_finite())
    }

    /// Whether the iteration, counted from 1, is the last of its epoch or of the run.
    pub(super) fn ends_epoch(&self, iteration: usize) -> bool {
        iteration.is_multiple_of(self.batches) || iteration == self.iterations
    }

    /// Measures the network at the end of an epoch, after this many iterations.
    pub(super) fn measure(&mut self, iterations: usize) {
        let (loss, watched) = (self.loss(iterations), self.data.watched().samples);
        let accuracy = evaluation::accuracy(&self.predict(&watched.inputs), &watched.labels);
        self.epochs.push(Epoch { iterations, loss, accuracy });
    }

    /// Sets the learning rate of the next epoch, for all layers.
    pub(super) fn decay(&mut self) {
        let Settings { learning_rate, decay, .. } = self.settings;
        if decay < 1.0 {
            let rate = learning_rate * decay.powf(self.epochs.len() as f64);
            for parameters in self.network.layers_mut().iter_mut().filter_map(|layer| layer.parameters_mut()) {
                parameters.optimizer = Some(Box::new(Sgd::new(rate.max(f64::MIN_POSITIVE))));
            }
        }
    }

    /// The number of epochs of the whole run, the last perhaps incomplete.
    pub(super) fn total_epochs(&self) -> usize {
        self.epoch_of(self.iterations)
    }

    /// The epoch to which the iteration belongs. Both are counted from 1.
    pub(super) fn epoch_of(&self, iteration: usize) -> usize {
        iteration.div_ceil(self.batches)
    }

    /// The mean loss per sample, from the start of the iteration's epoch up to the iteration, counted from 1.
    pub(super) fn loss(&self, iteration: usize) -> f64 {
        let begin = (iteration - 1) / self.batches * self.batches;
        let samples: usize = (begin..iteration).map(|i| self.samples_at(i)).sum();
        self.network.losses()[begin..iteration].iter().sum::<f64>() / samples as f64
    }

    /// The mean loss per sample of each iteration.
    pub(super) fn losses(&self) -> Vec<f64> {
        let mean = |(i, loss)| loss / self.samples_at(i) as f64;
        self.network.losses().iter().copied().enumerate().map(mean).collect()
    }

    /// The number of samples in all batches up to the iteration, counted from 1.
    pub(super) fn samples_until(&self, iteration: usize) -> usize {
        iteration / self.batches * self.data.train.samples() + iteration % self.batches * self.batch_size
    }

    /// The number of samples in the batch of iteration `i`, counted from 0. The last batch of an epoch may be smaller.
    fn samples_at(&self, i: usize) -> usize {
        let first = i % self.batches * self.batch_size;
        self.batch_size.min(self.data.train.samples() - first)
    }

    /// The class probabilities of all samples, computed in chunks to save memory.
    pub(super) fn predict(&self, inputs: &Matrix) -> Matrix {
        let mut probabilities = Vec::new();
        let rows: Vec<usize> = (0..inputs.rows()).collect();
        for rows in rows.chunks(MEASURED) {
            probabilities.extend(self.network.predict(inputs.select_rows(rows)).into_vec());
        }
        Matrix::from_vec(inputs.rows(), self.data.classes().len(), probabilities)
    }

    /// The weights of the trainable layers.
    pub(super) fn weights(&self) -> impl Iterator<Item = &Matrix> {
        self.network.layers().iter().filter_map(|layer| layer.parameters()).map(|parameters| &parameters.weights)
    }

    /// Whether all weights are finite.
    pub(super) fn is_finite(&self) -> bool {
        self.weights().all(|weights| weights.as_slice().iter().all(|x| x.is_finite()))
    }

    /// The model that the network has learned so far.
    pub(super) fn model(&self) -> Model {
        self.data.model(self.weights().cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::words;
    use crate::cli::train::network::initial_weights;
    use crate::cli::train::options::Options;

    #[test]
    fn nothing_looks_at_the_test_data_before_the_end() {
        let run = |test: f64| {
            let options = Options::parse(&words("digits --epochs 3")).unwrap().unwrap();
            let mut random = Random::new(options.settings.seed);
            let mut data = Data::read(&options, None, &mut random).unwrap();
            data.test.inputs.map_in_place(|x| test * x);
            let model = data.model(initial_weights(&data, &options.settings, &mut random).unwrap());
            let mut training = Training::new(data, &model, &options.settings, random);
            super::super::run::run(&mut training, &mut ()).unwrap();
            let epochs: Vec<_> = training.epochs.iter().map(|epoch| (epoch.loss, epoch.accuracy)).collect();
            (epochs, training.model())
        };
        assert_eq!(run(1.0), run(f64::NAN));
        assert_eq!(run(1.0).0.len(), 3);
    }

    #[test]
    fn the_last_batch_of_an_epoch_counts_the_samples_it_has() {
        let training = super::super::run::training(5, 1e-3); // 100 samples in batches of 60
        assert_eq!([1, 2, 3, 4, 5].map(|iteration| training.samples_until(iteration)), [60, 100, 160, 200, 260]);
    }

    #[test]
    fn the_scaling_is_learned_on_the_training_data_alone() {
        for line in ["digits --scale standardise", "iris --scale standardise --validation 0.3"] {
            let options = Options::parse(&words(line)).unwrap().unwrap();
            let data = Data::read(&options, None, &mut Random::new(1)).unwrap();
            let mean = |inputs: &Matrix| inputs.as_slice().iter().sum::<f64>() / inputs.as_slice().len() as f64;
            assert!(mean(&data.train.inputs).abs() < 1e-12, "{line}");
            for part in [&data.test, data.validation.as_ref().unwrap()] {
                assert!(mean(&part.inputs).abs() > 1e-4, "{line}");
            }
        }
    }
}

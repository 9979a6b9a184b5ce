//! A network in training, with its data, its settings and its results so far.

use super::data::Data;
use super::settings::{Length, Settings};
use feedforward::data::{Batches, Dataset};
use feedforward::evaluation::accuracy;
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
    /// The accuracy on the test data.
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

    /// Trains on the next batch. Returns whether its loss is finite.
    pub(super) fn step(&mut self) -> bool {
        self.network.train(1);
        self.network.losses().last().is_some_and(|loss| loss.is_finite())
    }

    /// Whether the iteration, counted from 1, is the last of its epoch or of the run.
    pub(super) fn ends_epoch(&self, iteration: usize) -> bool {
        iteration.is_multiple_of(self.batches) || iteration == self.iterations
    }

    /// Measures the network at the end of an epoch, after this many iterations.
    pub(super) fn measure(&mut self, iterations: usize) {
        let (loss, accuracy) = (self.loss(iterations), self.accuracy(&self.data.test));
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

    /// The number of samples in the batch of iteration `i`, counted from 0. The last batch of an epoch may be smaller.
    fn samples_at(&self, i: usize) -> usize {
        let first = i % self.batches * self.batch_size;
        self.batch_size.min(self.data.train.samples() - first)
    }

    /// The fraction of the samples whose label's class has the highest probability.
    pub(super) fn accuracy(&self, data: &Dataset) -> f64 {
        accuracy(&self.predict(&data.inputs), &data.labels)
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

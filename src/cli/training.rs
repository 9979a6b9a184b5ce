//! A run: the network is built, trained batch by batch, and measured at the end of every epoch.

use super::Failure;
use super::outputs::Outputs;
use super::settings::{Length, Settings};
use super::source::Source;
use feedforward::data::{Batches, Dataset, Names, Scaling};
use feedforward::evaluation::accuracy;
use feedforward::model::Model;
use feedforward::random::Random;
use feedforward::{CrossEntropyLoss, Layer, Matrix, NeuralNetwork, Sgd};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// More weights than this are taken for a slip: they would need 800 MB, and as much for their gradient.
const MOST_WEIGHTS: usize = 100_000_000;
/// So many samples at a time pass through the network when it is measured.
const MEASURED: usize = 500;

/// A network with its data, and what is known of its training so far.
pub(crate) struct Training {
    pub(crate) name: String,
    pub(crate) train: Arc<Dataset>,
    pub(crate) test: Dataset,
    pub(crate) scaling: Scaling,
    names: Names,
    /// Rows and columns, if the samples are images.
    pub(crate) image: Option<(usize, usize)>,
    network: NeuralNetwork,
    pub(crate) iterations: usize,
    /// Samples a batch.
    pub(crate) batch_size: usize,
    /// Batches an epoch.
    pub(crate) batches: usize,
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
    /// The network of the model that was loaded, or else a new one as the settings say.
    pub(crate) fn new(
        source: Source,
        loaded: Option<Model>,
        settings: &Settings,
        mut random: Random,
    ) -> Result<Training, Failure> {
        let Source { name, train, test, scaling, names, image } = source;
        let model = match loaded {
            Some(model) => model,
            None => Model::new(first_weights(&train, settings, &mut random)?, scaling.clone(), names.clone()),
        };
        let train = Arc::new(train);
        let batch_size = settings.batch_size.min(train.samples());
        let batches = train.samples().div_ceil(batch_size);
        let data = Batches::new(Arc::clone(&train), batch_size, random);
        let mut network = NeuralNetwork::new(Sgd::new(settings.learning_rate), data, CrossEntropyLoss::new());
        model.append_to(&mut network);
        let iterations = match settings.length {
            Length::Iterations(iterations) => iterations,
            Length::Epochs(epochs) => epochs.saturating_mul(batches),
        };
        let (epochs, busy) = (Vec::new(), Duration::ZERO);
        Ok(Training {
            name,
            train,
            test,
            scaling,
            names,
            image,
            network,
            iterations,
            batch_size,
            batches,
            epochs,
            busy,
        })
    }

    /// All iterations. Fails at the first whose loss is not finite.
    pub(crate) fn run(&mut self, settings: &Settings, outputs: &mut Outputs) -> Result<(), Failure> {
        let mut started = Instant::now();
        for iteration in 1..=self.iterations {
            self.network.train(1);
            if !self.network.losses().last().is_some_and(|loss| loss.is_finite()) {
                outputs.clear()?;
                return Err(diverged(iteration, settings.learning_rate));
            }
            if iteration % self.batches == 0 || iteration == self.iterations {
                self.busy += started.elapsed();
                self.measure(iteration);
                outputs.epoch(self)?;
                self.decay(settings);
                started = Instant::now();
            }
            outputs.iteration(self, iteration)?;
        }
        outputs.end(self)
    }

    /// The learning rate of the next epoch, for all layers.
    fn decay(&mut self, settings: &Settings) {
        if settings.decay < 1.0 {
            let rate = settings.learning_rate * settings.decay.powf(self.epochs.len() as f64);
            for parameters in self.network.layers_mut().iter_mut().filter_map(|layer| layer.parameters_mut()) {
                parameters.optimizer = Some(Box::new(Sgd::new(rate.max(f64::MIN_POSITIVE))));
            }
        }
    }

    /// The end of an epoch.
    fn measure(&mut self, iterations: usize) {
        let (loss, accuracy) = (self.loss(iterations), self.accuracy(&self.test));
        self.epochs.push(Epoch { iterations, loss, accuracy });
    }

    /// The mean loss of a sample, over as much of the last epoch as is done after so many iterations.
    pub(crate) fn loss(&self, iterations: usize) -> f64 {
        let begin = (iterations - 1) / self.batches * self.batches;
        let samples: usize = (begin..iterations).map(|i| self.samples_at(i)).sum();
        self.network.losses()[begin..iterations].iter().sum::<f64>() / samples as f64
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

    /// A part as a percentage. Of many test samples a second digit says something, and to round it away could make a hit
    /// of a near miss.
    pub(crate) fn percent(&self, part: f64) -> String {
        let digits = if self.test.samples() < 1000 { 1 } else { 2 };
        format!("{:.digits$} %", 100.0 * part)
    }

    /// The class probabilities of all samples, with little more memory than they need themselves.
    pub(crate) fn predict(&self, inputs: &Matrix) -> Matrix {
        let mut probabilities = Vec::new();
        let rows: Vec<usize> = (0..inputs.rows()).collect();
        for rows in rows.chunks(MEASURED) {
            probabilities.extend(self.network.predict(inputs.select_rows(rows)).into_vec());
        }
        Matrix::from_vec(inputs.rows(), self.train.names.classes.len(), probabilities)
    }

    /// The weights of the trainable layers.
    pub(crate) fn weights(&self) -> impl Iterator<Item = &Matrix> {
        self.network.layers().iter().filter_map(|layer| layer.parameters()).map(|parameters| &parameters.weights)
    }

    /// Whether all weights are finite.
    pub(crate) fn is_finite(&self) -> bool {
        self.weights().all(|weights| weights.as_slice().iter().all(|x| x.is_finite()))
    }

    /// What the network has learned so far.
    pub(crate) fn model(&self) -> Model {
        Model::new(self.weights().cloned().collect(), self.scaling.clone(), self.names.clone())
    }
}

/// The weights with which layers of the sizes that the settings say start.
fn first_weights(train: &Dataset, settings: &Settings, random: &mut Random) -> Result<Vec<Matrix>, Failure> {
    let mut sizes = vec![train.inputs.columns()];
    sizes.extend(&settings.hidden);
    sizes.push(train.names.classes.len());
    let number = sizes.windows(2).try_fold(0usize, |sum, size| size[1].checked_mul(size[0] + 1)?.checked_add(sum));
    if number.is_none_or(|number| number > MOST_WEIGHTS) {
        return Err(Failure::Usage(format!("--hidden: a network {sizes:?} has more than {MOST_WEIGHTS} weights")));
    }
    Ok(sizes.windows(2).map(|size| settings.start.weights(size[0], size[1], random)).collect())
}

fn diverged(iteration: usize, rate: f64) -> Failure {
    Failure::Run(format!(
        "the loss is not finite at iteration {iteration}: the learning rate {rate:?} is too large here; \
         try --learning-rate {:?}, or --start he",
        (rate / 10.0).min(1.0)
    ))
}

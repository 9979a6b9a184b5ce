//! The settings of a run, and their defaults for each kind of data.

use crate::cli::data::{Files, Input};
use feedforward::random::Random;
use feedforward::{FullyConnected, Matrix};

/// The settings of a run. A loaded model brings its own layers and scaling, so `hidden`, `start` and `scale` do not
/// apply to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Settings {
    /// The sizes of the hidden layers.
    pub(crate) hidden: Vec<usize>,
    pub(crate) start: Start,
    pub(crate) scale: Scale,
    pub(crate) length: Length,
    /// The fraction of the training data that is held out for validation, or 0.
    pub(crate) validation: f64,
    /// Samples per batch.
    pub(crate) batch_size: usize,
    pub(crate) learning_rate: f64,
    /// The factor that multiplies the learning rate after every epoch.
    pub(crate) decay: f64,
    /// The seed of all random numbers.
    pub(crate) seed: u64,
}

/// How long to train.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Length {
    Iterations(usize),
    Epochs(usize),
}

/// The distribution of the initial weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Start {
    Uniform,
    Xavier,
    He,
}

/// How to scale the inputs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scale {
    /// Divide by the largest absolute value.
    Largest,
    /// Mean 0 and variance 1 for each feature.
    Standardise,
    None,
}

impl Settings {
    /// The exercise's settings for Iris. For other data, settings chosen by the accuracy on validation data:
    /// docs/data.md says how.
    pub(crate) fn default_for(input: &Input) -> Settings {
        let (hidden, epochs, batch_size, learning_rate, decay, scale) = match input {
            Input::Iris => {
                return Settings {
                    hidden: vec![3],
                    start: Start::Uniform,
                    scale: Scale::Largest,
                    validation: 0.0,
                    length: Length::Iterations(4000),
                    batch_size: 50,
                    learning_rate: 1e-3,
                    decay: 1.0,
                    seed: 1,
                };
            }
            Input::Digits => (128, 30, 32, 0.03, 1.0, Scale::Largest),
            Input::Files(Files::Images(_)) => (256, 10, 32, 0.01, 0.85, Scale::Largest),
            Input::Files(Files::Csv(_) | Files::StandardInput) => (16, 100, 32, 0.003, 1.0, Scale::Standardise),
        };
        let (hidden, validation, length) = (vec![hidden], 1.0 / 6.0, Length::Epochs(epochs));
        Settings { hidden, start: Start::He, scale, validation, length, batch_size, learning_rate, decay, seed: 1 }
    }
}

impl Start {
    pub(crate) const ALL: [(&str, Start); 3] =
        [("uniform", Start::Uniform), ("xavier", Start::Xavier), ("he", Start::He)];

    pub(crate) fn name(self) -> &'static str {
        name(&Start::ALL, self)
    }

    /// The initial weights of a layer: `(inputs + 1) × outputs`.
    pub(crate) fn weights(self, inputs: usize, outputs: usize, random: &mut Random) -> Matrix {
        let layer = match self {
            Start::Uniform => FullyConnected::new(inputs, outputs, random),
            Start::Xavier => FullyConnected::xavier(inputs, outputs, random),
            Start::He => FullyConnected::he(inputs, outputs, random),
        };
        layer.parameters.weights
    }
}

impl Scale {
    pub(crate) const ALL: [(&str, Scale); 3] =
        [("largest", Scale::Largest), ("standardise", Scale::Standardise), ("none", Scale::None)];

    pub(crate) fn name(self) -> &'static str {
        name(&Scale::ALL, self)
    }
}

/// The name of a value in its list of names.
fn name<T: PartialEq>(all: &[(&'static str, T)], value: T) -> &'static str {
    all.iter().find(|(_, other)| *other == value).map_or("", |(name, _)| name)
}

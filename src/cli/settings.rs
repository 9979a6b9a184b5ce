//! The options of the command `train`, and what they are if they are not given.

use super::Failure;
use super::options::{Choice, Words};
use super::source::{Kind, Scale};
use feedforward::random::Random;
use feedforward::{FullyConnected, Layer, Matrix};
use std::str::FromStr;

pub(crate) const OPTIONS: &[Choice] = &[
    Choice { name: "--epochs", value: "N", help: "how many times to go through all training data" },
    Choice { name: "--iterations", value: "N", help: "or how many batches to learn from" },
    Choice { name: "--batch-size", value: "N", help: "samples a batch" },
    Choice {
        name: "--learning-rate",
        value: "η",
        help: "of SGD; the loss is summed over the batch, so larger batches\nwant a smaller one",
    },
    Choice { name: "--decay", value: "D", help: "multiply the learning rate by D after every epoch; 1: never" },
    Choice { name: "--threads", value: "N", help: "for large matrix products; the result is the same (all cores)" },
    Choice { name: "--hidden", value: "N,N,…", help: "sizes of the hidden layers, or none" },
    Choice { name: "--start", value: "HOW", help: "first weights: uniform in [0, 1), xavier or he" },
    Choice {
        name: "--scale",
        value: "HOW",
        help: "inputs: largest (divide by the largest absolute value),\nstandardise (mean 0, variance 1) or none",
    },
    Choice { name: "--test", value: "PART", help: "the part of the samples to test on, and not to train on (0.333)" },
    Choice { name: "--seed", value: "N", help: "of all random numbers: the same seed, the same run (1)" },
    Choice { name: "--label", value: "COLUMN", help: "CSV: name or number of the column of the classes (the last)" },
    Choice { name: "--header", value: "yes|no", help: "CSV: whether the first line names the columns (detected)" },
    Choice { name: "--load", value: "DIR", help: "train a saved model further, with its layers and its scaling" },
    Choice { name: "--save", value: "DIR", help: "save the model, every second while it trains and at the end" },
    Choice {
        name: "--plot",
        value: "FILE.svg",
        help: "draw loss and accuracy; of images also the worst mistakes,\nin FILE-mistakes.svg",
    },
    Choice { name: "--log", value: "FILE.csv", help: "write a line an epoch" },
    Choice { name: "--quiet", value: "", help: "print the result alone" },
    Choice { name: "--help", value: "", help: "show this" },
];

/// Everything about a run that the options decide.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Settings {
    pub(crate) hidden: Vec<usize>,
    pub(crate) start: Start,
    pub(crate) scale: Scale,
    pub(crate) length: Length,
    pub(crate) batch_size: usize,
    pub(crate) learning_rate: f64,
    /// What the learning rate is multiplied by after every epoch.
    pub(crate) decay: f64,
    pub(crate) seed: u64,
}

/// How long to train.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Length {
    Iterations(usize),
    Epochs(usize),
}

impl Settings {
    /// For Iris those of the exercise; for other data what serves them well.
    pub(crate) fn default_for(kind: &Kind) -> Settings {
        let (hidden, epochs, batch_size, learning_rate, decay, scale) = match kind {
            Kind::Iris => {
                return Settings {
                    hidden: vec![3],
                    start: Start::Uniform,
                    scale: Scale::Largest,
                    length: Length::Iterations(4000),
                    batch_size: 50,
                    learning_rate: 1e-3,
                    decay: 1.0,
                    seed: 1,
                };
            }
            Kind::Digits => (32, 30, 32, 0.02, 1.0, Scale::Largest),
            Kind::Images(_) => (128, 10, 32, 0.015, 0.7, Scale::Largest),
            Kind::Csv(_) => (16, 100, 32, 0.003, 1.0, Scale::Standardise),
        };
        let (hidden, length) = (vec![hidden], Length::Epochs(epochs));
        Settings { hidden, start: Start::He, scale, length, batch_size, learning_rate, decay, seed: 1 }
    }

    /// The settings that the words give, the rest as they are in `default`.
    pub(crate) fn read(words: &Words, default: Settings) -> Result<Settings, Failure> {
        let count = |name| words.value(name, "a whole number from 1 to 100000000", |n| (1..=100_000_000).contains(n));
        let length = match (count("--iterations")?, count("--epochs")?) {
            (Some(_), Some(_)) => return Err(Failure::usage("--iterations and --epochs exclude each other: give one")),
            (Some(iterations), None) => Length::Iterations(iterations),
            (None, Some(epochs)) => Length::Epochs(epochs),
            (None, None) => default.length,
        };
        let positive = |x: &f64| x.is_finite() && *x > 0.0;
        let hidden = words.value("--hidden", "sizes from 1 on, as in 64,32, or none", |_: &Hidden| true)?;
        Ok(Settings {
            hidden: hidden.map_or(default.hidden, |hidden| hidden.0),
            start: words.value("--start", "uniform, xavier or he", |_| true)?.unwrap_or(default.start),
            scale: words.value("--scale", "largest, standardise or none", |_| true)?.unwrap_or(default.scale),
            length,
            batch_size: count("--batch-size")?.unwrap_or(default.batch_size),
            learning_rate: words
                .value("--learning-rate", "a positive number", positive)?
                .unwrap_or(default.learning_rate),
            decay: words
                .value("--decay", "a number above 0 and up to 1", |decay| 0.0 < *decay && *decay <= 1.0)?
                .unwrap_or(default.decay),
            seed: words.value("--seed", "a whole number from 0 on", |_| true)?.unwrap_or(default.seed),
        })
    }
}

/// The value of `--hidden`.
struct Hidden(Vec<usize>);

impl FromStr for Hidden {
    type Err = ();

    fn from_str(text: &str) -> Result<Hidden, ()> {
        let size = |text: &str| text.trim().parse().ok().filter(|&size| size > 0).ok_or(());
        match text {
            "none" => Ok(Hidden(Vec::new())),
            _ => text.split(',').map(size).collect::<Result<_, _>>().map(Hidden),
        }
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
    /// The first weights of a layer.
    pub(crate) fn weights(self, inputs: usize, outputs: usize, random: &mut Random) -> Matrix {
        let layer = match self {
            Start::Uniform => FullyConnected::new(inputs, outputs, random),
            Start::Xavier => FullyConnected::xavier(inputs, outputs, random),
            Start::He => FullyConnected::he(inputs, outputs, random),
        };
        layer.parameters().map(|parameters| parameters.weights.clone()).unwrap_or_default()
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

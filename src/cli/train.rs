//! The command `train`: data, network and settings from the words, a run, and what came of it.

use super::options::{self, Choice, Words};
use super::progress::Progress;
use super::training::{Start, Training};
use super::{Failure, report};
use feedforward::data::Dataset;
use feedforward::random::Random;
use std::io::{self, Write};
use std::str::FromStr;
use std::time::Instant;

pub(crate) const OPTIONS: &[Choice] = &[
    Choice { name: "--iterations", value: "N", help: "how many batches to learn from (iris: 4000)" },
    Choice { name: "--epochs", value: "N", help: "or how many times to go through all training data" },
    Choice { name: "--batch-size", value: "N", help: "samples a batch (50)" },
    Choice {
        name: "--learning-rate",
        value: "η",
        help: "of SGD; the loss is summed over the batch, so larger batches\nwant a smaller one (0.001)",
    },
    Choice { name: "--hidden", value: "N,N,…", help: "sizes of the hidden layers, or none (3)" },
    Choice {
        name: "--start",
        value: "HOW",
        help: "first weights: uniform, as the exercise asks; xavier; he (uniform)",
    },
    Choice { name: "--seed", value: "N", help: "of all random numbers: the same seed, the same run (1)" },
    Choice { name: "--quiet", value: "", help: "print the result alone" },
    Choice { name: "--help", value: "", help: "show this" },
];

/// Everything about a run that the options decide.
pub(crate) struct Settings {
    pub(crate) hidden: Vec<usize>,
    pub(crate) start: Start,
    pub(crate) length: Length,
    pub(crate) batch_size: usize,
    pub(crate) learning_rate: f64,
    pub(crate) seed: u64,
}

/// How long to train.
#[derive(Clone, Copy)]
pub(crate) enum Length {
    Iterations(usize),
    Epochs(usize),
}

/// The exercise's settings.
fn exercise() -> Settings {
    Settings {
        hidden: vec![3],
        start: Start::Uniform,
        length: Length::Iterations(4000),
        batch_size: 50,
        learning_rate: 1e-3,
        seed: 1,
    }
}

/// Trains, and reports.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    let words = Words::sort(OPTIONS, words)?;
    if words.has("--help") {
        return help();
    }
    let settings = settings(&words, exercise())?;
    let quiet = words.has("--quiet");
    let started = Instant::now();

    let mut random = Random::new(settings.seed);
    let data = match words.plain[..] {
        [] | ["iris"] => Dataset::iris(),
        [name] => return Err(Failure::Usage(format!("there is no data set {name:?}; there is iris"))),
        [_, second, ..] => return Err(Failure::Usage(format!("one data set is enough: what is {second:?}?"))),
    };
    let mut data = data;
    data.divide_by_largest();
    let (train, test) = data.split(2.0 / 3.0, &mut random);
    let mut training = Training::new(train, test, &settings, random)?;

    let mut out = io::stdout();
    if !quiet {
        report::glance(&mut out, "iris", &training, &settings)?;
    }
    training.run(&mut Progress::new(quiet))?;
    if !quiet {
        report::curve(&mut out, &training)?;
    }
    report::result(&mut out, &training, started.elapsed(), quiet)
}

/// The settings that the options give, the rest as they are in `default`.
fn settings(words: &Words, default: Settings) -> Result<Settings, Failure> {
    let count = |name| words.value(name, "a whole number from 1 to 100000000", |n| (1..=100_000_000).contains(n));
    let length = match (count("--iterations")?, count("--epochs")?) {
        (Some(_), Some(_)) => {
            return Err(Failure::Usage("--iterations and --epochs exclude each other: give one".to_string()));
        }
        (Some(iterations), None) => Length::Iterations(iterations),
        (None, Some(epochs)) => Length::Epochs(epochs),
        (None, None) => default.length,
    };
    let positive = |x: &f64| x.is_finite() && *x > 0.0;
    Ok(Settings {
        hidden: words
            .value("--hidden", "sizes from 1 on, as in 64,32, or none", |_: &Hidden| true)?
            .map_or(default.hidden, |hidden| hidden.0),
        start: words.value("--start", "uniform, xavier or he", |_| true)?.unwrap_or(default.start),
        length,
        batch_size: count("--batch-size")?.unwrap_or(default.batch_size),
        learning_rate: words.value("--learning-rate", "a positive number", positive)?.unwrap_or(default.learning_rate),
        seed: words.value("--seed", "a whole number from 0 on", |_| true)?.unwrap_or(default.seed),
    })
}

/// The value of `--hidden`.
struct Hidden(Vec<usize>);

impl FromStr for Hidden {
    type Err = ();

    fn from_str(text: &str) -> Result<Hidden, ()> {
        let size = |text: &str| text.trim().parse().ok().filter(|&size| size > 0).ok_or(());
        if text == "none" {
            Ok(Hidden(Vec::new()))
        } else {
            text.split(',').map(size).collect::<Result<_, _>>().map(Hidden)
        }
    }
}

/// Whether the word names something to train on.
pub(crate) fn is_data(word: &str) -> bool {
    word == "iris"
}

fn help() -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "feedforward train: trains a network of fully connected layers with ReLUs between them and a")?;
    writeln!(out, "softmax behind the last, by SGD on the cross entropy loss, and shows how good it is.\n")?;
    writeln!(out, "usage: feedforward train [iris] [OPTION …]\n")?;
    writeln!(out, "options:")?;
    options::list(&mut out, OPTIONS)?;
    writeln!(out, "\non a terminal the progress is shown in place, in a file or a pipe a line at a time.")?;
    Ok(())
}

//! What a run prints before and after training: data, network and settings; the loss curve, the confusion matrix and
//! the accuracy.

use super::options::{LEARNING_RATE, Options, SEED, START};
use super::settings::{Settings, Start};
use super::training::Training;
use crate::cli::draw::terminal;
use crate::cli::failure::Failure;
use crate::cli::format::{accuracy, duration, few, plural};
use feedforward::Matrix;
use feedforward::evaluation::{self, confusion_matrix};
use std::io::Write;
use std::time::Duration;

/// The most classes whose confusion matrix fits a terminal.
const MOST_CLASSES: usize = 20;

/// Prints the data, the network and the settings.
pub(super) fn overview(out: &mut impl Write, training: &Training, options: &Options) -> Result<(), Failure> {
    let data = &training.data;
    let (features, classes) = (data.train.inputs.columns(), data.classes());
    let features = plural(features, "feature", "features");
    let number = plural(classes.len(), "class", "classes");
    let samples = plural(data.train.samples(), "sample", "samples");
    writeln!(out, "data      {}: {features}, {number} ({})", data.name, few(classes))?;
    writeln!(out, "          {samples} to train on, {} to test on", data.test.samples())?;

    let weights: usize = training.weights().map(|weights| weights.as_slice().len()).sum();
    let start = match &options.load {
        Some(directory) => format!("from {}", directory.display()),
        None => format!("{} start", options.settings.start.name()),
    };
    writeln!(out, "network   {}", training.layers)?;
    writeln!(out, "          {weights} weights, {start}")?;

    let Settings { learning_rate, decay, seed, .. } = training.settings;
    let decays = if decay < 1.0 { format!(", times {decay} after every epoch") } else { String::new() };
    let epochs = plural(training.total_epochs(), "epoch", "epochs");
    let iterations = plural(training.iterations, "iteration", "iterations");
    let batch = plural(training.batch_size, "sample", "samples");
    writeln!(out, "training  {iterations} of {batch} ({epochs})")?;
    writeln!(out, "          SGD, learning rate {learning_rate}{decays}; seed {seed}\n")?;
    Ok(())
}

/// Draws the loss over the iterations.
pub(super) fn curve(out: &mut impl Write, training: &Training) -> Result<(), Failure> {
    writeln!(out)?;
    terminal::draw(out, "    loss per sample", &training.losses(), "iterations")?;
    Ok(writeln!(out)?)
}

/// Prints the accuracy and, unless `quiet`, the confusion matrix. `prediction` are the class probabilities of the test
/// data; `time` is the duration of the run.
pub(super) fn result(
    out: &mut impl Write,
    training: &Training,
    prediction: &Matrix,
    time: Duration,
    quiet: bool,
) -> Result<(), Failure> {
    let (train, test) = (&training.data.train, &training.data.test);
    let (on_train, on_test) = (training.accuracy(train), evaluation::accuracy(prediction, &test.labels));
    let counts = confusion_matrix(prediction, &test.labels);
    if !quiet && counts.len() <= MOST_CLASSES {
        table(out, &test.names.classes, &counts)?;
    }
    writeln!(
        out,
        "accuracy  {} on the training data, {} on the test data; {}",
        accuracy(on_train, test.samples()),
        accuracy(on_test, test.samples()),
        duration(time)
    )?;
    if let Some(class) = only_answer(&counts) {
        let (name, start, rate, seed) = (&test.names.classes[class], START.name, LEARNING_RATE.name, SEED.name);
        let he = Start::He.name();
        writeln!(
            out,
            "note      The network classifies every test sample as {name}: it has learned nothing. Perhaps all"
        )?;
        writeln!(out, "          ReLUs output 0. Try {start} {he}, another {rate} or another {seed}.")?;
    }
    Ok(())
}

/// The message about a run whose loss is not finite.
pub(super) fn diverged(iteration: usize, learning_rate: f64) -> Failure {
    Failure::Run(format!(
        "the loss is not finite at iteration {iteration}: the learning rate {learning_rate:?} is too large here; \
         try {} {:?}, or {} {}",
        LEARNING_RATE.name,
        (learning_rate / 10.0).min(1.0),
        START.name,
        Start::He.name()
    ))
}

/// The class that was predicted for all samples, if their labels have more than one class.
fn only_answer(counts: &[Vec<usize>]) -> Option<usize> {
    let classes = counts.iter().filter(|counts| counts.iter().any(|&count| count > 0)).count();
    let mut answers = (0..counts.len()).filter(|&class| counts.iter().any(|counts| counts[class] > 0));
    answers.next().filter(|_| classes > 1 && answers.next().is_none())
}

/// Prints the confusion matrix: a row for each label, a column for each prediction. A dot stands for 0, so that the
/// mistakes stand out.
fn table(out: &mut impl Write, names: &[String], counts: &[Vec<usize>]) -> Result<(), Failure> {
    const CORNER: &str = "label ╲ predicted";
    let widest = |names: &mut dyn Iterator<Item = &str>| names.map(|name| name.chars().count()).max().unwrap_or(0);
    let first = widest(&mut names.iter().map(String::as_str).chain([CORNER]));
    let width = widest(&mut names.iter().map(String::as_str)).max(4);
    let cell = |count: &usize| if *count == 0 { "·".to_string() } else { count.to_string() };
    let mut line = |name: &str, cells: Vec<String>| {
        let cells: Vec<String> = cells.iter().map(|cell| format!("{cell:>width$}")).collect();
        writeln!(out, "{name:<first$}  {}", cells.join("  "))
    };
    line(CORNER, names.to_vec())?;
    for (name, counts) in names.iter().zip(counts) {
        line(name, counts.iter().map(cell).collect())?;
    }
    Ok(writeln!(out)?)
}

#[cfg(test)]
mod tests {
    use super::only_answer;

    #[test]
    fn one_answer_for_several_classes_is_found() {
        assert_eq!(only_answer(&[vec![0, 4], vec![0, 5]]), Some(1));
        assert_eq!(only_answer(&[vec![0, 0], vec![0, 5]]), None); // all labels are that class
        assert_eq!(only_answer(&[vec![1, 4], vec![0, 5]]), None);
    }
}

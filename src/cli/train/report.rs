//! What a run prints before and after training: data, network and settings; the loss curve, the confusion matrix and
//! the accuracy.

use super::data::Data;
use super::options::{LEARNING_RATE, Options, SCALE, SEED, START};
use super::settings::{Scale, Settings, Start};
use super::training::Training;
use crate::cli::draw::terminal;
use crate::cli::failure::Failure;
use crate::cli::format::{accuracy, duration, escaped, few, number, plural};
use feedforward::Matrix;
use feedforward::data::Dataset;
use feedforward::evaluation::{self, confusion_matrix};
use std::io::Write;
use std::time::Duration;

/// The most classes whose confusion matrix fits a terminal.
const MOST_CLASSES: usize = 20;

/// Scaled inputs beyond this make the steps of usual learning rates too large.
const LARGE: f64 = 1e3;

/// Prints the data, the network and the settings.
pub(super) fn overview(out: &mut impl Write, training: &Training, options: &Options) -> Result<(), Failure> {
    let data = &training.data;
    let (features, classes) = (data.train.inputs.columns(), data.classes());
    let features = plural(features, "feature", "features");
    let count = plural(classes.len(), "class", "classes");
    let samples = plural(data.train.samples(), "sample", "samples");
    let validation =
        data.validation.as_ref().map_or(String::new(), |part| format!(" {} for validation,", part.samples()));
    writeln!(out, "data      {}: {features}, {count} ({})", escaped(&data.name), few(classes))?;
    writeln!(out, "          {samples} to train on,{validation} {} to test on", data.test.samples())?;
    for note in &data.notes {
        writeln!(out, "note      {note}")?;
    }

    let weights: usize = training.weights().map(|weights| weights.as_slice().len()).sum();
    let start = match &options.load {
        Some(directory) => format!("from {}", escaped(&directory.display().to_string())),
        None => format!("{} start", options.settings.start.name()),
    };
    writeln!(out, "network   {}", training.layers)?;
    writeln!(out, "          {weights} weights, {start}")?;

    let Settings { learning_rate, decay, seed, .. } = training.settings;
    let rate = number(learning_rate);
    let decays = if decay < 1.0 { format!(", times {} after every epoch", number(decay)) } else { String::new() };
    let epochs = plural(training.total_epochs(), "epoch", "epochs");
    let iterations = plural(training.iterations, "iteration", "iterations");
    let batch = plural(training.batch_size, "sample", "samples");
    writeln!(out, "training  {iterations} of {batch} ({epochs})")?;
    writeln!(out, "          SGD, learning rate {rate}{decays}; seed {seed}\n")?;
    Ok(())
}

/// Draws the loss over the iterations.
pub(super) fn curve(out: &mut impl Write, training: &Training) -> Result<(), Failure> {
    writeln!(out)?;
    terminal::draw(out, "    loss per sample", &training.losses(), "iterations")?;
    Ok(writeln!(out)?)
}

/// Prints the accuracy and, unless the run is quiet, the confusion matrix of the test data. `prediction` are the class
/// probabilities of the test data; `time` is the duration of the run.
pub(super) fn result(
    out: &mut impl Write,
    training: &Training,
    prediction: &Matrix,
    time: Duration,
    options: &Options,
) -> Result<(), Failure> {
    let Data { train, validation, test, .. } = &training.data;
    let counts = confusion_matrix(prediction, &test.labels);
    if !options.quiet && counts.len() <= MOST_CLASSES {
        table(out, &test.names.classes, &counts)?;
    }
    let on =
        |part: &Dataset, prediction: &Matrix| accuracy(evaluation::accuracy(prediction, &part.labels), part.samples());
    let on_train = training.predict(&train.inputs);
    write!(out, "accuracy  training {}, ", on(train, &on_train))?;
    if let Some(part) = validation {
        write!(out, "validation {}, ", on(part, &training.predict(&part.inputs)))?;
    }
    writeln!(out, "test {}; {}", on(test, prediction), duration(time))?;
    if let Some(class) = only_answer(&confusion_matrix(&on_train, &train.labels)) {
        let (name, rate, seed) = (escaped(&train.names.classes[class]), LEARNING_RATE.name, SEED.name);
        let start = another_start(options).map_or(String::new(), |start| format!("{start}, "));
        writeln!(
            out,
            "note      The network classifies every training sample as {name}: it has learned nothing. Perhaps all"
        )?;
        writeln!(out, "          ReLUs output 0. Try {start}another {rate} or another {seed}.")?;
    }
    Ok(())
}

/// The message about a run whose loss or weights are not finite. Suggests only what the run has not tried.
pub(super) fn diverged(iteration: usize, training: &Training, options: &Options) -> Failure {
    let Settings { learning_rate, scale, .. } = training.settings;
    let largest = training.data.train.inputs.max_abs();
    let advice = if largest > LARGE && options.load.is_none() && scale != Scale::Standardise {
        let reached = number(rounded_to_one_digit(largest));
        format!("the scaled inputs reach {reached}; try {} {}", SCALE.name, Scale::Standardise.name())
    } else {
        let smaller = number(rounded_to_one_digit((learning_rate / 10.0).min(1.0)));
        let rate = number(learning_rate);
        let start = another_start(options).map_or(String::new(), |start| format!(", or {start}"));
        format!("the learning rate {rate} is too large here; try {} {smaller}{start}", LEARNING_RATE.name)
    };
    Failure::Run(format!("the loss is not finite at iteration {iteration}: {advice}"))
}

/// The option for He's start, unless the run has it or a loaded model brings its own weights.
fn another_start(options: &Options) -> Option<String> {
    let possible = options.load.is_none() && options.settings.start != Start::He;
    possible.then(|| format!("{} {}", START.name, Start::He.name()))
}

fn rounded_to_one_digit(number: f64) -> f64 {
    format!("{number:.0e}").parse().unwrap_or(number)
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
    let names: Vec<String> = names.iter().map(|name| escaped(name)).collect();
    let widest = |names: &mut dyn Iterator<Item = &str>| names.map(|name| name.chars().count()).max().unwrap_or(0);
    let first = widest(&mut names.iter().map(String::as_str).chain([CORNER]));
    let width = widest(&mut names.iter().map(String::as_str)).max(4);
    let cell = |count: &usize| if *count == 0 { "·".to_string() } else { count.to_string() };
    let mut line = |name: &str, cells: Vec<String>| {
        let cells: Vec<String> = cells.iter().map(|cell| format!("{cell:>width$}")).collect();
        writeln!(out, "{name:<first$}  {}", cells.join("  "))
    };
    line(CORNER, names.clone())?;
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

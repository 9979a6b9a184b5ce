//! What a run shows before and after: data and network in one glance, the loss curve, the accuracy, the confusion matrix.

use super::progress::duration;
use super::settings::Settings;
use super::training::Training;
use super::{Failure, chart};
use feedforward::Matrix;
use feedforward::evaluation::{accuracy, confusion_matrix};
use std::io::Write;
use std::time::Duration;

/// A confusion matrix of more classes than this does not fit a terminal.
const MOST_CLASSES: usize = 20;

/// The data, the network and the settings.
pub(crate) fn glance(
    out: &mut impl Write,
    training: &Training,
    settings: &Settings,
    start: &str,
) -> Result<(), Failure> {
    let Training { name, train, test, .. } = training;
    let (features, classes) = (train.inputs.columns(), train.names.classes.len());
    writeln!(out, "data      {name}: {features} features, {classes} classes ({})", names(&train.names.classes))?;
    writeln!(out, "          {} samples to train on, {} to test on", train.samples(), test.samples())?;

    let weights: usize = training.weights().map(|weights| weights.as_slice().len()).sum();
    let fully_connected: Vec<String> =
        training.weights().map(|weights| format!("fully connected → {}", weights.columns())).collect();
    let network = fully_connected.join(" → ReLU → ");
    writeln!(out, "network   {features} → {network} → softmax")?;
    writeln!(out, "          {weights} weights, {start}")?;

    let Settings { learning_rate, decay, seed, .. } = settings;
    let decays = if *decay < 1.0 { format!(", times {decay} after every epoch") } else { String::new() };
    let epochs = plural(training.iterations.div_ceil(training.batches), "epoch");
    writeln!(out, "training  {} iterations of {} samples ({epochs})", training.iterations, training.batch_size)?;
    writeln!(out, "          SGD, learning rate {learning_rate}{decays}; seed {seed}\n")?;
    Ok(())
}

/// 1 epoch, 2 epochs, 3 batches.
pub(super) fn plural(number: usize, what: &str) -> String {
    let ending = match number {
        1 => "",
        _ if what == "batch" => "es",
        _ => "s",
    };
    format!("{number} {what}{ending}")
}

/// The names of a few classes, or the first and last of many.
fn names(names: &[String]) -> String {
    match names {
        [first, second, .., last] if names.len() > 10 => format!("{first}, {second}, …, {last}"),
        _ => names.join(", "),
    }
}

/// The loss over the iterations.
pub(crate) fn curve(out: &mut impl Write, training: &Training) -> Result<(), Failure> {
    writeln!(out)?;
    chart::draw(out, "    loss of a sample", &training.losses(), "iterations")?;
    Ok(writeln!(out)?)
}

/// How good the network is.
pub(crate) fn result(
    out: &mut impl Write,
    training: &Training,
    prediction: &Matrix,
    time: Duration,
    quiet: bool,
) -> Result<(), Failure> {
    let (train, test) = (&training.train, &training.test);
    let (on_train, on_test) = (training.accuracy(train), accuracy(prediction, &test.labels));
    let counts = confusion_matrix(prediction, &test.labels);
    if !quiet && counts.len() <= MOST_CLASSES {
        table(out, &test.names.classes, &counts)?;
    }
    writeln!(
        out,
        "accuracy  {} on the training data, {} on the test data; {}",
        training.percent(on_train),
        training.percent(on_test),
        duration(time)
    )?;
    if let Some(class) = only_answer(&counts) {
        let name = &test.names.classes[class];
        writeln!(
            out,
            "note      every test sample is taken for {name}: the network has learned nothing. Its ReLUs may"
        )?;
        writeln!(out, "          all stand at 0: try --start he, another --learning-rate or another --seed.")?;
    }
    Ok(())
}

/// The class for which all samples were taken, although they are of several.
fn only_answer(counts: &[Vec<usize>]) -> Option<usize> {
    let classes = counts.iter().filter(|counts| counts.iter().any(|&count| count > 0)).count();
    let mut answers = (0..counts.len()).filter(|&class| counts.iter().any(|counts| counts[class] > 0));
    answers.next().filter(|_| classes > 1 && answers.next().is_none())
}

/// The confusion matrix: a row for each class, the columns what it was taken for; 0 as a point, so that mistakes stand out.
fn table(out: &mut impl Write, names: &[String], counts: &[Vec<usize>]) -> Result<(), Failure> {
    const CORNER: &str = "is ╲ taken for";
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

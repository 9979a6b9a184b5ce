//! The files of `--plot`: loss and accuracy, and for images the worst mistakes.

use super::settings::Settings;
use super::training::Training;
use crate::cli::draw::{curves, mistakes};
use crate::cli::failure::{Failure, cannot_write};
use crate::cli::format::{accuracy, number, plural};
use crate::cli::outputs;
use feedforward::Matrix;
use feedforward::evaluation;
use std::path::{Path, PathBuf};

/// Writes the plot and, for images, the drawing of the mistakes next to it. Returns what was written: a word for each
/// file, and its path.
pub(super) fn write(
    plot: &Path,
    training: &Training,
    prediction: &Matrix,
) -> Result<Vec<(&'static str, PathBuf)>, Failure> {
    let mut drawings = vec![("plot", plot.to_path_buf(), curves(training, prediction))];
    if let Some(image) = training.data.image {
        drawings.push(("mistakes", mistakes_file(plot), mistakes(training, prediction, image)));
    }
    let mut written = Vec::new();
    for (what, path, svg) in drawings {
        outputs::replace(&path, &svg).map_err(|error| Failure::Run(cannot_write("the drawing", &path, error)))?;
        written.push((what, path));
    }
    Ok(written)
}

/// The file of the mistakes, next to the plot.
pub(super) fn mistakes_file(plot: &Path) -> PathBuf {
    PathBuf::from(format!("{}-mistakes.svg", plot.display().to_string().trim_end_matches(".svg")))
}

/// Draws the loss and the accuracy on the watched data; the caption has the accuracy on the test data.
fn curves(training: &Training, prediction: &Matrix) -> String {
    let Training { data, settings, .. } = training;
    let Settings { learning_rate, decay, seed, .. } = settings;
    let sizes: Vec<String> = training.weights().map(|weights| format!(" → {}", weights.columns())).collect();
    let (watched, test) = (data.watched(), evaluation::accuracy(prediction, &data.test.labels));
    let decays = if *decay < 1.0 { format!(" (× {} per epoch)", number(*decay)) } else { String::new() };
    curves::draw(&curves::Curves {
        title: &format!("{}: {}{}", data.name, data.train.inputs.columns(), sizes.concat()),
        caption: &format!(
            "SGD, learning rate {}{decays}, batches of {}, seed {seed}: test accuracy {} after {}",
            number(*learning_rate),
            training.batch_size,
            accuracy(test, data.test.samples()),
            plural(training.epochs.len(), "epoch", "epochs")
        ),
        losses: &training.losses(),
        accuracies: &training.epochs.iter().map(|epoch| (epoch.iterations, epoch.accuracy)).collect::<Vec<_>>(),
        watched: watched.name,
        samples: watched.samples.samples(),
    })
}

/// Draws the test images whose label's class has the lowest probability.
fn mistakes(training: &Training, prediction: &Matrix, image: (usize, usize)) -> String {
    let data = &training.data;
    let (labels, predicted) = (data.test.labels.row_argmax(), prediction.row_argmax());
    let mut wrong: Vec<usize> = (0..labels.len()).filter(|&i| predicted[i] != labels[i]).collect();
    wrong.sort_by(|&i, &j| prediction[(i, labels[i])].total_cmp(&prediction[(j, labels[j])]));
    let mistake = |&i: &usize| mistakes::Mistake {
        pixels: unscaled(training, &data.test.inputs[i]),
        label: &data.classes()[labels[i]],
        predicted: &data.classes()[predicted[i]],
        probability: prediction[(i, predicted[i])],
    };
    let worst: Vec<_> = wrong.iter().take(mistakes::MOST).map(mistake).collect();
    let title = format!("{}: {} of {} test images misclassified", data.name, wrong.len(), labels.len());
    let caption = format!("the {} with the lowest probability for the correct class", worst.len());
    mistakes::draw(&title, &caption, image, &worst)
}

/// The pixels before they were scaled.
fn unscaled(training: &Training, pixels: &[f64]) -> Vec<f64> {
    let rows = training.data.scaling.as_matrix();
    pixels.iter().enumerate().map(|(j, x)| x * rows[(1, j)] + rows[(0, j)]).collect()
}

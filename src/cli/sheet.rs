//! The worst mistakes on images, as a drawing (SVG): each image with what it is and what it was taken for.

use super::plot;
use super::training::Training;
use std::fmt::Write;

/// Mistakes across and down.
const ACROSS: usize = 8;
const DOWN: usize = 3;
/// The size of a cell, and of the image in it.
const CELL: (f64, f64) = (114.0, 146.0);
const IMAGE: f64 = 96.0;
/// Grey levels of the ink.
const LEVELS: usize = 10;

/// The test images whose right class was given the least probability.
pub(crate) fn draw(training: &Training, prediction: &feedforward::Matrix, image: (usize, usize)) -> String {
    let (test, labels) = (&training.test, training.test.labels.row_argmax());
    let predicted = prediction.row_argmax();
    let mut wrong: Vec<usize> = (0..labels.len()).filter(|&i| predicted[i] != labels[i]).collect();
    wrong.sort_by(|&i, &j| prediction[(i, labels[i])].total_cmp(&prediction[(j, labels[j])]));

    let shown = wrong.len().min(ACROSS * DOWN);
    let title = format!("{}: {} of {} test images mistaken", training.name, wrong.len(), labels.len());
    let how = format!("the {shown} worst: the network gave their right class the least probability");
    let rows = shown.div_ceil(ACROSS).max(1);
    let mut svg = plot::start((960.0, 96.0 + CELL.1 * rows as f64 + 10.0), &title, &how);
    for (place, &i) in wrong.iter().take(shown).enumerate() {
        let (x, y) = (30.0 + CELL.0 * (place % ACROSS) as f64, 96.0 + CELL.1 * (place / ACROSS) as f64);
        let class = |class: usize| plot::escape(&training.train.names.classes[class]);
        let sure = 100.0 * prediction[(i, predicted[i])];
        write!(
            svg,
            "<g transform=\"translate({x} {y})\">\n{}\
             <text y=\"{}\"><tspan class=\"right\">{}</tspan>, taken for <tspan class=\"wrong\">{}</tspan></text>\n\
             <text class=\"quiet\" font-size=\"11\" y=\"{}\">{sure:.0} % sure</text>\n</g>\n",
            picture(&unscaled(training, &test.inputs[i]), image),
            IMAGE + 18.0,
            class(labels[i]),
            class(predicted[i]),
            IMAGE + 33.0,
        )
        .expect("a string");
    }
    svg + "</svg>\n"
}

/// The pixels as they were before they were scaled.
fn unscaled(training: &Training, pixels: &[f64]) -> Vec<f64> {
    let numbers = training.scaling.as_matrix();
    pixels.iter().enumerate().map(|(j, x)| x * numbers[(1, j)] + numbers[(0, j)]).collect()
}

/// An image in a frame: for each level of grey one path, a stroke for each run of pixels.
fn picture(pixels: &[f64], (rows, columns): (usize, usize)) -> String {
    let largest = pixels.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let level = |i: usize, j: usize| (pixels[i * columns + j] / largest * LEVELS as f64).round().max(0.0) as usize;
    let scale = IMAGE / rows.max(columns) as f64;
    let mut paths = vec![String::new(); LEVELS + 1];
    for i in 0..rows {
        let mut j = 0;
        while j < columns {
            let run = (j..columns).take_while(|&k| level(i, k) == level(i, j)).count();
            write!(paths[level(i, j)], "M{j} {i}.5h{run}").expect("a string");
            j += run;
        }
    }
    let mut svg =
        format!("<g transform=\"scale({scale:.4})\" shape-rendering=\"crispEdges\" stroke=\"currentColor\">\n");
    for (level, path) in paths.iter().enumerate().skip(1).filter(|(_, path)| !path.is_empty()) {
        let opacity = level as f64 / LEVELS as f64;
        writeln!(svg, "<path stroke-opacity=\"{opacity}\" d=\"{path}\"/>").expect("a string");
    }
    svg + &format!("</g>\n<rect class=\"grid\" fill=\"none\" width=\"{IMAGE}\" height=\"{IMAGE}\"/>\n")
}

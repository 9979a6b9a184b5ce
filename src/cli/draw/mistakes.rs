//! Draws misclassified images as SVG, each with its label and the prediction.

use super::svg;
use crate::cli::format::percent;
use std::fmt::Write;

/// The maximum number of mistakes that are drawn.
pub(crate) const MOST: usize = ACROSS * DOWN;
/// Mistakes per row, and rows.
const ACROSS: usize = 8;
const DOWN: usize = 3;
/// The width and height of a cell, and the size of the image in it.
const CELL: (f64, f64) = (114.0, 146.0);
const IMAGE: f64 = 96.0;
/// The number of grey levels.
const LEVELS: usize = 10;

/// A misclassified image.
pub(crate) struct Mistake<'a> {
    /// The pixels, row after row; 0 is the background.
    pub(crate) pixels: Vec<f64>,
    /// The names of the correct and of the predicted class.
    pub(crate) label: &'a str,
    pub(crate) predicted: &'a str,
    /// The probability of the predicted class, 0 … 1.
    pub(crate) probability: f64,
}

/// Draws the mistakes in order, at most [`MOST`]. `image` has the rows and columns of each.
pub(crate) fn draw(title: &str, caption: &str, image: (usize, usize), mistakes: &[Mistake]) -> String {
    let rows = mistakes.len().min(MOST).div_ceil(ACROSS).max(1);
    let mut svg = svg::start((960.0, 96.0 + CELL.1 * rows as f64 + 10.0), title, caption);
    for (place, mistake) in mistakes.iter().take(MOST).enumerate() {
        let (x, y) = (30.0 + CELL.0 * (place % ACROSS) as f64, 96.0 + CELL.1 * (place / ACROSS) as f64);
        write!(
            svg,
            "<g transform=\"translate({x} {y})\">\n{}\
             <text y=\"{}\"><tspan class=\"right\">{}</tspan>, predicted <tspan class=\"wrong\">{}</tspan></text>\n\
             <text class=\"quiet\" font-size=\"11\" y=\"{}\">{} sure</text>\n</g>\n",
            picture(&mistake.pixels, image),
            IMAGE + 18.0,
            svg::escape(mistake.label),
            svg::escape(mistake.predicted),
            IMAGE + 33.0,
            percent(mistake.probability, 0),
        )
        .expect("a string");
    }
    svg + "</svg>\n"
}

/// An image in a frame. Each grey level is one path, with a stroke for each run of equal pixels.
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

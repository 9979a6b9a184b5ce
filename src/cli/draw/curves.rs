//! Plots loss and accuracy of a run as SVG, 16 : 9, for a light or a dark page.

use super::svg;
use crate::cli::format::plural;
use std::fmt::Write;

/// The size of the drawing.
const SIZE: (f64, f64) = (960.0, 540.0);
/// The two diagrams.
const LOSS: Field = Field { left: 70.0, top: 120.0, width: 385.0, height: 350.0 };
const ACCURACY: Field = Field { left: 545.0, top: 120.0, width: 385.0, height: 350.0 };
/// The maximum number of points of the loss curve.
const POINTS: usize = 128;

/// What to plot.
pub(crate) struct Curves<'a> {
    pub(crate) title: &'a str,
    /// The line under the title.
    pub(crate) caption: &'a str,
    /// The mean loss per sample of each iteration.
    pub(crate) losses: &'a [f64],
    /// For each epoch, the number of iterations up to its end and the accuracy on the watched data, 0 … 1.
    pub(crate) accuracies: &'a [(usize, f64)],
    /// The watched data, `validation` or `training`, and the number of their samples.
    pub(crate) watched: &'a str,
    pub(crate) samples: usize,
}

/// Plots the loss on the left and the accuracy on the right, both over the iterations.
pub(crate) fn draw(curves: &Curves) -> String {
    let mut svg = svg::start(SIZE, curves.title, curves.caption);
    losses(&mut svg, curves.losses);
    accuracies(&mut svg, curves);
    svg + "</svg>\n"
}

/// Plots the mean loss and, as a band, the range of the middle 80 %.
fn losses(svg: &mut String, losses: &[f64]) {
    let buckets = losses.len().min(POINTS);
    let bucket = |i: usize| &losses[i * losses.len() / buckets..(i + 1) * losses.len() / buckets];
    let mean = |i: usize| bucket(i).iter().sum::<f64>() / bucket(i).len() as f64;
    let means: Vec<f64> = (0..buckets).map(mean).collect();
    let top = Ticks::over(0.0, means.iter().copied().fold(0.0, f64::max));
    let field = LOSS;
    field.axes(svg, "loss per sample", &top, losses.len(), &|value| format!("{value:.*}", top.digits()));
    let x = |i: usize| field.left + field.width * (i as f64 + 0.5) / buckets as f64;
    let y = |value: f64| field.y(&top, value);
    let upper = (0..buckets).map(|i| (x(i), y(quantile(bucket(i), 0.9))));
    let lower = (0..buckets).rev().map(|i| (x(i), y(quantile(bucket(i), 0.1))));
    writeln!(svg, "<path class=\"range\" d=\"{}Z\"/>", path(upper.chain(lower))).expect("a string");
    let curve = path(means.iter().enumerate().map(|(i, &mean)| (x(i), y(mean))));
    writeln!(svg, "<path class=\"loss\" d=\"{curve}\"/>").expect("a string");
    let (left, top) = (field.left + field.width - 215.0, field.top + 18.0);
    write!(
        svg,
        "<path class=\"loss\" d=\"M{left} {top}h28\"/><text x=\"{}\" y=\"{}\">mean of {}</text>\n\
         <path class=\"range\" d=\"M{left} {}h28v12h-28Z\"/><text x=\"{}\" y=\"{}\">10th to 90th percentile</text>\n",
        left + 38.0,
        top + 5.0,
        plural(losses.len().div_ceil(buckets.max(1)), "batch", "batches"),
        top + 16.0,
        left + 38.0,
        top + 27.0
    )
    .expect("a string");
}

/// The quantile of the values at `fraction`.
fn quantile(values: &[f64], fraction: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() - 1) as f64 * fraction).round() as usize]
}

/// Plots the accuracy, with a point for each epoch if there are few.
fn accuracies(svg: &mut String, curves: &Curves) {
    let (epochs, iterations) = (curves.accuracies, curves.losses.len());
    let percent: Vec<f64> = epochs.iter().map(|(_, accuracy)| 100.0 * accuracy).collect();
    let lowest = percent.iter().copied().fold(100.0, f64::min);
    let ticks = Ticks::over(lowest, 100.0);
    let field = ACCURACY;
    let title = format!("accuracy on the {} data", curves.watched);
    field.axes(svg, &title, &ticks, iterations, &|value| format!("{value:.*} %", ticks.digits()));
    let x = |end: usize| field.left + field.width * end as f64 / iterations as f64;
    let points = epochs.iter().zip(&percent).map(|(&(end, _), &percent)| (x(end), field.y(&ticks, percent)));
    writeln!(svg, "<path class=\"accuracy\" d=\"{}\"/>", path(points.clone())).expect("a string");
    for (x, y) in points.filter(|_| epochs.len() <= 50) {
        writeln!(svg, "<circle class=\"point\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>").expect("a string");
    }
    let (left, y) = (field.left + field.width - 270.0, field.top + field.height - 22.0);
    let text = format!("{} data, {} samples", curves.watched, curves.samples);
    writeln!(
        svg,
        "<path class=\"accuracy\" d=\"M{left} {y}h28\"/><text x=\"{}\" y=\"{}\">{text}</text>",
        left + 38.0,
        y + 5.0
    )
    .expect("a string");
}

/// The path of straight lines through the points.
fn path(points: impl Iterator<Item = (f64, f64)>) -> String {
    let points: Vec<String> = points.map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
    format!("M{}", points.join("L"))
}

/// The rectangle of a diagram.
struct Field {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Field {
    /// The y coordinate of a value. Values outside the ticks are moved to the edge.
    fn y(&self, ticks: &Ticks, value: f64) -> f64 {
        let part = ((value - ticks.low) / (ticks.high() - ticks.low)).clamp(0.0, 1.0);
        self.top + self.height * (1.0 - part)
    }

    /// Draws the title, the grid with its labels, and the axis of the iterations.
    fn axes(&self, svg: &mut String, title: &str, ticks: &Ticks, iterations: usize, label: &dyn Fn(f64) -> String) {
        let (left, bottom) = (self.left, self.top + self.height);
        let mut add = |line: String| writeln!(svg, "{line}").expect("a string");
        add(format!("<text x=\"{left}\" y=\"{}\">{title}</text>", self.top - 16.0));
        for i in 0..=ticks.steps {
            let value = ticks.low + ticks.step * i as f64;
            let y = self.y(ticks, value);
            add(format!("<path class=\"grid\" d=\"M{left} {y:.1}h{}\"/>", self.width));
            add(format!("<text class=\"quiet end\" x=\"{}\" y=\"{:.1}\">{}</text>", left - 9.0, y + 5.0, label(value)));
        }
        let across = Ticks::over(0.0, iterations as f64);
        for i in 0..=across.steps {
            let value = across.step * i as f64;
            let x = left + self.width * value / iterations as f64;
            if value <= iterations as f64 && value.fract() == 0.0 {
                add(format!("<path class=\"axis\" d=\"M{x:.1} {bottom}v5\"/>"));
                add(format!("<text class=\"quiet middle\" x=\"{x:.1}\" y=\"{}\">{value}</text>", bottom + 21.0));
            }
        }
        let middle = left + self.width / 2.0;
        add(format!("<text class=\"quiet middle\" x=\"{middle}\" y=\"{}\">iterations</text>", bottom + 45.0));
        add(format!("<path class=\"axis\" d=\"M{left} {}V{bottom}h{}\"/>", self.top, self.width));
    }
}

/// The round numbers along an axis: `low`, `low + step`, …, `steps` steps.
struct Ticks {
    low: f64,
    step: f64,
    steps: usize,
}

impl Ticks {
    /// Three to six steps that cover `low` to `high`. If the two are equal, the steps start at `low - 1`.
    fn over(low: f64, high: f64) -> Ticks {
        let span = if high > low { high - low } else { 1.0 };
        let power = 10f64.powf((span / 5.0).log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0].map(|x| x * power).into_iter().find(|step| 5.0 * step >= span);
        let step = step.unwrap_or(10.0 * power);
        let low = if high > low { (low / step).floor() * step } else { low - span };
        Ticks { low, step, steps: ((high - low) / step - 1e-9).ceil().max(1.0) as usize }
    }

    fn high(&self) -> f64 {
        self.low + self.step * self.steps as f64
    }

    /// The digits after the point that distinguish the ticks.
    fn digits(&self) -> usize {
        (0..9).find(|&digits| (self.step * 10f64.powi(digits)).fract() < 1e-6).unwrap_or(9) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_cover_their_range() {
        for (low, high, expected) in [
            (0.0, 2.3, (0.0, 0.5, 5)),
            (93.4, 100.0, (92.0, 2.0, 4)),
            (0.0, 18750.0, (0.0, 5000.0, 4)),
            (100.0, 100.0, (99.0, 0.2, 5)),
        ] {
            let ticks = Ticks::over(low, high);
            assert_eq!((ticks.low, ticks.step, ticks.steps), expected, "{low} to {high}");
            assert!(ticks.high() >= high - 1e-9);
        }
    }
}

//! Loss and accuracy of a run as a drawing (SVG), 16 : 9, for a light or a dark page.

use super::report::plural;
use super::settings::Settings;
use super::training::Training;
use std::fmt::Write;

/// The size of the drawing.
const SIZE: (f64, f64) = (960.0, 540.0);
/// Left, top, width and height of the two fields.
const LOSS: Field = Field { left: 70.0, top: 120.0, width: 385.0, height: 350.0 };
const ACCURACY: Field = Field { left: 545.0, top: 120.0, width: 385.0, height: 350.0 };
/// The curve of the losses has no more points than this.
const POINTS: usize = 128;

/// What all drawings look like. `currentColor` is the ink.
pub(super) const STYLE: &str = "\
<style>
svg{color:#1f2328;font-family:system-ui,'Segoe UI',Helvetica,Arial,sans-serif;font-size:14px}
text{fill:currentColor}.paper{fill:#fff}.title{font-size:21px;font-weight:600}.quiet{fill:#59636e}
.axis{stroke:#59636e;fill:none}.grid{stroke:#d1d9e0}.end{text-anchor:end}.middle{text-anchor:middle}
.loss{stroke:#bc4c00;fill:none;stroke-width:2}.range{fill:#bc4c00;opacity:.25}
.accuracy{stroke:#0969da;fill:none;stroke-width:2}.point{fill:#0969da}.right{fill:#1a7f37}.wrong{fill:#cf222e}
@media (prefers-color-scheme:dark){svg{color:#f0f6fc}.paper{fill:#0d1117}.quiet{fill:#9198a1}
.axis{stroke:#9198a1}.grid{stroke:#3d444d}.loss{stroke:#ff9f5a}.range{fill:#ff9f5a}
.accuracy{stroke:#58a6ff}.point{fill:#58a6ff}.right{fill:#3fb950}.wrong{fill:#ff7b72}}
</style>
";

/// The loss of a sample over the iterations, and beside it the accuracy on the test data.
pub(crate) fn draw(training: &Training, settings: &Settings) -> String {
    let sizes: Vec<String> = training.weights().map(|weights| format!(" → {}", weights.columns())).collect();
    let title = format!("{}: {}{}", training.name, training.train.inputs.columns(), sizes.concat());
    let last = training.epochs.last().map_or(0.0, |epoch| epoch.accuracy);
    let how = format!(
        "SGD, learning rate {}{}, batches of {}, seed {}: {} of the test data right after {}",
        settings.learning_rate,
        if settings.decay < 1.0 { format!(" (× {} an epoch)", settings.decay) } else { String::new() },
        training.batch_size,
        settings.seed,
        training.percent(last),
        plural(training.epochs.len(), "epoch")
    );
    let mut svg = start(SIZE, &title, &how);
    losses(&mut svg, &training.losses());
    accuracies(&mut svg, training);
    svg + "</svg>\n"
}

/// The beginning of a drawing: paper, title and the line below it.
pub(super) fn start((width, height): (f64, f64), title: &str, how: &str) -> String {
    let (title, how) = (escape(title), escape(how));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\">\n<title>{title}</title>\n{STYLE}\
         <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n\
         <text class=\"title\" x=\"30\" y=\"42\">{title}</text>\n<text class=\"quiet\" x=\"30\" y=\"68\">{how}</text>\n"
    )
}

/// Text that holds no sign of XML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn losses(svg: &mut String, losses: &[f64]) {
    let buckets = losses.len().min(POINTS);
    let bucket = |i: usize| &losses[i * losses.len() / buckets..(i + 1) * losses.len() / buckets];
    let mean = |i: usize| bucket(i).iter().sum::<f64>() / bucket(i).len() as f64;
    let means: Vec<f64> = (0..buckets).map(mean).collect();
    let top = Ticks::over(0.0, means.iter().copied().fold(0.0, f64::max));
    let field = LOSS;
    field.axes(svg, "loss of a sample", &top, losses.len(), &|value| format!("{value:.*}", top.digits()));
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
         <path class=\"range\" d=\"M{left} {}h28v12h-28Z\"/><text x=\"{}\" y=\"{}\">the middle 80 % of them</text>\n",
        left + 38.0,
        top + 5.0,
        plural(losses.len().div_ceil(buckets.max(1)), "batch"),
        top + 16.0,
        left + 38.0,
        top + 27.0
    )
    .expect("a string");
}

/// The value below which this part of the values lies.
fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() - 1) as f64 * part).round() as usize]
}

fn accuracies(svg: &mut String, training: &Training) {
    let epochs = &training.epochs;
    let percent: Vec<f64> = epochs.iter().map(|epoch| 100.0 * epoch.accuracy).collect();
    let lowest = percent.iter().copied().fold(100.0, f64::min);
    let ticks = Ticks::over(lowest, 100.0);
    let field = ACCURACY;
    field.axes(svg, "accuracy on the test data", &ticks, training.iterations, &|value| {
        format!("{value:.*} %", ticks.digits())
    });
    let x = |iterations: usize| field.left + field.width * iterations as f64 / training.iterations as f64;
    let points = epochs.iter().zip(&percent).map(|(epoch, &percent)| (x(epoch.iterations), field.y(&ticks, percent)));
    writeln!(svg, "<path class=\"accuracy\" d=\"{}\"/>", path(points.clone())).expect("a string");
    for (x, y) in points.filter(|_| epochs.len() <= 50) {
        writeln!(svg, "<circle class=\"point\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>").expect("a string");
    }
    let (left, y) = (field.left + field.width - 220.0, field.top + field.height - 22.0);
    let text = format!("test data, {} samples", training.test.samples());
    writeln!(
        svg,
        "<path class=\"accuracy\" d=\"M{left} {y}h28\"/><text x=\"{}\" y=\"{}\">{text}</text>",
        left + 38.0,
        y + 5.0
    )
    .expect("a string");
}

/// Straight lines from point to point.
fn path(points: impl Iterator<Item = (f64, f64)>) -> String {
    let points: Vec<String> = points.map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
    format!("M{}", points.join("L"))
}

/// The place of a diagram.
struct Field {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Field {
    /// The height at which a value stands; what is above the top stands at the top.
    fn y(&self, ticks: &Ticks, value: f64) -> f64 {
        let part = ((value - ticks.low) / (ticks.high() - ticks.low)).clamp(0.0, 1.0);
        self.top + self.height * (1.0 - part)
    }

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

/// Round numbers along an axis.
struct Ticks {
    low: f64,
    step: f64,
    steps: usize,
}

impl Ticks {
    /// Four to six steps over the numbers from `low` to `high`; if there is nothing between, over one more.
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

    /// Digits after the point that tell the ticks apart.
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

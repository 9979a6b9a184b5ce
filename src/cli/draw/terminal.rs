//! Draws a curve in the terminal with braille characters, each a grid of 2 × 4 dots.

use std::io::{self, Write};

/// The width and the height in characters.
const WIDTH: usize = 68;
const HEIGHT: usize = 12;
/// The width and the height in dots.
const DOTS: (usize, usize) = (2 * WIDTH, 4 * HEIGHT);

/// Draws the values from left to right. The axis goes from 1 to the number of values and has the label `unit`.
pub(crate) fn draw(out: &mut impl Write, title: &str, values: &[f64], unit: &str) -> io::Result<()> {
    let curve = resample(values, DOTS.0);
    let (step, divisions) = ticks(curve.iter().copied().fold(0.0, f64::max));
    let top = step * divisions as f64;
    writeln!(out, "{title}")?;
    for (row, line) in dots(&curve, top).into_iter().enumerate() {
        if row * divisions % HEIGHT == 0 {
            let value = top - step * (row * divisions / HEIGHT) as f64;
            writeln!(out, "{} ┤{}", label(value, step), line.trim_end())?;
        } else {
            writeln!(out, "{:9}│{}", "", line.trim_end())?;
        }
    }
    writeln!(out, "{} ┼{}", label(0.0, step), "─".repeat(WIDTH))?;
    let last = values.len().to_string();
    writeln!(out, "{:10}1{unit:^between$}{last}", "", between = (WIDTH - 1).saturating_sub(last.len()))
}

/// The label of a tick, 8 characters wide.
fn label(value: f64, step: f64) -> String {
    let digits = (1.0 - step.log10().floor()).max(0.0) as usize;
    let text = format!("{value:.digits$}");
    if text.len() > 8 { format!("{value:8.1e}") } else { format!("{text:>8}") }
}

/// A round step, and the number of steps (3 or 4) that reach `max`.
fn ticks(max: f64) -> (f64, usize) {
    if max <= 0.0 {
        return (1.0, 1);
    }
    let power = 10f64.powf((max / 4.0).log10().floor());
    let step = [1.0, 2.0, 3.0, 4.0, 5.0, 10.0].map(|x| x * power).into_iter().find(|step| 4.0 * step >= max);
    let step = step.unwrap_or(10.0 * power);
    (step, if 3.0 * step >= max { 3 } else { 4 })
}

/// The curve with one value per dot: `points` averages if there are more values, otherwise linear interpolation.
fn resample(values: &[f64], points: usize) -> Vec<f64> {
    let n = values.len();
    let average = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    if n >= points {
        return (0..points).map(|x| average(&values[x * n / points..(x + 1) * n / points])).collect();
    }
    let between = |x: usize| {
        let place = x as f64 / (points - 1) as f64 * n.saturating_sub(1) as f64;
        let (left, right) = (values[place as usize], values[(place as usize + 1).min(n - 1)]);
        left + place.fract() * (right - left)
    };
    if n == 0 { Vec::new() } else { (0..points).map(between).collect() }
}

/// The lines of the drawing, for an axis from 0 to `top`.
fn dots(curve: &[f64], top: f64) -> Vec<String> {
    let mut field = [[0u8; WIDTH]; HEIGHT];
    let height =
        |value: f64| ((1.0 - value / top) * (DOTS.1 - 1) as f64).round().clamp(0.0, (DOTS.1 - 1) as f64) as usize;
    let mut previous = None;
    for (x, &value) in curve.iter().enumerate() {
        let y = height(value);
        let before = previous.replace(y).unwrap_or(y);
        // Also sets the dots between the previous point and this one, so that a steep curve has no gaps.
        for y in if before < y { before + 1..=y } else { y..=before.max(y + 1) - 1 } {
            field[y / 4][x / 2] |= 1 << BITS[x % 2][y % 4];
        }
    }
    let character = |dots: u8| if dots == 0 { ' ' } else { char::from_u32(0x2800 + u32::from(dots)).unwrap_or(' ') };
    field.iter().map(|row| row.iter().map(|&dots| character(dots)).collect()).collect()
}

/// The bit of each dot in a braille character, by column and row.
const BITS: [[u8; 4]; 2] = [[0, 1, 2, 6], [3, 4, 5, 7]];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_reach_the_top() {
        for (max, expected) in [(1.1, (0.3, 4)), (4.0, (1.0, 4)), (2.9, (1.0, 3)), (0.021, (0.01, 3)), (0.0, (1.0, 1))]
        {
            let (step, divisions) = ticks(max);
            assert!((step - expected.0).abs() < 1e-12 && divisions == expected.1, "{max}: {step} {divisions}");
        }
    }

    #[test]
    fn many_values_are_averaged_and_few_are_joined_by_lines() {
        assert_eq!(resample(&[1.0, 3.0, 5.0, 7.0], 2), [2.0, 6.0]);
        assert_eq!(resample(&[1.0, 2.0], 5), [1.0, 1.25, 1.5, 1.75, 2.0]);
        assert_eq!(resample(&[4.0], 3), [4.0; 3]);
        assert!(resample(&[], 3).is_empty());
    }

    #[test]
    fn a_falling_line_runs_from_the_upper_left_to_the_lower_right_dot() {
        let curve: Vec<f64> = (0..DOTS.0).map(|x| 1.0 - x as f64 / (DOTS.0 - 1) as f64).collect();
        let lines = dots(&curve, 1.0);
        assert_eq!(lines.len(), HEIGHT);
        assert!(lines[0].starts_with('⠉') && lines[HEIGHT - 1].ends_with('⣀'), "{}", lines.join("\n"));
        assert!((0..DOTS.0 / 2).all(|x| lines.iter().any(|line| line.chars().nth(x) != Some(' '))));
    }
}

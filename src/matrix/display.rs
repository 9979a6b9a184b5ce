//! Formats a matrix for people: one row on each line, with aligned columns.

use super::Matrix;
use std::fmt;

/// The greatest number of rows or columns that are all written. If there are more, the first and last `SHOWN / 2` are
/// written, with … between them.
const SHOWN: usize = 10;
/// Digits after the decimal point, unless the format gives another precision.
const DIGITS: usize = 4;
/// The least absolute value that is written with an exponent. Without an exponent it would have 10 digits before the
/// decimal point.
const LARGE: f64 = 1e9;

/// Writes rows of aligned numbers with four digits after the decimal point, or with the precision of the format
/// (`{:.2}`). Large matrices are abbreviated.
impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(DIGITS);
        let rows = shown(self.rows);
        let columns = shown(self.columns);
        let cell = |i: Option<usize>, j: Option<usize>| match (i, j) {
            (Some(i), Some(j)) => number(self[(i, j)], digits),
            (None, Some(_)) => "⋮".to_string(),
            (_, None) => "…".to_string(),
        };
        let cells: Vec<Vec<String>> = rows.iter().map(|&i| columns.iter().map(|&j| cell(i, j)).collect()).collect();
        let width = |j: usize| cells.iter().map(|row| row[j].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns.len()).map(width).collect();
        if cells.is_empty() || widths.is_empty() {
            return write!(f, "[{}×{} matrix]", self.rows, self.columns);
        }
        for (i, row) in cells.iter().enumerate() {
            let padded: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:>width$}")).collect();
            let end = if i + 1 < cells.len() { "\n" } else { "" };
            write!(f, "[{}]{end}", padded.join("  "))?;
        }
        Ok(())
    }
}

/// Writes the shape on the first line, and then the same as [`Display`](fmt::Display).
impl fmt::Debug for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}×{}", self.rows, self.columns)?;
        fmt::Display::fmt(self, f)
    }
}

/// Returns the indices less than `n` to write: either every index, or the first and the last `SHOWN / 2` with `None`
/// between them.
fn shown(n: usize) -> Vec<Option<usize>> {
    if n <= SHOWN {
        return (0..n).map(Some).collect();
    }
    let half = SHOWN / 2;
    (0..half).map(Some).chain([None]).chain((n - half..n).map(Some)).collect()
}

/// Formats a number with `digits` digits after the decimal point. Uses an exponent if all these digits would be zero,
/// or if the number is very large.
fn number(x: f64, digits: usize) -> String {
    let plain = format!("{x:.digits$}");
    let only_zeros = x != 0.0 && !plain.contains(|c| matches!(c, '1'..='9'));
    if x.is_finite() && (only_zeros || x.abs() >= LARGE) { format!("{x:.digits$e}") } else { plain }
}

//! A matrix as a person reads it: its rows under each other, the columns aligned.

use super::Matrix;
use std::fmt;

/// More rows or columns than this are shown as their first and last few, with … between.
const SHOWN: usize = 10;

/// Rows of aligned numbers, four digits after the point unless the format says otherwise (`{:.2}`); large matrices are
/// abbreviated.
impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(4);
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

/// As [`Display`](fmt::Display), the shape above it.
impl fmt::Debug for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}×{}", self.rows, self.columns)?;
        fmt::Display::fmt(self, f)
    }
}

/// The indices to show of `n`: all, or the first and last with `None` between.
fn shown(n: usize) -> Vec<Option<usize>> {
    if n <= SHOWN {
        return (0..n).map(Some).collect();
    }
    let half = SHOWN / 2;
    (0..half).map(Some).chain([None]).chain((n - half..n).map(Some)).collect()
}

/// A number with so many digits after the point; with an exponent where those would show nothing of it, or fill a line.
fn number(x: f64, digits: usize) -> String {
    let tiny = x != 0.0 && x.abs() < 0.5 * 10f64.powi(-(digits as i32));
    if x.is_finite() && (tiny || x.abs() >= 1e9) { format!("{x:.digits$e}") } else { format!("{x:.digits$}") }
}

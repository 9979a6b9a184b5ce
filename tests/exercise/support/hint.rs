//! Describes a wrong result that is not the result of a known mistake.

use feedforward::Matrix;

/// Says in one line how the received matrix differs. `same` tells whether it equals a given matrix up to rounding.
///
/// The grader prefers hints that name a mistake, and recognises the vague ones of this module by their first words.
pub fn of(received: &Matrix, expected: &Matrix, same: &dyn Fn(&Matrix) -> bool) -> String {
    let ((m, n), (rows, columns)) = (received.shape(), expected.shape());
    if same(&expected.transpose()) {
        return "This is the transpose of the expected matrix.".to_string();
    }
    if (m, n) != (rows, columns) {
        return format!("The shape is {m}×{n}. It must be {rows}×{columns}.");
    }
    let count = |what: fn(f64) -> bool| received.as_slice().iter().filter(|&&x| what(x)).count();
    let (nan, infinite, elements) = (count(f64::is_nan), count(f64::is_infinite), rows * columns);
    if nan + infinite > 0 && expected.as_slice().iter().all(|x| x.is_finite()) {
        return match (nan, infinite) {
            (nan, 0) => format!("Of {elements} elements, {nan} are NaN. Every element must be finite."),
            (0, infinite) => format!("Of {elements} elements, {infinite} are infinite. Every element must be finite."),
            (nan, infinite) => format!(
                "Of {elements} elements, {nan} are NaN and {infinite} are infinite. Every element must be finite."
            ),
        };
    }
    if elements > 1 && received.max_abs() == 0.0 {
        return "All elements are 0, but the expected elements are not.".to_string();
    }
    if let Some(factor) = factor(received, expected, same) {
        return factor;
    }
    let right: Vec<usize> = (0..rows).filter(|&i| close(&received[i], &expected[i])).collect();
    if !right.is_empty() && right.len() < rows {
        return only(&right, rows, "rows");
    }
    let (received, expected) = (received.transpose(), expected.transpose());
    let right: Vec<usize> = (0..columns).filter(|&j| close(&received[j], &expected[j])).collect();
    if !right.is_empty() && right.len() < columns {
        return only(&right, columns, "columns");
    }
    "The values differ from the expected ones.".to_string()
}

/// Lists the rows or columns that are right.
fn only(right: &[usize], all: usize, what: &str) -> String {
    let are = if right.len() == 1 { "is" } else { "are" };
    let list = right.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
    format!("Only {} of {all} {what} {are} right, counted from 0: {list}.", right.len())
}

/// Describes a received matrix that is the expected one times or plus a constant; `None` for any other matrix.
fn factor(received: &Matrix, expected: &Matrix, same: &dyn Fn(&Matrix) -> bool) -> Option<String> {
    let place = (0..expected.as_slice().len()).find(|&i| expected.as_slice()[i].abs() > 1e-3)?;
    let (x, y) = (received.as_slice()[place], expected.as_slice()[place]);
    let (ratio, rows) = (x / y, expected.rows() as f64);
    if same(&expected.map(|x| -x)) {
        return Some("The sign is wrong. This is the expected result times −1.".to_string());
    }
    if expected.as_slice().len() == 1 {
        return None; // any number is a multiple of any other
    }
    if same(&expected.map(|x| ratio * x)) {
        let batch = (ratio * rows - 1.0).abs() < 1e-9 && rows > 1.0;
        let reason =
            if batch { format!(" The result is divided by {rows}, the number of rows.") } else { String::new() };
        return Some(format!("Every element is the expected one times {}.{reason}", rounded(ratio)));
    }
    same(&expected.map(|y_i| y_i + (x - y)))
        .then(|| format!("Every element is the expected one plus {}.", rounded(x - y)))
}

/// Says where the first difference is, and shows both elements with all digits.
pub fn first_difference(received: &Matrix, expected: &Matrix) -> String {
    if received.shape() != expected.shape() {
        return String::new();
    }
    let places = (0..expected.rows()).flat_map(|i| (0..expected.columns()).map(move |j| (i, j)));
    let differs = |&(i, j): &(usize, usize)| !close(&[received[(i, j)]], &[expected[(i, j)]]);
    let Some((i, j)) = places.into_iter().find(differs) else { return String::new() };
    let (received, expected) = (received[(i, j)], expected[(i, j)]);
    format!(
        "\nfirst difference in row {i}, column {j} (counted from 0): expected {expected:?}, received {received:?}\n"
    )
}

fn close(received: &[f64], expected: &[f64]) -> bool {
    received.iter().zip(expected).all(|(x, y)| x == y || (x - y).abs() <= 1e-9 * y.abs().max(1e-12))
}

fn rounded(x: f64) -> f64 {
    format!("{x:.6e}").parse().unwrap_or(x)
}

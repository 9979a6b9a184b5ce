#![allow(dead_code)] // not every test file uses everything

//! What several test files use: the independent oracle's values, and how near is near.

use feedforward::Matrix;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A matrix of the oracle: `tests/golden/NAME.csv`, computed by another framework's automatic differentiation in f64.
pub fn golden(name: &str) -> Matrix {
    let path = format!("{}/tests/golden/{name}.csv", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let number = |cell: &str| cell.parse::<f64>().unwrap_or_else(|error| panic!("{path}: {cell:?}: {error}"));
    let rows: Vec<Vec<f64>> = text.lines().map(|line| line.split(',').map(number).collect()).collect();
    Matrix::from_rows(rows)
}

/// Asserts that every element is within `tolerance` of the expected one, relative to it or to 1, whichever is larger.
#[track_caller]
pub fn assert_near(actual: &Matrix, expected: &Matrix, tolerance: f64) {
    assert_eq!(actual.shape(), expected.shape());
    for i in 0..expected.rows() {
        for (j, (a, e)) in actual[i].iter().zip(&expected[i]).enumerate() {
            assert!((a - e).abs() <= tolerance * e.abs().max(1.0), "({i}, {j}): {a:e}, expected {e:e}");
        }
    }
}

/// A directory of its own for a test, empty at first, and gone at the end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("feedforward-test-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Folder(path)
    }
}

impl Deref for Folder {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl AsRef<Path> for Folder {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

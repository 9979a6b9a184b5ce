#![allow(dead_code)] // not every test file uses everything

//! Helpers for several test files: the values of an independent oracle, a data source, comparisons, panic messages and directories.

use feedforward::{DataSource, Matrix};
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Reads a matrix of the oracle, `tests/golden/NAME.csv`. Another framework computed it by automatic differentiation in
/// f64.
pub fn golden(name: &str) -> Matrix {
    let path = format!("{}/tests/golden/{name}.csv", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let number = |cell: &str| cell.parse::<f64>().unwrap_or_else(|error| panic!("{path}: {cell:?}: {error}"));
    let rows: Vec<Vec<f64>> = text.lines().map(|line| line.split(',').map(number).collect()).collect();
    Matrix::from_rows(rows)
}

/// A data source that returns the same batch in every iteration.
#[derive(Debug)]
pub struct OneBatch(pub Matrix, pub Matrix);

impl DataSource for OneBatch {
    fn next_batch(&mut self) -> (Matrix, Matrix) {
        (self.0.clone(), self.1.clone())
    }
}

/// Asserts that every element is within `tolerance` of the expected one, relative to the larger of its absolute value
/// and 1.
#[track_caller]
pub fn assert_near(actual: &Matrix, expected: &Matrix, tolerance: f64) {
    assert_eq!(actual.shape(), expected.shape());
    for i in 0..expected.rows() {
        for (j, (a, e)) in actual[i].iter().zip(&expected[i]).enumerate() {
            assert!((a - e).abs() <= tolerance * e.abs().max(1.0), "({i}, {j}): {a:e}, expected {e:e}");
        }
    }
}

/// Runs `code`, which must panic, and returns the message of the panic.
#[track_caller]
pub fn panic_message<T>(code: impl FnOnce() -> T) -> String {
    let Err(payload) = catch_unwind(AssertUnwindSafe(code)) else { panic!("this should have panicked") };
    match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => payload.downcast_ref::<&str>().expect("a message of text").to_string(),
    }
}

/// Creates a named pipe.
#[cfg(unix)]
pub fn make_pipe(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.as_ref().is_ok_and(|status| status.success()), "mkfifo {}: {made:?}", path.display());
}

/// An empty temporary directory for one test, deleted at the end.
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

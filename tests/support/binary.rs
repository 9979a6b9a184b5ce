#![allow(dead_code)] // not every test file uses everything

//! Runs of the binary.

use std::process::{Command, Output};

/// A run of the binary with these words; its output is piped, so nothing is shown in place.
pub fn run(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_feedforward")).args(words).output().expect("the binary starts")
}

/// The output of a run that ends well.
#[track_caller]
pub fn output(words: &[&str]) -> String {
    let output = run(words);
    assert!(output.status.success() && output.stderr.is_empty(), "{words:?}: {output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The only line that a run writes to stderr, which ends with this exit code.
#[track_caller]
pub fn failure(words: &[&str], code: i32) -> String {
    let output = run(words);
    let stderr = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(code), "{words:?}: {stderr}");
    assert!(stderr.starts_with("feedforward: ") && stderr.ends_with('\n'), "{words:?}: {stderr}");
    assert_eq!(stderr.lines().count(), 1, "{words:?}: {stderr}");
    stderr
}

/// The two accuracies, in percent, of a run's line of them.
#[track_caller]
pub fn accuracies(output: &str) -> (f64, f64) {
    let line = output.lines().find(|line| line.starts_with("accuracy ")).expect("a line with the accuracy");
    let mut words = line.split_whitespace().filter_map(|word| word.parse().ok());
    (words.next().expect("on the training data"), words.next().expect("on the test data"))
}

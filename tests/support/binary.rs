#![allow(dead_code)] // no test file uses everything

//! Runs of the binary.

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Runs the binary with these words. Its output is piped, so no progress is shown in place.
pub fn run(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_feedforward")).args(words).output().expect("the binary starts")
}

/// Runs the binary with these words and this standard input.
pub fn run_with_input(words: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_feedforward"));
    let piped = command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("the binary starts");
    let _ = child.stdin.take().expect("piped").write_all(input.as_bytes()); // fails if the binary refuses the words first
    child.wait_with_output().expect("it ends")
}

/// The standard output of a successful run.
#[track_caller]
pub fn output(words: &[&str]) -> String {
    let output = run(words);
    assert!(output.status.success() && output.stderr.is_empty(), "{words:?}: {output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The standard error, one line, of a run that fails with this exit code.
#[track_caller]
pub fn failure(words: &[&str], code: i32) -> String {
    let output = run(words);
    let stderr = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(code), "{words:?}: {stderr}");
    assert!(stderr.starts_with("feedforward: ") && stderr.ends_with('\n'), "{words:?}: {stderr}");
    assert_eq!(stderr.lines().count(), 1, "{words:?}: {stderr}");
    stderr
}

/// The accuracy on the training, validation or test data, in percent.
#[track_caller]
pub fn accuracy(output: &str, part: &str) -> f64 {
    let line = output.lines().find(|line| line.starts_with("accuracy ")).expect("a line with the accuracy");
    let mut words = line.split_whitespace().skip_while(|word| *word != part);
    words.nth(1).and_then(|word| word.parse().ok()).expect(part)
}

/// The accuracies on the training and on the test data, in percent.
#[track_caller]
pub fn accuracies(output: &str) -> (f64, f64) {
    (accuracy(output, "training"), accuracy(output, "test"))
}

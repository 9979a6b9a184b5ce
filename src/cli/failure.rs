//! Why a command ended early, and the exit code that follows from it.

use crate::cli::format::escaped;
use crate::cli::in_place;
use feedforward::data::FileError;
use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// Why a command ended early. The message is one line.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The options or the input are wrong, and the user can correct them. Exit code 2.
    Usage(String),
    /// The run itself failed. Exit code 1.
    Run(String),
    /// The reader of the output is gone, as in `feedforward | head -3`. No message, exit code 0.
    Closed,
    /// The command went on to its end, but could not write everything. [`warn`] said what. Exit code 1.
    Reported,
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Failure {
        Failure::Usage(message.into())
    }
}

impl From<FileError> for Failure {
    /// An input file is wrong.
    fn from(error: FileError) -> Failure {
        Failure::Usage(error.to_string())
    }
}

impl From<io::Error> for Failure {
    /// Standard output cannot be written.
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            ErrorKind::BrokenPipe => Failure::Closed,
            _ => Failure::Run(format!("cannot write to standard output: {error}")),
        }
    }
}

/// The message about a file that cannot be written. `what` says what the file is for.
pub(crate) fn cannot_write(what: &str, path: &Path, error: impl Display) -> String {
    format!("cannot write {what} {}: {error}", path.display())
}

/// Prints a message to standard error, on its own line. Control characters, for example of a file's name, are escaped.
pub(crate) fn warn(message: &str) {
    let mut terminal = io::stderr();
    let clear = if in_place::is_possible(&terminal) { in_place::CLEAR } else { "" };
    let _ = writeln!(terminal, "{clear}feedforward: {}", escaped(message)); // if this fails too, only the exit code is left
}

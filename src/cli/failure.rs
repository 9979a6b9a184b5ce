//! Why a command ended early, and the exit code that follows from it.

use feedforward::data::FileError;
use std::io::{self, ErrorKind};
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

/// The message about a file that the system does not let us write. `what` says what the file is for.
pub(crate) fn cannot_write(what: &str, path: &Path, error: io::Error) -> String {
    format!("cannot write {what} {}: {error}", path.display())
}

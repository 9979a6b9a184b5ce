//! Errors about files.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An error in a file or directory: where it is, what is wrong, and what would be right.
#[derive(Clone, Debug)]
pub struct FileError {
    /// The file or directory.
    pub file: PathBuf,
    /// The place in the file.
    pub place: Place,
    /// What is wrong there, and what would be right.
    pub message: String,
    system: Option<Arc<io::Error>>,
}

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The file or directory as a whole.
    Whole,
    /// A line, counted from 1.
    Line(usize),
    /// A field of a table: its line and its column, both counted from 1.
    Field(usize, usize),
    /// A byte, counted from 0.
    Byte(usize),
}

impl FileError {
    pub(crate) fn new(file: &Path, place: Place, message: impl Into<String>) -> FileError {
        FileError { file: file.to_path_buf(), place, message: message.into(), system: None }
    }

    /// Creates an error from an operating-system error about the file.
    pub(crate) fn system(file: &Path, error: io::Error) -> FileError {
        let message = error.to_string();
        FileError { system: Some(Arc::new(error)), ..FileError::new(file, Place::Whole, message) }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        match self.place {
            Place::Whole => {}
            Place::Line(line) => write!(f, ", line {line}")?,
            Place::Field(line, column) => write!(f, ", line {line}, column {column}")?,
            Place::Byte(byte) => write!(f, ", byte {byte}")?,
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for FileError {
    /// The error of the operating system, if it refused to read or write the file.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.system.as_ref().map(|error| error.as_ref() as _)
    }
}

/// Reads the bytes of a file. Refuses directories, pipes and files compressed by gzip.
pub(crate) fn read(file: &Path) -> Result<Vec<u8>, FileError> {
    let system = |error| FileError::system(file, error);
    if !std::fs::metadata(file).map_err(system)?.is_file() {
        return Err(FileError::new(file, Place::Whole, "is not a file"));
    }
    let bytes = std::fs::read(file).map_err(system)?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let advice = format!("is compressed by gzip; unpack it first: gzip -d {}", file.display());
        return Err(FileError::new(file, Place::Whole, advice));
    }
    Ok(bytes)
}

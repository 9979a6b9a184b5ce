use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// What is wrong with a file, where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// The file, or the directory.
    pub file: PathBuf,
    /// Where in it.
    pub place: Place,
    /// What is wrong there, and what would be right.
    pub message: String,
}

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nowhere in particular.
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
        FileError { file: file.to_path_buf(), place, message: message.into() }
    }

    /// The system's refusal to read or write the file.
    pub(crate) fn system(file: &Path, error: io::Error) -> FileError {
        FileError::new(file, Place::Whole, error.to_string())
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

impl std::error::Error for FileError {}

/// The bytes of a file. A directory, or a pipe without an end, is refused, and so is a compressed file.
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

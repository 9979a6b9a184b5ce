//! Errors about files.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
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

/// Writes the file, the place and the message on one line. Control characters are escaped.
impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.place {
            Place::Whole => String::new(),
            Place::Line(line) => format!(", line {line}"),
            Place::Field(line, column) => format!(", line {line}, column {column}"),
            Place::Byte(byte) => format!(", byte {byte}"),
        };
        let line = format!("{}{place}: {}", self.file.display(), self.message);
        line.chars()
            .try_for_each(|c| if c.is_control() { write!(f, "{}", c.escape_default()) } else { write!(f, "{c}") })
    }
}

impl std::error::Error for FileError {
    /// The error of the operating system, if it refused to read or write the file.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.system.as_ref().map(|error| error.as_ref() as _)
    }
}

/// The most bytes that are read from something that is not a regular file, such as a pipe, which may never end.
const MOST_STREAMED: u64 = 1 << 30;

/// Reads the bytes of a file that the user names: a regular file, a pipe, or a device such as `/dev/stdin`. Refuses
/// directories and data compressed by gzip. Reads at most [`MOST_STREAMED`] bytes unless the file is regular.
pub(crate) fn read(file: &Path) -> Result<Vec<u8>, FileError> {
    let system = |error| FileError::system(file, error);
    let metadata = fs::metadata(file).map_err(system)?;
    if metadata.is_dir() {
        return Err(FileError::new(file, Place::Whole, "is a directory; expected a file"));
    }
    if !metadata.is_file() {
        return read_stream(File::open(file).map_err(system)?, file);
    }
    let bytes = fs::read(file).map_err(system)?;
    check_unpacked(&bytes, file, &format!(" {}", file.display()))?;
    Ok(bytes)
}

/// Reads the bytes of a stream, such as standard input, at most [`MOST_STREAMED`]. Refuses data compressed by gzip.
/// Errors name `file`.
pub(crate) fn read_stream(stream: impl Read, file: &Path) -> Result<Vec<u8>, FileError> {
    read_at_most(MOST_STREAMED, stream, file)
}

/// Reads the bytes of a file that belongs to a directory of images or to a model. Refuses everything but a regular file
/// without opening it, because a pipe may never give a byte, and refuses files compressed by gzip.
pub(crate) fn read_regular(file: &Path) -> Result<Vec<u8>, FileError> {
    if !fs::metadata(file).map_err(|error| FileError::system(file, error))?.is_file() {
        return Err(FileError::new(file, Place::Whole, "is not a regular file; expected one that holds data"));
    }
    read(file)
}

/// Reads the bytes of a stream, at most `limit`.
fn read_at_most(limit: u64, stream: impl Read, file: &Path) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    stream.take(limit + 1).read_to_end(&mut bytes).map_err(|error| FileError::system(file, error))?;
    if bytes.len() as u64 > limit {
        let message = format!("does not end within {limit} bytes; save the data in a regular file first");
        return Err(FileError::new(file, Place::Whole, message));
    }
    check_unpacked(&bytes, file, "")?;
    Ok(bytes)
}

/// Fails if the bytes are compressed by gzip. `argument` is what the command that unpacks them needs.
fn check_unpacked(bytes: &[u8], file: &Path, argument: &str) -> Result<(), FileError> {
    match bytes {
        [0x1f, 0x8b, ..] => {
            let message = format!("is compressed by gzip; unpack it first: gzip -d{argument}");
            Err(FileError::new(file, Place::Whole, message))
        }
        _ => Ok(()),
    }
}

/// Formats text for a message: on one line, and cut after 60 characters.
pub(crate) fn escaped(text: &str) -> String {
    let (shown, rest) = text.char_indices().nth(60).map_or((text, ""), |(end, _)| (&text[..end], "…"));
    let quoted = format!("{shown:?}");
    format!("{}{rest}", &quoted[1..quoted.len() - 1])
}

/// Formats text for a message like [`escaped`], in quotes.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_read_up_to_its_limit() {
        let read = |limit, bytes: &[u8]| read_at_most(limit, bytes, "pipe".as_ref());
        assert_eq!(read(0, &[]).unwrap(), []);
        assert_eq!(read(1000, &[7; 1000]).unwrap(), [7; 1000]);
        let error = read_at_most(1000, io::repeat(0), "pipe".as_ref()).unwrap_err().to_string();
        assert_eq!(error, "pipe: does not end within 1000 bytes; save the data in a regular file first");
        let error = read(1000, &[0x1f, 0x8b, 8]).unwrap_err().to_string();
        assert_eq!(error, "pipe: is compressed by gzip; unpack it first: gzip -d");
    }

    #[test]
    #[cfg(unix)]
    fn a_file_of_a_directory_must_be_regular() {
        let error = read_regular("/dev/zero".as_ref()).unwrap_err().to_string();
        assert_eq!(error, "/dev/zero: is not a regular file; expected one that holds data");
        assert_eq!(read("/dev/null".as_ref()).unwrap(), []);
    }

    #[test]
    fn an_error_is_one_line_whatever_the_name_of_the_file() {
        let error = FileError::new("a\r\nb\x1bö.csv".as_ref(), Place::Line(2), "is wrong");
        assert_eq!(error.to_string(), "a\\r\\nb\\u{1b}ö.csv, line 2: is wrong");
    }

    #[test]
    fn long_text_in_a_message_is_cut_and_line_breaks_are_escaped() {
        assert_eq!(quoted("two\nlines"), "\"two\\nlines\"");
        assert_eq!(quoted(&"ä".repeat(60)), format!("{:?}", "ä".repeat(60)));
        assert_eq!(quoted(&"ä".repeat(61)), format!("\"{}…\"", "ä".repeat(60)));
        assert_eq!((escaped("it's"), quoted("\"x\"")), ("it's".to_string(), format!("{:?}", "\"x\"")));
    }
}

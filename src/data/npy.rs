//! NumPy's `.npy` format, to exchange numbers with Python: reads what `np.save` writes and writes what `np.load` reads.
//!
//! Reads versions 1 to 3 of the format, elements of type `f4 f8 i1 i2 i4 i8 u1 u2 u4 u8` and booleans, in either byte
//! order and in C or Fortran order. Every array becomes a matrix: the first axis gives the rows, and the other axes are
//! flattened into columns. A vector of n numbers becomes n × 1, and 60000 × 28 × 28 images become 60000 × 784.
//!
//! ```
//! use feedforward::{Matrix, data::npy};
//!
//! let matrix = Matrix::from_rows([[1.0, 2.5], [-3.0, 4.0]]);
//! let bytes = npy::to_bytes(&matrix);
//! assert_eq!(npy::parse("matrix.npy".as_ref(), &bytes)?, matrix);
//! # Ok::<(), feedforward::data::FileError>(())
//! ```

use super::error::{self, FileError, Place};
use super::npy_header::{Header, MOST_EXACT};
use crate::Matrix;
use std::path::Path;

/// The first bytes of a `.npy` file.
const MAGIC: &[u8] = b"\x93NUMPY";

/// Reads an array from a file.
///
/// # Errors
/// If the file cannot be read or is not an array that this module reads. The error names the byte.
pub fn read(file: impl AsRef<Path>) -> Result<Matrix, FileError> {
    parse(file.as_ref(), &error::read(file.as_ref())?)
}

/// Writes a matrix to a file, as an array of `f8` in C order.
///
/// The file is overwritten in place, so a crash while writing can leave an incomplete file.
///
/// # Errors
/// If the file cannot be written.
pub fn write(file: impl AsRef<Path>, matrix: &Matrix) -> Result<(), FileError> {
    std::fs::write(file.as_ref(), to_bytes(matrix)).map_err(|error| FileError::system(file.as_ref(), error))
}

/// Returns the bytes that [`write()`] writes: version 1.0 of the format, like `np.save`.
#[must_use]
pub fn to_bytes(matrix: &Matrix) -> Vec<u8> {
    let (rows, columns) = matrix.shape();
    let mut header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    let length = (MAGIC.len() + 4 + header.len() + 1).next_multiple_of(64) - MAGIC.len() - 4;
    header = format!("{header:<width$}\n", width = length - 1);
    let mut bytes = [MAGIC, &[1, 0], &(length as u16).to_le_bytes(), header.as_bytes()].concat();
    bytes.extend(matrix.as_slice().iter().flat_map(|x| x.to_le_bytes()));
    bytes
}

/// Reads an array from bytes. Errors name `file`, which is not opened.
///
/// # Errors
/// If the bytes are not an array that this module reads, or the shape in the header does not account for every byte.
/// The error names the byte.
pub fn parse(file: &Path, bytes: &[u8]) -> Result<Matrix, FileError> {
    let wrong = |byte, message: String| FileError::new(file, Place::Byte(byte), message);
    let short = || wrong(bytes.len(), "the file ends within its header".to_string());
    if !bytes.starts_with(MAGIC) {
        return Err(wrong(0, "is not a .npy file, which starts with \\x93NUMPY".to_string()));
    }
    let (start, length) = match bytes.get(MAGIC.len()..MAGIC.len() + 6).ok_or_else(short)? {
        &[1, _, a, b, ..] => (10, u32::from_le_bytes([a, b, 0, 0])),
        &[2 | 3, ..] => match bytes.get(8..12).ok_or_else(short)? {
            &[a, b, c, d] => (12, u32::from_le_bytes([a, b, c, d])),
            _ => return Err(short()),
        },
        version => {
            return Err(wrong(6, format!("is version {} of the format; versions 1, 2 and 3 are read", version[0])));
        }
    };
    let end = start + length as usize;
    let text = bytes.get(start..end).ok_or_else(short)?;
    let header = Header::parse(text).map_err(|(at, message)| wrong(start + at, message))?;

    let elements = &bytes[end..];
    let expected = header.bytes();
    if expected != Some(elements.len()) {
        let expected = expected.map_or("more than any machine can hold".to_string(), |bytes| bytes.to_string());
        let (follow, shape) = (elements.len(), header.shape_text());
        return Err(wrong(end, format!("{follow} bytes of elements follow; the shape {shape} asks for {expected}")));
    }
    let mut values = Vec::with_capacity(elements.len() / header.kind.size);
    for (i, element) in elements.chunks_exact(header.kind.size).enumerate() {
        let value = header.kind.value(element).ok_or_else(|| {
            wrong(end + i * header.kind.size, format!("is an integer beyond ±{MOST_EXACT}, where an f64 is not exact"))
        })?;
        values.push(value);
    }
    let (rows, columns) = header
        .matrix_shape()
        .ok_or_else(|| wrong(end, "has more columns than this machine can address".to_string()))?;
    if header.fortran_order {
        values = c_order(&values, &header.shape);
    }
    Ok(Matrix::from_vec(rows, columns, values))
}

/// Reorders the elements of an array from Fortran order (first axis fastest) to C order (last axis fastest).
fn c_order(values: &[f64], shape: &[usize]) -> Vec<f64> {
    let mut ordered = Vec::with_capacity(values.len());
    let mut index = vec![0; shape.len()];
    for _ in values {
        let place = index.iter().zip(shape).rev().fold(0, |place, (i, size)| place * size + i);
        ordered.push(values[place]);
        for (i, &size) in index.iter_mut().zip(shape).rev() {
            *i = (*i + 1) % size;
            if *i > 0 {
                break;
            }
        }
    }
    ordered
}

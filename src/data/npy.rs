//! NumPy's `.npy`, so that numbers can be compared with Python's: read what `np.save` wrote, write what `np.load` reads.
//!
//! Versions 1 to 3 of the format are read, numbers of kind `f4 f8 i1 i2 i4 i8 u1 u2 u4 u8` and booleans, in either byte
//! order, in C and in Fortran order. Any array becomes a matrix: its first axis are the rows, the elements of the others
//! stand side by side in the columns. So a vector of n numbers is n × 1, and 60000 × 28 × 28 images are 60000 × 784.
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
use super::npy_header::Header;
use crate::Matrix;
use std::path::Path;

/// The first bytes of every `.npy` file.
const MAGIC: &[u8] = b"\x93NUMPY";
/// Whole numbers up to here are exact in an `f64`.
const MOST_EXACT: u64 = 1 << 53;

/// Reads the array in a file.
///
/// # Errors
/// What is wrong with the file, and where.
pub fn read(file: impl AsRef<Path>) -> Result<Matrix, FileError> {
    parse(file.as_ref(), &error::read(file.as_ref())?)
}

/// Writes a matrix as an array of `f8` in C order. Not for a file that must survive a crash: it is written in place.
///
/// # Errors
/// The system's refusal.
pub fn write(file: impl AsRef<Path>, matrix: &Matrix) -> Result<(), FileError> {
    std::fs::write(file.as_ref(), to_bytes(matrix)).map_err(|error| FileError::system(file.as_ref(), error))
}

/// The bytes that [`write()`] writes: version 1.0, as `np.save` does it.
pub fn to_bytes(matrix: &Matrix) -> Vec<u8> {
    let (rows, columns) = matrix.shape();
    let mut header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    let length = (MAGIC.len() + 4 + header.len() + 1).next_multiple_of(64) - MAGIC.len() - 4;
    header = format!("{header:<width$}\n", width = length - 1);
    let mut bytes = [MAGIC, &[1, 0], &(length as u16).to_le_bytes(), header.as_bytes()].concat();
    bytes.extend(matrix.as_slice().iter().flat_map(|x| x.to_le_bytes()));
    bytes
}

/// Reads the array in these bytes; the name of the file is for the errors.
///
/// # Errors
/// What is wrong with the bytes, and where. A shape is believed only if there are as many bytes as it asks for.
pub fn parse(file: &Path, bytes: &[u8]) -> Result<Matrix, FileError> {
    let wrong = |byte, message: String| FileError::new(file, Place::Byte(byte), message);
    let short = || wrong(bytes.len(), "the file ends here, within its header".to_string());
    if !bytes.starts_with(MAGIC) {
        return Err(wrong(0, "a .npy file starts with \\x93NUMPY".to_string()));
    }
    let (start, length) = match bytes.get(MAGIC.len()..MAGIC.len() + 6).ok_or_else(short)? {
        &[1, _, a, b, ..] => (10, u32::from_le_bytes([a, b, 0, 0])),
        &[2 | 3, ..] => match bytes.get(8..12).ok_or_else(short)? {
            &[a, b, c, d] => (12, u32::from_le_bytes([a, b, c, d])),
            _ => return Err(short()),
        },
        version => return Err(wrong(6, format!("version {} of the format; 1, 2 and 3 are read", version[0]))),
    };
    let end = start + length as usize;
    let text = bytes.get(start..end).ok_or_else(short)?;
    let header = Header::parse(text).map_err(|(at, message)| wrong(start + at, message))?;

    let elements = &bytes[end..];
    let expected = header.bytes();
    if expected != Some(elements.len()) {
        let expected = expected.map_or("more than fit any machine".to_string(), |bytes| bytes.to_string());
        let (follow, shape) = (elements.len(), header.shape_text());
        return Err(wrong(end, format!("{follow} bytes of elements follow; the shape {shape} asks for {expected}")));
    }
    let mut values = Vec::with_capacity(elements.len() / header.kind.size);
    for (i, element) in elements.chunks_exact(header.kind.size).enumerate() {
        let value = header.kind.value(element).ok_or_else(|| {
            wrong(
                end + i * header.kind.size,
                format!("a whole number beyond ±{MOST_EXACT}, which no f64 holds exactly"),
            )
        })?;
        values.push(value);
    }
    let (rows, columns) =
        header.matrix_shape().ok_or_else(|| wrong(end, "too many columns for any machine".to_string()))?;
    if header.fortran_order {
        values = c_order(&values, &header.shape);
    }
    Ok(Matrix::from_vec(rows, columns, values))
}

/// The elements with the last axis running fastest, of an array whose first axis runs fastest.
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

/// What the elements are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// `b` boolean, `i` signed, `u` unsigned, `f` floating.
    pub(super) letter: u8,
    /// Bytes an element.
    pub(super) size: usize,
    pub(super) big_endian: bool,
}

impl Kind {
    /// The number that these bytes are, if an `f64` holds it exactly.
    fn value(self, element: &[u8]) -> Option<f64> {
        let mut bytes = [0; 8]; // the element as a little-endian number of 8 bytes
        for (to, from) in bytes.iter_mut().zip(element) {
            *to = *from;
        }
        if self.big_endian {
            bytes[..self.size].reverse();
        }
        let bits = u64::from_le_bytes(bytes);
        let unused = 64 - 8 * self.size as u32;
        let signed = (bits << unused) as i64 >> unused; // its highest bit spread over the bytes that it has not
        match self.letter {
            b'f' if self.size == 4 => Some(f64::from(f32::from_bits(bits as u32))),
            b'f' => Some(f64::from_bits(bits)),
            b'i' => (signed.unsigned_abs() <= MOST_EXACT).then_some(signed as f64),
            b'b' => Some(f64::from(u8::from(bits != 0))),
            _ => (bits <= MOST_EXACT).then_some(bits as f64),
        }
    }
}

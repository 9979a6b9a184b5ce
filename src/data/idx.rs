//! IDX: the format of MNIST, Fashion-MNIST and EMNIST.
//!
//! A file starts with two zero bytes, a byte for the type of the elements, and a byte for the number of dimensions. The
//! size of each dimension follows as four bytes, most significant first, and then the elements. Only files of unsigned
//! bytes, the type of images and labels, are supported.
//!
//! [`read_directory`] reads a directory with the four files:
//!
//! ```no_run
//! let mnist = feedforward::data::idx::read_directory("mnist")?;
//! assert_eq!(mnist.train.inputs.shape(), (60000, 28 * 28));
//! assert_eq!(mnist.image, (28, 28));
//! # Ok::<(), feedforward::data::FileError>(())
//! ```

use super::error::{self, FileError, Place};
use super::{Dataset, Names, one_hot};
use crate::Matrix;
use std::path::{Path, PathBuf};

/// Images of handwritten digits, letters, clothes, …, split by their authors into training and test set.
#[derive(Clone, Debug, PartialEq)]
pub struct Images {
    /// The training set. Each row of its inputs holds the pixels of an image, row after row, with values 0 … 255.
    pub train: Dataset,
    /// The test set, in the same form.
    pub test: Dataset,
    /// The rows and columns of every image, in pixels.
    pub image: (usize, usize),
}

/// The contents of an IDX file: elements and their shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Array<'a> {
    /// The size of each dimension.
    pub shape: Vec<usize>,
    /// The elements, with the last dimension varying fastest.
    pub elements: &'a [u8],
}

/// Reads an array from bytes. Errors name `file`, which is not opened.
///
/// # Errors
/// If the bytes are not an IDX file of unsigned bytes, or the sizes in its header do not account for every byte. The
/// error names the byte.
pub fn parse<'a>(file: &Path, bytes: &'a [u8]) -> Result<Array<'a>, FileError> {
    let wrong = |byte, message: String| Err(FileError::new(file, Place::Byte(byte), message));
    let short = |needed| wrong(bytes.len(), format!("the file ends here; its header needs {needed} bytes"));
    let &[zero, nought, kind, dimensions, ref sizes @ ..] = bytes else { return short(4) };
    if (zero, nought) != (0, 0) {
        return wrong(0, format!("an IDX file starts with two bytes 0, not {zero} and {nought}"));
    }
    if kind != 8 {
        return wrong(2, format!("elements of type 0x{kind:02x}; only unsigned bytes, type 0x08, are read"));
    }
    let header = 4 + 4 * usize::from(dimensions);
    let Some(sizes) = sizes.get(..header - 4) else { return short(header) };
    let size = |bytes: &[u8]| bytes.iter().fold(0usize, |size, &byte| size << 8 | usize::from(byte));
    let shape: Vec<usize> = sizes.chunks(4).map(size).collect();
    let elements = &bytes[header..];
    let expected = shape.iter().try_fold(1usize, |product, &size| product.checked_mul(size));
    if expected != Some(elements.len()) {
        let expected = expected.map_or("more than any machine can hold".to_string(), |expected| expected.to_string());
        let shape = by(&shape);
        return wrong(header, format!("{} elements follow; the sizes {shape} ask for {expected}", elements.len()));
    }
    Ok(Array { shape, elements })
}

/// Reads the images and labels in a directory. `train-images-idx3-ubyte` and `train-labels-idx1-ubyte` are the training
/// set; the files of the test set begin with `t10k` or `test` instead. A name may have `.idx` instead of `-idx`, and a
/// prefix (as in EMNIST).
///
/// # Errors
/// If a file is missing or damaged, or the files do not fit each other. The error names the file.
pub fn read_directory(directory: impl AsRef<Path>) -> Result<Images, FileError> {
    let names = names(directory.as_ref())?;
    let find = |part: &[&str], what| find(directory.as_ref(), &names, part, what);
    let (train, test) = (&["train"][..], &["t10k", "test"][..]);
    let files = [
        find(train, "images-idx3")?,
        find(train, "labels-idx1")?,
        find(test, "images-idx3")?,
        find(test, "labels-idx1")?,
    ];
    let [train_labels, test_labels] = [read_labels(&files[1])?, read_labels(&files[3])?];
    let classes = train_labels.iter().chain(&test_labels).max().map_or(0, |&largest| largest + 1);

    let (train_inputs, image) = read_images(&files[0])?;
    let (test_inputs, test_image) = read_images(&files[2])?;
    if image != test_image {
        let message =
            format!("images of {}×{}, but the training images are {}×{}", test_image.0, test_image.1, image.0, image.1);
        return Err(FileError::new(&files[2], Place::Byte(8), message));
    }
    let dataset = |inputs: Matrix, labels: Vec<usize>, file: &Path| {
        if inputs.rows() != labels.len() {
            let message = format!("{} labels, but there are {} images", labels.len(), inputs.rows());
            return Err(FileError::new(file, Place::Byte(4), message));
        }
        Ok(Dataset::new(inputs, one_hot(&labels, classes), Names::of_classes(0..classes)))
    };
    let train = dataset(train_inputs, train_labels, &files[1])?;
    Ok(Images { train, test: dataset(test_inputs, test_labels, &files[3])?, image })
}

/// Returns whether the directory has a file of images in this format, compressed or not.
#[must_use]
pub fn is_directory(directory: impl AsRef<Path>) -> bool {
    names(directory.as_ref())
        .is_ok_and(|names| names.iter().any(|name| name.replace(".idx", "-idx").contains("images-idx3")))
}

/// Reads the images of a file, one per row, and returns them with the rows and columns of an image.
fn read_images(file: &Path) -> Result<(Matrix, (usize, usize)), FileError> {
    let bytes = error::read_regular(file)?;
    let array = parse(file, &bytes)?;
    let &[number, rows, columns] = &array.shape[..] else {
        let message = format!("{} dimensions; images have 3: their number, rows and columns", array.shape.len());
        return Err(FileError::new(file, Place::Byte(3), message));
    };
    if array.elements.is_empty() {
        let message = format!("has no pixels: its sizes are {}", by(&array.shape));
        return Err(FileError::new(file, Place::Byte(4), message));
    }
    let mut images = Matrix::zeros(number, rows * columns);
    images.as_mut_slice().iter_mut().zip(array.elements).for_each(|(value, &pixel)| *value = f64::from(pixel));
    Ok((images, (rows, columns)))
}

/// Reads the class of each image.
fn read_labels(file: &Path) -> Result<Vec<usize>, FileError> {
    let bytes = error::read_regular(file)?;
    let array = parse(file, &bytes)?;
    if array.shape.len() != 1 {
        let message = format!("{} dimensions; labels have 1", array.shape.len());
        return Err(FileError::new(file, Place::Byte(3), message));
    }
    Ok(array.elements.iter().map(|&label| usize::from(label)).collect())
}

/// Returns the names of the files in a directory, sorted.
fn names(directory: &Path) -> Result<Vec<String>, FileError> {
    let system = |error| FileError::system(directory, error);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(system)? {
        names.extend(entry.map_err(system)?.file_name().into_string());
    }
    names.sort();
    Ok(names)
}

/// Finds the file whose name has one of these `parts` (training or test) and `what` (images or labels).
fn find(directory: &Path, names: &[String], parts: &[&str], what: &str) -> Result<PathBuf, FileError> {
    let wanted: Vec<String> = parts.iter().map(|part| format!("{part}-{what}-ubyte")).collect();
    let ends = |name: &str, more: &str| {
        wanted.iter().any(|wanted| name.replace(".idx", "-idx").ends_with(&(wanted.clone() + more)))
    };
    let found: Vec<&String> = names.iter().filter(|name| ends(name, "")).collect();
    let message = match found[..] {
        [name] => return Ok(directory.join(name)),
        [] => match names.iter().find(|name| ends(name, ".gz")) {
            Some(name) => format!("{name} is compressed; unpack it first: gzip -d {}", directory.join(name).display()),
            None => format!("has no file {}", wanted.join(" or ")),
        },
        [one, other, ..] => format!("has more than one set of images: {one} and {other}; keep one set in a directory"),
    };
    Err(FileError::new(directory, Place::Whole, message))
}

/// Formats a shape, such as 60000 × 28 × 28. Of more than 8 sizes, only the first 8 are shown.
fn by(shape: &[usize]) -> String {
    let sizes: Vec<String> = shape.iter().take(8).map(usize::to_string).collect();
    sizes.join(" × ") + if shape.len() > 8 { " × …" } else { "" }
}

//! Data to train on: samples with labels, their split into parts, and the batches for a network.
//!
//! Iris and the digits are built in. Your own data can come from CSV, IDX or NPY files, or from matrices in memory:
//!
//! ```
//! use feedforward::Matrix;
//! use feedforward::data::{Dataset, Names, one_hot};
//!
//! let inputs = Matrix::from_rows([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
//! let xor = Dataset::new(inputs, one_hot(&[0, 1, 1, 0], 2), Names::of_classes(["equal", "different"]));
//! assert_eq!(xor.samples(), 4);
//! ```

mod columns;
pub mod csv;
mod digits;
pub(crate) mod error;
mod hints;
pub mod idx;
mod iris;
mod names;
pub mod npy;
mod npy_header;
mod records;
mod scaling;

pub(crate) use error::read_regular;
pub use error::{FileError, Place};
pub use names::Names;
pub use scaling::Scaling;

use crate::random::Random;
use crate::{DataSource, Matrix};
use std::fmt;
use std::sync::Arc;

/// Samples with the class of each, and the names of features and classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// The inputs, `samples × features`.
    pub inputs: Matrix,
    /// The labels, `samples × classes`, every row one-hot.
    pub labels: Matrix,
    /// The names of features, label and classes.
    pub names: Names,
}

impl Dataset {
    /// Creates a data set from inputs (`samples × features`), labels (`samples × classes`) and names.
    ///
    /// # Panics
    /// If inputs and labels do not have the same number of rows, a row of the labels is not one-hot, the number of
    /// class names is not the number of columns of the labels, the number of feature names is neither 0 nor the number
    /// of columns of the inputs, or two features or two classes have the same name.
    #[must_use]
    #[track_caller]
    pub fn new(inputs: Matrix, labels: Matrix, names: Names) -> Dataset {
        let ((m, features), (n, classes)) = (inputs.shape(), labels.shape());
        assert!(m == n, "Dataset::new: {m} inputs, but {n} labels");
        for (i, row) in labels.iter_rows().enumerate() {
            let one_hot = row.iter().all(|&y| y == 0.0 || y == 1.0) && row.iter().sum::<f64>() == 1.0;
            assert!(one_hot, "Dataset::new: row {i} of the labels is not one-hot: exactly one 1, and 0 elsewhere");
        }
        let (named, named_classes) = (names.features.len(), names.classes.len());
        assert!(named == 0 || named == features, "Dataset::new: {named} feature names for {features} features");
        assert!(named_classes == classes, "Dataset::new: {named_classes} class names for {classes} classes");
        if let Err(message) = names.check_distinct() {
            panic!("Dataset::new: {message}");
        }
        Dataset { inputs, labels, names }
    }

    /// Returns the number of samples.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.inputs.rows()
    }

    /// Copies the given samples, in the given order, into a new data set.
    ///
    /// # Panics
    /// If a sample does not exist.
    #[must_use]
    #[track_caller]
    pub fn select(&self, samples: &[usize]) -> Dataset {
        Dataset {
            inputs: self.inputs.select_rows(samples),
            labels: self.labels.select_rows(samples),
            names: self.names.clone(),
        }
    }

    /// Splits the samples at random into two sets: a `part` of them, and the rest.
    ///
    /// `part` is a fraction, 0 … 1. The number of samples in the first set is rounded to the nearest integer. The first
    /// set reuses the memory of this one.
    ///
    /// Split twice to get three sets. The network learns from the training set. Every choice, such as the learning
    /// rate, the size of the network or the number of epochs, is made on the validation set. The test set is used once,
    /// at the end. If you choose by the test set, its accuracy is too good, because the choice has been fitted to it.
    ///
    /// # Panics
    /// If `part` is not within 0 … 1.
    ///
    /// ```
    /// use feedforward::{data::Dataset, random::Random};
    ///
    /// let mut random = Random::new(1);
    /// let (rest, test) = Dataset::iris().split(2.0 / 3.0, &mut random);
    /// let (train, validation) = rest.split(0.8, &mut random);
    /// assert_eq!((train.samples(), validation.samples(), test.samples()), (80, 20, 50));
    /// ```
    #[must_use]
    #[track_caller]
    pub fn split(self, part: f64, random: &mut Random) -> (Dataset, Dataset) {
        assert!((0.0..=1.0).contains(&part), "Dataset::split: the part must be within 0 … 1, not {part}");
        let mut order: Vec<usize> = (0..self.samples()).collect();
        random.shuffle(&mut order);
        let count = (part * self.samples() as f64).round() as usize;
        let (inputs, other_inputs) = self.inputs.split_rows(&order, count);
        let (labels, other_labels) = self.labels.split_rows(&order, count);
        let rest = Dataset { inputs: other_inputs, labels: other_labels, names: self.names.clone() };
        (Dataset { inputs, labels, names: self.names }, rest)
    }
}

/// Creates one-hot labels (`samples × count`): row i has a 1 in column `classes[i]`, and 0 elsewhere.
///
/// # Panics
/// If a class is not less than `count`.
#[must_use]
#[track_caller]
pub fn one_hot(classes: &[usize], count: usize) -> Matrix {
    let mut labels = Matrix::zeros(classes.len(), count);
    for (i, &class) in classes.iter().enumerate() {
        assert!(class < count, "one_hot: sample {i} is of class {class}, but there are {count} classes");
        labels[(i, class)] = 1.0;
    }
    labels
}

/// A data source that returns a data set batch by batch, in a new random order every epoch.
///
/// If the number of samples is not a multiple of the batch size, the last batch of an epoch is smaller.
#[derive(Clone)]
pub struct Batches {
    data: Arc<Dataset>,
    batch_size: usize,
    random: Random,
    order: Vec<usize>,
    next: usize,
}

impl Batches {
    /// Creates batches of `batch_size` samples, or of all samples if there are fewer.
    ///
    /// Takes a data set, or an `Arc` of a data set that is also used elsewhere. The data set is not copied.
    ///
    /// # Panics
    /// If the data set is empty, `batch_size` is 0, or the number of labels is not the number of inputs.
    #[must_use]
    #[track_caller]
    pub fn new(data: impl Into<Arc<Dataset>>, batch_size: usize, random: Random) -> Batches {
        let data = data.into();
        let (samples, labels) = (data.samples(), data.labels.rows());
        assert!(samples == labels, "Batches::new: {samples} inputs, but {labels} labels");
        assert!(
            samples > 0 && batch_size > 0,
            "Batches::new: batches of {batch_size} out of {samples} samples; both must be at least 1"
        );
        Batches { order: (0..samples).collect(), next: samples, data, batch_size, random }
    }
}

impl DataSource for Batches {
    fn next_batch(&mut self) -> (Matrix, Matrix) {
        if self.next == self.order.len() {
            self.random.shuffle(&mut self.order);
            self.next = 0;
        }
        let end = self.order.len().min(self.next + self.batch_size);
        let batch = &self.order[self.next..end];
        self.next = end;
        (self.data.inputs.select_rows(batch), self.data.labels.select_rows(batch))
    }
}

/// Shows the number of samples instead of the samples.
impl fmt::Debug for Batches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Batches { data, batch_size, next, .. } = self;
        let (samples, classes) = (data.samples(), &data.names.classes);
        f.debug_struct("Batches")
            .field("samples", &samples)
            .field("classes", classes)
            .field("batch_size", batch_size)
            .field("next", next)
            .finish_non_exhaustive()
    }
}

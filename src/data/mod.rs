//! Data to train on: samples with labels, their split into a part to learn from and a part to be tested on, and the
//! batches that a network asks for. Iris is inside; data of your own come as CSV, IDX or NPY files.

pub mod csv;
mod digits;
mod error;
pub mod idx;
mod iris;
pub mod npy;
mod npy_header;
mod records;
mod scaling;

pub use error::{FileError, Place};
pub use scaling::Scaling;

use crate::random::Random;
use crate::{DataSource, Matrix};
use std::sync::Arc;

/// Samples, the class of each, and the classes' names.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// `samples × features`.
    pub inputs: Matrix,
    /// `samples × classes`, every row one-hot.
    pub labels: Matrix,
    /// One name for each class.
    pub class_names: Vec<String>,
}

impl Dataset {
    /// The number of samples.
    pub fn samples(&self) -> usize {
        self.inputs.rows()
    }

    /// Divides all inputs by the largest absolute value among them, so that they lie in −1 … 1, as the exercise asks.
    /// Where a test must not have been looked at before, learn the [`Scaling`] from the data to train on alone.
    pub fn divide_by_largest(&mut self) {
        Scaling::by_largest(&self.inputs).apply(&mut self.inputs);
    }

    /// The given samples, in the given order, as a data set of their own.
    #[track_caller]
    pub fn select(&self, samples: &[usize]) -> Dataset {
        Dataset {
            inputs: self.inputs.select_rows(samples),
            labels: self.labels.select_rows(samples),
            class_names: self.class_names.clone(),
        }
    }

    /// A random `part` of the samples (a fraction, rounded to whole samples) to train on, and the rest to test on.
    ///
    /// # Panics
    /// When `part` is not within 0 … 1.
    ///
    /// ```
    /// use feedforward::{data::Dataset, random::Random};
    ///
    /// let (train, test) = Dataset::iris().split(2.0 / 3.0, &mut Random::new(1));
    /// assert_eq!((train.samples(), test.samples()), (100, 50));
    /// ```
    #[track_caller]
    pub fn split(&self, part: f64, random: &mut Random) -> (Dataset, Dataset) {
        assert!((0.0..=1.0).contains(&part), "Dataset::split: {part} is not a part, within 0 … 1");
        let mut order: Vec<usize> = (0..self.samples()).collect();
        random.shuffle(&mut order);
        let (train, test) = order.split_at((part * self.samples() as f64).round() as usize);
        (self.select(train), self.select(test))
    }
}

/// One-hot rows: row i is 0 but for a 1 in column `classes[i]`.
///
/// # Panics
/// When a class is not below `number`.
#[track_caller]
pub fn one_hot(classes: &[usize], number: usize) -> Matrix {
    let mut labels = Matrix::zeros(classes.len(), number);
    for (i, &class) in classes.iter().enumerate() {
        assert!(class < number, "one_hot: class {class} of sample {i}, but there are {number} classes");
        labels[(i, class)] = 1.0;
    }
    labels
}

/// A data source that hands out a data set batch by batch, in a new random order every epoch. Where the batch size does
/// not divide the number of samples, the last batch of an epoch is smaller.
#[derive(Clone, Debug)]
pub struct Batches {
    data: Arc<Dataset>,
    batch_size: usize,
    random: Random,
    order: Vec<usize>,
    next: usize,
}

impl Batches {
    /// Batches of `batch_size` samples; all samples at once if there are fewer. Takes a data set, or an `Arc` of one
    /// that others look at too: data may be large, and are not copied.
    ///
    /// # Panics
    /// When the data set or a batch is empty, or when there are not as many labels as inputs.
    #[track_caller]
    pub fn new(data: impl Into<Arc<Dataset>>, batch_size: usize, random: Random) -> Batches {
        let data = data.into();
        let (samples, labels) = (data.samples(), data.labels.rows());
        assert!(samples == labels, "Batches::new: {samples} inputs, but {labels} labels");
        assert!(samples > 0 && batch_size > 0, "Batches::new: batches of {batch_size} out of {samples} samples");
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

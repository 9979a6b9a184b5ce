//! A trained network in files: one `.npy` file for each weight matrix, and a description that people can read.
//!
//! A [`Model`] is what a network of fully connected layers has learned, with what you need to use it: the scaling of
//! the inputs, and the names of features and classes. [`save`](Model::save) and [`load`](Model::load) store it in a
//! directory. `np.load` reads the weights as well.
//!
//! ```
//! use feedforward::Matrix;
//! use feedforward::data::{Names, Scaling};
//! use feedforward::model::Model;
//!
//! let weights = Matrix::from_rows([[1.0, -1.0], [0.5, 0.0]]); // one feature, two classes; the biases in the last row
//! let model = Model::new(vec![weights], Scaling::none(1), Names::of_classes(["large", "small"]));
//! let directory = std::env::temp_dir().join(format!("feedforward-model-{}", std::process::id()));
//! model.save(&directory)?;
//! let loaded = Model::load(&directory)?;
//! let inputs = Matrix::from_rows([[0.2], [-3.0]]);
//! assert_eq!(loaded.predict(inputs.clone()), model.predict(inputs)); // bit for bit
//! # std::fs::remove_dir_all(&directory).unwrap();
//! # Ok::<(), feedforward::data::FileError>(())
//! ```
//!
//! The directory contains these files. A new save uses another letter, and deletes the files with the old one:
//!
//! ```text
//! model.txt        the description: files, shapes, names of features and classes
//! layer1-a.npy     the weights of each layer, (inputs + 1) × outputs, with the biases in the last row
//! layer2-a.npy
//! scaling-a.npy    2 × features: the shift and the divisor of each feature
//! ```
//!
//! You can also write a description by hand, for weights from another program. Leave out the line `generation`, which
//! says that a save has created the files. Without it, no save deletes them.
//!
//! ```text
//! feedforward model, version 1
//! scaling scale.npy 2x4
//! weights first.npy 5x3
//! class setosa
//! class versicolor
//! class virginica
//! ```
//!
//! The lines `weights` are in the order of the layers. A line `feature` for each feature and a line `label` are
//! optional. In names, `\n`, `\r` and `\\` stand for line feed, carriage return and backslash. Lines that start with
//! `#` are comments.

mod description;
mod directory;
mod disk;
#[cfg(test)]
mod hook;
mod layers;
#[cfg(test)]
mod tests;

pub use layers::LAYERS;

use crate::data::{FileError, Names, Place, Scaling, npy};
use crate::{Layer, Matrix, NeuralNetwork};
use description::{Description, Entry};
use std::collections::HashSet;
use std::fs;
use std::path::Path;

/// A trained network of fully connected layers, a ReLU between each two, and softmax at the end, with the scaling of
/// its inputs and the names of features and classes.
#[derive(Debug)]
pub struct Model {
    layers: Vec<Box<dyn Layer>>,
    scaling: Scaling,
    names: Names,
}

impl Model {
    /// Creates a model from the weights of each layer (`(inputs + 1) × outputs`, the biases in the last row), the
    /// scaling of the inputs, and the names.
    ///
    /// # Panics
    /// If there are no weights; if a layer has no outputs; if the shapes do not fit each other: the features of the
    /// scaling, the weights of each layer, the number of names; or if two classes or two features have the same name.
    #[must_use]
    #[track_caller]
    pub fn new(weights: Vec<Matrix>, scaling: Scaling, names: Names) -> Model {
        let shapes: Vec<(usize, usize)> = weights.iter().map(Matrix::shape).collect();
        if let Err(message) = check_shapes(&shapes, scaling.as_matrix().columns(), &names) {
            panic!("Model::new: {message}");
        }
        Model { layers: layers::from_weights(weights), scaling, names }
    }

    /// Returns the weights of each fully connected layer, `(inputs + 1) × outputs`, the biases in the last row.
    pub fn weights(&self) -> impl Iterator<Item = &Matrix> {
        self.layers.iter().filter_map(|layer| layer.parameters()).map(|parameters| &parameters.weights)
    }

    /// Returns the scaling that [`predict`](Model::predict) applies to its inputs.
    #[must_use]
    pub fn scaling(&self) -> &Scaling {
        &self.scaling
    }

    /// Returns the names of features, label and classes.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Returns the number of features of a sample.
    #[must_use]
    pub fn features(&self) -> usize {
        self.scaling.as_matrix().columns()
    }

    /// Describes the layers on one line, such as `4 → fully connected → 3 → ReLU → fully connected → 3 → softmax`.
    #[must_use]
    pub fn describe(&self) -> String {
        layers::describe(self.features(), self.weights())
    }

    /// Returns the class probabilities (`samples × classes`) of unscaled inputs (`samples × features`). Scales the
    /// inputs and passes them through the layers.
    ///
    /// # Panics
    /// If the inputs have more or fewer features than the model.
    #[must_use]
    #[track_caller]
    pub fn predict(&self, mut inputs: Matrix) -> Matrix {
        self.scaling.apply(&mut inputs);
        self.layers.iter().fold(inputs, |output, layer| layer.predict(output))
    }

    /// Appends copies of the layers to a network, which can train them further. Its inputs must be scaled by the
    /// model's scaling.
    pub fn append_to(&self, network: &mut NeuralNetwork) {
        for layer in layers::from_weights(self.weights().cloned().collect()) {
            network.append_layer(layer);
        }
    }

    /// Saves the model in a directory. Creates the directory if it does not exist, and replaces a model in it.
    ///
    /// * **A crash, a kill or a power failure at any moment leaves the old model or the new one.** New files are
    ///   written beside the old ones. When they are on the disk, a new `model.txt`, which names them, replaces the old
    ///   one in one step. Then the old files are deleted. What an interrupted save has left is deleted by the next
    ///   save. The promise holds for a power failure if the system and the disk keep what they report as written.
    /// * **A save that fails, because the disk is full for example, leaves the old model**, and deletes what it has
    ///   created.
    /// * **Only the files of saved models are deleted or replaced**: `model.txt`, and the matrices that a `model.txt`
    ///   with a line `generation` names, if they have that letter in their names. Other files stay, even those of a
    ///   model that you have written by hand; only its `model.txt` is replaced.
    /// * **Two processes or threads can save in one directory.** The second one waits for the first, and fails if that
    ///   takes longer than about a second. The model saved last remains. This needs a system that can lock directories,
    ///   such as Linux or macOS with a local disk. On other systems, such as Windows, two processes must not save in
    ///   one directory at the same time.
    ///
    /// # Errors
    /// If a weight or a number of the scaling is not finite; if the directory contains a `model.txt` that is not a
    /// model or is damaged, or a `model.txt.new` or `model.txt.saving` that does not come from a save; if another save
    /// takes too long; or if a file cannot be written.
    pub fn save(&self, directory: impl AsRef<Path>) -> Result<(), FileError> {
        let directory = directory.as_ref();
        check_finite(self.weights())
            .and_then(|()| check_scaling(self.scaling.as_matrix().clone()).map(|_| ()))
            .map_err(|message| FileError::new(directory, Place::Whole, format!("not saved: {message}")))?;
        let scaling = self.scaling.as_matrix();
        let matrices: Vec<&Matrix> = self.weights().chain([scaling]).collect();
        let describe = |generation| Description::of_generation(generation, self.weights(), scaling, &self.names);
        directory::replace(directory, describe, &matrices)
    }

    /// Checks that [`save`](Model::save) can write to a directory, so that a long run does not fail at its end. Leaves
    /// no new file or directory, but deletes what an interrupted save has left.
    ///
    /// # Errors
    /// Like [`save`](Model::save).
    pub fn check_directory(directory: impl AsRef<Path>) -> Result<(), FileError> {
        directory::check(directory.as_ref())
    }

    /// Loads a model from a directory, even while another process saves there.
    ///
    /// # Errors
    /// If there is no model, a file is damaged or is not a regular file, the description names a file outside the
    /// directory or names a file twice, or shapes do not fit each other (the error names both).
    pub fn load(directory: impl AsRef<Path>) -> Result<Model, FileError> {
        let directory = disk::not_empty(directory.as_ref());
        let file = directory.join(description::FILE);
        // The contents and the time tell whether the model was replaced while it was read.
        let version = || {
            let time = fs::metadata(&file).and_then(|metadata| metadata.modified()).ok();
            disk::read_regular(&file).map(|bytes| (bytes, time)).map_err(|error| explain(directory, error))
        };
        let mut before = version()?;
        for _ in 0..100 {
            let loaded = Model::read(directory, &Description::parse(&file, &before.0)?);
            let after = version()?;
            if after == before {
                return loaded;
            }
            before = after;
        }
        Err(FileError::new(directory, Place::Whole, "the model is replaced again and again while it is read"))
    }

    /// Reads the files that a description names.
    fn read(directory: &Path, description: &Description) -> Result<Model, FileError> {
        let wrong = |file: &str, message| FileError::new(&directory.join(file), Place::Whole, message);
        let Description { weights, scaling, names, .. } = description;
        let shapes: Vec<(usize, usize)> = weights.iter().map(|entry| entry.shape).collect();
        check_shapes(&shapes, scaling.shape.1, names).map_err(|message| wrong(description::FILE, message))?;
        let mut known = HashSet::new(); // each file is read once, so memory is in proportion to the files
        let mut matrix = |entry: &Entry| {
            let file = directory.join(&entry.file);
            if !known.insert(fs::canonicalize(&file).map_err(|error| FileError::system(&file, error))?) {
                let message = format!("{} names this file twice, but each matrix needs its own", description::FILE);
                return Err(wrong(&entry.file, message));
            }
            let matrix = npy::parse(&file, &disk::read_regular(&file)?)?;
            let ((m, n), (p, q)) = (matrix.shape(), entry.shape);
            if (m, n) != (p, q) {
                let message = format!("the matrix is {m}×{n}, but {} says {p}×{q}", description::FILE);
                return Err(wrong(&entry.file, message));
            }
            Ok(matrix)
        };
        let weights = weights.iter().map(&mut matrix).collect::<Result<Vec<_>, _>>()?;
        check_finite(weights.iter()).map_err(|message| wrong(description::FILE, message))?;
        let scaling = check_scaling(matrix(scaling)?).map_err(|message| wrong(&scaling.file, message))?;
        Ok(Model { layers: layers::from_weights(weights), scaling, names: names.clone() })
    }
}

impl Clone for Model {
    fn clone(&self) -> Model {
        let layers = layers::from_weights(self.weights().cloned().collect());
        Model { layers, scaling: self.scaling.clone(), names: self.names.clone() }
    }
}

impl PartialEq for Model {
    /// Returns whether weights, scaling and names are equal.
    fn eq(&self, other: &Model) -> bool {
        self.weights().eq(other.weights()) && self.scaling == other.scaling && self.names == other.names
    }
}

/// Checks that the number of features, the shapes of the weights and the names fit each other, and that no name occurs
/// twice.
fn check_shapes(weights: &[(usize, usize)], features: usize, names: &Names) -> Result<(), String> {
    let mut inputs = features;
    for (&(rows, columns), layer) in weights.iter().zip(1..) {
        if rows.checked_sub(1) != Some(inputs) {
            let expected = inputs.saturating_add(1);
            return Err(format!(
                "the weights of layer {layer} are {rows}×{columns}, \
                 but must have {expected} rows for {inputs} inputs and the bias"
            ));
        }
        if columns == 0 {
            return Err(format!("the weights of layer {layer} are {rows}×0, but a layer needs at least one output"));
        }
        inputs = columns;
    }
    let (outputs, classes, named) = (inputs, names.classes.len(), names.features.len());
    if weights.is_empty() {
        return Err("there are no weights".to_string());
    }
    if classes != outputs {
        return Err(format!("there are {classes} class names, but the last layer has {outputs} outputs"));
    }
    if named != 0 && named != features {
        return Err(format!("there are {named} feature names, but the first layer has {features} inputs"));
    }
    names.check_distinct()
}

/// Checks that all weights are finite.
fn check_finite<'a>(weights: impl Iterator<Item = &'a Matrix>) -> Result<(), String> {
    for (weights, layer) in weights.zip(1..) {
        if !weights.as_slice().iter().all(|x| x.is_finite()) {
            return Err(format!("the weights of layer {layer} contain a number that is not finite"));
        }
    }
    Ok(())
}

/// Creates a scaling, if its numbers are usable.
fn check_scaling(rows: Matrix) -> Result<Scaling, String> {
    let message = "a scaling needs a row of finite shifts and a row of finite divisors other than 0";
    Scaling::from_matrix(rows).ok_or(message.to_string())
}

/// Explains why there is no description to read, or returns the error.
fn explain(directory: &Path, error: FileError) -> FileError {
    let message = if !directory.exists() {
        "does not exist".to_string()
    } else if !directory.is_dir() {
        "is not a directory".to_string()
    } else if matches!(disk::is_present(&directory.join(description::FILE)), Ok(false)) {
        format!("contains no model: there is no {}", description::FILE)
    } else {
        return error;
    };
    FileError::new(directory, Place::Whole, message)
}

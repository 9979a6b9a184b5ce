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

mod description;
mod layers;

pub use layers::LAYERS;

use crate::data::{FileError, Names, Place, Scaling, npy};
use crate::{Layer, Matrix, NeuralNetwork};
use description::{Description, Entry};
use std::fs::{self, File};
use std::io::Write;
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
    /// If there are no weights, or the shapes do not fit each other: the features of the scaling, the weights of each
    /// layer, the number of names.
    #[must_use]
    #[track_caller]
    pub fn new(weights: Vec<Matrix>, scaling: Scaling, names: Names) -> Model {
        let fits = check_shapes(&weights, &scaling, &names);
        fits.unwrap_or_else(|message| panic!("Model::new: {message}"));
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
    /// A crash or power failure at any moment leaves the old model or the new one. The weights are written to files
    /// with new names. When they are on the disk, the description, which names them, is replaced in one step. Then the
    /// old files are deleted. Two processes must not save in the same directory at the same time.
    ///
    /// # Errors
    /// If a weight is not finite, or a file cannot be written.
    pub fn save(&self, directory: impl AsRef<Path>) -> Result<(), FileError> {
        let directory = directory.as_ref();
        check_finite(self.weights())
            .map_err(|message| FileError::new(directory, Place::Whole, format!("not saved: {message}")))?;
        fs::create_dir_all(directory).map_err(|error| FileError::system(directory, error))?;
        let file = directory.join(description::FILE);
        let old = fs::read_to_string(&file).ok().and_then(|text| Description::parse(&file, &text).ok());
        let taken = old.as_ref().is_some_and(|old| old.scaling.file.contains("-a."));
        let generation = if taken { 'b' } else { 'a' };

        let store = |name: String, matrix: &Matrix| {
            let name = format!("{name}-{generation}.npy");
            write_through(&directory.join(&name), &npy::to_bytes(matrix))?;
            Ok(Entry { file: name, shape: matrix.shape() })
        };
        let layer = |(i, weights)| store(format!("layer{}", i + 1), weights);
        let new = Description {
            weights: self.weights().enumerate().map(layer).collect::<Result<_, _>>()?,
            scaling: store("scaling".to_string(), self.scaling.as_matrix())?,
            names: self.names.clone(),
        };
        let waiting = directory.join(format!("{}.new", description::FILE));
        write_through(&waiting, new.to_string().as_bytes())?;
        fs::rename(&waiting, &file).map_err(|error| FileError::system(&file, error))?;
        if let Ok(directory) = File::open(directory) {
            let _ = directory.sync_all(); // writes the new names to the disk, on systems that can do so for a directory
        }
        let kept = |file: &str| new.weights.iter().chain([&new.scaling]).any(|entry| entry.file == file);
        for Entry { file, .. } in old.iter().flat_map(|old| old.weights.iter().chain([&old.scaling])) {
            if !kept(file) {
                let _ = fs::remove_file(directory.join(file)); // leaving it behind is harmless
            }
        }
        Ok(())
    }

    /// Loads a model from a directory.
    ///
    /// # Errors
    /// If there is no model, a file is damaged, or shapes do not fit each other. An error about shapes names both.
    pub fn load(directory: impl AsRef<Path>) -> Result<Model, FileError> {
        let directory = directory.as_ref();
        let file = directory.join(description::FILE);
        let text = fs::read_to_string(&file).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => {
                FileError::new(directory, Place::Whole, format!("contains no model: there is no {}", description::FILE))
            }
            _ => FileError::system(&file, error),
        })?;
        let description = Description::parse(&file, &text)?;
        let matrix = |entry: &Entry| {
            let file = directory.join(&entry.file);
            let matrix = npy::read(&file)?;
            let ((m, n), (p, q)) = (matrix.shape(), entry.shape);
            let message = format!("the matrix is {m}×{n}, but {} says {p}×{q}", description::FILE);
            if (m, n) == (p, q) { Ok(matrix) } else { Err(FileError::new(&file, Place::Whole, message)) }
        };
        let weights = description.weights.iter().map(matrix).collect::<Result<Vec<_>, _>>()?;
        let scaling = Scaling::from_matrix(matrix(&description.scaling)?);
        let scaling = scaling.ok_or_else(|| {
            let message = "a scaling needs a row of finite shifts and a row of finite divisors other than 0";
            FileError::new(&directory.join(&description.scaling.file), Place::Whole, message)
        })?;
        check_shapes(&weights, &scaling, &description.names)
            .and_then(|()| check_finite(weights.iter()))
            .map_err(|message| FileError::new(&file, Place::Whole, message))?;
        Ok(Model { layers: layers::from_weights(weights), scaling, names: description.names })
    }
}

impl Clone for Model {
    fn clone(&self) -> Model {
        let layers = layers::from_weights(self.weights().cloned().collect());
        Model { layers, scaling: self.scaling.clone(), names: self.names.clone() }
    }
}

impl PartialEq for Model {
    /// Whether weights, scaling and names are equal.
    fn eq(&self, other: &Model) -> bool {
        self.weights().eq(other.weights()) && self.scaling == other.scaling && self.names == other.names
    }
}

/// Checks that the features of the scaling, the weights of each layer and the number of names fit each other.
fn check_shapes(weights: &[Matrix], scaling: &Scaling, names: &Names) -> Result<(), String> {
    let features = scaling.as_matrix().columns();
    let mut inputs = features;
    for (i, weights) in weights.iter().enumerate() {
        let (rows, columns) = weights.shape();
        if inputs + 1 != rows {
            let expected = inputs + 1;
            return Err(format!(
                "the weights of layer {} are {rows}×{columns}, \
                 but must have {expected} rows for {inputs} inputs and the bias",
                i + 1
            ));
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
    Ok(())
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

/// Writes a file and waits until it is on the disk.
fn write_through(file: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let write = || {
        let mut opened = File::create(file)?;
        opened.write_all(bytes)?;
        opened.sync_all()
    };
    write().map_err(|error| FileError::system(file, error))
}

//! A trained network in files: one `.npy` a weight matrix, and a description that a person can read.
//!
//! A [`Model`] is what a network of fully connected layers has learned, with what its user must know to use it: how the
//! inputs were scaled, and what the classes are called. [`save`](Model::save) and [`load`](Model::load) keep it in a
//! directory; `np.load` reads the weights too.
//!
//! ```
//! use feedforward::{Matrix, data::Scaling, model::Model};
//!
//! let model = Model {
//!     weights: vec![Matrix::from_rows([[1.0, -1.0], [0.5, 0.0]])], // one feature, two classes; the biases in the last row
//!     scaling: Scaling::none(1),
//!     class_names: vec!["large".to_string(), "small".to_string()],
//!     feature_names: Vec::new(),
//!     label_name: None,
//! };
//! let directory = std::env::temp_dir().join(format!("feedforward-model-{}", std::process::id()));
//! model.save(&directory)?;
//! let loaded = Model::load(&directory)?;
//! let inputs = Matrix::from_rows([[0.2], [-3.0]]);
//! assert_eq!(loaded.predict(inputs.clone()), model.predict(inputs)); // bit for bit
//! # std::fs::remove_dir_all(&directory).unwrap();
//! # Ok::<(), feedforward::data::FileError>(())
//! ```

mod description;

use crate::data::{FileError, Place, Scaling, npy};
use crate::{FullyConnected, Layer, Matrix, NeuralNetwork, Relu, Softmax};
use description::{Description, Entry};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

/// The weights of a network of fully connected layers with a ReLU between each two and a softmax behind the last, and
/// what belongs to them.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// The weights of each layer, `(inputs + 1) × outputs`, the biases in the last row.
    pub weights: Vec<Matrix>,
    /// What was done to the inputs before the first layer saw them.
    pub scaling: Scaling,
    /// A name for each output of the last layer.
    pub class_names: Vec<String>,
    /// A name for each input, or none at all.
    pub feature_names: Vec<String>,
    /// What the classes are classes of: the name of the label column.
    pub label_name: Option<String>,
}

impl Model {
    /// The number of values of a sample.
    pub fn features(&self) -> usize {
        self.scaling.numbers().columns()
    }

    /// The class probabilities (`samples × classes`) of inputs as they were measured (`samples × features`): scales them,
    /// and passes them through the layers.
    ///
    /// # Panics
    /// When the inputs have more or fewer features.
    #[track_caller]
    pub fn predict(&self, mut inputs: Matrix) -> Matrix {
        self.scaling.apply(&mut inputs);
        let mut output = inputs;
        for (i, weights) in self.weights.iter().enumerate() {
            if i > 0 {
                output = Relu::new().predict(output);
            }
            output = FullyConnected::from_weights(weights.clone()).predict(output);
        }
        Softmax::new().predict(output)
    }

    /// Appends the layers to a network, which can train them further. Its data must be scaled as the model says.
    pub fn append_to(&self, network: &mut NeuralNetwork) {
        for (i, weights) in self.weights.iter().enumerate() {
            if i > 0 {
                network.append_layer(Relu::new());
            }
            network.append_layer(FullyConnected::from_weights(weights.clone()));
        }
        network.append_layer(Softmax::new());
    }

    /// Whether the shapes fit each other and all numbers are finite; if not, what does not.
    fn check(&self) -> Result<(), String> {
        let mut below = self.features();
        for (i, weights) in self.weights.iter().enumerate() {
            let (rows, columns) = weights.shape();
            if below + 1 != rows {
                let expected = format!("{}×{columns}", below + 1);
                return Err(format!(
                    "the weights of layer {} are {rows}×{columns}, not {expected}: {below} inputs and the bias come from below",
                    i + 1
                ));
            }
            if !weights.as_slice().iter().all(|x| x.is_finite()) {
                return Err(format!("the weights of layer {} hold a number that is not finite", i + 1));
            }
            below = columns;
        }
        if self.weights.is_empty() || below != self.class_names.len() {
            return Err(format!(
                "{} classes are named, but the last layer has {below} outputs",
                self.class_names.len()
            ));
        }
        if !(self.feature_names.is_empty() || self.feature_names.len() == self.features()) {
            let (named, features) = (self.feature_names.len(), self.features());
            return Err(format!("{named} features are named, but the first layer has {features} inputs"));
        }
        Ok(())
    }

    /// Saves the model in a directory, which is created if there is none; a model that is there is replaced.
    ///
    /// A crash at any moment, or a loss of power, leaves the old model or the new one: the weights go into files of new
    /// names, and only when they are on the disk is the description, which names them, replaced in one step. Then the
    /// old files are deleted. Two processes must not save in one directory at the same time.
    ///
    /// # Errors
    /// When the model's shapes do not fit or a number is not finite, and when the system refuses to write.
    pub fn save(&self, directory: impl AsRef<Path>) -> Result<(), FileError> {
        let directory = directory.as_ref();
        self.check().map_err(|message| FileError::new(directory, Place::Whole, format!("not saved: {message}")))?;
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
            weights: self.weights.iter().enumerate().map(layer).collect::<Result<_, _>>()?,
            scaling: store("scaling".to_string(), self.scaling.numbers())?,
            class_names: self.class_names.clone(),
            feature_names: self.feature_names.clone(),
            label_name: self.label_name.clone(),
        };
        let waiting = directory.join(format!("{}.new", description::FILE));
        write_through(&waiting, new.to_string().as_bytes())?;
        fs::rename(&waiting, &file).map_err(|error| FileError::system(&file, error))?;
        if let Ok(directory) = File::open(directory) {
            let _ = directory.sync_all(); // the new names reach the disk; not every system can do this to a directory
        }
        let kept = |file: &str| new.weights.iter().chain([&new.scaling]).any(|entry| entry.file == file);
        for Entry { file, .. } in old.iter().flat_map(|old| old.weights.iter().chain([&old.scaling])) {
            if !kept(file) {
                let _ = fs::remove_file(directory.join(file)); // nobody needs it; if it stays, nobody minds
            }
        }
        Ok(())
    }

    /// Loads the model that was saved in a directory.
    ///
    /// # Errors
    /// When there is none, when a file is damaged, and when shapes do not fit, with both shapes.
    pub fn load(directory: impl AsRef<Path>) -> Result<Model, FileError> {
        let directory = directory.as_ref();
        let file = directory.join(description::FILE);
        let text = fs::read_to_string(&file).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => {
                FileError::new(directory, Place::Whole, format!("holds no model: there is no {}", description::FILE))
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
        let weights = description.weights.iter().map(matrix).collect::<Result<_, _>>()?;
        let scaling = Scaling::from_numbers(matrix(&description.scaling)?);
        let scaling = scaling.ok_or_else(|| {
            let message = "a scaling is a row of finite shifts and a row of finite divisors that are not 0";
            FileError::new(&directory.join(&description.scaling.file), Place::Whole, message)
        })?;
        let Description { class_names, feature_names, label_name, .. } = description;
        let model = Model { weights, scaling, class_names, feature_names, label_name };
        model.check().map_err(|message| FileError::new(&file, Place::Whole, message))?;
        Ok(model)
    }
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

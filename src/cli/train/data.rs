//! The data of a run: read, split into a training and a test part, and scaled.

use super::options::Options;
use super::settings::Scale;
use crate::cli::data::{Files, Input, check_features};
use crate::cli::failure::Failure;
use crate::cli::format::{plural, quoted};
use feedforward::Matrix;
use feedforward::data::csv::{self, Label};
use feedforward::data::{Dataset, Scaling, idx, one_hot};
use feedforward::model::Model;
use feedforward::random::Random;
use std::sync::Arc;

/// The data of a run, scaled.
pub(crate) struct Data {
    /// The name of the data set.
    pub(crate) name: String,
    pub(crate) train: Arc<Dataset>,
    pub(crate) test: Dataset,
    /// The scaling of the inputs, learned on the training part or taken from the loaded model.
    pub(crate) scaling: Scaling,
    /// Rows and columns, if the samples are images.
    pub(crate) image: Option<(usize, usize)>,
}

impl Data {
    /// Reads the data, splits them unless they come in two parts, and scales them. A loaded model defines the scaling
    /// and the order of the classes.
    pub(crate) fn read(options: &Options, model: Option<&Model>, random: &mut Random) -> Result<Data, Failure> {
        let name = options.input.name();
        let (mut train, mut test, image) = read(options, model, random)?;
        if train.samples() == 0 || test.samples() == 0 {
            return Err(Failure::usage(format!(
                "{name}: {} to train on and {} to test on; each part needs at least one",
                plural(train.samples(), "sample", "samples"),
                test.samples()
            )));
        }
        if let Some(model) = model {
            (train, test) = (with_classes_of(model, train, &name)?, with_classes_of(model, test, &name)?);
        }
        let scaling = match (model, options.settings.scale) {
            (Some(model), _) => model.scaling().clone(),
            (None, Scale::Largest) => Scaling::by_largest(&train.inputs),
            (None, Scale::Standardise) => Scaling::standardise(&train.inputs),
            (None, Scale::None) => Scaling::none(train.inputs.columns()),
        };
        scaling.apply(&mut train.inputs);
        scaling.apply(&mut test.inputs);
        Ok(Data { name, train: Arc::new(train), test, scaling, image })
    }

    /// The names of the classes.
    pub(crate) fn classes(&self) -> &[String] {
        &self.train.names.classes
    }

    /// A model with these weights, for these data.
    pub(crate) fn model(&self, weights: Vec<Matrix>) -> Model {
        Model::new(weights, self.scaling.clone(), self.train.names.clone())
    }
}

/// Training data, test data and, if the samples are images, their rows and columns.
type Parts = (Dataset, Dataset, Option<(usize, usize)>);

/// Reads the data in two parts.
fn read(options: &Options, model: Option<&Model>, random: &mut Random) -> Result<Parts, Failure> {
    let (whole, image) = match &options.input {
        Input::Iris => (Dataset::iris(), None),
        Input::Digits => (Dataset::digits(), Some((8, 8))),
        Input::Files(Files::Csv(file)) => {
            (csv::read(file, &options.csv.choose(model, Label::Last))?.into_dataset(), None)
        }
        Input::Files(Files::Images(directory)) => {
            let images = idx::read_directory(directory)?;
            return Ok((images.train, images.test, Some(images.image)));
        }
    };
    let (train, test) = whole.split(1.0 - options.test, random);
    Ok((train, test, image))
}

/// The data with the classes of the model, which may have more. Fails if the model does not fit the data.
fn with_classes_of(model: &Model, mut data: Dataset, name: &str) -> Result<Dataset, Failure> {
    check_features(name, &data.inputs, model, "")?;
    if data.names.classes != model.names().classes {
        let position = |class: &String| {
            let position = model.names().classes.iter().position(|known| known == class);
            position.ok_or_else(|| {
                let known = model.names().classes.join(", ");
                Failure::usage(format!("{name}: the model does not know the class {}; it knows {known}", quoted(class)))
            })
        };
        let positions = data.names.classes.iter().map(position).collect::<Result<Vec<usize>, _>>()?;
        let classes: Vec<usize> = data.labels.row_argmax().into_iter().map(|class| positions[class]).collect();
        data.labels = one_hot(&classes, model.names().classes.len());
        data.names.classes = model.names().classes.clone();
    }
    Ok(data)
}

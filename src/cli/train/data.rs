//! The data of a run: read, split into training, validation and test data, and scaled.

use super::options::{HEADER, Options, SEED, TEST, VALIDATION};
use super::settings::Scale;
use crate::cli::data::{Files, Input, advice, check_features, read_table};
use crate::cli::failure::Failure;
use crate::cli::format::{few, number, plural, quoted};
use feedforward::Matrix;
use feedforward::data::csv::Label;
use feedforward::data::{Dataset, Scaling, idx, one_hot};
use feedforward::model::Model;
use feedforward::random::Random;
use std::sync::Arc;

/// The data of a run, scaled.
pub(crate) struct Data {
    /// The name of the data set.
    pub(crate) name: String,
    pub(crate) train: Arc<Dataset>,
    /// The samples to compare settings with. `None`: all samples but the test data are training data.
    pub(crate) validation: Option<Dataset>,
    /// The samples for the test at the end. Nothing else may use them.
    pub(crate) test: Dataset,
    /// The scaling of the inputs, learned on the training part or taken from the loaded model.
    pub(crate) scaling: Scaling,
    /// Rows and columns, if the samples are images.
    pub(crate) image: Option<(usize, usize)>,
    /// What looks wrong in the table, a line each.
    pub(crate) notes: Vec<String>,
}

/// The samples on which a run measures its network after every epoch.
pub(crate) struct Watched<'a> {
    /// Which samples they are, in one word.
    pub(crate) name: &'static str,
    pub(crate) samples: &'a Dataset,
}

impl Data {
    /// Reads the data, splits them, and scales them by what the training data say. A loaded model defines the scaling
    /// and the order of the classes.
    pub(crate) fn read(options: &Options, model: Option<&Model>, random: &mut Random) -> Result<Data, Failure> {
        let name = options.input.name();
        let Parts { train, test, image, mut notes } = read(options, model, random)?;
        notes.extend(doubt_label(train.names.classes.len(), train.samples() + test.samples()));
        let (train, validation) = match options.settings.validation {
            0.0 => (train, None),
            part => {
                let (train, validation) = train.split(1.0 - part, random);
                (train, Some(validation))
            }
        };
        check_sizes(&name, &train, validation.as_ref(), &test)?;
        let scaling = match (model, options.settings.scale) {
            (Some(model), _) => model.scaling().clone(),
            (None, Scale::Largest) => Scaling::by_largest(&train.inputs),
            (None, Scale::Standardise) => Scaling::standardise(&train.inputs),
            (None, Scale::None) => Scaling::none(train.inputs.columns()),
        };
        let prepared = |mut part: Dataset| {
            if let Some(model) = model {
                take_names_of(model, &mut part, &name)?;
            }
            scaling.apply(&mut part.inputs);
            check_range(&name, &part)?;
            Ok::<Dataset, Failure>(part)
        };
        let validation = validation.map(prepared).transpose()?;
        let (train, test) = (Arc::new(prepared(train)?), prepared(test)?);
        Ok(Data { name, train, validation, test, scaling, image, notes })
    }

    /// The validation data, or the training data if there are none. Never the test data, because users choose settings
    /// by what they see.
    pub(crate) fn watched(&self) -> Watched<'_> {
        match &self.validation {
            Some(samples) => Watched { name: "validation", samples },
            None => Watched { name: "training", samples: &self.train },
        }
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

/// The data as read.
struct Parts {
    train: Dataset,
    test: Dataset,
    image: Option<(usize, usize)>,
    notes: Vec<String>,
}

/// Reads the data in two parts.
fn read(options: &Options, model: Option<&Model>, random: &mut Random) -> Result<Parts, Failure> {
    let mut notes = Vec::new();
    let (whole, image) = match &options.input {
        Input::Iris => (Dataset::iris(), None),
        Input::Digits => (Dataset::digits(), Some((8, 8))),
        Input::Files(Files::Images(directory)) => {
            let images = idx::read_directory(directory)?;
            return Ok(Parts { train: images.train, test: images.test, image: Some(images.image), notes: Vec::new() });
        }
        Input::Files(table) => {
            let table = read_table(table.path(), &options.csv.choose(model, Label::NamedOrLast, Label::Last))?;
            notes = table.hints.iter().map(|hint| advice(hint, &HEADER)).collect();
            (table.into_dataset(), None)
        }
    };
    if model.is_some() {
        notes.push(format!(
            "If the model was trained on these samples with another {} or {}, it knows some of the test data.",
            SEED.name, TEST.name
        ));
    }
    let (train, test) = whole.split(1.0 - options.test, random);
    Ok(Parts { train, test, image, notes })
}

/// A note if the label gives `samples` samples too few or too many `classes`.
fn doubt_label(classes: usize, samples: usize) -> Option<String> {
    if classes == 1 {
        return Some("All samples have the same class, so there is nothing to learn. Is this the label?".to_string());
    }
    (2 * classes > samples).then(|| format!("{samples} samples have {classes} classes. Is this the label?"))
}

/// Fails if a part has no sample.
fn check_sizes(name: &str, train: &Dataset, validation: Option<&Dataset>, test: &Dataset) -> Result<(), Failure> {
    let parts = [Some(train), validation, Some(test)];
    if parts.into_iter().flatten().all(|part| part.samples() > 0) {
        return Ok(());
    }
    let validation = match validation {
        Some(part) => format!(", {} for validation ({} 0 needs none)", part.samples(), VALIDATION.name),
        None => String::new(),
    };
    let train = plural(train.samples(), "sample", "samples");
    Err(Failure::usage(format!(
        "{name}: {train} to train on{validation} and {} to test on; each part needs at least one",
        test.samples()
    )))
}

/// The largest scaled input. The products and sums of a network with weights of a usual size are far from overflow.
const LARGEST: f64 = 1e100;

/// Fails if a scaled input is too large to compute with.
fn check_range(name: &str, data: &Dataset) -> Result<(), Failure> {
    if data.inputs.max_abs() <= LARGEST {
        return Ok(());
    }
    let too_large = |row: &[f64]| row.iter().position(|x| x.abs() > LARGEST || x.is_nan());
    let feature = data.inputs.iter_rows().find_map(too_large).expect("an input that is too large");
    let named = data.names.features.get(feature).map_or(String::new(), |name| format!(", {},", quoted(name)));
    Err(Failure::Usage(format!(
        "{name}: feature {}{named} has a number that is too large; after scaling, none may exceed {}",
        feature + 1,
        number(LARGEST)
    )))
}

/// Gives the data the classes of the model, which may have more, and the names of its features. Fails if the model does
/// not fit the data.
fn take_names_of(model: &Model, data: &mut Dataset, name: &str) -> Result<(), Failure> {
    check_features(name, &data.inputs, model, "")?;
    let (expected, features) = (&model.names().features, &data.names.features);
    if !expected.is_empty() && !features.is_empty() && expected != features {
        let (expected, features) = (few(expected), few(features));
        return Err(Failure::Usage(format!("{name}: the features are {features}, but the model takes {expected}")));
    }
    let known = &model.names().classes;
    let position = |class: &String| {
        let position = known.iter().position(|known| known == class);
        let unknown =
            || format!("{name}: the model does not know the class {}; it knows {}", quoted(class), few(known));
        position.ok_or_else(|| Failure::Usage(unknown()))
    };
    let positions = data.names.classes.iter().map(position).collect::<Result<Vec<usize>, _>>()?;
    let classes: Vec<usize> = data.labels.row_argmax().into_iter().map(|class| positions[class]).collect();
    data.labels = one_hot(&classes, known.len());
    data.names = model.names().clone();
    Ok(())
}

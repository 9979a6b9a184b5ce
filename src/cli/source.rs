//! What to train on: a data set that is inside, a directory of images, or a CSV file, in two parts and scaled.

use super::Failure;
use super::options::{Words, nearest};
use super::settings::Settings;
use feedforward::Matrix;
use feedforward::data::csv::{self, Label, Options};
use feedforward::data::{Dataset, Names, Scaling, idx, one_hot};
use feedforward::model::Model;
use feedforward::random::Random;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The data sets that are inside.
const INSIDE: [&str; 2] = ["iris", "digits"];

/// Where data come from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Iris,
    Digits,
    Images(PathBuf),
    Csv(PathBuf),
}

impl Kind {
    /// What the word names.
    pub(crate) fn named(word: &str) -> Result<Kind, Failure> {
        let path = PathBuf::from(word);
        match word {
            "iris" => Ok(Kind::Iris),
            "digits" => Ok(Kind::Digits),
            _ if path.is_dir() => Ok(Kind::Images(path)),
            _ if path.exists() => Ok(Kind::Csv(path)),
            _ => Err(Failure::Usage(match nearest(word, INSIDE.into_iter()) {
                Some(name) => format!("there is no file {word:?}; did you mean {name}?"),
                None => format!("there is no file or directory {word:?}; the data sets inside are iris and digits"),
            })),
        }
    }

    fn name(&self) -> String {
        match self {
            Kind::Iris => "iris".to_string(),
            Kind::Digits => "digits".to_string(),
            Kind::Images(path) | Kind::Csv(path) => {
                path.file_name().map_or(path.display().to_string(), |name| name.to_string_lossy().into_owned())
            }
        }
    }
}

/// How to scale the inputs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scale {
    Largest,
    Standardise,
    None,
}

impl Scale {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Scale::Largest => "largest",
            Scale::Standardise => "standardise",
            Scale::None => "none",
        }
    }
}

impl FromStr for Scale {
    type Err = ();

    fn from_str(text: &str) -> Result<Scale, ()> {
        [Scale::Largest, Scale::Standardise, Scale::None].into_iter().find(|scale| scale.name() == text).ok_or(())
    }
}

/// Data in two parts, scaled, and what is known about them.
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) train: Dataset,
    pub(crate) test: Dataset,
    pub(crate) scaling: Scaling,
    pub(crate) names: Names,
    /// Rows and columns, if the samples are images.
    pub(crate) image: Option<(usize, usize)>,
}

impl Source {
    /// Reads the data and splits them, unless they come in two parts. A model that was loaded says how to scale them and
    /// which class is which; otherwise the part to train on does.
    pub(crate) fn read(
        kind: &Kind,
        words: &Words,
        settings: &Settings,
        model: Option<&Model>,
        random: &mut Random,
    ) -> Result<Source, Failure> {
        if !matches!(kind, Kind::Csv(_)) {
            refuse_choice(words, &kind.name())?;
        }
        let part = words.value("--test", "a number between 0 and 1", |part| 0.0 < *part && *part < 1.0)?;
        let mut image = None;
        let whole = match kind {
            Kind::Iris => Dataset::iris(),
            Kind::Digits => {
                image = Some((8, 8));
                Dataset::digits()
            }
            Kind::Csv(file) => csv::read(file, &choice(words, model)?)?.into_dataset(),
            Kind::Images(directory) => {
                if part.is_some() {
                    return Err(Failure::usage("--test: a directory of images has a test part of its own"));
                }
                let images = idx::read_directory(directory)?;
                return Source::scaled(kind, images.train, images.test, settings, model, Some(images.image));
            }
        };
        let (train, test) = whole.split(1.0 - part.unwrap_or(1.0 / 3.0), random);
        if train.samples() == 0 || test.samples() == 0 {
            let (train, test) = (train.samples(), test.samples());
            let message =
                format!("{}: {train} samples to train on and {test} to test on; each part needs some", kind.name());
            return Err(Failure::Usage(message));
        }
        Source::scaled(kind, train, test, settings, model, image)
    }

    fn scaled(
        kind: &Kind,
        mut train: Dataset,
        mut test: Dataset,
        settings: &Settings,
        model: Option<&Model>,
        image: Option<(usize, usize)>,
    ) -> Result<Source, Failure> {
        if let Some(model) = model {
            (train, test) = (like(model, train)?, like(model, test)?);
        }
        let scaling = match (model, settings.scale) {
            (Some(model), _) => model.scaling().clone(),
            (None, Scale::Largest) => Scaling::by_largest(&train.inputs),
            (None, Scale::Standardise) => Scaling::standardise(&train.inputs),
            (None, Scale::None) => Scaling::none(train.inputs.columns()),
        };
        scaling.apply(&mut train.inputs);
        scaling.apply(&mut test.inputs);
        Ok(Source { name: kind.name(), names: train.names.clone(), train, test, scaling, image })
    }
}

/// Fails if options say what to take from a CSV file, and the data are something else.
pub(crate) fn refuse_choice(words: &Words, data: &str) -> Result<(), Failure> {
    match ["--label", "--header"].into_iter().find(|name| words.has(name)) {
        Some(name) => Err(Failure::Usage(format!("{name} is for CSV files, not for {data}"))),
        None => Ok(()),
    }
}

/// What to take from a CSV file.
pub(crate) fn choice(words: &Words, model: Option<&Model>) -> Result<Options, Failure> {
    let header = words.value("--header", "yes or no", |word: &String| word == "yes" || word == "no")?;
    Ok(Options {
        header: header.map(|word| word == "yes"),
        label: words.text("--label").map_or(Label::Last, |name| Label::Column(name.to_string())),
        features: model.map_or(Vec::new(), |model| model.names().features.clone()),
    })
}

/// The data with the classes of the model, which may know more of them. Fails if the shapes do not fit.
fn like(model: &Model, mut data: Dataset) -> Result<Dataset, Failure> {
    let ((samples, features), (rows, columns)) =
        (data.inputs.shape(), (model.features() + 1, model.weights().next().map_or(0, Matrix::columns)));
    if features + 1 != rows {
        return Err(Failure::Usage(format!(
            "the data are {samples}×{features}, but the model's first layer is {rows}×{columns} and takes {} features",
            rows - 1
        )));
    }
    if data.names.classes != model.names().classes {
        let known = |name: &String| {
            model.names().classes.iter().position(|known| known == name).ok_or_else(|| {
                let known = model.names().classes.join(", ");
                Failure::Usage(format!(
                    "the data have a class {name:?}, which the model does not know; it knows {known}"
                ))
            })
        };
        let places = data.names.classes.iter().map(known).collect::<Result<Vec<usize>, _>>()?;
        let classes: Vec<usize> = data.labels.row_argmax().into_iter().map(|class| places[class]).collect();
        data.labels = one_hot(&classes, model.names().classes.len());
        data.names.classes = model.names().classes.clone();
    }
    Ok(data)
}

/// Whether the word names something to train on.
pub(crate) fn is_data(word: &str) -> bool {
    INSIDE.contains(&word) || Path::new(word).exists()
}

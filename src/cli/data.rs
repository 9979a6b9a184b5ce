//! Where samples come from: a built-in data set, a directory of images or a CSV file; and how to read a CSV file.

use crate::cli::args::{Arguments, OptionSpec, nearest};
use crate::cli::failure::Failure;
use crate::cli::format::{plural, quoted};
use feedforward::Matrix;
use feedforward::data::csv::{self, Features, Label};
use feedforward::model::Model;
use std::path::{Path, PathBuf};

/// The names of the built-in data sets.
const BUILT_IN: [&str; 2] = ["iris", "digits"];

/// Samples to train on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Input {
    /// The built-in Iris data set.
    Iris,
    /// The built-in images of handwritten digits.
    Digits,
    Files(Files),
}

/// Samples in files.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Files {
    /// A directory of images in the IDX format.
    Images(PathBuf),
    Csv(PathBuf),
}

impl Input {
    /// The data set that the word names.
    pub(crate) fn named(word: &str) -> Result<Input, Failure> {
        match word {
            "iris" => Ok(Input::Iris),
            "digits" => Ok(Input::Digits),
            _ if Path::new(word).exists() => Ok(Input::Files(Files::at(word))),
            _ => Err(Failure::usage(match nearest(word, BUILT_IN.into_iter()) {
                Some(name) => format!("there is no file {}; did you mean {name}?", quoted(word)),
                None => format!(
                    "there is no file or directory {}; the built-in data sets are {}",
                    quoted(word),
                    BUILT_IN.join(" and ")
                ),
            })),
        }
    }

    /// The name of the data set, or of its file or directory.
    pub(crate) fn name(&self) -> String {
        match self {
            Input::Iris => "iris".to_string(),
            Input::Digits => "digits".to_string(),
            Input::Files(Files::Images(path) | Files::Csv(path)) => {
                path.file_name().map_or(path.display().to_string(), |name| name.to_string_lossy().into_owned())
            }
        }
    }

    /// Whether the word names something to train on.
    pub(crate) fn exists(word: &str) -> bool {
        BUILT_IN.contains(&word) || Path::new(word).exists()
    }
}

impl Files {
    /// Images if the path is a directory, otherwise a CSV file.
    pub(crate) fn at(path: impl Into<PathBuf>) -> Files {
        let path = path.into();
        if path.is_dir() { Files::Images(path) } else { Files::Csv(path) }
    }
}

/// How to read a CSV file, as given on the command line.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CsvOptions {
    /// The name or the number of the label column.
    label: Option<String>,
    /// Whether the first line is a header. `None`: detected.
    header: Option<bool>,
}

impl CsvOptions {
    /// Reads the two options. If the data are not a CSV file, `other` names them, and both options are refused.
    pub(crate) fn parse(
        arguments: &Arguments,
        label: &OptionSpec,
        header: &OptionSpec,
        other: Option<String>,
    ) -> Result<CsvOptions, Failure> {
        if let (Some(data), Some(option)) = (other, [label, header].into_iter().find(|option| arguments.has(option))) {
            return Err(Failure::usage(format!("{} is for CSV files, not for {data}", option.name)));
        }
        Ok(CsvOptions {
            label: arguments.text(label).map(str::to_string),
            header: arguments.choice(header, &[("yes", true), ("no", false)])?,
        })
    }

    /// Which columns to read. The features are those of the model, if it names them. The label is the column that the
    /// user names, or else `otherwise`.
    pub(crate) fn choose(&self, model: Option<&Model>, otherwise: Label) -> csv::Options {
        csv::Options {
            header: self.header,
            label: self.label.clone().map_or(otherwise, Label::Column),
            features: match model.map(|model| &model.names().features) {
                Some(names) if !names.is_empty() => Features::NamedOrOthers(names.clone()),
                _ => Features::Others,
            },
        }
    }
}

/// Fails if the model cannot take these inputs (`samples × features`); `data` names them. The message ends with the
/// hint if the inputs have exactly one feature too many.
pub(crate) fn check_features(data: &str, inputs: &Matrix, model: &Model, hint: &str) -> Result<(), Failure> {
    let (features, expected) = (inputs.columns(), model.features());
    if features == expected {
        return Ok(());
    }
    let hint = if features == expected + 1 { hint } else { "" };
    let features = plural(features, "feature", "features");
    Err(Failure::usage(format!("{data}: the samples have {features}, but the model takes {expected}{hint}")))
}

//! Where samples come from: a built-in data set, a directory of images or a table; and how to read a table.

use crate::cli::args::{Arguments, OptionSpec, nearest};
use crate::cli::failure::Failure;
use crate::cli::format::{plural, quoted};
use feedforward::Matrix;
use feedforward::data::FileError;
use feedforward::data::csv::{self, Features, Hint, Label, Table};
use feedforward::model::Model;
use std::fmt;
use std::io;
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
    /// A table.
    Csv(PathBuf),
    /// A table on standard input.
    StandardInput,
}

/// The word for a table on standard input.
pub(crate) const STANDARD_INPUT: &str = "-";

impl Input {
    /// The data set that the word names.
    pub(crate) fn named(word: &str) -> Result<Input, Failure> {
        match word {
            "iris" => Ok(Input::Iris),
            "digits" => Ok(Input::Digits),
            _ if Files::exist(word) => Ok(Input::Files(Files::at(word))),
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
            Input::Files(files) => match files.path().and_then(Path::file_name) {
                Some(name) => name.to_string_lossy().into_owned(),
                None => files.to_string(),
            },
        }
    }

    /// Whether the word names something to train on.
    pub(crate) fn exists(word: &str) -> bool {
        BUILT_IN.contains(&word) || Files::exist(word)
    }
}

impl Files {
    /// Standard input for `-`, images if the word is the path of a directory, otherwise a table.
    pub(crate) fn at(word: &str) -> Files {
        match PathBuf::from(word) {
            _ if word == STANDARD_INPUT => Files::StandardInput,
            path if path.is_dir() => Files::Images(path),
            path => Files::Csv(path),
        }
    }

    /// Whether the word names something to read.
    pub(crate) fn exist(word: &str) -> bool {
        word == STANDARD_INPUT || Path::new(word).try_exists().unwrap_or(true) // reading it gives the error
    }

    /// The file or directory, if there is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Files::Images(path) | Files::Csv(path) => Some(path),
            Files::StandardInput => None,
        }
    }
}

/// Writes the path, or `standard input`.
impl fmt::Display for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path() {
            Some(path) => write!(f, "{}", path.display()),
            None => write!(f, "standard input"),
        }
    }
}

/// Reads the table in a file, or on standard input if there is no path.
pub(crate) fn read_table(file: Option<&Path>, options: &csv::Options) -> Result<Table, FileError> {
    match file {
        Some(file) => csv::read(file, options),
        None => csv::read_from(io::stdin().lock(), Files::StandardInput.to_string().as_ref(), options),
    }
}

/// What a table's hint says, and what to type.
pub(crate) fn advice(hint: &Hint, header: &OptionSpec) -> String {
    match hint {
        Hint::PerhapsHeader { .. } => format!("{hint} If so: {} yes", header.name),
        Hint::PerhapsSample { .. } => format!("{hint} If so: {} no", header.name),
        Hint::PerhapsIndex { .. } | Hint::PerhapsOneClass { .. } => hint.to_string(),
    }
}

/// How to read a table, as given on the command line.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CsvOptions {
    /// The name or the number of the label column.
    label: Option<String>,
    /// Whether the first line is a header. `None`: detected.
    header: Option<bool>,
}

impl CsvOptions {
    /// Reads the two options. If the data are not a table, `other` names them, and both options are refused.
    pub(crate) fn parse(
        arguments: &Arguments,
        label: &OptionSpec,
        header: &OptionSpec,
        other: Option<String>,
    ) -> Result<CsvOptions, Failure> {
        if let (Some(data), Some(option)) = (other, [label, header].into_iter().find(|option| arguments.has(option))) {
            return Err(Failure::usage(format!("{} is for tables, not for {data}", option.name)));
        }
        Ok(CsvOptions {
            label: arguments.text(label).map(str::to_string),
            header: arguments.choice(header, &[("yes", true), ("no", false)])?,
        })
    }

    /// Which columns to read. The features are those of the model, if it names them. The label is the column that the
    /// user names, or else the model's, which `named` chooses, or else `unnamed`.
    pub(crate) fn choose(
        &self,
        model: Option<&Model>,
        named: impl Fn(String) -> Label,
        unnamed: Label,
    ) -> csv::Options {
        let of_model = model.and_then(|model| model.names().label.clone()).map_or(unnamed, named);
        csv::Options {
            header: self.header,
            label: self.label.clone().map_or(of_model, Label::Column),
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

//! The file that describes a model.

use super::{LAYERS, disk};
use crate::Matrix;
use crate::data::{FileError, Names, Place};
use std::fmt;
use std::path::{Component, Path};

/// The name of the description file in the directory of a model.
pub(super) const FILE: &str = "model.txt";
/// The first line of the file.
const TITLE: &str = "feedforward model, version 1";

/// The contents of the file: a line for each matrix, feature and class.
#[derive(Debug, PartialEq)]
pub(super) struct Description {
    /// The letter in the names of the files that a save has created, `None` in a description written by hand.
    pub(super) generation: Option<char>,
    pub(super) weights: Vec<Entry>,
    pub(super) scaling: Entry,
    pub(super) names: Names,
}

/// A file with a matrix, and the shape of the matrix.
#[derive(Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) file: String,
    pub(super) shape: (usize, usize),
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{TITLE}")?;
        if let Some(generation) = self.generation {
            writeln!(f, "generation {generation}")?;
        }
        writeln!(f, "# Each input x becomes (x - shift) / divisor; shifts and divisors are the rows of scaling.")?;
        writeln!(f, "# The layers are {LAYERS}.")?;
        writeln!(f, "# The biases are the last row of the weights.")?;
        let entries =
            [("scaling", &self.scaling)].into_iter().chain(self.weights.iter().map(|entry| ("weights", entry)));
        for (key, Entry { file, shape: (rows, columns) }) in entries {
            writeln!(f, "{key} {file} {rows}x{columns}")?;
        }
        let names = &self.names;
        for (key, names) in
            [("feature", &names.features[..]), ("label", names.label.as_slice()), ("class", &names.classes)]
        {
            for name in names {
                writeln!(f, "{key} {}", escape(name))?;
            }
        }
        Ok(())
    }
}

impl Description {
    /// Describes a model whose files a save creates, with the letter of this generation in their names.
    pub(super) fn of_generation<'a>(
        generation: char,
        weights: impl Iterator<Item = &'a Matrix>,
        scaling: &Matrix,
        names: &Names,
    ) -> Description {
        let layer = |(weights, i): (&Matrix, usize)| Entry { file: layer_file(i, generation), shape: weights.shape() };
        Description {
            generation: Some(generation),
            weights: weights.zip(1..).map(layer).collect(),
            scaling: Entry { file: scaling_file(generation), shape: scaling.shape() },
            names: names.clone(),
        }
    }

    /// Returns the names of all files, first those of the weights.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.weights.iter().chain([&self.scaling]).map(|entry| &*entry.file)
    }

    /// Returns the names of the files that a save has created. Only a save writes the line `generation`, and only files
    /// with the names that a save gives to this generation count.
    pub(super) fn saved_files(&self) -> Vec<String> {
        let Some(generation) = self.generation else { return Vec::new() };
        let expected = (1..=self.weights.len()).map(|i| layer_file(i, generation)).chain([scaling_file(generation)]);
        self.files().zip(expected).filter(|(file, expected)| file == expected).map(|(_, file)| file).collect()
    }

    pub(super) fn read(file: &Path) -> Result<Description, FileError> {
        Description::parse(file, &disk::read_regular(file)?)
    }

    pub(super) fn parse(file: &Path, bytes: &[u8]) -> Result<Description, FileError> {
        let wrong = |line, message: &str| FileError::new(file, Place::Line(line), message);
        if !has_title(bytes) {
            return Err(wrong(1, &format!("must be: {TITLE}")));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            FileError::new(file, Place::Byte(error.valid_up_to()), "is not UTF-8, the encoding of a description")
        })?;
        let (mut generation, mut weights, mut scaling, mut names) = (None, Vec::new(), None, Names::default());
        for (line, number) in text.lines().zip(1..).skip(1).filter(|(line, _)| !line.starts_with('#')) {
            let (key, value) = line.split_once(' ').unwrap_or((line, ""));
            let entry =
                || Entry::parse(value).ok_or_else(|| wrong(number, "must name a file and a shape, as in a.npy 2x3"));
            let letter = || letter(value).ok_or_else(|| wrong(number, "must name a letter, a to z"));
            let mut repeated = false;
            match key {
                "weights" => weights.push(entry()?),
                "class" => names.classes.push(unescape(value)),
                "feature" => names.features.push(unescape(value)),
                "generation" => repeated = generation.replace(letter()?).is_some(),
                "scaling" => repeated = scaling.replace(entry()?).is_some(),
                "label" => repeated = names.label.replace(unescape(value)).is_some(),
                _ => {
                    let message = "must start with weights, scaling, class, feature, label or generation";
                    return Err(wrong(number, message));
                }
            }
            if repeated {
                return Err(wrong(number, &format!("is the second line that starts with {key}")));
            }
        }
        let scaling = scaling.ok_or_else(|| FileError::new(file, Place::Whole, "has no line for the scaling"))?;
        Ok(Description { generation, weights, scaling, names })
    }
}

/// Returns whether the first line is that of a description.
pub(super) fn has_title(bytes: &[u8]) -> bool {
    let line = bytes.split(|&byte| byte == b'\n').next().unwrap_or(bytes);
    line.strip_suffix(b"\r").unwrap_or(line) == TITLE.as_bytes()
}

fn layer_file(layer: usize, generation: char) -> String {
    format!("layer{layer}-{generation}.npy")
}

fn scaling_file(generation: char) -> String {
    format!("scaling-{generation}.npy")
}

/// Returns whether a save can have given a file this name.
pub(super) fn is_saved_file(file: &str) -> bool {
    let Some((stem, generation)) = file.strip_suffix(".npy").and_then(|name| name.split_once('-')) else {
        return false;
    };
    let layer = stem.strip_prefix("layer").and_then(|number| number.parse().ok());
    letter(generation).is_some_and(|generation| {
        file == scaling_file(generation) || layer.is_some_and(|layer| file == layer_file(layer, generation))
    })
}

/// Returns the letter, a to z, that is the whole text.
fn letter(text: &str) -> Option<char> {
    text.parse().ok().filter(char::is_ascii_lowercase)
}

impl Entry {
    fn parse(text: &str) -> Option<Entry> {
        let (file, shape) = text.rsplit_once(' ')?;
        let (rows, columns) = shape.split_once('x')?;
        // Only files in the directory of the model. On Windows, the name must not start with a drive either.
        let name = matches!(Path::new(file).components().collect::<Vec<_>>()[..], [Component::Normal(_)]);
        let inside = name && !file.contains(['/', '\\']) && file.ends_with(".npy");
        inside.then_some(Entry { file: file.to_string(), shape: (rows.parse().ok()?, columns.parse().ok()?) })
    }
}

/// Escapes line breaks and backslashes, so that the name fits on one line.
fn escape(name: &str) -> String {
    name.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r")
}

/// Returns the name from the text that [`escape`] made of it.
fn unescape(text: &str) -> String {
    let mut name = String::new();
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match (c, if c == '\\' { characters.next() } else { None }) {
            (_, Some('n')) => name.push('\n'),
            (_, Some('r')) => name.push('\r'),
            (c, None) | (_, Some(c)) => name.push(c),
        }
    }
    name
}

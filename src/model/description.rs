//! The file that describes a model.

use super::LAYERS;
use crate::data::{FileError, Names, Place};
use std::fmt;
use std::path::Path;

/// The name of the description file in the directory of a model.
pub(super) const FILE: &str = "model.txt";
/// The first line of the file.
const TITLE: &str = "feedforward model, version 1";

/// The contents of the file: a line for each matrix, feature and class.
#[derive(Debug, PartialEq)]
pub(super) struct Description {
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
    pub(super) fn parse(file: &Path, text: &str) -> Result<Description, FileError> {
        let wrong = |line, message: &str| FileError::new(file, Place::Line(line), message);
        let mut lines = text.lines().zip(1..);
        if lines.next().is_none_or(|(title, _)| title != TITLE) {
            return Err(wrong(1, &format!("must be: {TITLE}")));
        }
        let (mut weights, mut scaling, mut names) = (Vec::new(), None, Names::default());
        for (line, number) in lines.filter(|(line, _)| !line.starts_with('#')) {
            let (key, value) = line.split_once(' ').unwrap_or((line, ""));
            let entry =
                || Entry::parse(value).ok_or_else(|| wrong(number, "must name a file and a shape, as in a.npy 2x3"));
            match key {
                "weights" => weights.push(entry()?),
                "scaling" => scaling = Some(entry()?),
                "class" => names.classes.push(unescape(value)),
                "feature" => names.features.push(unescape(value)),
                "label" => names.label = Some(unescape(value)),
                _ => return Err(wrong(number, "must start with weights, scaling, class, feature or label")),
            }
        }
        let scaling = scaling.ok_or_else(|| FileError::new(file, Place::Whole, "has no line for the scaling"))?;
        Ok(Description { weights, scaling, names })
    }
}

impl Entry {
    fn parse(text: &str) -> Option<Entry> {
        let (file, shape) = text.rsplit_once(' ')?;
        let (rows, columns) = shape.split_once('x')?;
        let inside = !file.contains(['/', '\\']) && file.ends_with(".npy"); // only files in the directory of the model
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

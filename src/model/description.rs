use crate::data::{FileError, Place};
use std::fmt;
use std::path::Path;

/// The name of the description in the directory of a model.
pub(super) const FILE: &str = "model.txt";
/// Its first line.
const TITLE: &str = "feedforward model, version 1";

/// What a model's directory holds: a line for each file, class and feature.
#[derive(Debug, PartialEq)]
pub(super) struct Description {
    pub(super) weights: Vec<Entry>,
    pub(super) scaling: Entry,
    pub(super) class_names: Vec<String>,
    pub(super) feature_names: Vec<String>,
    pub(super) label_name: Option<String>,
}

/// A file with a matrix, and the shape that it should have.
#[derive(Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) file: String,
    pub(super) shape: (usize, usize),
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{TITLE}")?;
        writeln!(
            f,
            "# Each input x becomes (x - shift) / divisor: the rows of scaling. Then fully connected layers follow,"
        )?;
        writeln!(
            f,
            "# the biases in the last row of their weights, a ReLU between each two, a softmax behind the last."
        )?;
        let entries =
            [("scaling", &self.scaling)].into_iter().chain(self.weights.iter().map(|entry| ("weights", entry)));
        for (key, Entry { file, shape: (rows, columns) }) in entries {
            writeln!(f, "{key} {file} {rows}x{columns}")?;
        }
        for (key, names) in
            [("feature", &self.feature_names[..]), ("label", self.label_name.as_slice()), ("class", &self.class_names)]
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
            return Err(wrong(1, &format!("is not {TITLE:?}")));
        }
        let (mut weights, mut scaling, mut label_name) = (Vec::new(), None, None);
        let (mut class_names, mut feature_names) = (Vec::new(), Vec::new());
        for (line, number) in lines.filter(|(line, _)| !line.starts_with('#')) {
            let (key, value) = line.split_once(' ').unwrap_or((line, ""));
            let entry = || {
                Entry::parse(value).ok_or_else(|| wrong(number, "is not a file's name and a shape, as in a.npy 2x3"))
            };
            match key {
                "weights" => weights.push(entry()?),
                "scaling" => scaling = Some(entry()?),
                "class" => class_names.push(unescape(value)),
                "feature" => feature_names.push(unescape(value)),
                "label" => label_name = Some(unescape(value)),
                _ => return Err(wrong(number, "starts with none of: weights, scaling, class, feature, label")),
            }
        }
        let scaling = scaling.ok_or_else(|| FileError::new(file, Place::Whole, "lacks the line of the scaling"))?;
        Ok(Description { weights, scaling, class_names, feature_names, label_name })
    }
}

impl Entry {
    fn parse(text: &str) -> Option<Entry> {
        let (file, shape) = text.rsplit_once(' ')?;
        let (rows, columns) = shape.split_once('x')?;
        let inside = !file.contains(['/', '\\']) && file.ends_with(".npy"); // in the model's directory, and nowhere else
        inside.then_some(Entry { file: file.to_string(), shape: (rows.parse().ok()?, columns.parse().ok()?) })
    }
}

/// The name on one line.
fn escape(name: &str) -> String {
    name.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r")
}

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

//! Tables as text: CSV, a sample a line.
//!
//! Fields are separated by commas; by semicolons or tabs if the first line has no comma. A field in double quotes may
//! hold separators, line breaks and, doubled, quotes. Lines end with LF or CRLF; blank ones are skipped, and so are blanks
//! around a field. The first line is taken for a header if none of its fields is a number.
//!
//! ```
//! use feedforward::data::csv::{self, Choice};
//!
//! let text = "length,width,kind\n5.1,3.5,setosa\n7.0,3.2,versicolor\n";
//! let table = csv::parse("flowers.csv".as_ref(), text.as_bytes(), &Choice::default())?;
//! assert_eq!(table.features, feedforward::Matrix::from_rows([[5.1, 3.5], [7.0, 3.2]]));
//! assert_eq!(table.class_names, ["setosa", "versicolor"]);
//!
//! let damaged = csv::parse("flowers.csv".as_ref(), b"1,2,a\n3,four,b\n", &Choice::default());
//! assert_eq!(damaged.unwrap_err().to_string(), "flowers.csv, line 2, column 2: \"four\" is not a finite number");
//! # Ok::<(), feedforward::data::FileError>(())
//! ```

use super::error::{self, FileError, Place};
use super::records::Records;
use super::{Dataset, one_hot};
use crate::Matrix;
use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

/// A label column with more different values than this is taken for a mistake: labels are one-hot, a number a class.
pub const MOST_CLASSES: usize = 256;

/// What to take from a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Whether the first line is a header; if not stated, that is detected.
    pub header: Option<bool>,
    /// The column of the classes.
    pub label: Label,
    /// The names of the columns of features, which may stand anywhere in the table. None: all but the label.
    pub features: Vec<String>,
}

/// Which column holds the classes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Label {
    /// The last.
    #[default]
    Last,
    /// The one of this name or, counted from 1, of this number.
    Column(String),
    /// The one of this name, if there is one.
    IfAny(String),
    /// No column: all are features.
    None,
}

/// A table: numbers, and perhaps a class for each row.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// `samples × features`.
    pub features: Matrix,
    /// The names of the features, if the table has a header.
    pub feature_names: Vec<String>,
    /// The class of each sample; empty if there is no column of them.
    pub classes: Vec<usize>,
    /// The names of the classes in order: of size if all are numbers, otherwise of the alphabet.
    pub class_names: Vec<String>,
    /// The name of the label column, if the table has one, and a header.
    pub label_name: Option<String>,
}

impl Table {
    /// The data set, its labels one-hot.
    ///
    /// # Panics
    /// When the table has no label column.
    #[track_caller]
    pub fn into_dataset(self) -> Dataset {
        assert!(self.classes.len() == self.features.rows(), "Table::into_dataset: the table has no labels");
        let labels = one_hot(&self.classes, self.class_names.len());
        Dataset { inputs: self.features, labels, class_names: self.class_names }
    }
}

/// Reads the table in a file.
///
/// # Errors
/// What is wrong with the file, with its line and column.
pub fn read(file: impl AsRef<Path>, choice: &Choice) -> Result<Table, FileError> {
    parse(file.as_ref(), &error::read(file.as_ref())?, choice)
}

/// Reads the table in these bytes; the name of the file is for the errors.
///
/// # Errors
/// What is wrong with the bytes, with their line and column.
pub fn parse(file: &Path, bytes: &[u8], choice: &Choice) -> Result<Table, FileError> {
    let wrong = |place, message: String| FileError::new(file, place, message);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = 1 + bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count();
        wrong(Place::Line(line), "is not UTF-8 text".to_string())
    })?;
    let mut records = Records::new(text);
    let mut fields = Vec::new();
    let mut next = |fields: &mut Vec<_>| records.next(fields).map_err(|(place, message)| wrong(place, message));

    let Some(mut line) = next(&mut fields)? else {
        return Err(wrong(Place::Whole, "holds no table: not one line with fields".to_string()));
    };
    let width = fields.len();
    let mut header = Vec::new();
    if choice.header.unwrap_or_else(|| fields.iter().all(|field| field.parse::<f64>().is_err())) {
        header = fields.iter().map(|field| field.to_string()).collect();
        line = next(&mut fields)?
            .ok_or_else(|| wrong(Place::Line(line), "is a header, and no line of numbers follows".to_string()))?;
    }
    let columns = Columns::choose(choice, &header, width).map_err(|message| wrong(Place::Line(1), message))?;

    let first = line;
    let mut values = Vec::new();
    let mut classes = Classes::default();
    loop {
        if fields.len() != width {
            let message = format!("has {} fields, the first line has {width}", fields.len());
            return Err(wrong(Place::Line(line), message));
        }
        for &column in &columns.features {
            let field: &Cow<str> = &fields[column];
            let value = field.parse().ok().filter(|value: &f64| value.is_finite()).ok_or_else(|| {
                let hint = if header.is_empty() && line == first { "; if this line is a header, state it" } else { "" };
                wrong(Place::Field(line, column + 1), format!("{field:?} is not a finite number{hint}"))
            })?;
            values.push(value);
        }
        if let Some(column) = columns.label {
            classes.add(&fields[column]).map_err(|message| wrong(Place::Field(line, column + 1), message))?;
        }
        match next(&mut fields)? {
            Some(following) => line = following,
            None => break,
        }
    }
    let (classes, class_names) = classes.sorted();
    let rows = values.len() / columns.features.len();
    Ok(Table {
        features: Matrix::from_vec(rows, columns.features.len(), values),
        feature_names: columns.features.iter().filter_map(|&column| header.get(column).cloned()).collect(),
        classes,
        class_names,
        label_name: columns.label.and_then(|label| header.get(label).cloned()),
    })
}

/// The classes of the samples, numbered as they were met.
#[derive(Default)]
struct Classes {
    known: HashMap<String, usize>,
    met: Vec<usize>,
}

impl Classes {
    fn add(&mut self, name: &str) -> Result<(), String> {
        if name.is_empty() {
            return Err("the label is empty; a class was expected".to_string());
        }
        let number = self.known.len();
        let class = self.known.get(name).copied().unwrap_or(number);
        if class == MOST_CLASSES {
            let advice = "is this the column of the classes?";
            return Err(format!("the label {name:?} is one more than {MOST_CLASSES} classes; {advice}"));
        }
        if class == number {
            self.known.insert(name.to_string(), number);
        }
        self.met.push(class);
        Ok(())
    }

    /// The class of each sample and the classes' names, now in the order of the names.
    fn sorted(self) -> (Vec<usize>, Vec<String>) {
        let mut names: Vec<(String, usize)> = self.known.into_iter().collect();
        let number = |name: &str| name.parse::<f64>().ok().filter(|number| !number.is_nan());
        if names.iter().all(|(name, _)| number(name).is_some()) {
            names.sort_by(|(a, _), (b, _)| number(a).partial_cmp(&number(b)).expect("numbers").then_with(|| a.cmp(b)));
        } else {
            names.sort();
        }
        let mut places = vec![0; names.len()];
        for (place, (_, class)) in names.iter().enumerate() {
            places[*class] = place;
        }
        let classes = self.met.into_iter().map(|class| places[class]).collect();
        (classes, names.into_iter().map(|(name, _)| name).collect())
    }
}

/// Which columns are what, counted from 0.
struct Columns {
    features: Vec<usize>,
    label: Option<usize>,
}

impl Columns {
    fn choose(choice: &Choice, header: &[String], width: usize) -> Result<Columns, String> {
        let named = |name: &str| header.iter().position(|column| column == name);
        let absent = |name: &str| match header {
            [] => format!("there is no column {name:?}: the table has no header, and {width} columns"),
            _ => format!("there is no column {name:?} among {}", header.join(", ")),
        };
        let label = match &choice.label {
            Label::Last => Some(width - 1),
            Label::None => None,
            Label::IfAny(name) => named(name),
            Label::Column(name) => {
                let numbered = || name.parse().ok().filter(|number| (1..=width).contains(number)).map(|n: usize| n - 1);
                Some(named(name).or_else(numbered).ok_or_else(|| absent(name))?)
            }
        };
        let features = if choice.features.is_empty() || header.is_empty() {
            (0..width).filter(|&column| Some(column) != label).collect()
        } else {
            choice.features.iter().map(|name| named(name).ok_or_else(|| absent(name))).collect::<Result<Vec<_>, _>>()?
        };
        if features.is_empty() {
            return Err(format!("the only column is the label {:?}: there are no features", header.first()));
        }
        Ok(Columns { features, label })
    }
}

/// The text as a field of a CSV file: in quotes if it must be.
pub fn field(text: &str) -> Cow<'_, str> {
    let plain = !text.contains([',', ';', '\t', '"', '\n', '\r']) && text.trim() == text;
    if plain { text.into() } else { format!("\"{}\"", text.replace('"', "\"\"")).into() }
}

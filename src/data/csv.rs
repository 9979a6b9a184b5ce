//! CSV: tables as text, one sample per line.
//!
//! Commas separate the fields; if the first line has no comma outside quotes, semicolons or tabs do. A number has a
//! decimal point: decimal commas separate nothing, as in `5,1;3,5;a`, and are refused. A field in double quotes may
//! contain separators, line breaks and quotes (doubled). Lines end with LF or CRLF. Blank lines are skipped, and so are
//! blanks around a field.
//!
//! ```
//! use feedforward::data::csv::{self, Options};
//!
//! let text = "length,width,kind\n5.1,3.5,setosa\n7.0,3.2,versicolor\n";
//! let table = csv::parse("flowers.csv".as_ref(), text.as_bytes(), &Options::default())?;
//! assert_eq!(table.features, feedforward::Matrix::from_rows([[5.1, 3.5], [7.0, 3.2]]));
//! assert_eq!(table.names.classes, ["setosa", "versicolor"]);
//!
//! let damaged = csv::parse("flowers.csv".as_ref(), b"5.1,3.5,a\n7.0,three,b\n", &Options::default());
//! assert_eq!(damaged.unwrap_err().to_string(), "flowers.csv, line 2, column 2: \"three\" is not a finite number");
//! # Ok::<(), feedforward::data::FileError>(())
//! ```
//!
//! # Header
//!
//! [`Options::header`] says whether the first line is a header. If it does not, these rules decide, in this order:
//!
//! 1. If no field of the line is a number, it is a header.
//! 2. If the line contains the names of all features that the options name, or the name of [`Label::Column`], and no
//!    other line does, it is a header.
//! 3. If the line counts its columns, it may be either. It counts them if it has at least two fields and each field
//!    that is a number is the number of its column, always counted from 0 or always from 1, as in `0,1,2,3,species`.
//!    pandas writes such a line if the columns have no names. pandas also writes an index without a name, so an empty
//!    first field is not counted. If the table has a label, the line is a header exactly if no other line has the same
//!    label. A table without a label is refused, because nothing can decide.
//! 4. Otherwise it is a sample. So is the only line of a table, unless one of the first two rules applies.
//!
//! `-0` and `1.0` are numbers but count no column. Quotes around a field make no difference. [`Table::hints`] says
//! whether the first line counts its columns, and whether it is read as a sample although no other line has its class.

pub use super::columns::{Features, Label, Options};
pub use super::hints::Hint;

use super::columns::{Columns, FirstLine};
use super::error::{self, FileError, Place, quoted};
use super::records::Records;
use super::{Dataset, Names, one_hot};
use crate::Matrix;
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

/// The most classes that a label column may have. A column with more distinct values is probably not a label, and each
/// class adds a column to the one-hot labels.
pub const MOST_CLASSES: usize = 256;

/// A table: the features of each sample, and its class if there is a label column.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The features, `samples × features`.
    pub features: Matrix,
    /// The class of each sample, an index into `names.classes`. Empty if there is no label column.
    pub classes: Vec<usize>,
    /// The names of features and label, if the table has a header, and those of the classes. Classes are in numerical
    /// order if all their names are numbers, otherwise in alphabetical order.
    pub names: Names,
    /// What looks wrong in the table although it can be read.
    pub hints: Vec<Hint>,
}

impl Table {
    /// Converts the table into a data set with one-hot labels.
    ///
    /// # Panics
    /// If the table has no label column.
    #[must_use]
    #[track_caller]
    pub fn into_dataset(self) -> Dataset {
        assert!(self.classes.len() == self.features.rows(), "Table::into_dataset: the table has no labels");
        let labels = one_hot(&self.classes, self.names.classes.len());
        Dataset::new(self.features, labels, self.names)
    }
}

/// Reads a table from a file.
///
/// # Errors
/// If the file cannot be read or is not a valid table. The error names the line and the column.
pub fn read(file: impl AsRef<Path>, options: &Options) -> Result<Table, FileError> {
    parse(file.as_ref(), &error::read(file.as_ref())?, options)
}

/// Reads a table from a stream, such as standard input. Errors name `file`, which is not opened.
///
/// # Errors
/// If the stream cannot be read, is longer than 1 GiB, or is not a valid table. The error names the line and the
/// column.
pub fn read_from(stream: impl Read, file: &Path, options: &Options) -> Result<Table, FileError> {
    parse(file, &error::read_stream(stream, file)?, options)
}

/// Reads a table from bytes. Errors name `file`, which is not opened.
///
/// # Errors
/// If the bytes are not a valid table. The error names the line and the column.
pub fn parse(file: &Path, bytes: &[u8], options: &Options) -> Result<Table, FileError> {
    let wrong = |place, message: String| FileError::new(file, place, message);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = 1 + bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count();
        wrong(Place::Line(line), "is not UTF-8 text".to_string())
    })?;
    let wrong_at = |(place, message)| wrong(place, message);
    let mut records = Records::new(text);
    let mut fields = Vec::new();
    let first = records
        .next(&mut fields)
        .map_err(wrong_at)?
        .ok_or_else(|| wrong(Place::Whole, "has no line with fields; a table has at least one sample".to_string()))?;
    let (mut line, width) = (first, fields.len());
    let first_line = match options.header {
        Some(true) => FirstLine::Header,
        Some(false) => FirstLine::Sample,
        None => FirstLine::detect(options, first, &fields, &records).map_err(wrong_at)?,
    };
    let mut header = Vec::new();
    if matches!(first_line, FirstLine::Header | FirstLine::PerhapsHeader) {
        header = fields.iter().map(|field| field.to_string()).collect();
        line = records
            .next(&mut fields)
            .map_err(wrong_at)?
            .ok_or_else(|| wrong(Place::Line(first), "is a header, but no sample follows".to_string()))?;
    }
    let columns = Columns::choose(options, &header, width).map_err(|message| {
        let hint = if first_line == FirstLine::PerhapsHeader {
            "; if this line is a sample, say so with the option header"
        } else {
            ""
        };
        wrong(Place::Line(first), message + hint)
    })?;
    let perhaps_header = options.header.is_none() && header.is_empty();
    let by_name = !header.is_empty() && options.features != Features::Others;
    let perhaps_label = !by_name && !matches!(options.label, Label::Column(_));

    let mut values = Vec::new();
    let mut classes = Classes::default();
    loop {
        if fields.len() != width {
            let message = format!("has {} fields, but the first line has {width}", fields.len());
            return Err(wrong(Place::Line(line), message));
        }
        if let Some(column) = columns.label {
            classes.add(&fields[column]).map_err(|message| wrong(Place::Field(line, column + 1), message))?;
        }
        for &column in &columns.features {
            let field: &Cow<str> = &fields[column];
            let value = field.parse().ok().filter(|value: &f64| value.is_finite()).ok_or_else(|| {
                let first_sample = values.len() < columns.features.len();
                let hint = advice(field, perhaps_header && line == first, perhaps_label && first_sample);
                wrong(Place::Field(line, column + 1), format!("{} is not a finite number{hint}", quoted(field)))
            })?;
            values.push(value);
        }
        match records.next(&mut fields).map_err(wrong_at)? {
            Some(following) => line = following,
            None => break,
        }
    }
    let (classes, class_names) = classes.sorted();
    let rows = values.len() / columns.features.len();
    let features = Matrix::from_vec(rows, columns.features.len(), values);
    let perhaps_header = perhaps_header && first_line == FirstLine::Sample;
    let mut hints: Vec<Hint> = match first_line {
        FirstLine::PerhapsHeader => vec![Hint::PerhapsSample { line: first }],
        FirstLine::PerhapsSample => vec![Hint::counted(first)],
        _ if perhaps_header => Hint::of_class(first, &classes, &class_names).into_iter().collect(),
        _ => Vec::new(),
    };
    let name = |column: usize| header.get(column).cloned();
    hints.extend(Hint::of_features(&features, &columns.features, name));
    hints.extend(Hint::of_names(&class_names));
    Ok(Table {
        features,
        classes,
        names: Names {
            features: columns.features.iter().filter_map(|&column| header.get(column).cloned()).collect(),
            label: columns.label.and_then(|label| header.get(label).cloned()),
            classes: class_names,
        },
        hints,
    })
}

/// Returns what to do about a field that is not a number, for the end of a message.
fn advice(field: &str, perhaps_header: bool, perhaps_label: bool) -> &'static str {
    if field.contains(',') && field.replace(',', "").parse::<f64>().is_ok() {
        return "; write a decimal point, and no comma";
    }
    match (perhaps_header, perhaps_label) {
        (true, true) => "; if this line is a header, or this column the label, say so with the option header or label",
        (true, false) => "; if this line is a header, say so with the option header",
        (false, true) => "; if this column is the label, say so with the option label",
        (false, false) => "",
    }
}

/// The classes of the samples, numbered in the order in which they appear.
#[derive(Default)]
struct Classes {
    known: HashMap<String, usize>,
    met: Vec<usize>,
}

impl Classes {
    fn add(&mut self, name: &str) -> Result<(), String> {
        if name.is_empty() {
            return Err("the label is empty; expected a class".to_string());
        }
        let number = self.known.len();
        let class = self.known.get(name).copied().unwrap_or(number);
        if class == MOST_CLASSES {
            let advice = "is this the label column?";
            return Err(format!(
                "the label {} would be class {}, and at most {MOST_CLASSES} are read; {advice}",
                quoted(name),
                number + 1
            ));
        }
        if class == number {
            self.known.insert(name.to_string(), number);
        }
        self.met.push(class);
        Ok(())
    }

    /// Numbers the classes in the order of their names. Returns the class of each sample and the names of the classes.
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

/// Formats text as a field of a CSV file, in quotes if necessary. A line of one empty field needs quotes as well,
/// because blank lines are skipped; write `""` yourself.
#[must_use]
pub fn field(text: &str) -> Cow<'_, str> {
    let plain = !text.contains([',', ';', '\t', '"', '\n', '\r', '\u{feff}']) && text.trim() == text;
    if plain { text.into() } else { format!("\"{}\"", text.replace('"', "\"\"")).into() }
}

//! The columns of a table: which of them hold the features and the label, and whether the first line names them.

use super::error::{Place, escaped, quoted};
use super::records::Records;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// Options for reading a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Whether the first line is a header, or `None` to detect it by the [rules](crate::data::csv#header).
    pub header: Option<bool>,
    /// The column of the classes.
    pub label: Label,
    /// The columns of the features.
    pub features: Features,
}

/// The choice of the column that holds the classes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Label {
    /// The last column.
    #[default]
    Last,
    /// The column with this name or, counted from 1, this number. A name takes precedence over a number.
    Column(String),
    /// The column with this name, which must exist if the table has a header. Without a header, the last column.
    NamedOrLast(String),
    /// The column with this name. If there is none, the table has no label column.
    IfAny(String),
    /// No column: the table has no labels.
    None,
}

/// The choice of the columns that hold the features.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Features {
    /// All columns but the label, in the order of the table.
    #[default]
    Others,
    /// The columns with these names, in this order. Without a header, the table is refused.
    Named(Vec<String>),
    /// The columns with these names, in this order. Without a header, all columns but the label, in the order of the
    /// table.
    NamedOrOthers(Vec<String>),
}

/// The columns of features and label, counted from 0.
pub(super) struct Columns {
    pub(super) features: Vec<usize>,
    pub(super) label: Option<usize>,
}

impl Columns {
    /// Chooses the columns of a table with `width` columns. The header is empty if the table has none.
    pub(super) fn choose(options: &Options, header: &[String], width: usize) -> Result<Columns, String> {
        let names = Header::new(header);
        let label = match (&options.label, names.label(&options.label, width)?) {
            (Label::NamedOrLast(_), None) if header.is_empty() => Some(width - 1),
            (Label::Column(name) | Label::NamedOrLast(name), None) => return Err(absent(name, header, width)),
            (_, label) => label,
        };
        let features = match &options.features {
            Features::Named(_) if header.is_empty() => {
                return Err("the features are chosen by name, but the table has no header".to_string());
            }
            Features::Named(wanted) | Features::NamedOrOthers(wanted) if !header.is_empty() => {
                let column = |name: &String| names.column(name)?.ok_or_else(|| absent(name, header, width));
                wanted.iter().map(column).collect::<Result<Vec<_>, _>>()?
            }
            _ => (0..width).filter(|&column| Some(column) != label).collect(),
        };
        if features.is_empty() {
            let separators = if width == 1 { "; commas, semicolons or tabs separate columns" } else { "" };
            return Err(format!(
                "there are no features; a table needs at least one column beside the label{separators}"
            ));
        }
        let mut known = HashMap::new();
        for &column in features.iter().chain(&label) {
            match header.get(column).and_then(|name| known.insert(name, column)) {
                Some(other) if other == column => {
                    return Err(format!(
                        "column {}, {}, is chosen twice; choose it once",
                        column + 1,
                        quoted(&header[column])
                    ));
                }
                Some(other) => return Err(same_name(&header[column], other, column)),
                None => {}
            }
        }
        Ok(Columns { features, label })
    }
}

/// The columns of a header, by name.
struct Header<'a> {
    /// The first column with each name and the second one, if there is one.
    columns: HashMap<&'a str, (usize, Option<usize>)>,
}

impl<'a> Header<'a> {
    fn new(fields: &'a [impl AsRef<str>]) -> Header<'a> {
        let mut columns: HashMap<&str, (usize, Option<usize>)> = HashMap::new();
        for (column, name) in fields.iter().enumerate() {
            columns
                .entry(name.as_ref())
                .and_modify(|(_, second)| *second = second.or(Some(column)))
                .or_insert((column, None));
        }
        Header { columns }
    }

    /// Returns the column with this name. Fails if there are two.
    fn column(&self, name: &str) -> Result<Option<usize>, String> {
        match self.columns.get(name) {
            Some(&(first, Some(second))) => Err(same_name(name, first, second)),
            found => Ok(found.map(|&(column, _)| column)),
        }
    }

    /// Returns the label column, if the table has one with the name or number that the label asks for.
    fn label(&self, label: &Label, width: usize) -> Result<Option<usize>, String> {
        match label {
            Label::Last => Ok(Some(width - 1)),
            Label::Column(name) => Ok(self.column(name)?.or(numbered(name, width))),
            Label::NamedOrLast(name) | Label::IfAny(name) => self.column(name),
            Label::None => Ok(None),
        }
    }
}

/// Returns the column with this number, counted from 1, if `name` is the number of a column.
fn numbered(name: &str, width: usize) -> Option<usize> {
    name.parse().ok().filter(|number| (1..=width).contains(number)).map(|number: usize| number - 1)
}

fn same_name(name: &str, one: usize, other: usize) -> String {
    let name = quoted(name);
    format!("columns {} and {} have the same name, {name}; give each column its own name", one + 1, other + 1)
}

fn absent(name: &str, header: &[String], width: usize) -> String {
    /// More names would hide the message.
    const MOST: usize = 20;
    let names = header.iter().take(MOST).map(|name| escaped(name)).collect::<Vec<_>>().join(", ");
    let columns = match header.len() {
        0 => format!("the table has {width} columns and no header"),
        count if count > MOST => format!("the first {MOST} of {count} columns are {names}"),
        _ => format!("the columns are {names}"),
    };
    format!("there is no column {}; {columns}", quoted(name))
}

/// What the first line of a table is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FirstLine {
    Header,
    Sample,
    /// It counts the columns. It is taken for a header, because no other line has its label.
    PerhapsHeader,
    /// It counts the columns. It is taken for a sample, because other lines have its label.
    PerhapsSample,
}

impl FirstLine {
    /// Detects what the first line is. `line` is its number in the file, `fields` are its fields, and `others` are the
    /// lines after it. The documentation of the module `csv` states the rules.
    pub(super) fn detect(
        options: &Options,
        line: usize,
        fields: &[Cow<str>],
        others: &Records,
    ) -> Result<FirstLine, (Place, String)> {
        if !fields.iter().any(|field| is_number(field)) {
            return Ok(FirstLine::Header);
        }
        if has_names(options, fields) && !any_line(others, |line| has_names(options, line))? {
            return Ok(FirstLine::Header);
        }
        let only = !any_line(others, |_| true)?;
        if only || !counts_columns(fields) {
            return Ok(FirstLine::Sample);
        }
        let label = match (&options.label, Header::new(fields).label(&options.label, fields.len())) {
            (Label::Column(_), Ok(None)) => return Ok(FirstLine::Sample), // there is no such column in either case
            (Label::NamedOrLast(_), Ok(None)) => Some(fields.len() - 1),
            (_, label) => label.unwrap_or(None),
        };
        let Some(label) = label else {
            let message =
                "may be a header or a sample, because its fields count the columns; say which with the option header";
            return Err((Place::Line(line), message.to_string()));
        };
        let unique = !any_line(others, |line| line.get(label) == Some(&fields[label]))?;
        Ok(if unique { FirstLine::PerhapsHeader } else { FirstLine::PerhapsSample })
    }
}

/// Returns whether a field is a number, be it with a decimal comma, which is refused later.
fn is_number(field: &str) -> bool {
    field.parse::<f64>().is_ok() || field.replacen(',', ".", 1).parse::<f64>().is_ok()
}

/// Returns whether the fields contain all names by which the options choose the features, or the name by which they
/// choose the label. A name that is the number of a column does not count.
fn has_names(options: &Options, fields: &[Cow<str>]) -> bool {
    let found: HashSet<&str> = fields.iter().map(AsRef::as_ref).collect();
    let features = match &options.features {
        Features::Named(names) | Features::NamedOrOthers(names) => names.as_slice(),
        Features::Others => &[],
    };
    let label = match &options.label {
        Label::Column(name) => numbered(name, fields.len()).is_none() && found.contains(&**name),
        _ => false,
    };
    label || (!features.is_empty() && features.iter().all(|name| found.contains(&**name)))
}

/// Returns whether every field that is a number is the number of its column, from 0 in all or from 1 in all. A first
/// field without text is not counted: pandas writes an index without a name.
fn counts_columns(fields: &[Cow<str>]) -> bool {
    let named = &fields[usize::from(fields[0].is_empty())..];
    let counts = |from: usize| (from..).zip(named).all(|(i, field)| !is_number(field) || *field == i.to_string());
    fields.len() > 1 && (counts(0) || counts(1))
}

/// Returns whether `holds` is true for one of the lines.
fn any_line(lines: &Records, holds: impl Fn(&[Cow<str>]) -> bool) -> Result<bool, (Place, String)> {
    let (mut lines, mut fields) = (lines.clone(), Vec::new());
    while lines.next(&mut fields)?.is_some() {
        if holds(&fields) {
            return Ok(true);
        }
    }
    Ok(false)
}

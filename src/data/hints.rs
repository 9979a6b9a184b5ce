//! What looks wrong in a table although it can be read.

use super::error::quoted;
use crate::Matrix;
use std::fmt;

/// Something in a table that can be read but is probably not meant. Its text ([`Display`](fmt::Display)) is one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// The first line is read as a sample because of the [rules](crate::data::csv#header), but it looks like a header.
    PerhapsHeader {
        /// The line, counted from 1.
        line: usize,
        /// Why it looks like a header: no other line has its class, or its fields count the columns.
        why: String,
    },
    /// The first line is read as a header because of the third [rule](crate::data::csv#header), although it contains numbers.
    PerhapsSample {
        /// The line, counted from 1.
        line: usize,
    },
    /// A feature counts the samples, from 0 or from 1. If it is an index, as pandas writes it, and the samples are in
    /// the order of their classes, it gives the class away.
    PerhapsIndex {
        /// The column, counted from 1.
        column: usize,
        /// The name of the column, if the table has a header. It may be empty.
        name: Option<String>,
    },
    /// Two classes are the same number, written in two ways, such as `1` and `1.0`.
    PerhapsOneClass {
        /// The name of one of the classes.
        one: String,
        /// The name of the other.
        other: String,
    },
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Hint::PerhapsHeader { line, why } => {
                write!(f, "line {line} is read as a sample, but {why}; is it a header?")
            }
            Hint::PerhapsSample { line } => {
                write!(f, "line {line} is read as a header, because no other line has its label; is it a sample?")
            }
            Hint::PerhapsIndex { column, name } => {
                write!(f, "column {column}")?;
                name.iter().try_for_each(|name| write!(f, ", {},", quoted(name)))?;
                write!(f, " counts the samples; if it is an index, remove it, because it may give the class away")
            }
            Hint::PerhapsOneClass { one, other } => {
                let (one, other) = (quoted(one), quoted(other));
                write!(f, "{one} and {other} are the same number, but two classes; write equal labels in the same way")
            }
        }
    }
}

impl Hint {
    /// The hint about a first line that counts the columns and is read as a sample.
    pub(super) fn counted(line: usize) -> Hint {
        Hint::PerhapsHeader { line, why: "its fields count the columns".to_string() }
    }

    /// Returns a hint if no other sample has the class of the first, in line `line`.
    pub(super) fn of_class(line: usize, classes: &[usize], names: &[String]) -> Option<Hint> {
        let (first, others) = classes.split_first()?;
        let alone = !others.is_empty() && !others.contains(first);
        let why = || format!("no other line has its class, {}", quoted(&names[*first]));
        alone.then(|| Hint::PerhapsHeader { line, why: why() })
    }

    /// Returns a hint for each feature (`samples × features`) that counts the samples. `columns` are the columns of the
    /// features, and `name` returns the name of a column.
    pub(super) fn of_features(
        features: &Matrix,
        columns: &[usize],
        name: impl Fn(usize) -> Option<String>,
    ) -> Vec<Hint> {
        let counting = columns.iter().enumerate().filter(|&(j, _)| counts_samples(features, j));
        counting.map(|(_, &column)| Hint::PerhapsIndex { column: column + 1, name: name(column) }).collect()
    }

    /// Returns a hint if two classes are the same number.
    pub(super) fn of_names(classes: &[String]) -> Option<Hint> {
        same_number(classes).map(|(one, other)| Hint::PerhapsOneClass { one, other })
    }
}

/// Returns whether feature `j` is the number of the sample, from 0 or from 1, in all of at least 3 samples.
fn counts_samples(features: &Matrix, j: usize) -> bool {
    let counts = |from: f64| features.iter_rows().enumerate().all(|(i, row)| row[j] == i as f64 + from);
    features.rows() >= 3 && (counts(0.0) || counts(1.0))
}

/// Returns the first two names that are the same number.
fn same_number(names: &[String]) -> Option<(String, String)> {
    let mut numbers: Vec<(f64, &String)> = names.iter().filter_map(|name| Some((name.parse().ok()?, name))).collect();
    numbers.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let pair = numbers.windows(2).find(|pair| pair[0].0 == pair[1].0)?;
    Some((pair[0].1.clone(), pair[1].1.clone()))
}

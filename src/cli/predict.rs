//! The command `predict`: the class probabilities of new samples, from a saved model.

use super::options::{self, Choice, Words};
use super::{Failure, source};
use feedforward::data::csv::{self, Label, Table};
use feedforward::data::{Dataset, idx};
use feedforward::model::Model;
use std::io::{self, BufWriter, Write};
use std::path::Path;

const OPTIONS: &[Choice] = &[
    Choice { name: "--load", value: "DIR", help: "the model, as train --save left it" },
    Choice { name: "--label", value: "COLUMN", help: "a column that is no feature: the classes, if they are known" },
    Choice { name: "--header", value: "yes|no", help: "whether the first line names the columns (detected)" },
    Choice { name: "--help", value: "", help: "show this" },
];

/// Reads the model and the table, and writes a table of probabilities.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    let words = Words::sort(OPTIONS, words)?;
    if words.has("--help") {
        return help();
    }
    let &[file] = &words.plain[..] else {
        return Err(Failure::usage("predict needs one file or directory: feedforward predict --load DIR FILE.csv"));
    };
    let directory = words.text("--load").ok_or_else(|| Failure::usage("predict needs a model: --load DIR"))?;
    let model = Model::load(directory)?;
    let table = samples(file, &words, &model)?;
    let ((samples, features), (rows, columns)) = (
        table.features.shape(),
        (model.features() + 1, model.weights().next().map_or(0, feedforward::Matrix::columns)),
    );
    if features + 1 != rows {
        let hint = if features == rows { "; if one column is the class, say which: --label COLUMN" } else { "" };
        return Err(Failure::Usage(format!(
            "{file}: the features are {samples}×{features}, but the model's first layer is {rows}×{columns} and takes {}{hint}",
            rows - 1
        )));
    }
    let probabilities = model.predict(table.features);
    let predicted = probabilities.row_argmax();

    let mut out = BufWriter::new(io::stdout().lock());
    let names: Vec<_> = model.names().classes.iter().map(|name| csv::field(name)).collect();
    writeln!(out, "prediction,{}", names.join(","))?;
    for (row, &class) in probabilities.iter_rows().zip(&predicted) {
        let numbers: Vec<String> = row.iter().map(f64::to_string).collect();
        writeln!(out, "{},{}", names[class], numbers.join(","))?;
    }
    out.flush()?;
    if !table.classes.is_empty() {
        let class = |i: usize| &table.names.classes[table.classes[i]];
        let right = (0..samples).filter(|&i| *class(i) == model.names().classes[predicted[i]]).count();
        let part = 100.0 * right as f64 / samples as f64;
        let _ = writeln!(io::stderr(), "{right} of {samples} are as the label says: {part:.1} %");
    }
    Ok(())
}

/// The lines of a CSV file, or the test images of a directory.
fn samples(file: &str, words: &Words, model: &Model) -> Result<Table, Failure> {
    if Path::new(file).is_dir() {
        source::refuse_choice(words, file)?;
        let Dataset { inputs, labels, names } = idx::read_directory(file)?.test;
        return Ok(Table { features: inputs, classes: labels.row_argmax(), names });
    }
    let mut choice = source::choice(words, Some(model))?;
    if choice.label == Label::Last {
        choice.label = model.names().label.clone().map_or(Label::None, Label::IfAny);
    }
    Ok(csv::read(file, &choice)?)
}

fn help() -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "feedforward predict: writes, for every sample, the class that a saved model takes it for,")?;
    writeln!(out, "and the probability of each class, as CSV.\n")?;
    writeln!(out, "usage: feedforward predict --load DIR DATA [OPTION …]\n")?;
    writeln!(out, "data:")?;
    writeln!(out, "  FILE.csv                a table: a sample a line")?;
    writeln!(out, "  DIR                     the test images of MNIST, Fashion-MNIST or EMNIST\n")?;
    writeln!(out, "options:")?;
    options::list(&mut out, OPTIONS)?;
    writeln!(out, "\nIf table and model both have names for the features, they may stand in any order, among others.")?;
    writeln!(out, "If the table has the column of the classes too, the accuracy is written to stderr.")?;
    Ok(())
}

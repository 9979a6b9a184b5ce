//! The command `predict`: the class probabilities of new samples, computed by a saved model.

use crate::cli::args::{self, Arguments, OptionSpec};
use crate::cli::data::{CsvOptions, Files, advice, check_features, read_table};
use crate::cli::failure::Failure;
use crate::cli::format::{accuracy, few, number, quoted};
use crate::cli::outputs::{Check, is_of_a_model};
use feedforward::data::csv::{self, Label, Table};
use feedforward::data::{Dataset, idx};
use feedforward::model::Model;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

const LOAD: OptionSpec = OptionSpec::new("--load", "DIR", "the model, saved by train --save");
const LABEL: OptionSpec =
    OptionSpec::new("--label", "COLUMN", "name or number of the label column, if there is one; it is not a feature");
const HEADER: OptionSpec =
    OptionSpec::new("--header", "yes|no", "whether the first line names the columns (default: detected)");
const OPTIONS: &[OptionSpec] = &[LOAD, LABEL, HEADER];

/// Which samples, and which model.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Options {
    samples: Files,
    csv: CsvOptions,
    /// The directory of the model.
    load: PathBuf,
}

impl Options {
    /// Parses the words of the command. Returns `None` if they ask for help.
    pub(crate) fn parse(words: &[String]) -> Result<Option<Options>, Failure> {
        let Some(arguments) = Arguments::parse(OPTIONS, words)? else { return Ok(None) };
        let &[path] = &arguments.operands[..] else {
            let usage = format!("feedforward predict {} {} FILE.csv", LOAD.name, LOAD.value);
            return Err(Failure::usage(format!("predict needs one file or directory: {usage}")));
        };
        let load = arguments.path(&LOAD);
        let load =
            load.ok_or_else(|| Failure::usage(format!("predict needs a model: {} {}", LOAD.name, LOAD.value)))?;
        let samples = Files::at(path);
        let other = match samples {
            Files::Csv(_) | Files::StandardInput => None,
            Files::Images(_) => Some(path.to_string()),
        };
        Ok(Some(Options { csv: CsvOptions::parse(&arguments, &LABEL, &HEADER, other)?, samples, load }))
    }
}

/// Reads the model and the samples, and writes a table of probabilities.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    if let Some(path) = options.samples.path().filter(|path| !path.try_exists().unwrap_or(true)) {
        let name = quoted(&path.display().to_string());
        let message = format!("there is no file or directory {name}; predict reads a table or a directory of images");
        return Err(Failure::Usage(message));
    }
    let mut check = Check::new();
    check.reads_data(&options.samples)?;
    check.reserves(&format!("the model ({})", LOAD.name), &options.load, is_of_a_model)?;
    let model = Model::load(&options.load)?;
    let table = read(options, &model)?;
    let hint = format!("; if one column is the label, name it: {} {}", LABEL.name, LABEL.value);
    check_features(&options.samples.to_string(), &table.features, &model, &hint)?;
    let probabilities = model.predict(table.features);
    if let Some(sample) = probabilities.iter_rows().position(|row| row.iter().any(|p| p.is_nan())) {
        return Err(Failure::Usage(format!(
            "{}: the probabilities of sample {} are not numbers; its inputs or the model's weights are too large",
            options.samples,
            sample + 1
        )));
    }
    let predicted = probabilities.row_argmax();

    let mut out = BufWriter::new(io::stdout().lock());
    let names: Vec<_> = model.names().classes.iter().map(|name| csv::field(name)).collect();
    writeln!(out, "prediction,{}", names.join(","))?;
    for (row, &class) in probabilities.iter_rows().zip(&predicted) {
        let numbers: Vec<String> = row.iter().map(|&p| number(p)).collect();
        writeln!(out, "{},{}", names[class], numbers.join(","))?;
    }
    out.flush()?;
    let mut notes: Vec<String> = table.hints.iter().map(|hint| format!("note: {}", advice(hint, &HEADER))).collect();
    if !table.classes.is_empty() {
        let labels: Vec<&String> = table.classes.iter().map(|&class| &table.names.classes[class]).collect();
        notes.push(score(&labels, &predicted, &model.names().classes));
    }
    for note in notes {
        let _ = writeln!(io::stderr(), "{note}"); // if this fails, the predictions are written all the same
    }
    Ok(())
}

/// How many predictions match the label. Names the labels that the model cannot predict.
fn score(labels: &[&String], predicted: &[usize], known: &[String]) -> String {
    let right = labels.iter().zip(predicted).filter(|&(label, &class)| **label == known[class]).count();
    let accuracy = accuracy(right as f64 / labels.len() as f64, labels.len());
    let score = format!("{right} of {} predictions match the label: {accuracy}", labels.len());
    let mut unknown: Vec<String> = labels.iter().filter(|&label| !known.contains(label)).map(|l| quoted(l)).collect();
    unknown.sort();
    unknown.dedup();
    match unknown.len() {
        0 => score,
        _ => format!("{score}; the model does not know the labels {}; it knows {}", few(&unknown), few(known)),
    }
}

/// The rows of the table, or the test images of the directory.
fn read(options: &Options, model: &Model) -> Result<Table, Failure> {
    match &options.samples {
        Files::Images(directory) => {
            let Dataset { inputs, labels, names } = idx::read_directory(directory)?.test;
            Ok(Table { features: inputs, classes: labels.row_argmax(), names, hints: Vec::new() })
        }
        table => Ok(read_table(table.path(), &options.csv.choose(Some(model), Label::IfAny, Label::None))?),
    }
}

/// Prints the help.
pub(crate) fn help(out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "feedforward predict: classifies each sample with a saved model, and writes the predicted class and"
    )?;
    writeln!(out, "the probability of each class as CSV.\n")?;
    writeln!(out, "usage: feedforward predict {} {} DATA [OPTION …]\n", LOAD.name, LOAD.value)?;
    writeln!(out, "data:")?;
    writeln!(out, "  FILE.csv                a table: one sample per line; - reads it from standard input")?;
    writeln!(out, "  DIR                     the test images of MNIST, Fashion-MNIST or EMNIST\n")?;
    writeln!(out, "options:")?;
    args::list(out, OPTIONS)?;
    writeln!(
        out,
        "\nIf both the table and the model name the features, the columns may be in any order, and the table"
    )?;
    writeln!(out, "may have other columns. If the table has labels, the accuracy is written to stderr.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::{assert_refused, words};

    fn parse(line: &str) -> Result<Option<Options>, Failure> {
        Options::parse(&words(line))
    }

    #[test]
    fn the_words_become_options() {
        let options = parse("new.csv --load model").unwrap().unwrap();
        assert_eq!(options.samples, Files::Csv("new.csv".into()));
        assert_eq!((options.load, options.csv), ("model".into(), CsvOptions::default()));
        assert_eq!(parse("- --load model").unwrap().unwrap().samples, Files::StandardInput);
        assert_eq!(parse("src --load model").unwrap().unwrap().samples, Files::Images("src".into()));
        assert_eq!(parse("--load model --help").unwrap(), None);
    }

    #[test]
    fn each_wrong_word_has_one_line_that_says_what_would_be_right() {
        assert_refused(
            Options::parse,
            &[
                ("", "predict needs one file or directory: feedforward predict --load DIR FILE.csv"),
                ("a.csv b.csv", "predict needs one file or directory: feedforward predict --load DIR FILE.csv"),
                ("a.csv", "predict needs a model: --load DIR"),
                ("a.csv --load m --header perhaps", "--header must be yes or no, not \"perhaps\""),
                ("src --load m --label 3", "--label is for tables, not for src"),
            ],
        );
    }
}

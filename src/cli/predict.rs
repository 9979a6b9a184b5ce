//! The command `predict`: the class probabilities of new samples, computed by a saved model.

use crate::cli::args::{self, Arguments, OptionSpec};
use crate::cli::data::{CsvOptions, Files, check_features};
use crate::cli::failure::Failure;
use crate::cli::format::percent;
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
            Files::Csv(_) => None,
            Files::Images(_) => Some(path.to_string()),
        };
        Ok(Some(Options { csv: CsvOptions::parse(&arguments, &LABEL, &HEADER, other)?, samples, load }))
    }
}

/// Reads the model and the samples, and writes a table of probabilities.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let model = Model::load(&options.load)?;
    let (Files::Csv(path) | Files::Images(path)) = &options.samples;
    let table = read(options, &model)?;
    let hint = format!("; if one column is the label, name it: {} {}", LABEL.name, LABEL.value);
    check_features(&path.display().to_string(), &table.features, &model, &hint)?;
    let samples = table.features.rows();
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
        let accuracy = percent(right as f64 / samples as f64, 1);
        let _ = writeln!(io::stderr(), "{right} of {samples} predictions match the label: {accuracy}");
    }
    Ok(())
}

/// The rows of the CSV file, or the test images of the directory.
fn read(options: &Options, model: &Model) -> Result<Table, Failure> {
    match &options.samples {
        Files::Csv(file) => {
            let label = model.names().label.clone().map_or(Label::None, Label::IfAny);
            Ok(csv::read(file, &options.csv.choose(Some(model), label))?)
        }
        Files::Images(directory) => {
            let Dataset { inputs, labels, names } = idx::read_directory(directory)?.test;
            Ok(Table { features: inputs, classes: labels.row_argmax(), names, hints: Vec::new() })
        }
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
    writeln!(out, "  FILE.csv                a table: one sample per line")?;
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
                ("src --load m --label 3", "--label is for CSV files, not for src"),
            ],
        );
    }
}

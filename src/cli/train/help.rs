//! The help of the command `train`.

use super::options::{self, BATCH_SIZE, DECAY, EPOCHS, HIDDEN, LEARNING_RATE, SAVE, SCALE, START, VALIDATION};
use super::settings::{Length, Settings};
use crate::cli::args;
use crate::cli::data::{Files, Input};
use crate::cli::format::number;
use feedforward::model::LAYERS;
use std::io::{self, Write};
use std::path::PathBuf;

/// Prints the help.
pub(crate) fn print(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "feedforward train: trains a network by SGD on the cross entropy loss and shows its accuracy. The")?;
    writeln!(out, "layers are {LAYERS}.\n")?;
    writeln!(out, "usage: feedforward train [DATA] [OPTION …]\n")?;
    writeln!(out, "data:")?;
    writeln!(out, "  iris                    150 flowers of 3 species, 4 measurements of each; the default")?;
    writeln!(out, "  digits                  1797 handwritten digits of 8×8 pixels")?;
    writeln!(
        out,
        "  DIR                     MNIST, Fashion-MNIST or EMNIST: a directory with train-images-idx3-ubyte"
    )?;
    writeln!(out, "                          and its three companions, unpacked")?;
    writeln!(
        out,
        "  FILE.csv                a table: one sample per line, one label column, all other columns numbers;"
    )?;
    writeln!(out, "                          - reads it from standard input\n")?;
    writeln!(out, "options (defaults in parentheses or in the table below):")?;
    args::list(out, options::OPTIONS)?;
    defaults(out)?;
    writeln!(out, "\nProgress is shown in place on a terminal, and line by line in a file or a pipe.")?;
    writeln!(
        out,
        "Ctrl-C stops the run. With {}, the model saved last (usually within the last second) remains.",
        SAVE.name
    )
}

/// Prints a table of the defaults for each kind of data.
fn defaults(out: &mut impl Write) -> io::Result<()> {
    let files = [Files::Images(PathBuf::new()), Files::Csv(PathBuf::new())].map(Input::Files);
    let inputs = [Input::Iris, Input::Digits].into_iter().chain(files);
    let settings: Vec<Settings> = inputs.map(|input| Settings::default_for(&input)).collect();
    writeln!(out, "\ndefaults:                 iris        digits      DIR         FILE.csv")?;
    let mut line = |name: &str, value: &dyn Fn(&Settings) -> String| {
        let values = settings.iter().map(|settings| format!("{:<12}", value(settings))).collect::<String>();
        writeln!(out, "  {name:<24}{}", values.trim_end())
    };
    let epochs = |settings: &Settings| match settings.length {
        Length::Epochs(epochs) => format!("{epochs}"),
        Length::Iterations(iterations) => format!("({iterations} it.)"),
    };
    line(EPOCHS.name, &epochs)?;
    line(BATCH_SIZE.name, &|settings| settings.batch_size.to_string())?;
    line(LEARNING_RATE.name, &|settings| number(settings.learning_rate))?;
    line(DECAY.name, &|settings| number(settings.decay))?;
    line(HIDDEN.name, &|settings| settings.hidden[0].to_string())?;
    line(START.name, &|settings| settings.start.name().to_string())?;
    line(SCALE.name, &|settings| settings.scale.name().to_string())?;
    line(VALIDATION.name, &|settings| format!("{:.3}", settings.validation).trim_end_matches(".000").to_string())
}

//! The command `train`: data, network and settings from the words, a run, and what came of it.

use super::options::{self, Words};
use super::outputs::Outputs;
use super::settings::{Length, OPTIONS, Settings};
use super::source::{Kind, Source};
use super::training::Training;
use super::{Failure, plot, report, sheet};
use feedforward::matrix::kernel::set_threads;
use feedforward::model::Model;
use feedforward::random::Random;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;

/// Trains, and reports.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    let words = Words::sort(OPTIONS, words)?;
    if words.has("--help") {
        return help();
    }
    let started = Instant::now();
    let kind = match words.plain[..] {
        [] => Kind::Iris,
        [name] => Kind::named(name)?,
        [_, second, ..] => return Err(Failure::Usage(format!("one data set is enough: what is {second:?}?"))),
    };
    let settings = Settings::read(&words, Settings::default_for(&kind))?;
    for name in ["--hidden", "--start", "--scale"] {
        if words.has("--load") && words.has(name) {
            return Err(Failure::Usage(format!("--load and {name} exclude each other: the model decides that")));
        }
    }
    if let Some(threads) = words.value("--threads", "a whole number from 1 to 1024", |n| (1..=1024).contains(n))? {
        set_threads(threads);
    }
    let loaded = words.text("--load").map(Model::load).transpose()?;
    let mut random = Random::new(settings.seed);
    let source = Source::read(&kind, &words, &settings, loaded.as_ref(), &mut random)?;
    let mut outputs = Outputs::new(&words)?;
    let mut training = Training::new(source, loaded, &settings, random)?;

    let mut out = io::stdout();
    let quiet = words.has("--quiet");
    if !quiet {
        let start =
            words.text("--load").map_or(format!("{} start", settings.start.name()), |from| format!("from {from}"));
        report::glance(&mut out, &training, &settings, &start)?;
    }
    training.run(&settings, &mut outputs)?;
    if !quiet {
        report::curve(&mut out, &training)?;
    }
    let prediction = training.predict(&training.test.inputs);
    report::result(&mut out, &training, &prediction, started.elapsed(), quiet)?;
    let mut files = Vec::new();
    if let Some(file) = words.text("--plot") {
        files.push(("plot", write(file, plot::draw(&training, &settings))?));
        if let Some(image) = training.image {
            let mistakes = format!("{}-mistakes.svg", file.trim_end_matches(".svg"));
            files.push(("mistakes", write(&mistakes, sheet::draw(&training, &prediction, image))?));
        }
    }
    files.extend(words.text("--log").map(|file| ("log", file.to_string())));
    files.extend(words.text("--save").map(|directory| ("model", directory.to_string())));
    for (what, file) in files.into_iter().filter(|_| !quiet) {
        writeln!(out, "{what:<10}{file}")?;
    }
    Ok(())
}

/// Writes a drawing, and returns the name of its file.
fn write(file: &str, text: String) -> Result<String, Failure> {
    std::fs::write(PathBuf::from(file), text).map_err(|error| Failure::Run(format!("--plot {file}: {error}")))?;
    Ok(file.to_string())
}

fn help() -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "feedforward train: trains a network of fully connected layers with ReLUs between them and a")?;
    writeln!(out, "softmax behind the last, by SGD on the cross entropy loss, and shows how good it is.\n")?;
    writeln!(out, "usage: feedforward train [DATA] [OPTION …]\n")?;
    writeln!(out, "data:")?;
    writeln!(out, "  iris                    150 flowers of 3 species, 4 lengths of each; if nothing else is said")?;
    writeln!(out, "  digits                  1797 handwritten digits of 8×8 pixels")?;
    writeln!(
        out,
        "  DIR                     MNIST, Fashion-MNIST or EMNIST: a directory with train-images-idx3-ubyte"
    )?;
    writeln!(out, "                          and its three companions, unpacked")?;
    writeln!(out, "  FILE.csv                a table: a sample a line, one column its class, the others numbers\n")?;
    writeln!(out, "options:")?;
    options::list(&mut out, OPTIONS)?;
    defaults(&mut out)?;
    writeln!(out, "\nOn a terminal the progress is shown in place, in a file or a pipe a line at a time.")?;
    writeln!(out, "Ctrl-C ends a run; with --save, its model of a second before is there.")?;
    Ok(())
}

/// A table of what the options are if they are not given.
fn defaults(out: &mut impl Write) -> io::Result<()> {
    let kinds = [Kind::Iris, Kind::Digits, Kind::Images(PathBuf::new()), Kind::Csv(PathBuf::new())];
    let settings = kinds.map(|kind| Settings::default_for(&kind));
    writeln!(out, "\nif not given:             iris        digits      DIR         FILE.csv")?;
    let mut line = |name: &str, value: &dyn Fn(&Settings) -> String| {
        let values = settings.iter().map(|settings| format!("{:<12}", value(settings))).collect::<String>();
        writeln!(out, "  {name:<24}{}", values.trim_end())
    };
    let epochs = |settings: &Settings| match settings.length {
        Length::Epochs(epochs) => format!("{epochs}"),
        Length::Iterations(iterations) => format!("({iterations} it.)"),
    };
    line("--epochs", &epochs)?;
    line("--batch-size", &|settings| settings.batch_size.to_string())?;
    line("--learning-rate", &|settings| settings.learning_rate.to_string())?;
    line("--decay", &|settings| settings.decay.to_string())?;
    line("--hidden", &|settings| settings.hidden[0].to_string())?;
    line("--start", &|settings| settings.start.name().to_string())?;
    line("--scale", &|settings| settings.scale.name().to_string())
}

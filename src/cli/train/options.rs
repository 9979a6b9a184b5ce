//! The options of the command `train`.

use super::settings::{Length, Scale, Settings, Start};
use crate::cli::args::{Arguments, OptionSpec};
use crate::cli::data::{CsvOptions, Files, Input};
use crate::cli::failure::Failure;
use crate::cli::format::quoted;
use std::path::PathBuf;
use std::str::FromStr;

pub(super) const EPOCHS: OptionSpec = OptionSpec::new("--epochs", "N", "number of passes over the training data");
const ITERATIONS: OptionSpec =
    OptionSpec::new("--iterations", "N", "number of batches to train on, instead of --epochs");
pub(super) const BATCH_SIZE: OptionSpec = OptionSpec::new("--batch-size", "N", "samples per batch");
pub(super) const LEARNING_RATE: OptionSpec = OptionSpec::new(
    "--learning-rate",
    "η",
    "step size of SGD; the loss is summed over the batch, so larger batches\nneed a smaller learning rate",
);
pub(super) const DECAY: OptionSpec =
    OptionSpec::new("--decay", "D", "multiply the learning rate by D after every epoch; 1 keeps it constant");
const THREADS: OptionSpec =
    OptionSpec::new("--threads", "N", "threads for large matrix products (all cores); the result does not change");
pub(super) const HIDDEN: OptionSpec = OptionSpec::new("--hidden", "N,N,…", "sizes of the hidden layers, or none");
pub(super) const START: OptionSpec =
    OptionSpec::new("--start", "HOW", "initial weights: uniform in [0, 1), xavier or he");
pub(super) const SCALE: OptionSpec = OptionSpec::new(
    "--scale",
    "HOW",
    "inputs: largest (divide by the largest absolute value),\nstandardise (mean 0, variance 1) or none",
);
pub(super) const TEST: OptionSpec =
    OptionSpec::new("--test", "PART", "fraction of the samples held out for the test at the end (0.333)");
pub(super) const VALIDATION: OptionSpec = OptionSpec::new(
    "--validation",
    "PART",
    "fraction of the training data held out to compare settings;\n0 trains on all of them",
);
pub(super) const SEED: OptionSpec =
    OptionSpec::new("--seed", "N", "seed of all random numbers (1); the same seed gives the same run");
const LABEL: OptionSpec = OptionSpec::new("--label", "COLUMN", "table: name or number of the label column (the last)");
pub(super) const HEADER: OptionSpec =
    OptionSpec::new("--header", "yes|no", "table: whether the first line names the columns (detected)");
pub(super) const LOAD: OptionSpec = OptionSpec::new(
    "--load",
    "DIR",
    "continue training a saved model, with its layers and scaling;\ngive the same --seed and --test, so that the test data stay unseen",
);
pub(super) const SAVE: OptionSpec =
    OptionSpec::new("--save", "DIR", "save the model about every second while it trains, and at the end");
pub(super) const PLOT: OptionSpec = OptionSpec::new(
    "--plot",
    "FILE.svg",
    "plot loss and accuracy; for images also draw the worst\nmistakes, in FILE-mistakes.svg",
);
pub(super) const LOG: OptionSpec = OptionSpec::new("--log", "FILE.csv", "write one line per epoch");
const QUIET: OptionSpec = OptionSpec::new("--quiet", "", "print only the result");

pub(crate) const OPTIONS: &[OptionSpec] = &[
    EPOCHS,
    ITERATIONS,
    BATCH_SIZE,
    LEARNING_RATE,
    DECAY,
    THREADS,
    HIDDEN,
    START,
    SCALE,
    TEST,
    VALIDATION,
    SEED,
    LABEL,
    HEADER,
    LOAD,
    SAVE,
    PLOT,
    LOG,
    QUIET,
];

/// What to train on and how, and what to write.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Options {
    pub(crate) input: Input,
    pub(crate) csv: CsvOptions,
    /// The fraction of the samples that is held out for testing. Images come with their own test part.
    pub(crate) test: f64,
    pub(crate) settings: Settings,
    /// `None`: all cores.
    pub(crate) threads: Option<usize>,
    /// The directory of a saved model to continue from.
    pub(crate) load: Option<PathBuf>,
    /// The directory to save the model in.
    pub(crate) save: Option<PathBuf>,
    /// The SVG file for loss and accuracy.
    pub(crate) plot: Option<PathBuf>,
    /// The CSV file with a line per epoch.
    pub(crate) log: Option<PathBuf>,
    /// Whether to print only the result.
    pub(crate) quiet: bool,
}

impl Options {
    /// Parses the words of the command. Returns `None` if they ask for help.
    pub(crate) fn parse(words: &[String]) -> Result<Option<Options>, Failure> {
        let Some(arguments) = Arguments::parse(OPTIONS, words)? else { return Ok(None) };
        let input = match arguments.operands[..] {
            [] => Input::Iris,
            [name] => Input::named(name)?,
            [_, second, ..] => {
                return Err(Failure::usage(format!("train takes one data set; what is {}?", quoted(second))));
            }
        };
        let settings = settings(&arguments, Settings::default_for(&input))?;
        if let (true, Some(option)) =
            (arguments.has(&LOAD), [HIDDEN, START, SCALE].iter().find(|option| arguments.has(option)))
        {
            let message = format!(
                "{} and {} exclude each other, because a loaded model has its own layers, weights and scaling",
                LOAD.name, option.name
            );
            return Err(Failure::usage(message));
        }
        let test = arguments.value(&TEST, "a number between 0 and 1", |test| 0.0 < *test && *test < 1.0)?;
        if let (Input::Files(Files::Images(_)), Some(_)) = (&input, test) {
            let message = format!("{} is not for a directory of images, which has its own test part", TEST.name);
            return Err(Failure::usage(message));
        }
        let other = match input {
            Input::Files(Files::Csv(_) | Files::StandardInput) => None,
            _ => Some(input.name()),
        };
        Ok(Some(Options {
            csv: CsvOptions::parse(&arguments, &LABEL, &HEADER, other)?,
            input,
            test: test.unwrap_or(1.0 / 3.0),
            settings,
            threads: arguments.number(&THREADS, 1..=1024)?,
            load: arguments.path(&LOAD),
            save: arguments.path(&SAVE),
            plot: arguments.value(&PLOT, "an .svg file", |path: &PathBuf| path.to_string_lossy().ends_with(".svg"))?,
            log: arguments.path(&LOG),
            quiet: arguments.has(&QUIET),
        }))
    }
}

/// The settings that the arguments give, otherwise those of `default`.
fn settings(arguments: &Arguments, default: Settings) -> Result<Settings, Failure> {
    let count = |option| arguments.number(option, 1..=100_000_000);
    let length = match (count(&ITERATIONS)?, count(&EPOCHS)?) {
        (Some(_), Some(_)) => {
            let message = format!("{} and {} exclude each other; give only one", ITERATIONS.name, EPOCHS.name);
            return Err(Failure::usage(message));
        }
        (Some(iterations), None) => Length::Iterations(iterations),
        (None, Some(epochs)) => Length::Epochs(epochs),
        (None, None) => default.length,
    };
    let seeds = format!("a whole number from 0 to {}", u64::MAX);
    let positive = |x: &f64| x.is_finite() && *x > 0.0;
    let hidden = arguments.value(&HIDDEN, "sizes of at least 1, as in 64,32, or none", |_: &Hidden| true)?;
    let learning_rate = arguments.value(&LEARNING_RATE, "a positive number", positive)?;
    let validation =
        arguments.value(&VALIDATION, "0, or a number between 0 and 1", |part| (0.0..1.0).contains(part))?;
    let decay = arguments.value(&DECAY, "a number above 0 and up to 1", |decay| 0.0 < *decay && *decay <= 1.0)?;
    Ok(Settings {
        hidden: hidden.map_or(default.hidden, |hidden| hidden.0),
        start: arguments.choice(&START, &Start::ALL)?.unwrap_or(default.start),
        scale: arguments.choice(&SCALE, &Scale::ALL)?.unwrap_or(default.scale),
        validation: validation.unwrap_or(default.validation),
        length,
        batch_size: count(&BATCH_SIZE)?.unwrap_or(default.batch_size),
        learning_rate: learning_rate.unwrap_or(default.learning_rate),
        decay: decay.unwrap_or(default.decay),
        seed: arguments.value(&SEED, &seeds, |_| true)?.unwrap_or(default.seed),
    })
}

/// The value of `--hidden`.
struct Hidden(Vec<usize>);

impl FromStr for Hidden {
    type Err = ();

    fn from_str(text: &str) -> Result<Hidden, ()> {
        let size = |text: &str| text.trim().parse().ok().filter(|&size| size > 0).ok_or(());
        match text {
            "none" => Ok(Hidden(Vec::new())),
            _ => text.split(',').map(size).collect::<Result<_, _>>().map(Hidden),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::{assert_refused, words};

    fn parse(line: &str) -> Result<Option<Options>, Failure> {
        Options::parse(&words(line))
    }

    #[test]
    fn without_words_the_settings_are_those_of_the_exercise() {
        let expected = Options {
            input: Input::Iris,
            csv: CsvOptions::default(),
            test: 1.0 / 3.0,
            settings: Settings::default_for(&Input::Iris),
            threads: None,
            load: None,
            save: None,
            plot: None,
            log: None,
            quiet: false,
        };
        assert_eq!(parse("").unwrap(), Some(expected));
        assert_eq!(parse("digits --quiet --help").unwrap(), None);
    }

    #[test]
    fn every_option_has_its_place() {
        let line = "digits --epochs 3 --batch-size 30 --learning-rate 0.01 --decay 0.5 --threads 2 --hidden 8,5 \
                    --start xavier --scale none --test 0.25 --validation 0.2 --seed 5 --save m --plot p.svg --log l.csv --quiet";
        let options = parse(line).unwrap().unwrap();
        let settings = Settings {
            hidden: vec![8, 5],
            start: Start::Xavier,
            scale: Scale::None,
            validation: 0.2,
            length: Length::Epochs(3),
            batch_size: 30,
            learning_rate: 0.01,
            decay: 0.5,
            seed: 5,
        };
        let expected = Options {
            input: Input::Digits,
            csv: CsvOptions::default(),
            test: 0.25,
            settings,
            threads: Some(2),
            load: None,
            save: Some("m".into()),
            plot: Some("p.svg".into()),
            log: Some("l.csv".into()),
            quiet: true,
        };
        assert_eq!(options, expected);
        assert_eq!(parse("--iterations 7").unwrap().unwrap().settings.length, Length::Iterations(7));
        assert_eq!(parse("--hidden none").unwrap().unwrap().settings.hidden, []);
        assert_eq!(parse("--load m").unwrap().unwrap().load, Some("m".into()));
        assert_eq!(parse("-").unwrap().unwrap().input, Input::Files(Files::StandardInput));
        assert_eq!(parse("src").unwrap().unwrap().input, Input::Files(Files::Images("src".into())));
        let table = parse("Cargo.toml --label 3 --header no").unwrap().unwrap();
        assert_eq!(table.input, Input::Files(Files::Csv("Cargo.toml".into())));
        assert_ne!(table.csv, CsvOptions::default());
    }

    #[test]
    fn each_wrong_word_has_one_line_that_says_what_would_be_right() {
        assert_refused(
            Options::parse,
            &[
                ("--seed -1", "--seed must be a whole number from 0 to 18446744073709551615, not \"-1\""),
                ("--iterations 0", "--iterations must be a whole number from 1 to 100000000, not \"0\""),
                ("--epochs 1e3", "--epochs must be a whole number from 1 to 100000000, not \"1e3\""),
                ("--batch-size many", "--batch-size must be a whole number from 1 to 100000000, not \"many\""),
                ("--epochs 3 --iterations 4", "--iterations and --epochs exclude each other; give only one"),
                ("--learning-rate 0", "--learning-rate must be a positive number, not \"0\""),
                ("--learning-rate NaN", "--learning-rate must be a positive number, not \"NaN\""),
                ("--learning-rate inf", "--learning-rate must be a positive number, not \"inf\""),
                ("--decay 1.5", "--decay must be a number above 0 and up to 1, not \"1.5\""),
                ("--threads 0", "--threads must be a whole number from 1 to 1024, not \"0\""),
                ("--hidden 3,,4", "--hidden must be sizes of at least 1, as in 64,32, or none, not \"3,,4\""),
                ("--start zero", "--start must be uniform, xavier or he, not \"zero\""),
                ("--scale big", "--scale must be largest, standardise or none, not \"big\""),
                ("--test 1", "--test must be a number between 0 and 1, not \"1\""),
                ("--validation 1", "--validation must be 0, or a number between 0 and 1, not \"1\""),
                ("src --test 0.5", "--test is not for a directory of images, which has its own test part"),
                ("iris --label 1", "--label is for tables, not for iris"),
                ("--header maybe", "--header is for tables, not for iris"),
                ("Cargo.toml --header maybe", "--header must be yes or no, not \"maybe\""),
                (
                    "--load m --hidden 5",
                    "--load and --hidden exclude each other, because a loaded model has its own layers, weights and scaling",
                ),
                ("--plot p.png", "--plot must be an .svg file, not \"p.png\""),
                ("--save -", "--save: - is standard input, which is for data only; write ./- for a file of this name"),
                ("--log=", "--log needs a value: --log FILE.csv"),
                ("iris digits", "train takes one data set; what is \"digits\"?"),
                ("digit", "there is no file \"digit\"; did you mean digits?"),
                ("tulips", "there is no file or directory \"tulips\"; the built-in data sets are iris and digits"),
            ],
        );
    }
}

//! The command line: the first word names the command, each command reads its own options, and whatever fails says so
//! in one line.

mod chart;
mod exercise;
mod grade;
mod options;
mod outputs;
mod plot;
mod predict;
mod progress;
mod report;
mod settings;
mod sheet;
mod source;
mod train;
mod training;

use feedforward::data::FileError;
use options::nearest;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

/// A command: its name, what it does in one line, and the function that takes the words behind its name.
type Command = (&'static str, &'static str, fn(&[String]) -> Result<(), Failure>);

/// All commands. Without one, `train` is meant.
const COMMANDS: [Command; 4] = [
    ("train", "train a network and show how good it is", train::run),
    ("predict", "class probabilities of new samples, from a saved model", predict::run),
    ("handout", "write the exercise for students", exercise::handout::run),
    ("grade", "grade what students handed in", grade::run),
];

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Wrong options or input, which the user can put right: exit code 2.
    Usage(String),
    /// A run that failed: exit code 1.
    Run(String),
    /// Nobody reads the output any more, as in `feedforward | head -3`: nothing to say, exit code 0.
    Closed,
}

impl Failure {
    fn usage(message: &str) -> Failure {
        Failure::Usage(message.to_string())
    }
}

impl From<FileError> for Failure {
    /// A file that was given as input is wrong.
    fn from(error: FileError) -> Failure {
        Failure::Usage(error.to_string())
    }
}

impl From<io::Error> for Failure {
    /// The failure to write to the standard output.
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            ErrorKind::BrokenPipe => Failure::Closed,
            _ => Failure::Run(format!("cannot write to the standard output: {error}")),
        }
    }
}

/// Runs the command that the words of the command line name.
pub(crate) fn main() -> ExitCode {
    let words: Result<Vec<String>, _> = std::env::args_os().skip(1).map(|word| word.into_string()).collect();
    let done = match words {
        Ok(words) => run(&words),
        Err(word) => Err(Failure::Usage(format!("{word:?} is not valid Unicode"))),
    };
    let (message, code) = match done {
        Ok(()) | Err(Failure::Closed) => return ExitCode::SUCCESS,
        Err(Failure::Usage(message)) => (message, 2),
        Err(Failure::Run(message)) => (message, 1),
    };
    let _ = writeln!(io::stderr(), "feedforward: {message}"); // if even this cannot be written, the code must do
    ExitCode::from(code)
}

fn run(words: &[String]) -> Result<(), Failure> {
    match words.split_first() {
        Some((word, _)) if word == "--help" || word == "-h" || word == "help" => help(),
        Some((word, _)) if word == "--version" || word == "-V" => {
            Ok(writeln!(io::stdout(), "feedforward {}", env!("CARGO_PKG_VERSION"))?)
        }
        Some((word, rest)) if !word.starts_with('-') => match COMMANDS.iter().find(|(name, ..)| name == word) {
            Some((.., command)) => command(rest),
            None => Err(unknown(word)),
        },
        _ => train::run(words),
    }
}

/// There is no such command; but perhaps one of a similar name, or the word is something to train on.
fn unknown(word: &str) -> Failure {
    let hint = match nearest(word, COMMANDS.iter().map(|(name, ..)| *name)) {
        Some(name) => format!("did you mean {name}?"),
        None if source::is_data(word) => format!("did you mean: feedforward train {word}"),
        None => "see feedforward --help".to_string(),
    };
    Failure::Usage(format!("there is no command {word:?}; {hint}"))
}

fn help() -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "feedforward trains the slides' neural networks.\n")?;
    writeln!(out, "usage: feedforward [COMMAND] [OPTION …]\n")?;
    writeln!(out, "Without a command it trains the exercise's network on Iris.\n")?;
    writeln!(out, "commands (each has a --help of its own):")?;
    for (name, what, _) in COMMANDS {
        writeln!(out, "  {name:<24}{what}")?;
    }
    writeln!(out, "\noptions without a command are those of train:")?;
    options::list(&mut out, settings::OPTIONS)?;
    Ok(writeln!(out, "  {:<24}show the version", "--version")?)
}

//! The command line: parses its words into a typed [`Command`] and runs it. A failure prints one line to standard
//! error.

mod args;
mod data;
mod draw;
mod exercise;
mod failure;
mod format;
mod grade;
mod graph;
mod in_place;
mod outputs;
mod predict;
mod stdout;
mod train;

use args::{HELP, OptionSpec, SHORT_HELP, nearest};
use data::Input;
use exercise::handout;
use failure::{Failure, warn};
use feedforward::matrix::kernel::InstructionSet;
use format::quoted;
use std::io::{self, Write};
use std::process::ExitCode;

/// What the command line asks for.
#[derive(Debug)]
enum Command {
    Help,
    Version,
    Train(Box<train::options::Options>),
    TrainHelp,
    Predict(predict::Options),
    PredictHelp,
    Handout(handout::Options),
    HandoutHelp,
    Grade(grade::options::Options),
    GradeHelp,
    Graph(graph::Options),
    GraphHelp,
}

/// Turns the words that follow a command's name into a command.
type Parse = fn(&[String]) -> Result<Command, Failure>;

/// The name of each command, what it does in one line, and its parser.
const COMMANDS: [(&str, &str, Parse); 5] = [
    (TRAIN, "train a network and show its accuracy", parse_train),
    ("predict", "print class probabilities of new samples, from a saved model", |words| {
        Ok(predict::Options::parse(words)?.map_or(Command::PredictHelp, Command::Predict))
    }),
    ("handout", "write the exercise for students", |words| {
        Ok(handout::Options::parse(words)?.map_or(Command::HandoutHelp, Command::Handout))
    }),
    ("grade", "grade submissions of the exercise", |words| {
        Ok(grade::options::Options::parse(words)?.map_or(Command::GradeHelp, Command::Grade))
    }),
    ("graph", "print and draw a training step as a compiled graph", |words| {
        Ok(graph::Options::parse(words)?.map_or(Command::GraphHelp, Command::Graph))
    }),
];

/// The command that runs when none is named.
const TRAIN: &str = "train";

const VERSION: OptionSpec = OptionSpec::new("--version", "", "show the version");

/// Runs the command that the words of the command line ask for.
pub(crate) fn main() -> ExitCode {
    let words: Result<Vec<String>, _> = std::env::args_os().skip(1).map(|word| word.into_string()).collect();
    let done = match words {
        Ok(words) => parse(&words).and_then(run),
        Err(word) => Err(Failure::usage(format!("{} is not valid Unicode", quoted(&word.to_string_lossy())))),
    };
    let (message, code) = match done {
        Ok(()) | Err(Failure::Closed) => return ExitCode::SUCCESS,
        Err(Failure::Reported) => return ExitCode::FAILURE,
        Err(Failure::Usage(message)) => (message, 2),
        Err(Failure::Run(message)) => (message, 1),
    };
    warn(&message);
    ExitCode::from(code)
}

/// Parses the words of the command line.
fn parse(words: &[String]) -> Result<Command, Failure> {
    match words.split_first().map(|(word, rest)| (word.as_str(), rest)) {
        Some((word, _)) if [HELP.name, SHORT_HELP, "help"].contains(&word) => Ok(Command::Help),
        Some((word, _)) if word == VERSION.name || word == "-V" => Ok(Command::Version),
        Some((word, rest)) if !word.starts_with('-') => match COMMANDS.iter().find(|(name, ..)| *name == word) {
            Some((.., parse)) => parse(rest),
            None => Err(unknown(word)),
        },
        _ => parse_train(words),
    }
}

fn parse_train(words: &[String]) -> Result<Command, Failure> {
    let options = train::options::Options::parse(words)?;
    Ok(options.map_or(Command::TrainHelp, |options| Command::Train(Box::new(options))))
}

fn run(command: Command) -> Result<(), Failure> {
    let mut out = io::stdout();
    match command {
        Command::Help => help(&mut out.lock())?,
        Command::Version => writeln!(out, "feedforward {}", env!("CARGO_PKG_VERSION"))?,
        Command::Train(options) => {
            check_instruction_set()?;
            train::run(&options)?;
        }
        Command::TrainHelp => train::help::print(&mut out.lock())?,
        Command::Predict(options) => {
            check_instruction_set()?;
            predict::run(&options)?;
        }
        Command::PredictHelp => predict::help(&mut out.lock())?,
        Command::Handout(options) => handout::run(&options)?,
        Command::HandoutHelp => handout::help(&mut out.lock())?,
        Command::Grade(options) => grade::run(&options)?,
        Command::GradeHelp => grade::options::help(&mut out.lock())?,
        Command::Graph(options) => graph::run(&options)?,
        Command::GraphHelp => graph::help(&mut out.lock())?,
    }
    Ok(())
}

/// Fails if the environment asks for an instruction set that products cannot use. Otherwise the first product would
/// panic.
fn check_instruction_set() -> Result<(), Failure> {
    InstructionSet::from_environment().map(|_| ()).map_err(Failure::Usage)
}

/// The failure for a word that names no command. Suggests a command with a similar name, or `train` if the word names
/// data.
fn unknown(word: &str) -> Failure {
    let hint = match nearest(word, COMMANDS.iter().map(|(name, ..)| *name)) {
        Some(name) => format!("did you mean {name}?"),
        None if Input::exists(word) => format!("did you mean: feedforward {TRAIN} {word}"),
        None => format!("see feedforward {}", HELP.name),
    };
    Failure::usage(format!("there is no command {}; {hint}", quoted(word)))
}

fn help(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "feedforward trains the neural networks of the slides.\n")?;
    writeln!(out, "usage: feedforward [COMMAND] [OPTION …]\n")?;
    writeln!(out, "Without a command, it trains the exercise's network on Iris.\n")?;
    writeln!(out, "commands (each has its own {}):", HELP.name)?;
    for (name, what, _) in COMMANDS {
        writeln!(out, "  {name:<24}{what}")?;
    }
    writeln!(out, "\noptions of {TRAIN}, which can also be given without a command (defaults in parentheses):")?;
    args::list(out, train::options::OPTIONS)?;
    writeln!(out, "  {:<24}{}", VERSION.name, VERSION.help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use args::{assert_refused, words};

    fn command(line: &str) -> Result<Command, Failure> {
        parse(&words(line))
    }

    #[test]
    fn the_first_word_names_the_command_and_train_is_the_default() {
        assert!(matches!(command(""), Ok(Command::Train(_))));
        assert!(matches!(command("--seed 3"), Ok(Command::Train(options)) if options.settings.seed == 3));
        assert!(matches!(command("train digits"), Ok(Command::Train(options)) if options.input == Input::Digits));
        assert!(matches!(command("predict a.csv --load m"), Ok(Command::Predict(_))));
        assert!(matches!(command("handout new"), Ok(Command::Handout(_))));
        assert!(matches!(command("grade a b"), Ok(Command::Grade(_))));
        assert!(matches!(command("graph --sizes 2-2"), Ok(Command::Graph(_))));
    }

    #[test]
    fn every_command_has_help() {
        for line in ["help", "--help", "-h"] {
            assert!(matches!(command(line), Ok(Command::Help)), "{line}");
        }
        for line in ["train --help", "train -h", "--quiet --help"] {
            assert!(matches!(command(line), Ok(Command::TrainHelp)), "{line}");
        }
        assert!(matches!(command("predict --help"), Ok(Command::PredictHelp)));
        assert!(matches!(command("handout --help"), Ok(Command::HandoutHelp)));
        assert!(matches!(command("grade --help"), Ok(Command::GradeHelp)));
        assert!(matches!(command("graph -h"), Ok(Command::GraphHelp)));
        assert!(matches!(command("--version"), Ok(Command::Version)));
        assert!(matches!(command("-V"), Ok(Command::Version)));
    }

    #[test]
    fn an_unknown_command_is_named_with_a_suggestion() {
        assert_refused(
            parse,
            &[
                ("tran", "there is no command \"tran\"; did you mean train?"),
                ("iris", "there is no command \"iris\"; did you mean: feedforward train iris"),
                ("bake", "there is no command \"bake\"; see feedforward --help"),
            ],
        );
    }
}

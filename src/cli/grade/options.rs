//! The options of the command `grade`.

use crate::cli::args::{self, Arguments, OptionSpec};
use crate::cli::failure::Failure;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

const ALL_OR_NOTHING: OptionSpec =
    OptionSpec::new("--all-or-nothing", "", "a section earns its points only if all its checks pass");
const TIME_LIMIT: OptionSpec =
    OptionSpec::new("--time-limit", "S", "seconds that a check may take (10); compiling may take six times as long");
pub(super) const GRADESCOPE: OptionSpec =
    OptionSpec::new("--gradescope", "FILE", "write Gradescope's results.json (for one submission)");
pub(super) const CLASSROOM: OptionSpec =
    OptionSpec::new("--classroom", "FILE", "write Classroom 50's result.json (for one submission)");
pub(super) const CSV: OptionSpec = OptionSpec::new("--csv", "FILE", "write one line per submission");
const QUIET: OptionSpec = OptionSpec::new("--quiet", "", "print only the points");
const OPTIONS: &[OptionSpec] = &[ALL_OR_NOTHING, TIME_LIMIT, GRADESCOPE, CLASSROOM, CSV, QUIET];

/// What to grade and how, and what to write.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Options {
    /// Folders that are a submission or contain submissions.
    pub(super) folders: Vec<PathBuf>,
    /// Whether a section earns its points only if all its checks pass.
    pub(super) all_or_nothing: bool,
    /// The time that a check may take.
    pub(super) time_limit: Duration,
    /// The file for Gradescope.
    pub(super) gradescope: Option<PathBuf>,
    /// The file for Classroom 50.
    pub(super) classroom: Option<PathBuf>,
    /// The CSV file with a line per submission.
    pub(super) csv: Option<PathBuf>,
    /// Whether to print only the points.
    pub(super) quiet: bool,
}

impl Options {
    /// Parses the words of the command. Returns `None` if they ask for help.
    pub(crate) fn parse(words: &[String]) -> Result<Option<Options>, Failure> {
        let Some(arguments) = Arguments::parse(OPTIONS, words)? else { return Ok(None) };
        if arguments.operands.is_empty() {
            return Err(Failure::usage("grade needs a submission, or a folder of submissions: feedforward grade DIR"));
        }
        let seconds = |s: &f64| (0.1..=3600.0).contains(s);
        let limit = arguments.value(&TIME_LIMIT, "a number of seconds from 0.1 to 3600", seconds)?;
        Ok(Some(Options {
            folders: arguments.operands.iter().map(PathBuf::from).collect(),
            all_or_nothing: arguments.has(&ALL_OR_NOTHING),
            time_limit: Duration::from_secs_f64(limit.unwrap_or(10.0)),
            gradescope: arguments.path(&GRADESCOPE),
            classroom: arguments.path(&CLASSROOM),
            csv: arguments.path(&CSV),
            quiet: arguments.has(&QUIET),
        }))
    }

    /// Whether the options ask for a file.
    pub(super) fn writes_files(&self) -> bool {
        self.is_for_one() || self.csv.is_some()
    }

    /// Whether the options ask for a file that reports a single submission.
    pub(super) fn is_for_one(&self) -> bool {
        self.gradescope.is_some() || self.classroom.is_some()
    }

    /// Fails if the options ask for a file that reports a single submission, and there are more.
    pub(super) fn check_number(&self, submissions: usize) -> Result<(), Failure> {
        let option = if self.gradescope.is_some() { GRADESCOPE } else { CLASSROOM };
        match (self.is_for_one(), submissions) {
            (true, 2..) => Err(Failure::usage(format!(
                "{} is for one submission, but there are {submissions}; use {}",
                option.name, CSV.name
            ))),
            _ => Ok(()),
        }
    }
}

/// Prints the help.
pub(crate) fn help(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "feedforward grade: grades each section of the exercise, within the reference solution.\n")?;
    writeln!(out, "usage: feedforward grade DIR … [OPTION …]\n")?;
    writeln!(out, "DIR is a submission, with src/relu.rs and so on, or a folder of submissions. Grading changes")?;
    writeln!(out, "nothing in it. The exit code is 0 if everything was graded and written, whatever the points are.")?;
    writeln!(out, "Submissions do not run in a sandbox; docs/instructors.md explains the risk.\n")?;
    writeln!(out, "options:")?;
    args::list(out, OPTIONS)
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
        let expected = Options {
            folders: vec!["ada".into(), "bob".into()],
            all_or_nothing: true,
            time_limit: Duration::from_millis(500),
            gradescope: None,
            classroom: None,
            csv: Some("grades.csv".into()),
            quiet: true,
        };
        let line = "ada bob --all-or-nothing --time-limit 0.5 --csv grades.csv --quiet";
        assert_eq!(parse(line).unwrap(), Some(expected.clone()));
        let default = Options { all_or_nothing: false, csv: None, quiet: false, ..expected };
        assert_eq!(parse("ada bob").unwrap(), Some(Options { time_limit: Duration::from_secs(10), ..default }));
        assert_eq!(parse("--help").unwrap(), None);
    }

    #[test]
    fn each_wrong_word_has_one_line_that_says_what_would_be_right() {
        assert_refused(
            Options::parse,
            &[
                ("", "grade needs a submission, or a folder of submissions: feedforward grade DIR"),
                ("ada --time-limit soon", "--time-limit must be a number of seconds from 0.1 to 3600, not \"soon\""),
                ("ada --time-limit 0", "--time-limit must be a number of seconds from 0.1 to 3600, not \"0\""),
                ("ada --gradscope x", "there is no option --gradscope; did you mean --gradescope?"),
            ],
        );
    }

    #[test]
    fn a_file_for_one_submission_is_refused_for_a_class() {
        let options = parse("class --classroom result.json").unwrap().unwrap();
        assert!(options.check_number(1).is_ok());
        let Err(Failure::Usage(message)) = options.check_number(3) else { panic!("three submissions") };
        assert_eq!(message, "--classroom is for one submission, but there are 3; use --csv");
        assert!(parse("class").unwrap().unwrap().check_number(3).is_ok());
    }
}

//! Parses the words of a command into options and operands, checks their values, and suggests names for misspelled
//! ones.
//!
//! Each command has a table of [`OptionSpec`]s and turns its [`Arguments`] into its own typed options. Nothing else
//! sees the words.

use crate::cli::failure::Failure;
use crate::cli::format::{or, quoted};
use std::io::{self, Write};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

/// An option of a command.
pub(crate) struct OptionSpec {
    /// The name as typed: `--seed`.
    pub(crate) name: &'static str,
    /// The placeholder of its value in the help; empty if it takes no value.
    pub(crate) value: &'static str,
    /// What it does.
    pub(crate) help: &'static str,
}

impl OptionSpec {
    pub(crate) const fn new(name: &'static str, value: &'static str, help: &'static str) -> OptionSpec {
        OptionSpec { name, value, help }
    }

    /// Whether its value names a file or a directory.
    fn takes_path(&self) -> bool {
        self.value.starts_with("FILE") || self.value == "DIR"
    }
}

/// The option that every command has.
pub(crate) const HELP: OptionSpec = OptionSpec::new("--help", "", "show this help");

/// The short form of `--help`.
pub(crate) const SHORT_HELP: &str = "-h";

/// The words of a command, parsed.
pub(crate) struct Arguments<'a> {
    /// The words that are neither options nor values of options.
    pub(crate) operands: Vec<&'a str>,
    /// The name and the value of each option.
    given: Vec<(&'static str, &'a str)>,
}

impl<'a> Arguments<'a> {
    /// Parses the words. Both `--name value` and `--name=value` are understood. Returns `None` if the words ask for
    /// help.
    pub(crate) fn parse(specs: &[OptionSpec], words: &'a [String]) -> Result<Option<Arguments<'a>>, Failure> {
        let mut arguments = Arguments { operands: Vec::new(), given: Vec::new() };
        let mut words = words.iter().map(String::as_str).peekable();
        while let Some(word) = words.next() {
            if !word.starts_with('-') || word == "-" {
                arguments.operands.push(word);
                continue;
            }
            let (name, attached) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
            let name = if name == SHORT_HELP { HELP.name } else { name };
            let mut known = specs.iter().chain([&HELP]);
            let Some(spec) = known.find(|spec| spec.name == name) else { return Err(unknown(specs, name)) };
            if arguments.has(spec) {
                return Err(Failure::usage(format!("{name} is given twice")));
            }
            let value = match attached {
                Some(_) if spec.value.is_empty() => {
                    return Err(Failure::usage(format!("{name} takes no value; write {name}, not {}", quoted(word))));
                }
                Some(value) => value,
                None if spec.value.is_empty() => "",
                None => match words.next_if(|next| !next.starts_with("--")) {
                    Some(value) => value,
                    None => return Err(Failure::usage(format!("{name} needs a value: {name} {}", spec.value))),
                },
            };
            if spec.takes_path() {
                check_path(spec, value)?;
            }
            arguments.given.push((spec.name, value));
        }
        Ok(if arguments.has(&HELP) { None } else { Some(arguments) })
    }

    /// Whether the option was given.
    pub(crate) fn has(&self, option: &OptionSpec) -> bool {
        self.text(option).is_some()
    }

    /// The value of the option as it was typed.
    pub(crate) fn text(&self, option: &OptionSpec) -> Option<&'a str> {
        self.given.iter().find(|(name, _)| *name == option.name).map(|(_, value)| *value)
    }

    /// The value of the option as a path.
    pub(crate) fn path(&self, option: &OptionSpec) -> Option<PathBuf> {
        self.text(option).map(PathBuf::from)
    }

    /// The value of the option, which must parse and be `valid`. `expected` describes the valid values in the message.
    pub(crate) fn value<T: FromStr>(
        &self,
        option: &OptionSpec,
        expected: &str,
        valid: impl Fn(&T) -> bool,
    ) -> Result<Option<T>, Failure> {
        let Some(text) = self.text(option) else { return Ok(None) };
        match text.parse().ok().filter(valid) {
            Some(value) => Ok(Some(value)),
            None => Err(Failure::usage(format!("{} must be {expected}, not {}", option.name, quoted(text)))),
        }
    }

    /// The value of the option, which must be a whole number in the range.
    pub(crate) fn number(&self, option: &OptionSpec, range: RangeInclusive<usize>) -> Result<Option<usize>, Failure> {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        self.value(option, &expected, |number| range.contains(number))
    }

    /// The value of the option, which must be one of these names.
    pub(crate) fn choice<T: Copy>(&self, option: &OptionSpec, choices: &[(&str, T)]) -> Result<Option<T>, Failure> {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let name = self.value(option, &or(&names), |text: &String| names.contains(&text.as_str()))?;
        Ok(name.and_then(|name| choices.iter().find(|(known, _)| *known == name).map(|(_, choice)| *choice)))
    }
}

/// Fails if an option gets no path, or `-`.
fn check_path(option: &OptionSpec, path: &str) -> Result<(), Failure> {
    match path {
        "" => Err(Failure::usage(format!("{0} needs a value: {0} {1}", option.name, option.value))),
        "-" => Err(not_standard_input(option.name)),
        _ => Ok(()),
    }
}

/// The failure for a `-` in place of a path that does not name data.
pub(crate) fn not_standard_input(name: &str) -> Failure {
    Failure::usage(format!("{name}: - is standard input, which is for data only; write ./- for a file of this name"))
}

fn unknown(specs: &[OptionSpec], name: &str) -> Failure {
    let hint = match nearest(name, specs.iter().map(|spec| spec.name)) {
        Some(name) => format!("did you mean {name}?"),
        None => format!("see {}", HELP.name),
    };
    Failure::usage(format!("there is no option {name}; {hint}"))
}

/// Lists the options and what they do, `--help` last.
pub(crate) fn list(out: &mut impl Write, specs: &[OptionSpec]) -> io::Result<()> {
    for OptionSpec { name, value, help } in specs.iter().chain([&HELP]) {
        for (i, line) in help.lines().enumerate() {
            let option = if i == 0 { format!("{name} {value}") } else { String::new() };
            writeln!(out, "  {option:<24}{line}")?;
        }
    }
    Ok(())
}

/// The name that the user probably meant by `word`: the closest one within a few typing mistakes, otherwise the first
/// that `word` abbreviates.
pub(crate) fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let mistyped = |name: &&str| distance(word, name) <= name.trim_start_matches('-').len().div_ceil(3);
    let abbreviated = |name: &&str| word.len() > 3 && is_subsequence(word, name);
    names.clone().filter(mistyped).min_by_key(|name| distance(word, name)).or_else(|| names.clone().find(abbreviated))
}

/// The Levenshtein distance: the number of insertions, deletions and replacements that turn one string into the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect(); // distances from the empty prefix of `one`
    for (i, c) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, d) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(c != *d);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}

/// Whether `long` contains all characters of `short`, in this order.
fn is_subsequence(short: &str, long: &str) -> bool {
    let mut long = long.chars();
    short.chars().all(|c| long.any(|d| c == d))
}

/// The words of a line, for tests.
#[cfg(test)]
pub(crate) fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_string).collect()
}

/// Asserts that each line is refused with its message.
#[cfg(test)]
#[track_caller]
pub(crate) fn assert_refused<T>(parse: impl Fn(&[String]) -> Result<T, Failure>, cases: &[(&str, &str)]) {
    for (line, expected) in cases {
        match parse(&words(line)) {
            Err(Failure::Usage(message)) => assert_eq!(message, *expected, "{line}"),
            Err(failure) => panic!("{line}: {failure:?}"),
            Ok(_) => panic!("{line}: accepted"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPECS: [OptionSpec; 3] =
        [OptionSpec::new("--seed", "N", ""), OptionSpec::new("--start", "HOW", ""), OptionSpec::new("--quiet", "", "")];
    const CHOICES: [(&str, u8); 2] = [("uniform", 0), ("he", 1)];

    #[test]
    fn options_and_operands_may_stand_in_any_order_and_values_may_be_attached() {
        for line in ["a --seed 3 --quiet b --start he", "--start=he a b --quiet --seed=3"] {
            let words = words(line);
            let arguments = Arguments::parse(&SPECS, &words).unwrap().unwrap();
            assert_eq!(arguments.operands, ["a", "b"], "{line}");
            assert_eq!(arguments.number(&SPECS[0], 1..=9).unwrap(), Some(3), "{line}");
            assert_eq!(arguments.choice(&SPECS[1], &CHOICES).unwrap(), Some(1), "{line}");
            assert!(arguments.has(&SPECS[2]), "{line}");
        }
        let words = words("--seed -1");
        assert_eq!(Arguments::parse(&SPECS, &words).unwrap().unwrap().text(&SPECS[0]), Some("-1"));
    }

    #[test]
    fn help_is_found_among_other_words() {
        for line in ["--help", "-h", "a --seed 3 --help", "--quiet -h"] {
            assert!(Arguments::parse(&SPECS, &words(line)).unwrap().is_none(), "{line}");
        }
    }

    #[test]
    fn each_wrong_word_has_one_line_that_says_what_would_be_right() {
        let parse = |words: &[String]| {
            let arguments = Arguments::parse(&SPECS, words)?.expect("no help");
            arguments.number(&SPECS[0], 1..=9)?;
            arguments.choice(&SPECS[1], &CHOICES)
        };
        assert_refused(
            parse,
            &[
                ("--sede 3", "there is no option --sede; did you mean --seed?"),
                ("--frobnicate", "there is no option --frobnicate; see --help"),
                ("--seed", "--seed needs a value: --seed N"),
                ("--seed --quiet", "--seed needs a value: --seed N"),
                ("--seed 1 --seed=2", "--seed is given twice"),
                ("--quiet=yes", "--quiet takes no value; write --quiet, not \"--quiet=yes\""),
                ("--seed ten", "--seed must be a whole number from 1 to 9, not \"ten\""),
                ("--seed 10", "--seed must be a whole number from 1 to 9, not \"10\""),
                ("--start zero", "--start must be uniform or he, not \"zero\""),
            ],
        );
    }

    #[test]
    fn the_distance_counts_insertions_deletions_and_replacements() {
        for (one, other, expected) in [("", "", 0), ("", "abc", 3), ("kitten", "sitting", 3), ("seed", "sed", 1)] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
            assert_eq!(distance(other, one), expected, "{other} {one}");
        }
    }

    #[test]
    fn a_slip_or_an_abbreviation_finds_its_name_and_something_else_finds_none() {
        let names = ["--seed", "--iterations", "--learning-rate", "--hidden"];
        let nearest = |word| nearest(word, names.into_iter());
        assert_eq!(nearest("--sede"), Some("--seed"));
        assert_eq!(nearest("--itertions"), Some("--iterations"));
        assert_eq!(nearest("--iter"), Some("--iterations"));
        assert_eq!(nearest("--lr"), Some("--learning-rate"));
        assert_eq!(nearest("--frobnicate"), None);
        assert_eq!(nearest("-x"), None);
        assert_eq!(nearest("-lr"), None); // too short for an abbreviation
    }
}

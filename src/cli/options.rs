//! What the words of the command line mean: options with and without a value, and plain words between them.

use super::Failure;
use std::io::{self, Write};
use std::str::FromStr;

/// An option that a command knows.
pub(crate) struct Choice {
    /// As it is typed: `--seed`.
    pub(crate) name: &'static str,
    /// The name of its value, empty if it has none.
    pub(crate) value: &'static str,
    /// What it does.
    pub(crate) help: &'static str,
}

/// The words that a command was given, sorted.
pub(crate) struct Words<'a> {
    /// What is no option.
    pub(crate) plain: Vec<&'a str>,
    given: Vec<(&'static str, &'a str)>,
}

impl<'a> Words<'a> {
    /// Sorts the words. Both `--name value` and `--name=value` are understood.
    pub(crate) fn sort(choices: &[Choice], words: &'a [String]) -> Result<Words<'a>, Failure> {
        let mut sorted = Words { plain: Vec::new(), given: Vec::new() };
        let mut words = words.iter().map(String::as_str).peekable();
        while let Some(word) = words.next() {
            if !word.starts_with('-') || word == "-" {
                sorted.plain.push(word);
                continue;
            }
            let (name, attached) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
            let name = if name == "-h" { "--help" } else { name };
            let choice = choices.iter().find(|choice| choice.name == name).ok_or_else(|| unknown(choices, name))?;
            if sorted.has(choice.name) {
                return Err(Failure::Usage(format!("{name} is given twice")));
            }
            let value = match attached {
                Some(_) if choice.value.is_empty() => {
                    return Err(Failure::Usage(format!("{name} takes no value, but is given one: {word}")));
                }
                Some(value) => value,
                None if choice.value.is_empty() => "",
                None => match words.next_if(|next| !next.starts_with("--")) {
                    Some(value) => value,
                    None => return Err(Failure::Usage(format!("{name} lacks its value: {name} {}", choice.value))),
                },
            };
            sorted.given.push((choice.name, value));
        }
        Ok(sorted)
    }

    /// Whether the option was given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.given.iter().any(|(given, _)| *given == name)
    }

    /// The value of the option as it was typed.
    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        self.given.iter().find(|(given, _)| *given == name).map(|(_, value)| *value)
    }

    /// The value of the option, which must be `right` (for the message) and `valid`.
    pub(crate) fn value<T: FromStr>(
        &self,
        name: &str,
        right: &str,
        valid: impl Fn(&T) -> bool,
    ) -> Result<Option<T>, Failure> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.parse().ok().filter(valid) {
            Some(value) => Ok(Some(value)),
            None => Err(Failure::Usage(format!("{name} must be {right}, not {text:?}"))),
        }
    }
}

fn unknown(choices: &[Choice], name: &str) -> Failure {
    let hint = match nearest(name, choices.iter().map(|choice| choice.name)) {
        Some(name) => format!("did you mean {name}?"),
        None => "see --help".to_string(),
    };
    Failure::Usage(format!("there is no option {name}; {hint}"))
}

/// Lists the options with what they do.
pub(crate) fn list(out: &mut impl Write, choices: &[Choice]) -> io::Result<()> {
    for Choice { name, value, help } in choices {
        for (i, line) in help.lines().enumerate() {
            let option = if i == 0 { format!("{name} {value}") } else { String::new() };
            writeln!(out, "  {option:<24}{line}")?;
        }
    }
    Ok(())
}

/// The name that was probably meant by `word`: one that few mistakes turn into it, or else one that it abbreviates.
pub(crate) fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let mistyped = |name: &&str| distance(word, name) <= name.trim_start_matches('-').len().div_ceil(3);
    let abbreviated = |name: &&str| word.len() > 3 && is_subsequence(word, name);
    names.clone().filter(mistyped).min_by_key(|name| distance(word, name)).or_else(|| names.clone().find(abbreviated))
}

/// How many characters must be inserted, deleted or replaced to make one of the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect(); // from the empty beginning of `one`
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

/// Whether all characters of `short` stand in `long`, in this order.
fn is_subsequence(short: &str, long: &str) -> bool {
    let mut long = long.chars();
    short.chars().all(|c| long.any(|d| c == d))
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}

//! The command `handout`: writes the exercise as a separate crate, made from the reference solution.

use super::rust_source::{remove_function, replace_body, replace_field};
use super::{Removed, SECTIONS, Section, sources};
use crate::cli::args::{self, Arguments, not_standard_input};
use crate::cli::failure::{Failure, cannot_write};
use crate::cli::format::quoted;
use crate::cli::outputs::Check;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Where to write the exercise.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Options {
    folder: PathBuf,
}

impl Options {
    /// Parses the words of the command. Returns `None` if they ask for help.
    pub(crate) fn parse(words: &[String]) -> Result<Option<Options>, Failure> {
        let Some(arguments) = Arguments::parse(&[], words)? else { return Ok(None) };
        match arguments.operands[..] {
            ["-"] => Err(not_standard_input("handout")),
            [folder] => Ok(Some(Options { folder: PathBuf::from(folder) })),
            [] => Err(Failure::usage("handout needs a folder to write to: feedforward handout DIR")),
            [_, second, ..] => Err(Failure::usage(format!("handout takes one folder; what is {}?", quoted(second)))),
        }
    }
}

/// The comment that replaces a field in which a section keeps what `backward` needs.
const FIELD: &str = "    // Add fields for what backward needs from the forward pass.";

/// What the files are for, in messages.
const EXERCISE: &str = "the exercise to";

/// Writes the exercise.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let folder = &options.folder;
    Check::new().writes_in("DIR", EXERCISE, folder)?;
    check_empty(folder)?;
    for (path, text) in files() {
        write(&folder.join(path), &text)?;
    }
    let mut out = io::stdout();
    writeln!(out, "The exercise is in {}. A student starts with:\n", folder.display())?;
    writeln!(out, "  cd {}", folder.display())?;
    writeln!(out, "  cargo test          # gives the whole grade; every check fails, because nothing is written yet")?;
    writeln!(out, "  cargo test sgd      # checks one section; README.md explains how to start")?;
    Ok(())
}

/// The paths and texts of all files of the student's crate.
pub(crate) fn files() -> Vec<(&'static str, String)> {
    let given = sources::LIBRARY.iter().map(|(path, text)| {
        let section = SECTIONS.iter().find(|section| section.path() == *path);
        (*path, section.map_or_else(|| text.to_string(), |section| hollow(section, text)))
    });
    let rest = sources::CHECKS.iter().chain(sources::STUDENT.iter()).map(|(path, text)| (*path, text.to_string()));
    given.chain(rest).collect()
}

/// The section's source as it is handed out, without the answers.
pub(crate) fn hollow(section: &Section, source: &str) -> String {
    let mut source = source.to_string();
    for removed in section.removed {
        source = match removed {
            Removed::Function(name) => remove_function(&source, name),
            Removed::Field(name) => replace_field(&source, name, FIELD),
            Removed::Text(text) => {
                assert_eq!(source.matches(text).count(), 1, "{text:?} once in {}", section.name);
                source.replace(text, "")
            }
        };
    }
    for (name, task) in section.asked {
        source = replace_body(&source, name, &format!("todo!({task:?})"));
    }
    source
}

/// Fails if the folder exists and is not empty.
fn check_empty(folder: &Path) -> Result<(), Failure> {
    let name = folder.display();
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(Failure::Usage(format!("{name} is not empty; choose a new folder"))),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::Usage(format!("cannot read {name}: {error}"))),
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().expect("within the folder");
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(path, text));
    written.map_err(|error| Failure::Run(cannot_write(EXERCISE, path, error)))
}

/// Prints the help.
pub(crate) fn help(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "feedforward handout: writes the exercise as a crate, with todo! in place of the answers.\n")?;
    writeln!(out, "usage: feedforward handout DIR\n")?;
    writeln!(out, "DIR must be new or empty. Building the crate needs only Rust and no network.\n")?;
    writeln!(out, "options:")?;
    args::list(out, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_points_of_all_sections_sum_to_100() {
        assert_eq!(SECTIONS.iter().map(|section| section.points).sum::<u32>(), 100);
    }

    #[test]
    fn a_section_is_handed_out_with_its_documentation_and_without_its_answers() {
        for section in &SECTIONS {
            let (full, handed_out) = (sources::text(&section.path()), hollow(section, sources::text(&section.path())));
            assert_eq!(handed_out.matches("todo!(").count(), section.asked.len(), "{}", section.name);
            let comments = |text: &str| text.lines().filter(|line| line.starts_with("//!")).count();
            assert_eq!(comments(&handed_out), comments(full), "{}", section.name);
            let equation = |line: &str| {
                let code = !line.trim_start().starts_with("//") && !line.starts_with("#!"); // nor a formula of the head
                code && line.contains("//") && line.ends_with(')')
            };
            assert!(full.lines().any(equation) || section.name == "network", "{}", section.name);
            assert!(!handed_out.lines().any(equation), "{}: {handed_out}", section.name);
        }
    }
}

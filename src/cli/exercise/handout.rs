//! The command `handout`: the exercise as a crate of its own, made from the reference.

use super::rust_source::{remove_function, replace_body, replace_field};
use super::{Removed, SECTIONS, Section, sources};
use crate::cli::Failure;
use crate::cli::options::{self, Choice, Words};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

const OPTIONS: &[Choice] = &[Choice { name: "--help", value: "", help: "show this" }];

/// What stands where a section keeps what backward will need.
const FIELD: &str = "    // What backward must know of the forward pass: fields of your own.";

/// Writes the exercise.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    let words = Words::sort(OPTIONS, words)?;
    if words.has("--help") {
        return help();
    }
    let folder = match words.plain[..] {
        [folder] => Path::new(folder),
        [] => return Err(Failure::Usage("handout needs a folder to write to: feedforward handout DIR".to_string())),
        [_, second, ..] => return Err(Failure::Usage(format!("one folder is enough: what is {second:?}?"))),
    };
    empty(folder)?;
    for (path, text) in files() {
        write(&folder.join(path), &text)?;
    }
    let mut out = io::stdout();
    writeln!(out, "The exercise is in {}. A student's first steps:\n", folder.display())?;
    writeln!(out, "  cd {}", folder.display())?;
    writeln!(out, "  cargo test          # the whole grade: nothing is written yet, so all of it fails")?;
    writeln!(out, "  cargo test sgd      # one section; README.md says how to begin")?;
    Ok(())
}

/// The student's crate: all its files, with their paths.
pub(crate) fn files() -> Vec<(&'static str, String)> {
    let given = sources::LIBRARY.iter().map(|(path, text)| {
        let section = SECTIONS.iter().find(|section| section.path() == *path);
        (*path, section.map_or_else(|| text.to_string(), |section| hollow(section, text)))
    });
    let rest = sources::CHECKS.iter().chain(sources::STUDENT).map(|(path, text)| (*path, text.to_string()));
    given.chain(rest).collect()
}

/// The section as it is handed out: without the answers.
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

/// Refuses a folder in which there is something.
fn empty(folder: &Path) -> Result<(), Failure> {
    let name = folder.display();
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(Failure::Usage(format!("{name} is not empty: name a new folder"))),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::Usage(format!("cannot write to {name}: {error}"))),
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().expect("within the folder");
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(path, text));
    written.map_err(|error| Failure::Run(format!("cannot write {}: {error}", path.display())))
}

fn help() -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "feedforward handout: writes the exercise as a crate for students, the answers replaced by todo!.\n"
    )?;
    writeln!(out, "usage: feedforward handout DIR\n")?;
    writeln!(out, "DIR must be new or empty. The crate needs Rust alone, and no network.\n")?;
    writeln!(out, "options:")?;
    Ok(options::list(&mut out, OPTIONS)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sections_count_one_hundred() {
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
                let code = !line.trim_start().starts_with("//");
                code && line.contains("//") && line.ends_with(')')
            };
            assert!(full.lines().any(equation) || section.name == "network", "{}", section.name);
            assert!(!handed_out.lines().any(equation), "{}: {handed_out}", section.name);
        }
    }
}

//! Judges one section of a submission: compiles the reference solution with the student's file in place of its own, and
//! runs each of the section's checks in a separate process.

use super::child::{self, End, Finished, Limits};
use super::verdict::{Checked, Verdict};
use crate::cli::exercise::{Section, sources};
use crate::cli::failure::{Failure, cannot_write};
use std::collections::hash_map::RandomState;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The memory limits of the compiler and of a check, in MiB. The compiler reserves much more memory than it uses.
const COMPILER_MEMORY: u64 = 8192;
const CHECK_MEMORY: u64 = 1024;
/// The most lines of a compiler error that are shown.
const ERROR_LINES: usize = 14;

/// A temporary folder for compiling and checking. Dropping the workshop deletes it.
pub(super) struct Workshop {
    folder: PathBuf,
    rustc: OsString,
    /// The time limit of a check. Compiling may take six times as long.
    limit: Duration,
    /// Whether a class is graded, not one or two submissions.
    class: bool,
}

impl Drop for Workshop {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Workshop {
    /// Creates the folder and makes sure that the compiler runs.
    pub(super) fn new(limit: Duration, class: bool) -> Result<Workshop, Failure> {
        let folder = std::env::temp_dir().join(format!("feedforward-grade-{}", word()));
        let made = fs::create_dir_all(&folder);
        made.map_err(|error| Failure::Run(cannot_write("temporary files to", &folder, error)))?;
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let workshop = Workshop { folder, rustc, limit, class };
        match workshop.rustc(&workshop.folder, &["--version"]) {
            Ok(Finished { end: End::Exited(status), .. }) if status.success() => Ok(workshop),
            _ => Err(Failure::Run(
                "grading needs the Rust compiler, but rustc does not run; install it from https://rustup.rs"
                    .to_string(),
            )),
        }
    }

    /// Judges a section's file. Each thread passes the number of its own `bench`, a subfolder.
    pub(super) fn judge(&self, bench: usize, section: &Section, source: &str) -> Verdict {
        let folder = self.folder.join(format!("bench-{bench}"));
        let verdict = self.try_judge(&folder, section, source);
        let _ = fs::remove_dir_all(&folder);
        verdict.unwrap_or_else(|error| Verdict::Refused {
            why: format!("the grader failed: {error}"),
            details: String::new(),
        })
    }

    fn try_judge(&self, folder: &Path, section: &Section, source: &str) -> io::Result<Verdict> {
        let checks = checks(section);
        write_crate(folder, section, source, &checks)?;
        // Incremental compilation costs time at first. For the checks, only a class makes up for it.
        let kept_library = format!("-Cincremental={}-library", folder.display());
        let kept_checks = format!("-Cincremental={}-{}", folder.display(), section.name);
        let library = ["--crate-name=feedforward", "--crate-type=lib", "src/lib.rs", &kept_library];
        let external = "--extern=feedforward=libfeedforward.rlib";
        let program = ["--crate-name=checks", external, "tests/exercise/main.rs", &kept_checks];
        let program = if self.class { &program[..] } else { &program[..3] };
        for part in [&library[..], program] {
            let finished = self.rustc(folder, &[&["--edition=2024", "-Awarnings"], part].concat())?;
            if let Some(refused) = self.compile_error(&finished, section) {
                return Ok(refused);
            }
        }
        let empty = folder.join("run");
        fs::create_dir(&empty)?;
        let program = folder.join(format!("checks{}", std::env::consts::EXE_SUFFIX));
        let mut limit = self.limit;
        let mut checked = Vec::new();
        for check in &checks {
            let (failure, too_long) = self.check(program.as_os_str(), &empty, check, limit)?;
            if too_long {
                limit = self.limit / 10; // a correct solution needs a thousandth; do not wait long for more endless loops
            }
            checked.push(Checked { name: check.replace('_', " "), failure });
        }
        Ok(Verdict::Checked(checked))
    }

    /// Runs the compiler.
    fn rustc(&self, folder: &Path, arguments: &[&str]) -> io::Result<Finished> {
        let limits = Limits { time: 6 * self.limit, memory: COMPILER_MEMORY, environment: true };
        child::run(&self.rustc, arguments, folder, "", limits)
    }

    /// The verdict if the compiler failed: its first error, preferably one in the student's file.
    fn compile_error(&self, finished: &Finished, section: &Section) -> Option<Verdict> {
        match finished.end {
            End::Exited(status) if status.success() => return None,
            End::Exited(_) => {}
            End::TooLong => {
                let why = format!("compiling took longer than {} s", (6 * self.limit).as_secs_f64());
                return Some(Verdict::Refused { why, details: String::new() });
            }
        }
        let errors = finished.stderr.split("\n\n").map(str::trim).filter(|part| part.starts_with("error"));
        let (file, place) = (section.path(), format!("--> {}", section.path()));
        let own = errors.clone().find(|error| error.contains(&place));
        let why = match own {
            Some(_) => format!("{file} does not compile: "),
            None => format!("{file} does not fit the rest of the crate: "),
        };
        let error = own.or_else(|| errors.clone().next()).unwrap_or("error: the compiler failed");
        let mut details: String = error.lines().take(ERROR_LINES).flat_map(|line| [line, "\n"]).collect();
        if error.lines().count() > ERROR_LINES {
            details += "…\n";
        }
        let first = error.lines().next().unwrap_or_default();
        let message = first.split_once(": ").map_or(first, |(_, message)| message);
        Some(Verdict::Refused { why: why + message, details })
    }

    /// Runs a check. Returns why it failed, if it did, and whether it exceeded the time limit. A check passes only if
    /// its record says so and contains the secret word that the check was given.
    fn check(&self, program: &OsStr, folder: &Path, check: &str, time: Duration) -> io::Result<(Option<String>, bool)> {
        let word = word();
        let finished =
            child::run(program, &[check], folder, &word, Limits { time, memory: CHECK_MEMORY, environment: false })?;
        let mut parts = finished.stdout.rsplit(&word);
        if let (Some(""), Some(record), Some(_)) = (parts.next(), parts.next(), parts.next()) {
            if record == "passed\n" {
                return Ok((None, false));
            }
            if let Some((place, message)) = record.strip_prefix("failed\n").and_then(|rest| rest.split_once('\n')) {
                return Ok((Some(failure(place, message.trim_end())), false));
            }
        }
        let too_long = matches!(finished.end, End::TooLong);
        let end = match finished.end {
            End::TooLong => {
                format!("It ran longer than {} s and was stopped. Is there an endless loop?", time.as_secs_f64())
            }
            End::Exited(_) if finished.stderr.contains("overflowed its stack") => {
                "The stack overflowed. Does a function call itself without end?".to_string()
            }
            End::Exited(_) if finished.stderr.contains("memory allocation of") => {
                "There was not enough memory. Does something grow without end?".to_string()
            }
            End::Exited(status) => format!("The program ended in the middle of the check ({status})."),
        };
        Ok((Some(format!("{}\n{end}\n", check.replace('_', " "))), too_long))
    }
}

/// The message of a failed check and, if the code panicked, the place in the student's file.
fn failure(place: &str, message: &str) -> String {
    let panicked = message.starts_with("not yet") || message.contains("\nThe code panicked: ");
    match place.is_empty() || !panicked {
        true => format!("{message}\n"),
        false => format!("{message}\n\nin {place}\n"),
    }
}

/// The names of the section's checks.
fn checks(section: &Section) -> Vec<String> {
    let text = sources::text(&section.checks_path());
    let names = text.split("#[test]\nfn ").skip(1);
    names.map(|rest| rest.split('(').next().expect("a name").to_string()).collect()
}

/// Writes the reference solution with the student's file in it, and the section's checks as a program that runs one
/// check.
fn write_crate(folder: &Path, section: &Section, source: &str, checks: &[String]) -> io::Result<()> {
    let (own, checked) = (section.path(), section.checks_path());
    for (path, text) in sources::LIBRARY.iter().chain(sources::CHECKS.iter()) {
        let text = match *path {
            path if path == own => source.to_string(),
            path if path == checked => text.replace("#[test]\nfn ", "pub fn "),
            "src/lib.rs" => {
                let module = format!("pub mod {};", section.name);
                assert_eq!(text.matches(&module).count(), 1, "{module}");
                text.replace(&module, &format!("#[forbid(unsafe_code)]\n{module}"))
            }
            "tests/exercise/main.rs" => {
                let arm = |check: &String| format!("{check:?} => {}::{check},\n", section.name);
                let arms: String = checks.iter().map(arm).collect();
                include_str!("harness.rs.txt").replace("SECTION", section.name).replace("CHECKS", &arms)
            }
            _ => text.to_string(),
        };
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("in the folder"))?;
        fs::write(path, text)?;
    }
    fs::write(folder.join("README.md"), "") // the library's documentation may include it
}

/// A secret word of 128 random bits: the keys that the standard library draws from the system for its hash tables.
fn word() -> String {
    let bits = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", bits(), bits())
}

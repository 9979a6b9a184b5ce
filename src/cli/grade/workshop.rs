//! Where a section is judged: the reference as it is, with the student's file in the place of one of its own, and
//! around it the grader's own checks, each in a process of its own.

use super::child::{self, End, Finished, Limits};
use super::verdict::{Checked, Verdict};
use crate::cli::Failure;
use crate::cli::exercise::{Section, sources};
use std::collections::hash_map::RandomState;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the compiler may use of memory, in MiB: it reserves much and uses little; and what a check may.
const COMPILER_MEMORY: u64 = 8192;
const CHECK_MEMORY: u64 = 1024;
/// As many lines of a compiler's error are shown.
const ERROR_LINES: usize = 14;

/// A folder of its own for temporary files, gone when grading ends.
pub(super) struct Workshop {
    folder: PathBuf,
    rustc: OsString,
    limit: Duration,
    /// Whether the compiler keeps what it can use again, which takes its time at first and pays for a class.
    class: bool,
}

impl Drop for Workshop {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Workshop {
    /// Makes the folder, and sees that there is a compiler. A compilation may take six times as long as a check.
    pub(super) fn new(limit: Duration, class: bool) -> Result<Workshop, Failure> {
        let folder = std::env::temp_dir().join(format!("feedforward-grade-{}", word()));
        let made = fs::create_dir_all(&folder);
        made.map_err(|error| Failure::Run(format!("cannot write to {}: {error}", folder.display())))?;
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let workshop = Workshop { folder, rustc, limit, class };
        match workshop.rustc(&workshop.folder, &["--version"]) {
            Ok(Finished { end: End::Exited(status), .. }) if status.success() => Ok(workshop),
            _ => Err(Failure::Run("grading needs the Rust compiler: rustc could not be run".to_string())),
        }
    }

    /// Judges a student's file, on one of several benches that are used at the same time.
    pub(super) fn judge(&self, bench: usize, section: &Section, source: &str) -> Verdict {
        let folder = self.folder.join(format!("bench-{bench}"));
        let verdict = self.try_judge(&folder, section, source);
        let _ = fs::remove_dir_all(&folder);
        verdict.unwrap_or_else(|error| Verdict::Refused {
            why: format!("the grader could not do its work: {error}"),
            details: String::new(),
        })
    }

    fn try_judge(&self, folder: &Path, section: &Section, source: &str) -> io::Result<Verdict> {
        let checks = checks(section);
        write_crate(folder, section, source, &checks)?;
        let library = ["--crate-name=feedforward", "--crate-type=lib", "src/lib.rs"];
        let program = ["--crate-name=checks", "--extern=feedforward=libfeedforward.rlib", "tests/exercise/main.rs"];
        let kept = format!("-Cincremental={}-{}", folder.display(), section.name);
        let options: &[&str] =
            if self.class { &["--edition=2024", "-Awarnings", &kept] } else { &["--edition=2024", "-Awarnings"] };
        for part in [library, program] {
            let finished = self.rustc(folder, &[options, &part].concat())?;
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
                limit = self.limit / 10; // a right solution needs a thousandth; so an endless loop is not waited for often
            }
            checked.push(Checked { name: check.replace('_', " "), failure });
        }
        Ok(Verdict::Checked(checked))
    }

    fn rustc(&self, folder: &Path, arguments: &[&str]) -> io::Result<Finished> {
        let limits = Limits { time: 6 * self.limit, memory: COMPILER_MEMORY, environment: true };
        child::run(&self.rustc, arguments, folder, "", limits)
    }

    /// Why the compiler refused, if it did: the first error in the student's own file, if there is one.
    fn compile_error(&self, finished: &Finished, section: &Section) -> Option<Verdict> {
        match finished.end {
            End::Exited(status) if status.success() => return None,
            End::Exited(_) => {}
            End::TooLong => {
                let why = format!("compiling took longer than {} s", 6 * self.limit.as_secs());
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

    /// Runs a check, and returns why it failed, if it did, and whether it took too long. It has passed only if its record
    /// says so, with the word that it was told.
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
            End::TooLong => format!("It ran longer than {} s and was ended: an endless loop?", time.as_secs_f64()),
            End::Exited(_) if finished.stderr.contains("overflowed its stack") => {
                "The stack overflowed: does a function call itself without end?".to_string()
            }
            End::Exited(_) if finished.stderr.contains("memory allocation of") => {
                "There was not enough memory: does something grow without end?".to_string()
            }
            End::Exited(status) => format!("The program ended in the middle of the check ({status})."),
        };
        Ok((Some(format!("{}\n{end}\n", check.replace('_', " "))), too_long))
    }
}

/// What a failing check says, and where in the student's file the code panicked, if it did.
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

/// The reference with the student's file in it, and the section's checks as a program that runs one of them.
fn write_crate(folder: &Path, section: &Section, source: &str, checks: &[String]) -> io::Result<()> {
    let (own, checked) = (section.path(), section.checks_path());
    for (path, text) in sources::LIBRARY.iter().chain(sources::CHECKS) {
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
    fs::write(folder.join("README.md"), "") // which the library's documentation may include
}

/// A word that nobody can guess: 128 bits of what the standard library draws for its hash tables from the system.
fn word() -> String {
    let bits = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", bits(), bits())
}

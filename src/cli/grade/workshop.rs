//! Judges one section of a submission: compiles the reference solution with the student's file in place of its own, and
//! runs each of the section's checks in a separate process.

use super::child::{self, End, Finished, Limits};
use super::verdict::{Checked, Verdict};
use crate::cli::exercise::{SECTIONS, Section, sources};
use crate::cli::failure::{Failure, cannot_write};
use std::collections::hash_map::RandomState;
use std::ffi::OsString;
use std::fs;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The memory limits of the compiler and of a check, in MiB. The compiler reserves much more memory than it uses.
const COMPILER_MEMORY: u64 = 8192;
const CHECK_MEMORY: u64 = 1024;
/// The time in which the compiler must give its version. A machine under load may need seconds to start it.
const VERSION_TIME: Duration = Duration::from_secs(60);
/// The most lines of a compiler error that are shown.
const ERROR_LINES: usize = 14;
/// A check with this name always passes if programs run at all.
const NO_CHECK: &str = "";

/// A temporary folder for compiling and checking. Dropping the workshop deletes it.
pub(super) struct Workshop {
    folder: PathBuf,
    rustc: OsString,
    /// The time limit of a check. Compiling may take six times as long.
    limit: Duration,
    /// Whether a class is graded, not one or two submissions.
    class: bool,
    /// The exam of each of the [`SECTIONS`].
    exams: Vec<Exam>,
    /// Whether a check has run to its end, so that programs are known to run in the folder.
    programs_run: AtomicBool,
}

/// What judging a section needs besides the student's file.
struct Exam {
    section: &'static Section,
    /// The names of the checks.
    checks: Vec<String>,
    /// The files of the crate that are not as in this project: the library, the checks of the section, and the program
    /// that runs one check.
    library: String,
    functions: String,
    program: String,
    /// Whether the section has compiled, so that the compiler is known to work.
    has_compiled: AtomicBool,
}

/// Why a section does not compile.
struct Refusal {
    verdict: Verdict,
    /// The reason in one line, without the section.
    message: String,
    /// Whether the compiler points to a place in a source file. Otherwise the fault may be the machine's.
    has_place: bool,
}

impl Drop for Workshop {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Workshop {
    /// Creates the folder, and makes sure that every section has its checks and that the compiler runs.
    pub(super) fn new(limit: Duration, class: bool) -> Result<Workshop, Failure> {
        let exams = SECTIONS.iter().map(|section| Exam::new(section, sources::text(&section.checks_path())));
        let exams = exams.collect::<Result<_, _>>().map_err(Failure::Run)?;
        let folder = std::env::temp_dir().join(format!("feedforward-grade-{}", word()));
        // The programs run in other folders, so the path must be absolute.
        let folder = std::path::absolute(folder).and_then(|folder| fs::create_dir(&folder).map(|()| folder));
        let folder = folder.map_err(|error| {
            let message = cannot_write("temporary files to", &std::env::temp_dir(), error);
            Failure::Run(format!("{message}; set TMPDIR to a folder that can be written"))
        })?;
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let workshop = Workshop { folder, rustc, limit, class, exams, programs_run: AtomicBool::new(false) };
        match workshop.rustc(&workshop.folder, &["--version"], VERSION_TIME) {
            Ok(Finished { end: End::Exited(status), stdout, .. }) if status.success() => match too_old(&stdout) {
                false => Ok(workshop),
                true => Err(Failure::Run(format!("grading needs {RUST} or later, but this is {}", stdout.trim()))),
            },
            Ok(Finished { stderr, .. }) => Err(no_compiler(stderr.lines().next().unwrap_or("it gives no version"))),
            Err(error) => Err(no_compiler(&error.to_string())),
        }
    }

    /// Judges the file of the section with this number. Each thread passes the number of its own `bench`, a subfolder.
    ///
    /// # Errors
    /// If the machine is at fault and not the file: in one line, what does not work.
    pub(super) fn judge(&self, bench: usize, section: usize, source: &str) -> Result<Verdict, String> {
        let folder = self.folder.join(format!("bench-{bench}"));
        let verdict = self.try_judge(&folder, &self.exams[section], source);
        let _ = fs::remove_dir_all(&folder);
        verdict
    }

    fn try_judge(&self, folder: &Path, exam: &Exam, source: &str) -> Result<Verdict, String> {
        let mut refusal = self.compile(folder, exam, source)?;
        if let Some(Refusal { has_place, .. }) = refusal
            && !(has_place && exam.has_compiled.load(Ordering::Relaxed))
        {
            self.compile_reference(folder, exam)?;
            if !has_place {
                refusal = self.compile(folder, exam, source)?; // the machine may have been at fault for a moment
            }
        }
        if let Some(Refusal { verdict, .. }) = refusal {
            return Ok(verdict);
        }
        let mut limit = self.limit;
        let mut checked = Vec::new();
        for check in &exam.checks {
            let (failure, too_long) = self.check(folder, exam, check, limit)?;
            if too_long {
                limit = self.limit / 10; // a correct solution needs a thousandth; do not wait long for more endless loops
            }
            checked.push(Checked { name: check.replace('_', " "), failure });
        }
        Ok(Verdict::Checked(checked))
    }

    /// Compiles the reference solution. If that fails, the machine is at fault: a full disk, a missing linker, an
    /// incompatible compiler, or a time limit that is too short.
    fn compile_reference(&self, folder: &Path, exam: &Exam) -> Result<(), String> {
        match self.compile(folder, exam, sources::text(&exam.section.path()))? {
            Some(Refusal { message, .. }) => Err(format!("the reference solution does not compile either: {message}")),
            None => Ok(()),
        }
    }

    /// Compiles the section's source with its exam. Returns why it does not compile, if it does not.
    fn compile(&self, folder: &Path, exam: &Exam, source: &str) -> Result<Option<Refusal>, String> {
        write_crate(folder, exam, source)?;
        // Incremental compilation costs time at first. For the checks, only a class makes up for it.
        let bench = folder.file_name().expect("a bench").display();
        let kept_library = format!("-Cincremental=../{bench}-library");
        let kept_checks = format!("-Cincremental=../{bench}-{}", exam.section.name);
        let library = ["--crate-name=feedforward", "--crate-type=lib", "src/lib.rs", &kept_library];
        let external = "--extern=feedforward=libfeedforward.rlib";
        let program = ["--crate-name=checks", external, "tests/exercise/main.rs", &kept_checks];
        let program = if self.class { &program[..] } else { &program[..3] };
        for part in [&library[..], program] {
            let finished = self.rustc(folder, &[&["--edition=2024", "-Awarnings"], part].concat(), 6 * self.limit);
            let finished = finished.map_err(|error| format!("the compiler does not run: {error}"))?;
            if let Some(refusal) = self.refusal(&finished, exam.section) {
                return Ok(Some(refusal));
            }
        }
        exam.has_compiled.store(true, Ordering::Relaxed);
        Ok(None)
    }

    /// Runs the compiler.
    fn rustc(&self, folder: &Path, arguments: &[&str], time: Duration) -> io::Result<Finished> {
        let limits = Limits { time, memory: COMPILER_MEMORY, environment: true };
        child::run(&self.rustc, arguments, folder, "", limits)
    }

    /// Why the compiler failed, if it did: its first error, preferably one in the student's file.
    fn refusal(&self, finished: &Finished, section: &Section) -> Option<Refusal> {
        let file = section.path();
        let without_place = |message: String| {
            let verdict =
                Verdict::Refused { why: format!("{file} does not compile: {message}"), details: String::new() };
            Some(Refusal { verdict, message, has_place: false })
        };
        let status = match finished.end {
            End::Exited(status) if status.success() => return None,
            End::Exited(status) => status,
            End::TooLong => {
                let limit = (6 * self.limit).as_secs_f64();
                return without_place(format!("compiling took longer than {limit} s, six times the --time-limit"));
            }
        };
        let errors = finished.stderr.split("\n\n").map(str::trim).filter(|part| part.starts_with("error"));
        let own = errors.clone().find(|error| error.contains(&format!("--> {file}")));
        let Some(error) = own.or_else(|| errors.clone().next()) else {
            let last = finished.stderr.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("no message");
            return without_place(format!("the compiler ended with {status} ({})", last.trim()));
        };
        let why = match own {
            Some(_) => format!("{file} does not compile: "),
            None => format!("{file} does not fit the rest of the crate: "),
        };
        let mut details: String = error.lines().take(ERROR_LINES).flat_map(|line| [line, "\n"]).collect();
        if error.lines().count() > ERROR_LINES {
            details += "…\n";
        }
        let first = error.lines().next().unwrap_or_default();
        let message = first.split_once(": ").map_or(first, |(_, message)| message).to_string();
        let verdict = Verdict::Refused { why: why + &message, details };
        Some(Refusal { verdict, message, has_place: status.code() == Some(1) && error.contains("--> ") })
    }

    /// Runs a check. Returns why it failed, if it did, and whether it exceeded the time limit.
    fn check(&self, folder: &Path, exam: &Exam, check: &str, time: Duration) -> Result<(Option<String>, bool), String> {
        let (record, finished) = self.run_check(folder, check, time)?;
        if let Some(record) = record {
            if record == PASSED {
                return Ok((None, false));
            }
            if let Some((place, message)) = record.strip_prefix("failed\n").and_then(|rest| rest.split_once('\n')) {
                return Ok((Some(failure(place, message.trim_end())), false));
            }
        }
        if !self.programs_run.load(Ordering::Relaxed) {
            self.check_that_programs_run(&folder.with_extension("control"), exam)?;
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

    /// Makes sure that programs run in the temporary folder. The student's code has no part in it.
    fn check_that_programs_run(&self, folder: &Path, exam: &Exam) -> Result<(), String> {
        self.compile_reference(folder, exam)?;
        let (record, finished) = self.run_check(folder, NO_CHECK, self.limit)?;
        let _ = fs::remove_dir_all(folder);
        if record.as_deref() == Some(PASSED) {
            return Ok(());
        }
        let place = self.folder.display();
        let why = finished.stderr.lines().next().unwrap_or("they end without a result");
        Err(format!("programs do not run in {place} ({why}); set TMPDIR to a folder where they may run"))
    }

    /// Runs a check of the program that was compiled in the folder. Its record is valid only if it is between copies of
    /// the secret word that the check was given.
    fn run_check(&self, folder: &Path, check: &str, time: Duration) -> Result<(Option<String>, Finished), String> {
        let word = word();
        let program = folder.join(format!("checks{}", std::env::consts::EXE_SUFFIX));
        let empty = folder.join("run");
        fs::create_dir_all(&empty).map_err(|error| cannot_write("temporary files to", &empty, error))?;
        let limits = Limits { time, memory: CHECK_MEMORY, environment: false };
        let finished = child::run(program.as_os_str(), &[check], &empty, &word, limits)
            .map_err(|error| format!("the checks do not run: {error}"))?;
        let mut parts = finished.stdout.rsplit(&word);
        let record = match (parts.next(), parts.next(), parts.next()) {
            (Some(""), Some(record), Some(_)) => Some(record.to_string()),
            _ => None,
        };
        if record.is_some() {
            self.programs_run.store(true, Ordering::Relaxed);
        }
        Ok((record, finished))
    }
}

/// The oldest Rust that compiles the crate.
const RUST: &str = concat!("Rust ", env!("CARGO_PKG_RUST_VERSION"));

/// Whether the output of `rustc --version` names a version before [`RUST`].
fn too_old(version: &str) -> bool {
    let numbers = |version: &str| -> Option<(u32, u32)> {
        let mut parts = version.split_whitespace().nth(1)?.split('.').map(str::parse);
        Some((parts.next()?.ok()?, parts.next()?.ok()?))
    };
    numbers(version).is_some_and(|version| Some(version) < numbers(RUST))
}

fn no_compiler(why: &str) -> Failure {
    let install = "install it from https://rustup.rs";
    Failure::Run(format!("grading needs the Rust compiler, but rustc does not run ({why}); {install}"))
}

/// The record of a check that passed.
const PASSED: &str = "passed\n";

/// The message of a failed check and, if the code panicked, the place in the student's file.
fn failure(place: &str, message: &str) -> String {
    let panicked = message.starts_with("not yet") || message.contains("\nThe code panicked: ");
    match place.is_empty() || !panicked {
        true => format!("{message}\n"),
        false => format!("{message}\n\nin {place}\n"),
    }
}

impl Exam {
    /// Prepares the exam of a section whose checks have this source.
    ///
    /// # Errors
    /// If the sources that this program was built with are not as the grader expects, so that it could not judge.
    fn new(section: &'static Section, source: &str) -> Result<Exam, String> {
        let wrong = |what: String| format!("this build of feedforward cannot grade: {what}");
        let names = source.split("#[test]\nfn ").skip(1);
        let checks: Vec<String> = names.filter_map(|rest| Some(rest.split_once('(')?.0.to_string())).collect();
        let tests = source.lines().filter(|line| line.trim() == "#[test]").count();
        if checks.is_empty() || checks.len() != tests {
            let path = section.checks_path();
            return Err(wrong(format!("{path} has {tests} tests, but the grader finds {} of them", checks.len())));
        }
        let (library, module) = (sources::text("src/lib.rs"), format!("pub mod {};", section.name));
        if library.matches(&module).count() != 1 {
            return Err(wrong(format!("src/lib.rs must have one line {module}")));
        }
        let arm = |check: &String| format!("{check:?} => {}::{check},\n", section.name);
        let arms: String = checks.iter().map(arm).collect();
        Ok(Exam {
            section,
            library: library.replace(&module, &format!("#[forbid(unsafe_code)]\n{module}")),
            functions: source.replace("#[test]\nfn ", "pub fn "),
            program: include_str!("harness.rs.txt")
                .replace("SECTION", section.name)
                .replace("CHECKS", &format!("{NO_CHECK:?} => || {{}},\n{arms}")),
            checks,
            has_compiled: AtomicBool::new(false),
        })
    }
}

/// Writes the reference solution with the student's file in it, and the section's checks as a program that runs one
/// check.
fn write_crate(folder: &Path, exam: &Exam, source: &str) -> Result<(), String> {
    let write = |path: &str, text: &str| {
        let path = folder.join(path);
        let written = fs::create_dir_all(path.parent().expect("in the folder")).and_then(|()| fs::write(&path, text));
        written.map_err(|error| cannot_write("temporary files to", &path, error))
    };
    let (own, checked) = (exam.section.path(), exam.section.checks_path());
    for (path, text) in sources::LIBRARY.iter().chain(sources::CHECKS.iter()) {
        let text = match *path {
            path if path == own => source,
            path if path == checked => &exam.functions,
            "src/lib.rs" => &exam.library,
            "tests/exercise/main.rs" => &exam.program,
            _ => text,
        };
        write(path, text)?;
    }
    write("README.md", "") // the library's documentation may include it
}

/// A secret word of 128 random bits: the keys that the standard library draws from the system for its hash tables.
fn word() -> String {
    let bits = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", bits(), bits())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_has_its_checks() {
        for section in &SECTIONS {
            let source = sources::text(&section.checks_path());
            let exam = Exam::new(section, source).unwrap();
            assert_eq!(exam.checks.len(), source.matches("#[test]").count(), "{}", section.name);
            assert!(
                exam.checks.iter().all(|check| source.contains(&format!("\nfn {check}() {{\n"))),
                "{}",
                section.name
            );
        }
    }

    #[test]
    fn a_grader_that_does_not_find_every_check_does_not_grade() {
        let source = sources::text(&SECTIONS[0].checks_path());
        let tests = source.matches("#[test]").count();
        let refused = |source: &str, found: usize, tests: usize| {
            let message = format!("tests/exercise/sgd.rs has {tests} tests, but the grader finds {found} of them");
            let error = Exam::new(&SECTIONS[0], source).err();
            assert_eq!(error, Some(format!("this build of feedforward cannot grade: {message}")));
        };
        refused(&source.replace('\n', "\r\n"), 0, tests);
        refused(&source.replacen("#[test]\n", "#[test]\n#[ignore]\n", 1), tests - 1, tests);
        refused(&source.replacen("#[test]\n", "", tests), 0, 0);
        refused("", 0, 0);
    }

    #[test]
    fn an_old_compiler_is_refused() {
        for (version, old) in [
            ("rustc 1.88.0 (6b00bc388 2025-06-23)\n", true),
            ("rustc 1.9.0\n", true),
            ("rustc 1.89.0 (29483883e 2025-08-04)\n", false),
            ("rustc 1.95.0-nightly (3f5ee4a4c 2026-01-20)\n", false),
            ("rustc 2.0.0\n", false),
            ("another compiler\n", false),
        ] {
            assert_eq!(too_old(version), old, "{version}");
        }
    }
}

//! The files that grading writes: for Gradescope, for Classroom 50, and a CSV file for a class. The first two are
//! written again after every section, so that they are valid even if grading is cut short. The CSV file gets a line
//! whenever a submission is complete.

use super::options::{CLASSROOM, CSV, GRADESCOPE, Options};
use super::submission::Submission;
use super::verdict::{Graded, Verdict};
use crate::cli::exercise::SECTIONS;
use crate::cli::failure::{Failure, cannot_write, warn};
use crate::cli::format::points;
use crate::cli::outputs::{self, Check, is_stream};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// What all files are for, in messages.
const GRADES: &str = "the grades to";

/// Fails if a file that the options ask for cannot be written, or is the same as another or as a file of a submission.
/// Changes nothing.
pub(super) fn check(options: &Options, submissions: &[Submission]) -> Result<(), Failure> {
    let mut check = Check::new();
    for one in submissions {
        let name = format!("a file of the submission {}", one.name);
        one.files.iter().try_for_each(|file| check.reads(&name, file))?;
    }
    if let Some(file) = &options.csv {
        check.writes(CSV.name, GRADES, file)?;
    }
    for (option, file) in [(GRADESCOPE, &options.gradescope), (CLASSROOM, &options.classroom)] {
        let Some(file) = file else { continue };
        if fs::metadata(file).is_ok_and(|metadata| is_stream(&metadata)) {
            let (option, file) = (option.name, file.display());
            let why = "because it is written again after each section";
            return Err(Failure::Usage(format!("{option}: {file} must be a regular file, {why}")));
        }
        check.writes(option.name, GRADES, file)?;
    }
    Ok(())
}

/// The files that the options ask for.
pub(super) struct Files {
    gradescope: Option<Replaced>,
    classroom: Option<Replaced>,
    csv: Option<Lines>,
}

/// A file that is replaced again and again. If that fails, the next time may succeed.
struct Replaced {
    path: PathBuf,
    /// Whether replacing the file has failed before.
    warned: bool,
    /// Whether the file has its last contents.
    complete: bool,
}

/// A file that gets line after line, until one cannot be written.
struct Lines {
    path: PathBuf,
    file: File,
    complete: bool,
}

impl Files {
    /// Creates the files.
    pub(super) fn create(options: &Options) -> Result<Files, Failure> {
        let replaced = |path: &Option<PathBuf>| {
            let mut file = Replaced { path: path.clone()?, warned: false, complete: false };
            file.replace("{}\n");
            Some(file)
        };
        let csv = options.csv.as_deref().map(Lines::create).transpose()?;
        Ok(Files { gradescope: replaced(&options.gradescope), classroom: replaced(&options.classroom), csv })
    }

    /// Writes the files. Called whenever another section of a submission is judged.
    pub(super) fn write(&mut self, graded: &Graded) {
        if let Some(file) = &mut self.gradescope {
            file.replace(&gradescope(graded));
        }
        if let Some(file) = &mut self.classroom {
            file.replace(&classroom(graded));
        }
        if let Some(lines) = &mut self.csv
            && graded.is_complete()
        {
            lines.write(&csv(graded));
        }
    }

    /// Fails if the grades in a file are not complete. A warning has said why.
    pub(super) fn end(&self) -> Result<(), Failure> {
        let replaced = self.gradescope.iter().chain(&self.classroom).all(|file| file.complete);
        let complete = replaced && self.csv.iter().all(|lines| lines.complete);
        if complete { Ok(()) } else { Err(Failure::Reported) }
    }
}

impl Replaced {
    /// Replaces the file in one step, so that a reader never sees an incomplete file.
    fn replace(&mut self, text: &str) {
        let replaced = outputs::replace(&self.path, text);
        self.complete = replaced.is_ok();
        if let Err(error) = replaced
            && !std::mem::replace(&mut self.warned, true)
        {
            warn(&format!("{}; grading goes on", cannot_write(GRADES, &self.path, error)));
        }
    }
}

impl Lines {
    /// Creates the file and writes the names of the columns.
    fn create(path: &Path) -> Result<Lines, Failure> {
        let file = File::create(path).map_err(|error| Failure::Run(cannot_write(GRADES, path, error)))?;
        let mut lines = Lines { path: path.to_path_buf(), file, complete: true };
        let sections: String = SECTIONS.iter().map(|section| format!(",{0},{0}_why", section.name)).collect();
        lines.write(&format!("submission,points{sections}\n"));
        Ok(lines)
    }

    fn write(&mut self, text: &str) {
        if self.complete
            && let Err(error) = self.file.write_all(text.as_bytes())
        {
            warn(&format!("{}; grading goes on", cannot_write(GRADES, &self.path, error)));
            self.complete = false;
        }
    }
}

/// The line of a submission: its name and points, then the points of each section and why points are missing.
fn csv(graded: &Graded) -> String {
    let mut line = format!("{},{}", csv_field(&graded.name), points(graded.total()));
    for i in 0..SECTIONS.len() {
        let _ = write!(line, ",{},{}", points(graded.points(i)), csv_field(&graded.why(i)));
    }
    line + "\n"
}

/// A quoted CSV field. An apostrophe keeps a spreadsheet from reading it as a formula.
fn csv_field(text: &str) -> String {
    let formula = if text.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    format!("\"{formula}{}\"", text.replace('"', "\"\""))
}

/// The results of a section's checks, or the note that they have not run yet.
fn details(graded: &Graded, section: usize) -> String {
    graded.verdicts[section].as_ref().map_or_else(|| "not graded yet\n".to_string(), Verdict::details)
}

fn is_full(graded: &Graded, section: usize) -> bool {
    graded.verdicts[section].as_ref().is_some_and(Verdict::is_full)
}

/// Gradescope's `results.json`.
fn gradescope(graded: &Graded) -> String {
    let tests: Vec<String> = (0..SECTIONS.len())
        .map(|i| {
            let status = if is_full(graded, i) { "passed" } else { "failed" };
            let why = graded.why(i);
            let output = if why.is_empty() { details(graded, i) } else { format!("{why}\n\n{}", details(graded, i)) };
            format!(
                "    {{\"number\": \"{}\", \"name\": {}, \"score\": {}, \"max_score\": {}, \"status\": \"{status}\", \
                 \"output\": {}, \"output_format\": \"text\", \"tags\": [{}], \"visibility\": \"visible\"}}",
                i + 1,
                json(SECTIONS[i].title),
                points(graded.points(i)),
                SECTIONS[i].points,
                json(&output),
                json(SECTIONS[i].name)
            )
        })
        .collect();
    let output = if graded.is_complete() { "" } else { "Grading is not complete." };
    format!(
        "{{\n  \"score\": {},\n  \"execution_time\": {:.1},\n  \"output\": {},\n  \"output_format\": \"text\",\n  \
         \"stdout_visibility\": \"hidden\",\n  \"tests\": [\n{}\n  ],\n  \"extra_data\": {{\"all_or_nothing\": {}}}\n}}\n",
        points(graded.total()),
        graded.seconds,
        json(output),
        tests.join(",\n"),
        graded.all_or_nothing
    )
}

/// Classroom 50's `result.json`, with points rounded down to whole numbers. The fields about the submission come from
/// environment variables that the classroom's runner sets.
fn classroom(graded: &Graded) -> String {
    let score = |i: usize| graded.points(i).floor();
    let tests: Vec<String> = (0..SECTIONS.len())
        .map(|i| {
            format!(
                "    {{\"test-name\": {}, \"passed\": {}, \"score\": {}, \"max-score\": {}, \"details\": {}}}",
                json(SECTIONS[i].title),
                is_full(graded, i),
                score(i),
                SECTIONS[i].points,
                json(&details(graded, i))
            )
        })
        .collect();
    let variable = |name: &str, default: &str| match std::env::var(name) {
        Ok(value) if !value.is_empty() => value,
        _ => default.to_string(),
    };
    let commit = variable("COMMIT_URL", "");
    let fields = [
        ("schema", "classroom50/result/v1".to_string()),
        ("classroom", variable("CLASSROOM", "")),
        ("assignment", variable("ASSIGNMENT", "feedforward")),
        ("assignment_type", variable("ASSIGNMENT_TYPE", "individual")),
        ("owner", variable("OWNER", &variable("USERNAME", &graded.name))),
        ("submission", variable("SUBMISSION_TAG", "")),
        ("commit", commit.clone()),
        ("release", variable("RELEASE_URL", "")),
        ("review", variable("REVIEW_URL", &commit)),
        ("datetime", date(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()))),
    ];
    let fields: String = fields.iter().map(|(name, value)| format!("  \"{name}\": {},\n", json(value))).collect();
    format!(
        "{{\n{fields}  \"score\": {},\n  \"max-score\": 100,\n  \"tests\": [\n{}\n  ]\n}}\n",
        (0..SECTIONS.len()).map(score).sum::<f64>(),
        tests.join(",\n")
    )
}

/// The UTC time this many seconds after the start of 1970: `2026-10-31T23:59:59Z`. Counts in eras of 400 years, and
/// years that start in March (Hinnant 2013).
fn date(seconds: u64) -> String {
    let days = seconds / 86_400 + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = era * 400 + year + u64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The text as a JSON string.
fn json(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted += "\\\"",
            '\\' => quoted += "\\\\",
            '\n' => quoted += "\\n",
            c if c < ' ' => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_follow_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_798_761_600, "2027-01-01T00:00:00Z"),
        ] {
            assert_eq!(date(seconds), expected);
        }
    }

    #[test]
    fn special_characters_are_escaped() {
        assert_eq!(json("a \"b\"\\\n\u{1b}ŷ"), "\"a \\\"b\\\"\\\\\\n\\u001bŷ\"");
        assert_eq!(csv_field("a \"b\", c"), "\"a \"\"b\"\", c\"");
        assert_eq!(csv_field("=1+1"), "\"'=1+1\"");
    }
}

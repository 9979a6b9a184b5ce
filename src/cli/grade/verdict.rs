//! The results of grading, by check and by section, and the points they are worth.

use crate::cli::exercise::{SECTIONS, Section};

/// The result of a check.
pub(super) struct Checked {
    /// The name as a sentence.
    pub(super) name: String,
    /// Why it failed. `None`: it passed.
    pub(super) failure: Option<String>,
}

/// The result of a section.
pub(super) enum Verdict {
    /// The checks ran.
    Checked(Vec<Checked>),
    /// The checks could not run: the reason in one line, and details such as the compiler's message.
    Refused { why: String, details: String },
}

/// A submission and its results so far.
pub(super) struct Graded {
    pub(super) name: String,
    /// The verdict of each of the [`SECTIONS`]; `None` if it is not judged yet.
    pub(super) verdicts: [Option<Verdict>; SECTIONS.len()],
    /// Whether a section earns its points only if all its checks pass.
    pub(super) all_or_nothing: bool,
    /// The time that grading took so far, in seconds.
    pub(super) seconds: f64,
}

impl Verdict {
    /// How many checks passed, and how many there are.
    pub(super) fn passed(&self) -> (usize, usize) {
        match self {
            Verdict::Checked(checks) => (checks.iter().filter(|check| check.failure.is_none()).count(), checks.len()),
            Verdict::Refused { .. } => (0, 0),
        }
    }

    /// Whether all checks passed.
    pub(super) fn is_full(&self) -> bool {
        let (passed, all) = self.passed();
        all > 0 && passed == all
    }

    /// The section's points. Every check counts the same; with `all_or_nothing`, all checks must pass.
    pub(super) fn points(&self, section: &Section, all_or_nothing: bool) -> f64 {
        let (passed, all) = self.passed();
        match (self.is_full(), all_or_nothing) {
            (true, _) => section.points.into(),
            (false, true) => 0.0,
            (false, false) if all == 0 => 0.0,
            (false, false) => f64::from(section.points) * passed as f64 / all as f64,
        }
    }

    /// Why points are missing, in one line. Empty if none are.
    pub(super) fn why(&self) -> String {
        let checks = match self {
            Verdict::Refused { why, .. } => return why.clone(),
            Verdict::Checked(checks) => checks,
        };
        let unwritten = |check: &&Checked| check.failure.as_ref().is_some_and(|why| why.starts_with(UNWRITTEN));
        if checks.iter().filter(unwritten).count() == checks.len() {
            return NOT_WRITTEN.to_string();
        }
        let mut failures = checks.iter().filter_map(|check| check.failure.as_deref());
        let first = failures.clone().find(|failure| is_mistake(failure)).or_else(|| failures.next());
        first.map_or_else(String::new, |failure| {
            let mut lines = failure.lines();
            let name = lines.next().unwrap_or_default();
            lines.next().filter(|message| !message.is_empty()).unwrap_or(name).to_string()
        })
    }

    /// The full report for the student.
    pub(super) fn details(&self) -> String {
        match self {
            Verdict::Refused { why, details } => format!("{why}\n\n{details}").trim_end().to_string() + "\n",
            Verdict::Checked(checks) => {
                let mut text = String::new();
                for Checked { name, failure } in checks {
                    text += &match failure {
                        None => format!("passed  {name}\n"),
                        Some(failure) => format!("FAILED  {name}\n{}", indented(failure)),
                    };
                }
                text
            }
        }
    }
}

/// The verdict on a section whose answers are all still missing.
pub(super) const NOT_WRITTEN: &str = "not written yet";
/// The start of the message of a `todo!`.
const UNWRITTEN: &str = "not yet implemented";

/// Whether the failure names a mistake. The other messages, whose starts are listed, only describe a difference.
fn is_mistake(failure: &str) -> bool {
    let vague = ["Of ", "Only ", "The values differ", "Every element", "The shape is", "The code panicked"];
    failure.lines().nth(1).is_some_and(|second| !vague.iter().any(|vague| second.starts_with(vague)))
}

/// The text with its lines indented, as they are printed under a check.
pub(super) fn indented(text: &str) -> String {
    text.trim_end()
        .lines()
        .map(|line| if line.is_empty() { "\n".to_string() } else { format!("        {line}\n") })
        .collect()
}

impl Graded {
    /// The points of a section so far.
    pub(super) fn points(&self, section: usize) -> f64 {
        let verdict = self.verdicts[section].as_ref();
        verdict.map_or(0.0, |verdict| verdict.points(&SECTIONS[section], self.all_or_nothing))
    }

    /// The points of the submission so far.
    pub(super) fn total(&self) -> f64 {
        (0..SECTIONS.len()).map(|section| self.points(section)).sum()
    }

    /// Whether all sections are judged.
    pub(super) fn is_complete(&self) -> bool {
        self.verdicts.iter().all(Option::is_some)
    }

    /// Why points are missing in the section, in one line.
    pub(super) fn why(&self, section: usize) -> String {
        self.verdicts[section].as_ref().map_or_else(|| "not graded yet".to_string(), Verdict::why)
    }
}

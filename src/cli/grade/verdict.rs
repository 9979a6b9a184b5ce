//! What grading found: check by check, section by section, and the points that it is worth.

use crate::cli::exercise::{SECTIONS, Section};

/// One check: its name as a sentence, and why it failed if it did.
pub(super) struct Checked {
    pub(super) name: String,
    pub(super) failure: Option<String>,
}

/// What was found in a section.
pub(super) enum Verdict {
    /// Its checks ran.
    Checked(Vec<Checked>),
    /// They could not run: one line that says why, and what there is to show.
    Refused { why: String, details: String },
}

/// A submission, graded as far as it is.
pub(super) struct Graded {
    pub(super) name: String,
    /// A verdict for each of the [`SECTIONS`]; none where it is still to come.
    pub(super) verdicts: [Option<Verdict>; SECTIONS.len()],
    pub(super) all_or_nothing: bool,
    /// How long it took, in seconds.
    pub(super) seconds: f64,
}

impl Verdict {
    /// How many checks passed, of how many.
    pub(super) fn passed(&self) -> (usize, usize) {
        match self {
            Verdict::Checked(checks) => (checks.iter().filter(|check| check.failure.is_none()).count(), checks.len()),
            Verdict::Refused { .. } => (0, 0),
        }
    }

    pub(super) fn is_full(&self) -> bool {
        let (passed, all) = self.passed();
        all > 0 && passed == all
    }

    /// The section's points: every check counts the same; or all of them for all checks, and otherwise none.
    pub(super) fn points(&self, section: &Section, all_or_nothing: bool) -> f64 {
        let (passed, all) = self.passed();
        match (self.is_full(), all_or_nothing) {
            (true, _) => section.points.into(),
            (false, true) => 0.0,
            (false, false) if all == 0 => 0.0,
            (false, false) => f64::from(section.points) * passed as f64 / all as f64,
        }
    }

    /// In one line, why points are missing; empty if none are.
    pub(super) fn why(&self) -> String {
        let checks = match self {
            Verdict::Refused { why, .. } => return why.clone(),
            Verdict::Checked(checks) => checks,
        };
        let unwritten = |check: &&Checked| check.failure.as_ref().is_some_and(|why| why.starts_with(UNWRITTEN));
        if checks.iter().filter(unwritten).count() == checks.len() {
            return "not written yet".to_string();
        }
        let mut failures = checks.iter().filter_map(|check| check.failure.as_deref());
        let told = failures.clone().find(|failure| is_mistake(failure)).or_else(|| failures.next());
        told.map_or_else(String::new, |failure| {
            let mut lines = failure.lines();
            let first = lines.next().unwrap_or_default();
            lines.next().filter(|second| !second.is_empty()).unwrap_or(first).to_string()
        })
    }

    /// All that is to be said to the student.
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

/// How the message of a `todo!` begins.
const UNWRITTEN: &str = "not yet implemented";

/// Whether the failure names a mistake, and does not only say that something differs.
fn is_mistake(failure: &str) -> bool {
    let vague = ["Of ", "Only ", "The values differ", "Every element", "The shape is", "The code panicked"];
    failure.lines().nth(1).is_some_and(|second| !vague.iter().any(|vague| second.starts_with(vague)))
}

pub(super) fn indented(text: &str) -> String {
    text.trim_end()
        .lines()
        .map(|line| if line.is_empty() { "\n".to_string() } else { format!("        {line}\n") })
        .collect()
}

impl Graded {
    pub(super) fn points(&self, section: usize) -> f64 {
        let verdict = self.verdicts[section].as_ref();
        verdict.map_or(0.0, |verdict| verdict.points(&SECTIONS[section], self.all_or_nothing))
    }

    pub(super) fn total(&self) -> f64 {
        (0..SECTIONS.len()).map(|section| self.points(section)).sum()
    }

    pub(super) fn is_complete(&self) -> bool {
        self.verdicts.iter().all(Option::is_some)
    }

    /// In one line, why points are missing in the section.
    pub(super) fn why(&self, section: usize) -> String {
        self.verdicts[section].as_ref().map_or_else(|| "not graded yet".to_string(), Verdict::why)
    }
}

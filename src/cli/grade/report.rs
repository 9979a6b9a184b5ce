//! What grading shows in the terminal: a table and its reasons for one submission, a line each for a class.

use super::verdict::{Graded, Verdict, indented};
use crate::cli::Failure;
use crate::cli::exercise::SECTIONS;
use std::io::{self, IsTerminal, Write};

/// Tells how far grading is, and what came of it.
pub(super) struct Report {
    submissions: usize,
    quiet: bool,
    sections: usize,
    totals: Vec<f64>,
}

impl Report {
    pub(super) fn new(submissions: usize, quiet: bool) -> Result<Report, Failure> {
        if submissions > 1 && !quiet {
            let names: String = SECTIONS.iter().map(|section| format!("  {}", section.name)).collect();
            writeln!(io::stdout(), "{:24}  points{names}", "")?;
            let most: String =
                SECTIONS.iter().enumerate().map(|(i, section)| cell(i, &section.points.to_string())).collect();
            writeln!(io::stdout(), "{:24}  of 100{most}", "")?;
        }
        Ok(Report { submissions, quiet, sections: 0, totals: Vec::new() })
    }

    /// To be called whenever one more section of a submission is judged.
    pub(super) fn section(&mut self, graded: &Graded) -> Result<(), Failure> {
        self.sections += 1;
        let all = self.submissions * SECTIONS.len();
        let mut terminal = io::stderr();
        let in_place = terminal.is_terminal() && !self.quiet;
        if in_place {
            let _ = write!(terminal, "\r\x1b[2K"); // what is shown in place may be lost
        }
        if graded.is_complete() {
            self.totals.push(graded.total());
            match (self.quiet, self.submissions) {
                (true, _) => writeln!(io::stdout(), "{}  {}", points(graded.total()), graded.name)?,
                (false, 1) => table(graded)?,
                (false, _) => line(graded)?,
            }
        }
        if in_place && self.sections < all {
            let _ = write!(terminal, "{} of {all} sections judged", self.sections);
        }
        Ok(())
    }

    /// To be called at the end.
    pub(super) fn end(&self) -> Result<(), Failure> {
        if self.submissions > 1 && !self.quiet {
            let mean = self.totals.iter().sum::<f64>() / self.totals.len() as f64;
            writeln!(io::stdout(), "{:24}  {:>6}", format!("mean of {}", self.totals.len()), points(mean))?;
        }
        Ok(())
    }
}

/// One submission of a class.
fn line(graded: &Graded) -> Result<(), Failure> {
    let columns: String = (0..SECTIONS.len()).map(|i| cell(i, &points(graded.points(i)))).collect();
    Ok(writeln!(io::stdout(), "{:24}  {:>6}{columns}", graded.name, points(graded.total()))?)
}

/// A section's column of the class.
fn cell(section: usize, text: &str) -> String {
    format!("  {text:>width$}", width = SECTIONS[section].name.len())
}

/// One submission by itself: section, points, why; then what each failing check has to say.
fn table(graded: &Graded) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{:27}  {:>12}  {:>7}  why", graded.name, "points", "checks")?;
    for (i, section) in SECTIONS.iter().enumerate() {
        let (passed, all) = graded.verdicts[i].as_ref().map_or((0, 0), Verdict::passed);
        let (points, checks) =
            (format!("{} / {}", points(graded.points(i)), section.points), format!("{passed}/{all}"));
        let line = format!("{:27}  {points:>12}  {checks:>7}  {}", section.title, graded.why(i));
        writeln!(out, "{}", line.trim_end())?;
    }
    writeln!(out, "{:27}  {:>12}", "total", format!("{} / 100", points(graded.total())))?;
    for (section, verdict) in SECTIONS.iter().zip(graded.verdicts.iter().flatten()) {
        match verdict {
            Verdict::Refused { details, .. } if !details.is_empty() => {
                write!(out, "\n== {}\n\n{}", section.title, indented(details))?;
            }
            Verdict::Checked(_) if !verdict.is_full() && verdict.why() != "not written yet" => {
                write!(out, "\n== {}\n\n{}", section.title, verdict.details())?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Points with at most two digits after the point.
pub(super) fn points(points: f64) -> String {
    let text = format!("{points:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

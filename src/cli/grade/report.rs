//! What grading prints: for one submission a table with the details of failed checks, for a class a line per
//! submission.

use super::verdict::{Graded, NOT_WRITTEN, Verdict, indented};
use crate::cli::exercise::SECTIONS;
use crate::cli::failure::Failure;
use crate::cli::format::points;
use crate::cli::in_place;
use crate::cli::stdout::Stdout;
use std::io::{self, Write};

/// Prints progress and results.
pub(super) struct Report {
    submissions: usize,
    quiet: bool,
    out: Stdout,
    /// The number of sections judged so far.
    sections: usize,
    /// The points of the complete submissions.
    totals: Vec<f64>,
}

impl Report {
    /// Prints the head of a class's table.
    pub(super) fn new(submissions: usize, quiet: bool, mut out: Stdout) -> Result<Report, Failure> {
        if submissions > 1 && !quiet {
            let names: String = SECTIONS.iter().map(|section| format!("  {}", section.name)).collect();
            writeln!(out, "{:24}  points{names}", "")?;
            let most: String =
                SECTIONS.iter().enumerate().map(|(i, section)| cell(i, &section.points.to_string())).collect();
            writeln!(out, "{:24}  of 100{most}", "")?;
        }
        Ok(Report { submissions, quiet, out, sections: 0, totals: Vec::new() })
    }

    /// Prints the submission when it is complete. Called whenever another section of a submission is judged.
    pub(super) fn section(&mut self, graded: &Graded) -> Result<(), Failure> {
        self.sections += 1;
        let all = self.submissions * SECTIONS.len();
        let mut terminal = io::stderr();
        let in_place = in_place::is_possible(&terminal) && !self.quiet;
        if in_place {
            let _ = terminal.write_all(in_place::CLEAR.as_bytes()); // progress is not worth an error
        }
        if graded.is_complete() {
            self.totals.push(graded.total());
            match (self.quiet, self.submissions) {
                (true, _) => writeln!(self.out, "{}  {}", points(graded.total()), graded.name)?,
                (false, 1) => table(&mut self.out, graded)?,
                (false, _) => line(&mut self.out, graded)?,
            }
        }
        if in_place && self.sections < all {
            let line = in_place::show(&format!("{} of {all} sections judged", self.sections));
            let _ = terminal.write_all(line.as_bytes());
        }
        Ok(())
    }

    /// Prints the mean of a class.
    pub(super) fn end(mut self) -> Result<(), Failure> {
        if self.submissions > 1 && !self.quiet {
            let mean = self.totals.iter().sum::<f64>() / self.totals.len() as f64;
            writeln!(self.out, "{:24}  {:>6}", format!("mean of {}", self.totals.len()), points(mean))?;
        }
        self.out.end()
    }
}

/// Prints one submission of a class.
fn line(out: &mut impl Write, graded: &Graded) -> io::Result<()> {
    let columns: String = (0..SECTIONS.len()).map(|i| cell(i, &points(graded.points(i)))).collect();
    writeln!(out, "{:24}  {:>6}{columns}", graded.name, points(graded.total()))
}

/// A cell in a section's column of a class's table.
fn cell(section: usize, text: &str) -> String {
    format!("  {text:>width$}", width = SECTIONS[section].name.len())
}

/// Prints a single submission: points and reasons by section, then the messages of failed checks.
fn table(out: &mut impl Write, graded: &Graded) -> io::Result<()> {
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
            Verdict::Checked(_) if !verdict.is_full() && verdict.why() != NOT_WRITTEN => {
                write!(out, "\n== {}\n\n{}", section.title, verdict.details())?;
            }
            _ => {}
        }
    }
    Ok(())
}

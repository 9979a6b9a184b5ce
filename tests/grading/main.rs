//! Tests of the grader with the reference, the handout, wrong solutions, unusual solutions, tricks, other encodings, and
//! failures of the machine. Each wrong or unusual solution is the plain solution with a few changes, so that changes to
//! the reference do not affect it.
//!
//! The tests compile more than a hundred solutions, which takes minutes. Most of them are therefore ignored by default:
//! `cargo test --test grading -- --include-ignored` runs them all.

mod class;
mod handout;
mod machine;
mod texts;
mod tricks;
mod unusual;
mod wrong;

use class::{Class, SECTIONS};
use unusual::UNUSUAL;
use wrong::WRONG;

/// The plain solution with changes in one section.
#[derive(Debug)]
pub struct Solution {
    section: &'static str,
    name: &'static str,
    /// Pieces of the plain solution, each of which occurs once, and their replacements.
    changes: &'static [(&'static str, &'static str)],
    /// A part of the reason that the grader must give.
    says: &'static str,
}

impl Solution {
    fn source(&self) -> String {
        let mut source = file("tests/grading/plain", self.section);
        for (from, to) in self.changes {
            let found = source.matches(from).count();
            assert_eq!(found, 1, "{} {:?}: {found} times in the plain solution: {from}", self.section, self.name);
            source = source.replace(from, to);
        }
        source
    }
}

/// Returns the source of a section in the reference.
fn reference(section: &str) -> String {
    file("src", section)
}

/// Returns the source of a section in a folder of the project, with LF even if the checkout has CRLF.
fn file(folder: &str, section: &str) -> String {
    let path = format!("{}/{folder}/{section}.rs", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}")).replace("\r\n", "\n")
}

#[test]
fn every_solution_differs_from_the_plain_one_and_from_the_others() {
    let mut seen = std::collections::HashSet::new();
    for solution in WRONG.iter().chain(UNUSUAL) {
        assert!(SECTIONS.iter().any(|(name, _)| *name == solution.section), "{}", solution.section);
        assert_ne!(solution.source(), file("tests/grading/plain", solution.section), "{}", solution.name);
        assert!(seen.insert((solution.section, solution.source())), "{} {:?} twice", solution.section, solution.name);
    }
}

#[test]
fn the_reference_scores_100_and_the_handout_0_in_every_section() {
    let mut class = Class::new("reference-and-handout");
    for (section, _) in SECTIONS {
        class.add("reference", section, &reference(section));
    }
    let handout = class.folder().join("handout");
    let output = class::feedforward(&["handout", handout.to_str().unwrap()]);
    assert!(output.status.success(), "{output:?}");
    let grades = class.grade(&[]);
    for (section, points) in SECTIONS {
        assert_eq!(grades.points("reference", section), points, "{}", grades.why("reference", section));
        assert_eq!(grades.points("handout", section), 0.0);
        assert_eq!(grades.why("handout", section), "not written yet");
    }
    assert_eq!((grades.total("reference"), grades.total("handout")), (100.0, 0.0));
}

#[test]
#[ignore = "compiles solutions"]
fn solutions_written_from_the_handout_get_full_marks() {
    let mut class = Class::new("by-hand");
    for (section, _) in SECTIONS {
        class.add("by-hand", section, &file("tests/grading/by_hand", section));
        class.add("plain", section, &file("tests/grading/plain", section));
    }
    let grades = class.grade(&[]);
    assert_eq!((grades.total("by-hand"), grades.total("plain")), (100.0, 100.0), "{}", grades.output);
}

/// Puts the n-th solution of each section into submission n, so that each section is graded beside other mistakes.
fn together(solutions: &'static [Solution]) -> impl Iterator<Item = (String, &'static Solution)> {
    let nth = |solution: &Solution| {
        let before = solutions.iter().take_while(|other| !std::ptr::eq(*other, solution));
        before.filter(|other| other.section == solution.section).count()
    };
    solutions.iter().map(move |solution| (format!("{:02}", nth(solution)), solution))
}

#[test]
#[ignore = "compiles more than a hundred solutions"]
fn every_wrong_solution_loses_points_and_gets_the_right_reason() {
    let mut class = Class::new("wrong");
    for (name, solution) in together(WRONG) {
        class.add(&name, solution.section, &solution.source());
    }
    let grades = class.grade(&[]);
    let mut misjudged = String::new();
    for (name, Solution { section, name: mistake, says, .. }) in together(WRONG) {
        let (points, why) = (grades.points(&name, section), grades.why(&name, section));
        let full = SECTIONS.iter().find(|(name, _)| name == section).unwrap().1;
        if points >= full || !why.contains(says) || why.contains("compile") || why.contains("does not fit") {
            misjudged += &format!("{section} {mistake:?} ({says:?}): {points} of {full}: {why}\n");
        }
    }
    assert!(misjudged.is_empty(), "\n{misjudged}");
}

#[test]
#[ignore = "compiles more than forty solutions"]
fn every_unusual_solution_gets_full_marks() {
    let mut class = Class::new("unusual");
    for (name, solution) in together(UNUSUAL) {
        class.add(&name, solution.section, &solution.source());
    }
    let grades = class.grade(&[]);
    let mut misjudged = String::new();
    for (name, Solution { section, name: solution, .. }) in together(UNUSUAL) {
        let full = SECTIONS.iter().find(|(name, _)| name == section).unwrap().1;
        if grades.points(&name, section) < full {
            misjudged += &format!("{section} {solution:?}: {}\n{}\n", grades.why(&name, section), grades.output);
        }
    }
    assert!(misjudged.is_empty(), "\n{misjudged}");
}

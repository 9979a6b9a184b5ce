//! The command `grade`: judges submissions section by section, and reports points and reasons.

mod child;
mod files;
mod report;
mod submission;
mod verdict;
mod workshop;

use super::Failure;
use super::exercise::SECTIONS;
use super::options::{self, Choice, Words};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};
use submission::Submission;
use verdict::{Graded, Verdict};
use workshop::Workshop;

const OPTIONS: &[Choice] = &[
    Choice { name: "--all-or-nothing", value: "", help: "a section's points for all of its checks, else none" },
    Choice { name: "--time-limit", value: "S", help: "seconds a check may take (10); compiling, six times that" },
    Choice { name: "--gradescope", value: "FILE", help: "write Gradescope's results.json (of one submission)" },
    Choice { name: "--classroom", value: "FILE", help: "write Classroom 50's result.json (of one submission)" },
    Choice { name: "--csv", value: "FILE", help: "write a line for every submission" },
    Choice { name: "--quiet", value: "", help: "print the points alone" },
    Choice { name: "--help", value: "", help: "show this" },
];

/// Grades.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    let words = Words::sort(OPTIONS, words)?;
    if words.has("--help") {
        return help();
    }
    if words.plain.is_empty() {
        return Err(Failure::Usage("grade needs a submission, or a folder of them: feedforward grade DIR".to_string()));
    }
    let seconds = |s: &f64| (0.1..=3600.0).contains(s);
    let limit = words.value("--time-limit", "a number of seconds from 0.1 to 3600", seconds)?.unwrap_or(10.0);
    let single = ["--gradescope", "--classroom"].into_iter().find(|option| words.has(option));
    let mut submissions = Vec::new();
    for folder in &words.plain {
        submissions.extend(submission::find(Path::new(folder), single.is_some())?);
    }
    if let (Some(option), n @ 2..) = (single, submissions.len()) {
        return Err(Failure::Usage(format!("{option} is for one submission, here are {n}: use --csv")));
    }
    let mut files = files::Files::new(&words)?;
    let workshop = Workshop::new(Duration::from_secs_f64(limit), submissions.len() > 2)?;
    let mut report = report::Report::new(submissions.len(), words.has("--quiet"))?;
    grade(&workshop, &submissions, words.has("--all-or-nothing"), |graded| {
        files.write(graded)?;
        report.section(graded)
    })?;
    report.end()
}

/// Judges all sections of all submissions, on all processors, and tells of every submission whenever one more of its
/// sections is judged.
fn grade(
    workshop: &Workshop,
    submissions: &[Submission],
    all_or_nothing: bool,
    mut tell: impl FnMut(&Graded) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let started = Instant::now();
    let next = AtomicUsize::new(0);
    let jobs = submissions.len() * SECTIONS.len();
    let (judged, verdicts) = mpsc::channel();
    let work = |bench: usize, judged: mpsc::Sender<(usize, usize, Verdict)>| loop {
        let job = next.fetch_add(1, Ordering::Relaxed);
        if job >= jobs {
            break;
        }
        let (which, section) = (job / SECTIONS.len(), job % SECTIONS.len());
        let verdict = match submissions[which].section(&SECTIONS[section]) {
            Ok(source) => workshop.judge(bench, &SECTIONS[section], &source),
            Err(why) => Verdict::Refused { why, details: String::new() },
        };
        if judged.send((which, section, verdict)).is_err() {
            break; // nobody wants to know any more
        }
    };
    let mut graded: Vec<Graded> = submissions
        .iter()
        .map(|one| Graded { name: one.name.clone(), verdicts: Default::default(), all_or_nothing, seconds: 0.0 })
        .collect();
    thread::scope(|scope| {
        let work = &work;
        for bench in 0..thread::available_parallelism().map_or(1, |n| n.get()).min(jobs) {
            let judged = judged.clone();
            scope.spawn(move || work(bench, judged));
        }
        drop(judged);
        for (which, section, verdict) in verdicts {
            let one = &mut graded[which];
            one.verdicts[section] = Some(verdict);
            one.seconds = started.elapsed().as_secs_f64();
            if let Err(failure) = tell(one) {
                next.store(jobs, Ordering::Relaxed);
                return Err(failure);
            }
        }
        Ok(())
    })
}

fn help() -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "feedforward grade: judges the exercise section by section, each beside the reference's others.\n")?;
    writeln!(out, "usage: feedforward grade DIR … [OPTION …]\n")?;
    writeln!(
        out,
        "DIR is a submission, with src/relu.rs and so on, or a folder of submissions. Nothing in it is changed."
    )?;
    writeln!(out, "The exit code is 0 whenever grading ran. This is no sandbox: see docs/instructors.md.\n")?;
    writeln!(out, "options:")?;
    Ok(options::list(&mut out, OPTIONS)?)
}

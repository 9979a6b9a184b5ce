//! The command `grade`: judges submissions section by section, and reports points and reasons.

mod child;
mod files;
pub(crate) mod options;
mod report;
mod submission;
mod verdict;
mod workshop;

use crate::cli::exercise::SECTIONS;
use crate::cli::failure::Failure;
use crate::cli::stdout::Stdout;
use files::Files;
use options::Options;
use report::Report;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Instant;
use submission::Submission;
use verdict::{Graded, Verdict};
use workshop::Workshop;

/// Grades as the options say.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let mut submissions = Vec::new();
    for folder in &options.folders {
        submissions.extend(submission::find(folder, options.is_for_one())?);
    }
    options.check_number(submissions.len())?;
    files::check(options, &submissions)?;
    let workshop = Workshop::new(options.time_limit, submissions.len() > 2)?;
    let mut files = Files::create(options)?;
    let mut report = Report::new(submissions.len(), options.quiet, Stdout::new(options.writes_files()))?;
    grade(&workshop, &submissions, options.all_or_nothing, |graded| {
        files.write(graded);
        report.section(graded)
    })?;
    report.end()?;
    files.end()
}

/// Judges all sections of all submissions on all processors. Calls `observe` with a submission whenever another of its
/// sections is judged.
fn grade(
    workshop: &Workshop,
    submissions: &[Submission],
    all_or_nothing: bool,
    mut observe: impl FnMut(&Graded) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let start = Instant::now();
    let next = AtomicUsize::new(0);
    let jobs = submissions.len() * SECTIONS.len();
    let (judged, verdicts) = mpsc::channel();
    let work = |bench: usize, judged: mpsc::Sender<(usize, usize, Result<Verdict, Failure>)>| loop {
        let job = next.fetch_add(1, Ordering::Relaxed);
        if job >= jobs {
            break;
        }
        let (which, section) = (job / SECTIONS.len(), job % SECTIONS.len());
        let submission = &submissions[which];
        let verdict = match &submission.sections[section] {
            Ok(source) => workshop.judge(bench, section, source).map_err(|why| {
                Failure::Run(format!("cannot grade {} of {}: {why}", SECTIONS[section].path(), submission.name))
            }),
            Err(why) => Ok(Verdict::Refused { why: why.clone(), details: String::new() }),
        };
        if judged.send((which, section, verdict)).is_err() {
            break; // the receiver is gone: grading was cut short
        }
    };
    let mut graded: Vec<Graded> = submissions
        .iter()
        .map(|one| Graded { name: one.name.clone(), verdicts: Default::default(), all_or_nothing, seconds: 0.0 })
        .collect();
    thread::scope(|scope| {
        let work = &work;
        let benches = thread::available_parallelism().map_or(1, |n| n.get()).min(jobs);
        let mut started = 0;
        for bench in 0..benches {
            let judged = judged.clone();
            let thread = thread::Builder::new().spawn_scoped(scope, move || work(bench, judged));
            started += usize::from(thread.is_ok());
        }
        if started == 0 {
            work(0, judged); // the system refuses every thread, so this one judges, and reports at the end
        } else {
            drop(judged);
        }
        for (which, section, verdict) in verdicts {
            let one = &mut graded[which];
            one.seconds = start.elapsed().as_secs_f64();
            let observed = verdict.and_then(|verdict| {
                one.verdicts[section] = Some(verdict);
                observe(one)
            });
            if let Err(failure) = observed {
                next.store(jobs, Ordering::Relaxed);
                return Err(failure);
            }
        }
        Ok(())
    })
}

//! The progress of a run: a line in place on a terminal, otherwise a line now and then.

use super::training::Training;
use crate::cli::format::{accuracy, duration, rounded};
use crate::cli::in_place;
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// The shortest time between two updates of the line in place.
const PAUSE: Duration = Duration::from_millis(100);
/// The most lines that a run writes to a file or a pipe. A run with at most this many epochs writes a line per epoch.
const LINES: usize = 20;

/// Shows the progress on standard output.
pub(super) struct Progress {
    /// Whether the line can be shown in place.
    in_place: bool,
    started: Instant,
    shown: Instant,
}

impl Progress {
    pub(super) fn new() -> Progress {
        Progress { in_place: in_place::is_possible(&io::stdout()), started: Instant::now(), shown: Instant::now() }
    }

    /// The line, with the most important parts first, because a narrow terminal cuts it off.
    fn line(&self, training: &Training, iteration: usize) -> String {
        let (epoch, all) = (training.epoch_of(iteration), training.total_epochs());
        let width = all.to_string().len();
        let mut line = format!("epoch {epoch:>width$}/{all} · loss {}", loss(training.loss(iteration)));
        if let Some(last) = training.epochs.last() {
            let watched = training.data.watched();
            line += &format!(" · {} {:>7}", watched.name, accuracy(last.accuracy, watched.samples.samples()));
        }
        let elapsed = self.started.elapsed().as_secs_f64();
        let speed = training.samples_until(iteration) as f64 / elapsed.max(1e-9);
        let left = elapsed / iteration as f64 * (training.iterations - iteration) as f64;
        line + &format!(" · {} left · {} samples/s", duration(Duration::from_secs_f64(left)), rounded(speed))
    }

    /// Shows the line in place. Called after every iteration.
    pub(super) fn iteration(&mut self, out: &mut impl Write, training: &Training, iteration: usize) -> io::Result<()> {
        if self.in_place && self.shown.elapsed() >= PAUSE {
            self.shown = Instant::now();
            let line = format!("{} {}", bar(iteration, training.iterations), self.line(training, iteration));
            out.write_all(in_place::show(&line).as_bytes())?;
            out.flush()?;
        }
        Ok(())
    }

    /// Writes a line now and then. Called at the end of every epoch.
    pub(super) fn epoch(&self, out: &mut impl Write, training: &Training) -> io::Result<()> {
        let (epoch, all) = (training.epochs.len(), training.total_epochs());
        let every = if all <= LINES { 1 } else { all.div_ceil(LINES / 2) };
        if !self.in_place && (epoch.is_multiple_of(every) || epoch == all) {
            let iteration = training.epochs.last().map_or(0, |epoch| epoch.iterations);
            writeln!(out, "{}", self.line(training, iteration))?;
        }
        Ok(())
    }

    /// Clears the line in place.
    pub(super) fn end(&self, out: &mut impl Write) -> io::Result<()> {
        if self.in_place { out.write_all(in_place::CLEAR.as_bytes()) } else { Ok(()) }
    }
}

/// A loss with four digits after the point. A perfect prediction's loss is −ln(1 + ε), which is not shown as −0.
fn loss(loss: f64) -> String {
    format!("{loss:.4}").replace("-0.0000", "0.0000")
}

/// A bar of fixed width, filled in proportion to `done` out of `all`.
fn bar(done: usize, all: usize) -> String {
    const WIDTH: usize = 6;
    let eighths = done * 8 * WIDTH / all;
    let part = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8];
    let mut bar = "█".repeat(eighths / 8);
    if eighths / 8 < WIDTH {
        bar.push(part);
    }
    format!("{bar:<WIDTH$}▏")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_prediction_has_no_negative_loss() {
        assert_eq!(loss(-f64::EPSILON), "0.0000");
        assert_eq!(loss(1.0986), "1.0986");
    }

    #[test]
    fn what_a_narrow_terminal_cuts_off_is_the_speed_and_the_time_left() {
        let mut training = crate::cli::train::run::training(3, 1e-3);
        training.step();
        training.measure(1);
        let line = Progress::new().line(&training, 1);
        let words: Vec<&str> = line.split(" · ").collect();
        assert!(words[0] == "epoch 1/2" && words[1].starts_with("loss "), "{line}");
        assert!(words[3].ends_with(" left") && words[4].ends_with(" samples/s"), "{line}");
    }

    #[test]
    fn the_bar_is_as_long_empty_as_full() {
        for done in 0..=96 {
            assert_eq!(bar(done, 96).chars().count(), 7, "{done}");
        }
        assert_eq!(bar(1, 2), "███   ▏");
    }
}

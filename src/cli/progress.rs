//! How far a run is, while it runs: in place on a terminal, otherwise a line now and then.

use super::Failure;
use super::training::Training;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// On a terminal the line changes no more often than this.
const PAUSE: Duration = Duration::from_millis(100);
/// In a file or a pipe a run writes no more lines than this; if its epochs are few, a line an epoch.
const LINES: usize = 20;
/// A longer line would wrap on a usual terminal, and could not be cleared.
const WIDTH: usize = 79;
/// Back to the start of the line, and clear it.
const CLEAR: &str = "\r\x1b[2K";

/// Tells how far a run is.
pub(crate) struct Progress {
    style: Style,
    started: Instant,
    shown: Instant,
}

#[derive(Clone, Copy, PartialEq)]
enum Style {
    InPlace,
    Lines,
    Quiet,
}

impl Progress {
    pub(crate) fn new(quiet: bool) -> Progress {
        let style = match (quiet, io::stdout().is_terminal()) {
            (true, _) => Style::Quiet,
            (false, true) => Style::InPlace,
            (false, false) => Style::Lines,
        };
        Progress { style, started: Instant::now(), shown: Instant::now() }
    }

    /// To be called after every iteration.
    pub(crate) fn iteration(&mut self, training: &Training, iteration: usize) -> Result<(), Failure> {
        if self.style == Style::InPlace && self.shown.elapsed() >= PAUSE {
            self.shown = Instant::now();
            let mut out = io::stdout().lock();
            let line = format!("{} {}", bar(iteration, training.iterations), self.line(training, iteration));
            write!(out, "{CLEAR}{}", line.chars().take(WIDTH).collect::<String>())?;
            out.flush()?;
        }
        Ok(())
    }

    /// To be called after every epoch.
    pub(crate) fn epoch(&mut self, training: &Training) -> Result<(), Failure> {
        let all = training.iterations.div_ceil(training.batches);
        let every = if all <= LINES { 1 } else { all.div_ceil(LINES / 2) };
        let epoch = training.epochs.len();
        if self.style == Style::Lines && (epoch.is_multiple_of(every) || epoch == all) {
            let iteration = training.epochs.last().map_or(0, |epoch| epoch.iterations);
            writeln!(io::stdout(), "{}", self.line(training, iteration))?;
        }
        Ok(())
    }

    /// Takes the line in place away: something else is to be written.
    pub(crate) fn clear(&self) -> Result<(), Failure> {
        if self.style == Style::InPlace {
            write!(io::stdout(), "{CLEAR}")?;
        }
        Ok(())
    }

    fn line(&self, training: &Training, iteration: usize) -> String {
        let all = training.iterations.div_ceil(training.batches);
        let epoch = iteration.div_ceil(training.batches);
        let width = all.to_string().len();
        let mut line = format!("epoch {epoch:>width$}/{all} · loss {:.4}", training.loss(iteration));
        if let Some(last) = training.epochs.last() {
            line += &format!(" · test {:>7}", training.percent(last.accuracy));
        }
        let elapsed = self.started.elapsed().as_secs_f64();
        let speed = (iteration * training.batch_size) as f64 / elapsed.max(1e-9);
        let left = elapsed / iteration as f64 * (training.iterations - iteration) as f64;
        line + &format!(" · {} samples/s · {} left", rounded(speed), duration(Duration::from_secs_f64(left)))
    }
}

/// A bar of which as much is filled as is done.
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

/// Two digits of the number, thousands as k and millions as M.
fn rounded(number: f64) -> String {
    match number {
        n if n >= 9.95e6 => format!("{:.0} M", n / 1e6),
        n if n >= 9.995e5 => format!("{:.1} M", n / 1e6),
        n if n >= 9.95e3 => format!("{:.0} k", n / 1e3),
        n if n >= 1e3 => format!("{:.1} k", n / 1e3),
        n => format!("{n:.0}"),
    }
}

/// A time as a person says it.
pub(crate) fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds.round() as u64 {
        0..10 if seconds < 9.95 => format!("{seconds:.1} s"),
        s @ 0..60 => format!("{s} s"),
        s @ 60..3600 => format!("{} min {:02} s", s / 60, s % 60),
        s => format!("{} h {:02} min", s / 3600, s / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_as_long_empty_as_full() {
        for done in 0..=96 {
            assert_eq!(bar(done, 96).chars().count(), 7, "{done}");
        }
        assert_eq!(bar(1, 2), "███   ▏");
    }

    #[test]
    fn times_and_numbers_are_short_at_any_size() {
        for (seconds, text) in [(0.04, "0.0 s"), (9.96, "10 s"), (59.9, "1 min 00 s"), (7384.0, "2 h 03 min")] {
            assert_eq!(duration(Duration::from_secs_f64(seconds)), text);
        }
        for (number, text) in [(7.0, "7"), (1234.0, "1.2 k"), (12345.0, "12 k"), (999_600.0, "1.0 M"), (12e6, "12 M")] {
            assert_eq!(rounded(number), text);
        }
    }
}

//! Saves the model during the run, so that it survives when the run is stopped.

use super::training::Training;
use crate::cli::failure::warn;
use feedforward::data::FileError;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The shortest time between two saves.
const PAUSE: Duration = Duration::from_secs(1);
/// The pause is at least this many times as long as the save took, so that saving takes little of the run's time.
const SHARE: u32 = 20;

/// Saves the model now and then, and at the end.
pub(super) struct Saver {
    directory: PathBuf,
    last: Instant,
    pause: Duration,
    /// Whether a save failed during the run.
    warned: bool,
    /// Whether the model was saved at the end.
    complete: bool,
}

impl Saver {
    pub(super) fn new(directory: &Path) -> Saver {
        let directory = directory.to_path_buf();
        Saver { directory, last: Instant::now(), pause: PAUSE, warned: false, complete: false }
    }

    /// The directory, if the model was saved at the end.
    pub(super) fn written(&self) -> Option<&Path> {
        self.complete.then_some(&self.directory)
    }

    /// Saves the model if it is time. Called after every iteration.
    pub(super) fn iteration(&mut self, training: &Training) {
        if self.last.elapsed() >= self.pause && training.is_finite() {
            self.save_for_now(training);
        }
    }

    /// Saves the model. If that fails, warns the first time, because a later save may succeed.
    fn save_for_now(&mut self, training: &Training) {
        if let Err(error) = self.save(training)
            && !std::mem::replace(&mut self.warned, true)
        {
            warn(&format!("cannot save the model now: {error}; training goes on, and saving is tried again"));
        }
    }

    /// Saves the model at the end of the run.
    pub(super) fn end(&mut self, training: &Training) {
        match self.save(training) {
            Ok(()) => self.complete = true,
            Err(error) => warn(&format!("cannot save the model: {error}")),
        }
    }

    fn save(&mut self, training: &Training) -> Result<(), FileError> {
        let started = Instant::now();
        let saved = training.model().save(&self.directory);
        self.last = Instant::now();
        self.pause = PAUSE.max(SHARE * started.elapsed());
        saved
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::train::run::training;
    use feedforward::model::Model;
    use std::fs;

    #[test]
    fn a_save_that_fails_during_the_run_is_tried_again() {
        let directory = std::env::temp_dir().join(format!("feedforward-saver-{}", std::process::id()));
        let (training, mut saver) = (training(1, 1e-3), Saver::new(&directory));
        fs::write(&directory, "a file in its place").unwrap();
        saver.save_for_now(&training);
        saver.end(&training);
        assert!(saver.warned && saver.written().is_none());
        fs::remove_file(&directory).unwrap();
        saver.save_for_now(&training);
        assert!(Model::load(&directory).is_ok());
        saver.end(&training);
        assert_eq!(saver.written(), Some(directory.as_path()));
        fs::remove_dir_all(&directory).unwrap();
    }
}

//! Saves the model during the run, so that it survives when the run is stopped.

use super::run::Observer;
use super::training::Training;
use crate::cli::failure::{Failure, cannot_write};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The shortest time between two saves.
const PAUSE: Duration = Duration::from_secs(1);
/// The pause is at least this many times as long as the save took, so that saving takes little of the run's time.
const SHARE: u32 = 20;

/// An observer that saves the model now and then, and at the end.
pub(super) struct Saver {
    directory: PathBuf,
    last: Instant,
    pause: Duration,
}

impl Saver {
    /// Creates the directory, so that a name that cannot be written fails before the run and not after it.
    pub(super) fn create(directory: &Path) -> Result<Saver, Failure> {
        fs::create_dir_all(directory)
            .map_err(|error| Failure::Usage(cannot_write("the model to", directory, error)))?;
        Ok(Saver { directory: directory.to_path_buf(), last: Instant::now(), pause: PAUSE })
    }

    fn save(&mut self, training: &Training) -> Result<(), Failure> {
        let started = Instant::now();
        let saved = training.model().save(&self.directory);
        saved.map_err(|error| Failure::Run(format!("cannot save the model: {error}")))?;
        self.last = Instant::now();
        self.pause = PAUSE.max(SHARE * started.elapsed());
        Ok(())
    }
}

impl Observer for Saver {
    fn iteration(&mut self, training: &Training, _: usize) -> Result<(), Failure> {
        if self.last.elapsed() >= self.pause && training.is_finite() {
            self.save(training)?;
        }
        Ok(())
    }

    fn end(&mut self, training: &Training) -> Result<(), Failure> {
        self.save(training)
    }
}

//! The log of a run: a CSV file with one line per epoch.

use super::run::Observer;
use super::training::Training;
use crate::cli::failure::{Failure, cannot_write};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// An observer that writes the log.
pub(super) struct Log {
    path: PathBuf,
    file: File,
}

impl Log {
    /// Creates the file, so that a name that cannot be written fails before the run and not after it. `watched` names
    /// the data whose accuracy the log shows.
    pub(super) fn create(path: &Path, watched: &str) -> Result<Log, Failure> {
        let create = || -> io::Result<File> {
            let mut file = File::create(path)?;
            writeln!(file, "epoch,iterations,training_loss,{watched}_accuracy,seconds")?;
            Ok(file)
        };
        let file = create().map_err(|error| Failure::Usage(cannot_write("the log", path, error)))?;
        Ok(Log { path: path.to_path_buf(), file })
    }
}

impl Observer for Log {
    fn epoch(&mut self, training: &Training) -> Result<(), Failure> {
        let (number, Some(epoch)) = (training.epochs.len(), training.epochs.last()) else { return Ok(()) };
        let (iterations, loss, accuracy) = (epoch.iterations, epoch.loss, epoch.accuracy);
        writeln!(self.file, "{number},{iterations},{loss},{accuracy},{:.3}", training.busy.as_secs_f64())
            .map_err(|error| Failure::Run(cannot_write("the log", &self.path, error)))
    }
}

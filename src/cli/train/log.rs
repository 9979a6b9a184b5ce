//! The log of a run: a CSV file with one line per epoch.

use super::training::Training;
use crate::cli::failure::{cannot_write, warn};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes the log.
pub(super) struct Log {
    path: PathBuf,
    /// Created at the end of the first epoch. Until then, an older log remains.
    file: Option<File>,
    /// Whether all lines so far were written. Otherwise the log has ended.
    complete: bool,
}

impl Log {
    pub(super) fn new(path: &Path) -> Log {
        Log { path: path.to_path_buf(), file: None, complete: true }
    }

    /// The path of the log, if it is complete.
    pub(super) fn written(&self) -> Option<&Path> {
        self.complete.then_some(&self.path)
    }

    /// Writes the line of the last epoch. If that fails, warns and ends the log.
    pub(super) fn epoch(&mut self, training: &Training) {
        if self.complete
            && let Err(error) = self.write(training)
        {
            warn(&format!("{}; training goes on", cannot_write("the log", &self.path, error)));
            self.complete = false;
        }
    }

    fn write(&mut self, training: &Training) -> io::Result<()> {
        let (number, Some(epoch)) = (training.epochs.len(), training.epochs.last()) else { return Ok(()) };
        let (iterations, loss, accuracy) = (epoch.iterations, epoch.loss, epoch.accuracy);
        let line = format!("{number},{iterations},{loss},{accuracy},{:.3}\n", training.busy.as_secs_f64());
        match &mut self.file {
            Some(file) => file.write_all(line.as_bytes()),
            None => {
                if let Some(directory) = self.path.parent() {
                    fs::create_dir_all(directory)?; // it may be the directory of a model that is not saved yet
                }
                let file = self.file.insert(File::create(&self.path)?);
                let watched = training.data.watched().name;
                let header = format!("epoch,iterations,training_loss,{watched}_accuracy,seconds\n");
                file.write_all((header + &line).as_bytes())
            }
        }
    }
}

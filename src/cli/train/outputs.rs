//! Everything that a run writes: standard output, the log, the model and the drawings. If one of them cannot be
//! written, the others still are.

use super::drawings;
use super::log::Log;
use super::options::{LOAD, LOG, Options, PLOT, SAVE};
use super::progress::Progress;
use super::run::Observer;
use super::save::Saver;
use super::training::Training;
use crate::cli::data::Input;
use crate::cli::failure::{Failure, warn};
use crate::cli::format::escaped;
use crate::cli::outputs::{Check, is_of_a_model};
use crate::cli::stdout::Stdout;
use feedforward::Matrix;
use feedforward::model::Model;
use std::io::Write;
use std::path::PathBuf;

/// Fails if an output cannot be written, or two of the data, the models and the outputs are the same file. Changes
/// nothing. `images` says whether the data are images, so that the plot gets a companion.
pub(super) fn check(options: &Options, images: bool) -> Result<(), Failure> {
    let mut check = Check::new();
    if let Input::Files(files) = &options.input {
        check.reads_data(files)?;
    }
    if let Some(directory) = &options.save {
        check.writes_in(SAVE.name, "the model to", directory)?;
    }
    if let Some(file) = &options.log {
        check.writes(LOG.name, "the log", file)?;
    }
    if let Some(file) = &options.plot {
        check.writes(PLOT.name, &format!("the drawing of {}", PLOT.name), file)?;
        if images {
            let name = format!("the mistakes of {}", PLOT.name);
            check.writes(&name, &name, &drawings::mistakes_file(file))?;
        }
    }
    for (option, directory) in [(SAVE, &options.save), (LOAD, &options.load)] {
        if let Some(directory) = directory {
            check.reserves(&format!("the model ({})", option.name), directory, is_of_a_model)?;
        }
    }
    if let Some(directory) = &options.save {
        Model::check_directory(directory).map_err(|error| Failure::Usage(format!("cannot save the model: {error}")))?;
    }
    Ok(())
}

/// What a run writes.
pub(super) struct Outputs {
    pub(super) stdout: Stdout,
    progress: Option<Progress>,
    log: Option<Log>,
    saver: Option<Saver>,
    plot: Option<PathBuf>,
}

impl Outputs {
    pub(super) fn new(options: &Options) -> Outputs {
        Outputs {
            stdout: Stdout::new(options.save.is_some() || options.log.is_some() || options.plot.is_some()),
            progress: (!options.quiet).then(Progress::new),
            log: options.log.as_deref().map(Log::new),
            saver: options.save.as_deref().map(Saver::new),
            plot: options.plot.clone(),
        }
    }

    /// Clears the line of progress. Called when training ends, for whatever reason.
    pub(super) fn end_progress(&mut self) -> Result<(), Failure> {
        Ok(self.progress.iter().try_for_each(|progress| progress.end(&mut self.stdout))?)
    }

    /// Saves the model at the end of training.
    pub(super) fn save(&mut self, training: &Training) {
        if let Some(saver) = &mut self.saver {
            saver.end(training);
        }
    }

    /// Draws the plot, and names the files that were written. `prediction` are the class probabilities of the test
    /// data. Fails if something that was asked for could not be written.
    pub(super) fn end(mut self, training: &Training, prediction: &Matrix, quiet: bool) -> Result<(), Failure> {
        let (mut written, mut complete) = (Vec::new(), true);
        if let Some(plot) = &self.plot {
            match drawings::write(plot, training, prediction) {
                Ok(drawings) => written = drawings,
                Err(Failure::Usage(message) | Failure::Run(message)) => {
                    warn(&message);
                    complete = false;
                }
                Err(failure) => return Err(failure),
            }
        }
        let log = self.log.as_ref().map(|log| ("log", log.written()));
        let model = self.saver.as_ref().map(|saver| ("model", saver.written()));
        for (what, path) in [log, model].into_iter().flatten() {
            complete &= path.is_some();
            written.extend(path.map(|path| (what, path.to_path_buf())));
        }
        for (what, path) in written.iter().filter(|_| !quiet) {
            writeln!(self.stdout, "{what:<10}{}", escaped(&path.display().to_string()))?;
        }
        self.stdout.end()?;
        if complete { Ok(()) } else { Err(Failure::Reported) }
    }
}

impl Observer for Outputs {
    fn iteration(&mut self, training: &Training, iteration: usize) -> Result<(), Failure> {
        if let Some(progress) = &mut self.progress {
            progress.iteration(&mut self.stdout, training, iteration)?;
        }
        if let Some(saver) = &mut self.saver {
            saver.iteration(training);
        }
        Ok(())
    }

    fn epoch(&mut self, training: &Training) -> Result<(), Failure> {
        if let Some(log) = &mut self.log {
            log.epoch(training);
        }
        if let Some(progress) = &self.progress {
            progress.epoch(&mut self.stdout, training)?;
        }
        Ok(())
    }
}

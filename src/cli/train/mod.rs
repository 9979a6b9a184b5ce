//! The command `train`: reads the data, builds the network, trains it, and reports the result.

mod data;
mod drawings;
pub(crate) mod help;
mod log;
mod network;
pub(crate) mod options;
mod progress;
mod report;
mod run;
mod save;
mod settings;
mod training;

use crate::cli::failure::Failure;
use data::Data;
use feedforward::matrix::kernel::set_threads;
use feedforward::model::Model;
use feedforward::random::Random;
use log::Log;
use options::Options;
use progress::Progress;
use run::{Observer, Stop};
use save::Saver;
use std::io::{self, Write};
use std::time::Instant;
use training::Training;

/// Trains as the options say.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let started = Instant::now();
    if let Some(threads) = options.threads {
        set_threads(threads);
    }
    let loaded = options.load.as_ref().map(Model::load).transpose()?;
    let mut random = Random::new(options.settings.seed);
    let data = Data::read(options, loaded.as_ref(), &mut random)?;
    let mut observers = observers(options, data.watched().name)?;
    let model = match loaded {
        Some(model) => model,
        None => data.model(network::initial_weights(&data, &options.settings, &mut random)?),
    };
    let mut training = Training::new(data, &model, &options.settings, random);

    let mut out = io::stdout();
    if !options.quiet {
        report::overview(&mut out, &training, options)?;
    }
    run::run(&mut training, &mut observers).map_err(|stop| match stop {
        Stop::Diverged { iteration } => report::diverged(iteration, &training, options),
        Stop::Observer(failure) => failure,
    })?;
    if !options.quiet {
        report::curve(&mut out, &training)?;
    }
    let prediction = training.predict(&training.data.test.inputs);
    report::result(&mut out, &training, &prediction, started.elapsed(), options)?;
    let mut written = match &options.plot {
        Some(plot) => drawings::write(plot, &training, &prediction)?,
        None => Vec::new(),
    };
    written.extend(options.log.iter().map(|file| ("log", file.clone())));
    written.extend(options.save.iter().map(|directory| ("model", directory.clone())));
    for (what, path) in written.iter().filter(|_| !options.quiet) {
        writeln!(out, "{what:<10}{}", path.display())?;
    }
    Ok(())
}

/// The observers that the options ask for. The progress comes first, so that its line is cleared before the model is
/// saved at the end.
fn observers(options: &Options, watched: &str) -> Result<Vec<Box<dyn Observer>>, Failure> {
    let mut observers: Vec<Box<dyn Observer>> = Vec::new();
    if !options.quiet {
        observers.push(Box::new(Progress::new()));
    }
    if let Some(file) = &options.log {
        observers.push(Box::new(Log::create(file, watched)?));
    }
    if let Some(directory) = &options.save {
        observers.push(Box::new(Saver::create(directory)?));
    }
    Ok(observers)
}

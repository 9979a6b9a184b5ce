//! The command `train`: reads the data, builds the network, trains it, and reports the result.

mod data;
mod drawings;
pub(crate) mod help;
mod log;
mod network;
pub(crate) mod options;
mod outputs;
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
use options::Options;
use outputs::Outputs;
use run::Stop;
use std::time::Instant;
use training::Training;

/// Trains as the options say. Everything that can be wrong with the options and the data is checked before anything is
/// written.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let started = Instant::now();
    if let Some(threads) = options.threads {
        set_threads(threads);
    }
    let loaded = options.load.as_ref().map(Model::load).transpose()?;
    let mut random = Random::new(options.settings.seed);
    let data = Data::read(options, loaded.as_ref(), &mut random)?;
    let model = match loaded {
        Some(model) => model,
        None => data.model(network::initial_weights(&data, &options.settings, &mut random)?),
    };
    outputs::check(options, data.image.is_some())?;
    let mut training = Training::new(data, &model, &options.settings, random);

    let mut outputs = Outputs::new(options);
    if !options.quiet {
        report::overview(&mut outputs.stdout, &training, options)?;
    }
    let trained = run::run(&mut training, &mut outputs);
    outputs.end_progress()?;
    trained.map_err(|stop| match stop {
        Stop::Diverged { iteration } => report::diverged(iteration, &training, options),
        Stop::Observer(failure) => failure,
    })?;
    outputs.save(&training);
    if !options.quiet {
        report::curve(&mut outputs.stdout, &training)?;
    }
    let prediction = training.predict(&training.data.test.inputs);
    report::result(&mut outputs.stdout, &training, &prediction, started.elapsed(), options)?;
    outputs.end(&training, &prediction, options.quiet)
}

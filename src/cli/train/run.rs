//! The training loop. It reports every iteration and every epoch to an observer.

use super::training::Training;
use crate::cli::failure::Failure;
use std::time::Instant;

/// Something that follows a run. A failure stops the run.
pub(super) trait Observer {
    /// Called after every iteration, counted from 1.
    fn iteration(&mut self, training: &Training, iteration: usize) -> Result<(), Failure>;

    /// Called at the end of every epoch, before the [`iteration`](Observer::iteration) call of its last batch.
    fn epoch(&mut self, training: &Training) -> Result<(), Failure>;
}

/// Does nothing.
#[cfg(test)]
impl Observer for () {
    fn iteration(&mut self, _: &Training, _: usize) -> Result<(), Failure> {
        Ok(())
    }

    fn epoch(&mut self, _: &Training) -> Result<(), Failure> {
        Ok(())
    }
}

/// Why a run stopped early.
#[derive(Debug)]
pub(super) enum Stop {
    /// The loss of this iteration is not finite.
    Diverged { iteration: usize },
    /// The observer failed.
    Observer(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Observer(failure)
    }
}

/// Runs all iterations. Stops at the first loss that is not finite.
pub(super) fn run(training: &mut Training, observer: &mut impl Observer) -> Result<(), Stop> {
    let mut started = Instant::now();
    for iteration in 1..=training.iterations {
        if !training.step() {
            return Err(Stop::Diverged { iteration });
        }
        if training.ends_epoch(iteration) {
            training.busy += started.elapsed();
            training.measure(iteration);
            observer.epoch(training)?;
            training.decay();
            started = Instant::now();
        }
        observer.iteration(training, iteration)?;
    }
    Ok(())
}

/// A training on Iris that is ready to run: 100 samples in batches of 60, so 2 batches per epoch.
#[cfg(test)]
pub(super) fn training(iterations: usize, learning_rate: f64) -> Training {
    use super::settings::{Length, Settings};
    let mut options = super::options::Options::parse(&[]).unwrap().unwrap();
    let length = Length::Iterations(iterations);
    options.settings = Settings { batch_size: 60, length, learning_rate, ..options.settings };
    let mut random = feedforward::random::Random::new(1);
    let data = super::data::Data::read(&options, None, &mut random).unwrap();
    let weights = super::network::initial_weights(&data, &options.settings, &mut random).unwrap();
    let model = data.model(weights);
    Training::new(data, &model, &options.settings, random)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes down the calls it gets; fails at the end of epoch `fails_at`.
    struct Recorder {
        calls: Vec<String>,
        fails_at: usize,
    }

    impl Observer for Recorder {
        fn iteration(&mut self, training: &Training, iteration: usize) -> Result<(), Failure> {
            assert_eq!(training.losses().len(), iteration);
            self.calls.push(format!("iteration {iteration}"));
            Ok(())
        }

        fn epoch(&mut self, training: &Training) -> Result<(), Failure> {
            let epoch = training.epochs.len();
            self.calls.push(format!("epoch {epoch}"));
            if epoch == self.fails_at { Err(Failure::Closed) } else { Ok(()) }
        }
    }

    /// Trains on Iris for some iterations. Returns the result and the recorded calls.
    fn record(iterations: usize, learning_rate: f64, fails_at: usize) -> (Result<(), Stop>, Vec<String>) {
        let mut recorder = Recorder { calls: Vec::new(), fails_at };
        let result = run(&mut training(iterations, learning_rate), &mut recorder);
        (result, recorder.calls)
    }

    #[test]
    fn the_observer_sees_every_iteration_and_every_epoch() {
        let (result, calls) = record(3, 1e-3, 0);
        assert!(result.is_ok());
        assert_eq!(calls, ["iteration 1", "epoch 1", "iteration 2", "epoch 2", "iteration 3"]);
    }

    #[test]
    fn a_run_that_diverges_says_at_which_iteration() {
        let (result, calls) = record(10, 1e300, 0);
        let Err(Stop::Diverged { iteration }) = result else { panic!("{result:?}") };
        assert_eq!(calls.iter().filter(|call| call.starts_with("iteration")).count(), iteration - 1);
    }

    #[test]
    fn an_observer_that_fails_stops_the_run() {
        let (result, calls) = record(10, 1e-3, 2);
        assert!(matches!(result, Err(Stop::Observer(Failure::Closed))), "{result:?}");
        assert_eq!(calls.last().map(String::as_str), Some("epoch 2"));
    }
}

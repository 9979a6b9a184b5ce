//! The training loop. It reports every iteration and every epoch to its observers.

use super::training::Training;
use crate::cli::failure::Failure;
use std::time::Instant;

/// Something that follows a run.
pub(super) trait Observer {
    /// Called after every iteration, counted from 1.
    fn iteration(&mut self, _training: &Training, _iteration: usize) -> Result<(), Failure> {
        Ok(())
    }

    /// Called at the end of every epoch, before the [`iteration`](Observer::iteration) call of its last batch.
    fn epoch(&mut self, _training: &Training) -> Result<(), Failure> {
        Ok(())
    }

    /// Called once, after the last iteration of a complete run.
    fn end(&mut self, _training: &Training) -> Result<(), Failure> {
        Ok(())
    }

    /// Called once instead of [`end`](Observer::end), if the loss is no longer finite.
    fn diverged(&mut self) -> Result<(), Failure> {
        Ok(())
    }
}

/// Why a run stopped early.
#[derive(Debug)]
pub(super) enum Stop {
    /// The loss of this iteration is not finite.
    Diverged { iteration: usize },
    /// An observer failed.
    Observer(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Observer(failure)
    }
}

/// Runs all iterations and calls the observers in order. Stops at the first loss that is not finite.
pub(super) fn run(training: &mut Training, observers: &mut [Box<dyn Observer + '_>]) -> Result<(), Stop> {
    let mut started = Instant::now();
    for iteration in 1..=training.iterations {
        if !training.step() {
            observers.iter_mut().try_for_each(|observer| observer.diverged())?;
            return Err(Stop::Diverged { iteration });
        }
        if training.ends_epoch(iteration) {
            training.busy += started.elapsed();
            training.measure(iteration);
            observers.iter_mut().try_for_each(|observer| observer.epoch(training))?;
            training.decay();
            started = Instant::now();
        }
        observers.iter_mut().try_for_each(|observer| observer.iteration(training, iteration))?;
    }
    Ok(observers.iter_mut().try_for_each(|observer| observer.end(training))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::train::data::Data;
    use crate::cli::train::network::initial_weights;
    use crate::cli::train::options::Options;
    use crate::cli::train::settings::{Length, Settings};
    use feedforward::random::Random;
    use std::cell::RefCell;

    /// Writes down the calls it gets; fails at the end of epoch `fails_at`.
    struct Recorder<'a> {
        name: &'static str,
        calls: &'a RefCell<Vec<String>>,
        fails_at: usize,
    }

    impl Recorder<'_> {
        fn record(&self, call: String) {
            self.calls.borrow_mut().push(format!("{}: {call}", self.name));
        }
    }

    impl Observer for Recorder<'_> {
        fn iteration(&mut self, training: &Training, iteration: usize) -> Result<(), Failure> {
            assert_eq!(training.losses().len(), iteration);
            self.record(format!("iteration {iteration}"));
            Ok(())
        }

        fn epoch(&mut self, training: &Training) -> Result<(), Failure> {
            let epoch = training.epochs.len();
            self.record(format!("epoch {epoch}"));
            if epoch == self.fails_at { Err(Failure::Closed) } else { Ok(()) }
        }

        fn end(&mut self, training: &Training) -> Result<(), Failure> {
            assert_eq!(training.losses().len(), training.iterations);
            self.record("end".to_string());
            Ok(())
        }

        fn diverged(&mut self) -> Result<(), Failure> {
            self.record("diverged".to_string());
            Ok(())
        }
    }

    /// Trains on Iris: 100 samples in batches of 60, so 2 batches per epoch. Returns the result and the recorded calls.
    fn record(iterations: usize, learning_rate: f64, fails_at: usize) -> (Result<(), Stop>, Vec<String>) {
        let mut options = Options::parse(&[]).unwrap().unwrap();
        options.settings =
            Settings { batch_size: 60, length: Length::Iterations(iterations), learning_rate, ..options.settings };
        let mut random = Random::new(1);
        let data = Data::read(&options, None, &mut random).unwrap();
        let model = data.model(initial_weights(&data, &options.settings, &mut random).unwrap());
        let mut training = Training::new(data, &model, &options.settings, random);
        let calls = RefCell::new(Vec::new());
        let result = run(
            &mut training,
            &mut [
                Box::new(Recorder { name: "a", calls: &calls, fails_at: 0 }),
                Box::new(Recorder { name: "b", calls: &calls, fails_at }),
            ],
        );
        (result, calls.into_inner())
    }

    #[test]
    fn observers_see_every_iteration_every_epoch_and_the_end() {
        let (result, calls) = record(3, 1e-3, 0);
        assert!(result.is_ok());
        let expected = ["iteration 1", "epoch 1", "iteration 2", "epoch 2", "iteration 3", "end"];
        let both: Vec<String> = expected.iter().flat_map(|call| [format!("a: {call}"), format!("b: {call}")]).collect();
        assert_eq!(calls, both);
    }

    #[test]
    fn a_run_that_diverges_says_at_which_iteration_and_does_not_end() {
        let (result, calls) = record(10, 1e300, 0);
        let Err(Stop::Diverged { iteration }) = result else { panic!("{result:?}") };
        assert_eq!(calls[calls.len() - 2..], ["a: diverged", "b: diverged"]);
        assert_eq!(calls.iter().filter(|call| call.starts_with("a: iteration")).count(), iteration - 1);
        assert!(!calls.contains(&"a: end".to_string()));
    }

    #[test]
    fn an_observer_that_fails_stops_the_run() {
        let (result, calls) = record(10, 1e-3, 2);
        assert!(matches!(result, Err(Stop::Observer(Failure::Closed))), "{result:?}");
        assert_eq!(calls.last().map(String::as_str), Some("b: epoch 2"));
    }
}

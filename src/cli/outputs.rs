//! What a run leaves behind while it goes on: its progress on the screen, a line an epoch in a log, a saved model.

use super::Failure;
use super::options::Words;
use super::progress::Progress;
use super::training::Training;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A model is saved no more often than this, and so seldom that it takes little of the time.
const PAUSE: Duration = Duration::from_secs(1);
const SHARE: u32 = 20;

/// All of them.
pub(crate) struct Outputs {
    progress: Progress,
    log: Option<Log>,
    saver: Option<Saver>,
}

impl Outputs {
    /// Those that the words ask for. Opens the log and makes the model's directory, so that a name that cannot be
    /// written is known before the work and not after.
    pub(crate) fn new(words: &Words) -> Result<Outputs, Failure> {
        if let Some(plot) = words.text("--plot") {
            let directory = Path::new(plot).parent().filter(|parent| !parent.as_os_str().is_empty());
            if !plot.ends_with(".svg") || directory.is_some_and(|directory| !directory.is_dir()) {
                return Err(Failure::Usage(format!(
                    "--plot must be a file .svg in a directory that exists, not {plot:?}"
                )));
            }
        }
        Ok(Outputs {
            progress: Progress::new(words.has("--quiet")),
            log: words.text("--log").map(Log::open).transpose()?,
            saver: words.text("--save").map(Saver::open).transpose()?,
        })
    }

    /// To be called after every iteration.
    pub(crate) fn iteration(&mut self, training: &Training, iteration: usize) -> Result<(), Failure> {
        if let Some(saver) = &mut self.saver
            && saver.is_due()
            && training.is_finite()
        {
            saver.save(training)?;
        }
        self.progress.iteration(training, iteration)
    }

    /// To be called after every epoch.
    pub(crate) fn epoch(&mut self, training: &Training) -> Result<(), Failure> {
        if let Some(log) = &mut self.log {
            log.epoch(training)?;
        }
        self.progress.epoch(training)
    }

    /// To be called after the last iteration, also of a run that failed.
    pub(crate) fn clear(&self) -> Result<(), Failure> {
        self.progress.clear()
    }

    /// To be called after the last iteration of a run that went well.
    pub(crate) fn end(&mut self, training: &Training) -> Result<(), Failure> {
        self.clear()?;
        match &mut self.saver {
            Some(saver) => saver.save(training),
            None => Ok(()),
        }
    }
}

/// A CSV file with a line an epoch.
struct Log {
    name: String,
    file: File,
}

impl Log {
    fn open(name: &str) -> Result<Log, Failure> {
        let unwritable = |error| Failure::Usage(format!("--log {name}: {error}"));
        let mut file = File::create(name).map_err(unwritable)?;
        writeln!(file, "epoch,iterations,training_loss,test_accuracy,seconds").map_err(unwritable)?;
        Ok(Log { name: name.to_string(), file })
    }

    fn epoch(&mut self, training: &Training) -> Result<(), Failure> {
        let (number, Some(epoch)) = (training.epochs.len(), training.epochs.last()) else { return Ok(()) };
        let (iterations, loss, accuracy) = (epoch.iterations, epoch.loss, epoch.accuracy);
        writeln!(self.file, "{number},{iterations},{loss},{accuracy},{:.3}", training.busy.as_secs_f64())
            .map_err(|error| Failure::Run(format!("--log {}: {error}", self.name)))
    }
}

/// Saves the model now and then, so that whatever ends the run leaves a model that can be used.
struct Saver {
    directory: PathBuf,
    last: Instant,
    pause: Duration,
}

impl Saver {
    fn open(directory: &str) -> Result<Saver, Failure> {
        std::fs::create_dir_all(directory).map_err(|error| Failure::Usage(format!("--save {directory}: {error}")))?;
        Ok(Saver { directory: PathBuf::from(directory), last: Instant::now(), pause: PAUSE })
    }

    fn is_due(&self) -> bool {
        self.last.elapsed() >= self.pause
    }

    fn save(&mut self, training: &Training) -> Result<(), Failure> {
        let started = Instant::now();
        training.model().save(&self.directory).map_err(|error| Failure::Run(error.to_string()))?;
        self.last = Instant::now();
        self.pause = PAUSE.max(SHARE * started.elapsed());
        Ok(())
    }
}

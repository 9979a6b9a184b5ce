//! Standard output of a command that also writes files.

use crate::cli::failure::Failure;
use std::io::{self, Write};

/// Standard output. If the command also writes files, a closed pipe or a full disk does not end it: the rest of its
/// output is dropped.
pub(crate) struct Stdout {
    writes_files: bool,
    /// Why the output is no longer written.
    failed: Option<io::Error>,
}

impl Stdout {
    pub(crate) fn new(writes_files: bool) -> Stdout {
        Stdout { writes_files, failed: None }
    }

    /// Fails if some output was lost, unless its reader left.
    pub(crate) fn end(mut self) -> Result<(), Failure> {
        self.flush()?;
        match self.failed.map(Failure::from) {
            None | Some(Failure::Closed) => Ok(()),
            Some(failure) => Err(failure),
        }
    }

    fn attempt(&mut self, write: impl FnOnce(&mut io::Stdout) -> io::Result<()>) -> io::Result<()> {
        if self.failed.is_some() {
            return Ok(());
        }
        match write(&mut io::stdout()) {
            Err(error) if self.writes_files => {
                self.failed = Some(error);
                Ok(())
            }
            written => written,
        }
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.attempt(|out| out.write_all(bytes))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt(|out| out.flush())
    }
}

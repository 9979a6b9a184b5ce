//! Operations on the files of a model.

#[cfg(test)]
use super::hook::{step, sync as wait_for_disk};
use crate::data::{self, FileError, Place};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Comes before every operation on a file. The unit tests stop a save here.
#[cfg(not(test))]
fn step() -> io::Result<()> {
    Ok(())
}

/// Waits until the contents of a file, or the names in a directory, are on the disk.
#[cfg(not(test))]
fn wait_for_disk(file: &File) -> io::Result<()> {
    file.sync_all()
}

/// Reads a regular file. Refuses everything else, because a pipe or a device can block or never end.
pub(super) fn read_regular(file: &Path) -> Result<Vec<u8>, FileError> {
    step().map_err(|error| FileError::system(file, error))?;
    data::read_regular(file)
}

/// Returns whether anything has this name, even a symbolic link that leads nowhere.
pub(super) fn is_present(file: &Path) -> Result<bool, FileError> {
    match fs::symlink_metadata(file) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(FileError::system(file, error)),
    }
}

/// Creates a file and waits until it is on the disk. Fails if anything has this name. Leaves no incomplete file.
pub(super) fn create(file: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let delete = |_: &io::Error| {
        let _ = remove(file); // the error is about the first failure
    };
    let created = step().and_then(|()| File::create_new(file));
    created
        .and_then(|created| write(created, bytes).inspect_err(delete))
        .map_err(|error| FileError::system(file, error))
}

fn write(mut file: File, bytes: &[u8]) -> io::Result<()> {
    let (first, second) = bytes.split_at(bytes.len() / 2); // two parts, so that a test can stop between them
    for part in [first, second] {
        step()?;
        file.write_all(part)?;
    }
    wait_for_disk(&file)
}

/// Deletes a file. Succeeds if it does not exist.
pub(super) fn remove(file: &Path) -> Result<(), FileError> {
    match step().and_then(|()| fs::remove_file(file)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(FileError::system(file, error)),
        _ => Ok(()),
    }
}

/// Gives the file `from` the name `to`, in one step, even if a file has this name.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), FileError> {
    let in_use = |error: &io::Error| cfg!(windows) && is_in_use_on_windows(error);
    let message = "cannot be replaced: another program has it open, or it is write-protected";
    retry(to, in_use, message, PAUSE, || step().and_then(|()| fs::rename(from, to)))
}

/// Returns whether Windows may refuse to replace a file because another program has it open, such as a virus scanner,
/// often only for a moment.
pub(super) fn is_in_use_on_windows(error: &io::Error) -> bool {
    const SHARING_VIOLATION: i32 = 32;
    error.kind() == ErrorKind::PermissionDenied || error.raw_os_error() == Some(SHARING_VIOLATION)
}

/// Writes the names of the files in a directory to the disk, on systems that can do so.
pub(super) fn sync(directory: &Path) {
    let _ = File::open(directory).and_then(|directory| wait_for_disk(&directory));
}

/// Locks a directory until the file is dropped. Returns `None` on systems that cannot lock a directory. Waits about a
/// second for another process, or another thread, that has locked it.
pub(super) fn lock(directory: &Path) -> Result<Option<File>, FileError> {
    let Ok(opened) = File::open(directory) else { return Ok(None) };
    let in_use = |error: &io::Error| error.kind() == ErrorKind::WouldBlock;
    let locked =
        retry(directory, in_use, "another process is saving a model here", PAUSE, || match opened.try_lock() {
            Err(fs::TryLockError::WouldBlock) => Err(ErrorKind::WouldBlock.into()),
            _ => Ok(()), // locked, or the file system has no locks
        });
    locked.map(|()| Some(opened))
}

/// The pause before an operation is tried again.
const PAUSE: Duration = Duration::from_millis(20);
/// How often an operation is tried.
const ATTEMPTS: usize = 50;

/// Tries an operation on a file again as long as it fails because the file is in use, up to `ATTEMPTS` times. Then the
/// error has this message.
pub(super) fn retry(
    file: &Path,
    in_use: impl Fn(&io::Error) -> bool,
    message: &str,
    pause: Duration,
    mut operation: impl FnMut() -> io::Result<()>,
) -> Result<(), FileError> {
    for attempt in 1.. {
        match operation() {
            Err(error) if !in_use(&error) => return Err(FileError::system(file, error)),
            Err(_) if attempt == ATTEMPTS => break,
            Err(_) => std::thread::sleep(pause),
            Ok(()) => return Ok(()),
        }
    }
    Err(FileError::new(file, Place::Whole, message))
}

/// Returns the path, or `.` instead of an empty path.
pub(super) fn not_empty(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}

/// Creates a directory and its parents, as far as they do not exist, and returns those that it created.
pub(super) fn create_directories(directory: &Path) -> Result<Vec<PathBuf>, FileError> {
    let missing: Vec<&Path> = directory.ancestors().take_while(|path| !not_empty(path).exists()).collect();
    let mut created = Vec::new();
    for path in missing.into_iter().rev().filter(|path| !path.is_dir()) {
        if let Err(error) = step().and_then(|()| fs::create_dir(path)) {
            remove_directories(&created);
            return Err(FileError::system(path, error));
        }
        created.push(path.to_path_buf());
        sync(not_empty(path.parent().unwrap_or(path)));
    }
    Ok(created)
}

/// Deletes the directories that [`create_directories`] created, if they are empty.
pub(super) fn remove_directories(created: &[PathBuf]) {
    for directory in created.iter().rev() {
        let _ = fs::remove_dir(directory); // something else is in it, which stays
    }
}

//! Checks, before a command writes anything, that all its outputs can be written and that none of them is another file
//! of the command.
//!
//! Files are compared by identity, not by name: two names of one file, links, and names that differ only in a way that
//! the file system ignores are the same file. To compare and to test outputs that do not exist yet, the check creates
//! them. It removes them when it is dropped. An existing file is opened, but not changed.

use crate::cli::data::Files;
use crate::cli::failure::{Failure, cannot_write};
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The files of a command that were checked so far. Add what the command reads first.
#[derive(Default)]
pub(crate) struct Check {
    /// The name of each file or directory in messages, and which it is.
    known: Vec<(String, Identity)>,
    /// The files and directories that the check created, in this order.
    created: Vec<PathBuf>,
}

/// Device and inode.
#[cfg(unix)]
type Identity = (u64, u64);
/// The canonical path: without links, and in upper and lower case as in the file system.
#[cfg(not(unix))]
type Identity = PathBuf;

impl Check {
    /// Starts with the standard streams, if the shell connects them to files.
    pub(crate) fn new() -> Check {
        Check { known: standard_streams(), created: Vec::new() }
    }

    /// Adds a file that the command reads. `name` says in messages what it is. Fails if standard output or standard
    /// error goes to this file.
    pub(crate) fn reads(&mut self, name: &str, path: &Path) -> Result<(), Failure> {
        if let Ok(metadata) = fs::metadata(path)
            && metadata.is_file()
            && let Ok(file) = identity(path, &metadata)
        {
            if let Some((stream, _)) = self.known.iter().find(|(known, id)| OUTPUTS.contains(&&**known) && *id == file)
            {
                let path = path.display();
                let message = format!("{stream} goes to {path}, the same file as {name}; choose another file");
                return Err(Failure::Usage(message));
            }
            self.known.push((name.to_string(), file));
        }
        Ok(())
    }

    /// Adds the files that data are read from: in a directory of images, all their formats and parts.
    pub(crate) fn reads_data(&mut self, data: &Files) -> Result<(), Failure> {
        let name = "the data";
        match data {
            Files::Csv(file) => self.reads(name, file),
            Files::StandardInput => self.reads(name, Path::new("/dev/stdin")),
            Files::Images(directory) => {
                let entries = fs::read_dir(directory).into_iter().flatten().flatten();
                let mut images = entries.filter(|entry| entry.file_name().to_string_lossy().contains("idx"));
                images.try_for_each(|entry| self.reads(name, &entry.path()))
            }
        }
    }

    /// Adds a file that the command writes. `option` names it, and `what` says in messages what it is for. Pipes and
    /// devices are not opened, because that could wait for a reader.
    ///
    /// Fails if the file cannot be written or was added before.
    pub(crate) fn writes(&mut self, option: &str, what: &str, path: &Path) -> Result<(), Failure> {
        let refused = |error: io::Error| Failure::Usage(cannot_write(what, path, error));
        match fs::metadata(path) {
            Ok(metadata) if is_stream(&metadata) => Ok(()),
            Ok(metadata) => {
                self.add(option, path, &metadata)?;
                if !metadata.is_file() {
                    let kind = if metadata.is_dir() { "it is a directory" } else { "it is neither a file nor a pipe" };
                    return Err(refused(io::Error::other(kind)));
                }
                File::options().write(true).open(path).map(drop).map_err(refused)
            }
            Err(_) => {
                let path = target(path);
                let metadata = File::create_new(&path).and_then(|file| file.metadata()).map_err(|error| {
                    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty() && !parent.exists());
                    refused(match parent {
                        Some(parent) => io::Error::other(format!("there is no directory {}", parent.display())),
                        None => error,
                    })
                })?;
                self.created.push(path.clone());
                self.add(option, &path, &metadata)
            }
        }
    }

    /// Adds a directory in which the command writes files, like [`writes`](Check::writes). Its parents need not exist.
    pub(crate) fn writes_in(&mut self, option: &str, what: &str, directory: &Path) -> Result<(), Failure> {
        let refused = |error: io::Error| Failure::Usage(cannot_write(what, directory, error));
        let missing: Vec<&Path> = directory.ancestors().take_while(|path| !is_there(path)).collect();
        for path in missing.into_iter().rev() {
            match fs::create_dir(path) {
                Ok(()) => self.created.push(path.to_path_buf()),
                Err(_) if path.is_dir() => {} // `new/..`
                Err(error) => return Err(refused(error)),
            }
        }
        let metadata = fs::metadata(directory).map_err(refused)?;
        self.add(option, directory, &metadata)?;
        if !metadata.is_dir() {
            return Err(refused(io::Error::other("it is not a directory")));
        }
        let probe = directory.join(format!(".feedforward-{}", std::process::id()));
        File::create_new(&probe).and_then(|_| fs::remove_file(&probe)).map_err(refused)
    }

    /// Fails if one of the files added so far is in the directory under a name for which `reserved` holds. `name` says
    /// in the message whose names these are.
    pub(crate) fn reserves(
        &self,
        name: &str,
        directory: &Path,
        reserved: impl Fn(&str) -> bool,
    ) -> Result<(), Failure> {
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            let path = entry.path();
            if reserved(&entry.file_name().to_string_lossy())
                && let Ok(metadata) = fs::metadata(&path)
                && let Some(other) = self.known_as(&path, &metadata)
            {
                let path = path.display();
                return Err(Failure::Usage(format!("{other}: {path} is a file of {name}; choose another name")));
            }
        }
        Ok(())
    }

    /// Adds an output, which must be a new one.
    fn add(&mut self, option: &str, path: &Path, metadata: &Metadata) -> Result<(), Failure> {
        if let Some(other) = self.known_as(path, metadata) {
            let path = path.display();
            return Err(Failure::Usage(format!("{option}: {path} is the same file as {other}; choose another name")));
        }
        self.known.extend(identity(path, metadata).map(|file| (option.to_string(), file)));
        Ok(())
    }

    /// The name under which the file was added before.
    fn known_as(&self, path: &Path, metadata: &Metadata) -> Option<&str> {
        let file = identity(path, metadata).ok()?;
        self.known.iter().find(|(_, known)| *known == file).map(|(name, _)| name.as_str())
    }
}

impl Drop for Check {
    fn drop(&mut self) {
        for path in self.created.iter().rev() {
            let _ = if path.is_dir() { fs::remove_dir(path) } else { fs::remove_file(path) };
        }
    }
}

/// Replaces a file in one step, so that no reader finds an incomplete file, even after a crash or on a full disk. Keeps
/// its permissions. If the path is a link, replaces the file that it leads to. Writes directly to a pipe, a device, a file
/// beside which no other can be created, and a file that is mounted.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|metadata| is_stream(&metadata)) {
        return fs::write(path, text);
    }
    let path = fs::canonicalize(path).unwrap_or_else(|_| target(path));
    let mut new = path.clone().into_os_string();
    new.push(format!(".{}", std::process::id()));
    let replaced = File::create_new(&new).and_then(|mut file| {
        if let Ok(old) = fs::metadata(&path) {
            let _ = file.set_permissions(old.permissions()); // some file systems have none
        }
        file.write_all(text.as_bytes())
    });
    let replaced = replaced.and_then(|()| fs::rename(&new, &path));
    if replaced.as_ref().is_err_and(|error| error.kind() != ErrorKind::AlreadyExists) {
        let _ = fs::remove_file(&new);
    }
    match replaced {
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::PermissionDenied
                    | ErrorKind::ReadOnlyFilesystem
                    | ErrorKind::ResourceBusy
                    | ErrorKind::InvalidFilename
            ) =>
        {
            fs::write(path, text)
        }
        replaced => replaced,
    }
}

/// Whether saving a model may write, replace or delete a file of this name in its directory.
pub(crate) fn is_of_a_model(name: &str) -> bool {
    let name = name.to_lowercase(); // file systems that ignore case
    name.starts_with("model.txt") || name.ends_with(".npy")
}

#[cfg(unix)]
fn identity(_: &Path, metadata: &Metadata) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt;
    Ok((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path, _: &Metadata) -> io::Result<Identity> {
    fs::canonicalize(path)
}

/// The streams that a command writes.
const OUTPUTS: [&str; 2] = ["standard output", "standard error"];

/// The standard streams that are files.
#[cfg(unix)]
fn standard_streams() -> Vec<(String, Identity)> {
    use std::os::fd::AsFd;
    let streams = [
        ("standard input", io::stdin().as_fd().try_clone_to_owned()),
        (OUTPUTS[0], io::stdout().as_fd().try_clone_to_owned()),
        (OUTPUTS[1], io::stderr().as_fd().try_clone_to_owned()),
    ];
    let file = |(name, stream): (&str, io::Result<_>)| {
        let metadata = File::from(stream.ok()?).metadata().ok().filter(Metadata::is_file)?;
        Some((name.to_string(), identity(Path::new(""), &metadata).ok()?))
    };
    streams.into_iter().filter_map(file).collect()
}

#[cfg(not(unix))]
fn standard_streams() -> Vec<(String, Identity)> {
    Vec::new()
}

/// Whether the file is a pipe or a device such as a terminal.
#[cfg(unix)]
pub(crate) fn is_stream(metadata: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    metadata.file_type().is_fifo() || metadata.file_type().is_char_device()
}

#[cfg(not(unix))]
pub(crate) fn is_stream(metadata: &Metadata) -> bool {
    !metadata.is_file() && !metadata.is_dir()
}

/// Whether the path is empty, which means the current directory, or there is something at the path, even a link whose
/// target is missing.
fn is_there(path: &Path) -> bool {
    path.as_os_str().is_empty() || !fs::symlink_metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound)
}

/// Where a file is created if the path is a link whose target is missing; otherwise the path.
fn target(path: &Path) -> PathBuf {
    let mut path = path.to_path_buf();
    for _ in 0..40 {
        let Ok(target) = fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_or_not_at_all() {
        let folder = std::env::temp_dir().join(format!("feedforward-replace-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (file, new) = (folder.join("a.svg"), folder.join(format!("a.svg.{}", std::process::id())));
        let text = |path: &Path| fs::read_to_string(path).unwrap();
        for contents in ["first", "second"] {
            replace(&file, contents).unwrap();
            assert_eq!((text(&file).as_str(), new.exists()), (contents, false));
        }
        fs::write(&new, "somebody's").unwrap(); // the new contents have no place
        assert!(replace(&file, "third").is_err());
        assert_eq!((text(&file), text(&new)), ("second".to_string(), "somebody's".to_string()));
        fs::remove_file(&new).unwrap();
        #[cfg(unix)]
        {
            let link = folder.join("link.svg");
            std::os::unix::fs::symlink("a.svg", &link).unwrap();
            replace(&link, "fourth").unwrap();
            assert!(link.is_symlink() && text(&file) == "fourth");
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).unwrap();
            replace(&file, "fifth").unwrap();
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        }
        let long = folder.join("a".repeat(255)); // no file beside it can have this name and a suffix
        for contents in ["first", "second"] {
            replace(&long, contents).unwrap();
            assert_eq!(text(&long), contents);
        }
        assert!(replace(&folder.join("no/a.svg"), "").is_err());
        fs::remove_dir_all(&folder).unwrap();
    }
}

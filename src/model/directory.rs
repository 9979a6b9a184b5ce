//! The directory of a model: which files in it belong to the model, and how a save replaces them.
//!
//! A save takes these steps. Each one is on the disk before the next one begins:
//!
//! 1. Write a list of the files that it will create and of those that it will delete, `model.txt.saving`.
//! 2. Create the new description, `model.txt.new`, and the files of the matrices. No file has such a name yet.
//! 3. Rename `model.txt.new` to `model.txt`, which replaces the old description.
//! 4. Delete the files of the list that `model.txt` does not name, then the list.
//!
//! If a save is interrupted, the next one finds the list and starts with step 4. A save that fails does the same at
//! once, with the files that it has created. A list that is incomplete has no last line; nothing had been created when
//! it was written.

use super::description::{self, Description};
use super::disk;
use crate::Matrix;
use crate::data::{FileError, Place, npy};
use std::collections::HashSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The name of the new description until it replaces the old one.
const NEW: &str = "model.txt.new";
/// The name of the list.
const LIST: &str = "model.txt.saving";
/// The first line of the list.
const TITLE: &str = "feedforward model, files of an unfinished save\n";
/// The second line of the list.
const COMMENT: &str = "# The next save deletes the files of this list that model.txt does not name.\n";
/// The last line of the list.
const END: &str = "end\n";

/// A directory that a model is saved in, locked where the system can lock directories.
struct Directory<'a> {
    path: &'a Path,
    /// The description of the model in the directory, if it contains one.
    model: Option<Description>,
    /// Files of earlier models that could not be deleted. On Windows, another program may have them open.
    stuck: Vec<String>,
    _lock: Option<File>,
}

/// Replaces the model in a directory, or creates it. `describe` returns the new description, given its generation.
pub(super) fn replace(
    path: &Path,
    describe: impl Fn(char) -> Description,
    matrices: &[&Matrix],
) -> Result<(), FileError> {
    let path = disk::not_empty(path);
    let created = disk::create_directories(path)?;
    let replaced = Directory::open(path).and_then(|directory| directory.replace(describe, matrices));
    if replaced.is_err() {
        disk::remove_directories(&created);
    }
    replaced
}

/// Checks that [`replace`] can write to a directory.
pub(super) fn check(path: &Path) -> Result<(), FileError> {
    let path = disk::not_empty(path);
    let created = disk::create_directories(path)?;
    let checked = Directory::open(path).and_then(|directory| {
        directory.write_list(&directory.stuck)?;
        directory.sweep(directory.stuck.clone(), directory.model.as_ref()).map(|_| ())
    });
    disk::remove_directories(&created);
    checked
}

/// Returns the names of the files of a model, if there is one.
fn named_files(model: Option<&Description>) -> HashSet<&str> {
    model.into_iter().flat_map(Description::files).collect()
}

impl Directory<'_> {
    /// Locks a directory and deletes what an interrupted save left in it. Refuses files that do not come from a save but
    /// have a name that a save needs.
    fn open(path: &Path) -> Result<Directory<'_>, FileError> {
        if !path.is_dir() {
            return Err(FileError::new(path, Place::Whole, "is not a directory"));
        }
        let lock = disk::lock(path)?;
        let mut directory = Directory { path, model: None, stuck: Vec::new(), _lock: lock };
        let file = directory.file(description::FILE);
        if disk::is_present(&file)? {
            if !file.is_file() || !description::has_title(&disk::read_regular(&file)?) {
                return Err(FileError::new(&file, Place::Whole, "is not a model; choose another directory"));
            }
            directory.model = Some(Description::read(&file)?);
        }
        directory.stuck = directory.sweep(directory.read_list()?, directory.model.as_ref())?;
        let file = directory.file(NEW);
        if disk::is_present(&file)? {
            let message = "does not come from an interrupted save; move it away or choose another directory";
            return Err(FileError::new(&file, Place::Whole, message));
        }
        Ok(directory)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    fn replace(&self, describe: impl Fn(char) -> Description, matrices: &[&Matrix]) -> Result<(), FileError> {
        let new = self.free_generation(describe)?;
        let old_files = self.model.iter().flat_map(Description::saved_files);
        let new_files = new.files().map(str::to_string).chain([NEW.to_string()]);
        let listed: Vec<String> = self.stuck.iter().cloned().chain(old_files).chain(new_files).collect();
        self.write_list(&listed)?;
        let mut created = self.stuck.clone();
        let written = self.write(&new, matrices, &mut created);
        let _ = match &written {
            Ok(()) => self.sweep(listed, Some(&new)), // the next save tries again what fails here
            Err(_) => self.sweep(created, self.model.as_ref()),
        };
        written
    }

    /// Returns the description of the first generation of which no file exists and the old description names none.
    fn free_generation(&self, describe: impl Fn(char) -> Description) -> Result<Description, FileError> {
        let named = named_files(self.model.as_ref());
        for new in ('a'..='z').map(describe) {
            let mut free = true;
            for file in new.files() {
                free &= !named.contains(file) && !disk::is_present(&self.file(file))?;
            }
            if free {
                return Ok(new);
            }
        }
        let message = "contains files with the names of every generation, scaling-a.npy to scaling-z.npy or layers; \
                       choose another directory";
        Err(FileError::new(self.path, Place::Whole, message))
    }

    /// Creates the files of the new model, adding their names to `created`, and replaces the description.
    fn write(&self, new: &Description, matrices: &[&Matrix], created: &mut Vec<String>) -> Result<(), FileError> {
        disk::sync(self.path);
        let mut create = |name: &str, bytes: &[u8]| {
            disk::create(&self.file(name), bytes)?;
            created.push(name.to_string());
            Ok(())
        };
        create(NEW, new.to_string().as_bytes())?;
        for (name, matrix) in new.files().zip(matrices) {
            create(name, &npy::to_bytes(matrix))?;
        }
        disk::sync(self.path);
        disk::rename(&self.file(NEW), &self.file(description::FILE))?;
        disk::sync(self.path);
        Ok(())
    }

    /// Deletes those of the listed files that `model` does not name, then the list. Returns the files that could not be
    /// deleted, and leaves a list of them.
    fn sweep(&self, mut listed: Vec<String>, model: Option<&Description>) -> Result<Vec<String>, FileError> {
        let named = named_files(model);
        listed.retain(|name| !named.contains(&**name));
        listed.retain(|name| !self.file(name).is_dir() && disk::remove(&self.file(name)).is_err());
        disk::remove(&self.file(LIST))?;
        if !listed.is_empty() {
            self.write_list(&listed)?;
        }
        Ok(listed)
    }

    /// Writes the list. It replaces a list of files that could not be deleted.
    fn write_list(&self, names: &[String]) -> Result<(), FileError> {
        if !self.stuck.is_empty() {
            disk::remove(&self.file(LIST))?;
        }
        let names: String = names.iter().map(|name| format!("{name}\n")).collect();
        disk::create(&self.file(LIST), format!("{TITLE}{COMMENT}{names}{END}").as_bytes())
    }

    /// Reads the list that an interrupted save has left. It is empty if there is none, or an incomplete one.
    fn read_list(&self) -> Result<Vec<String>, FileError> {
        let file = self.file(LIST);
        if !disk::is_present(&file)? {
            return Ok(Vec::new());
        }
        let regular = fs::symlink_metadata(&file).is_ok_and(|metadata| metadata.is_file());
        let bytes = if regular { disk::read_regular(&file)? } else { b"?".to_vec() };
        parse_list(&bytes).ok_or_else(|| {
            let message = "does not come from a save; move it away or choose another directory";
            FileError::new(&file, Place::Whole, message)
        })
    }
}

/// Returns the names in a list, none if it is incomplete, or `None` if a save cannot have written it.
pub(super) fn parse_list(bytes: &[u8]) -> Option<Vec<String>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.trim_end_matches('\0'); // a power failure can leave zeros at the end of a file
    let Some(names) = text.strip_prefix(TITLE).and_then(|rest| rest.strip_prefix(COMMENT)) else {
        return format!("{TITLE}{COMMENT}").starts_with(text).then(Vec::new);
    };
    let complete = names.strip_suffix(END);
    let names: Vec<String> = complete.unwrap_or("").lines().map(str::to_string).collect();
    let ours = names.iter().all(|name| name == NEW || description::is_saved_file(name));
    ours.then_some(names)
}

//! Finds the submissions in a folder and reads their section files, and nothing else.

use crate::cli::exercise::{SECTIONS, Section};
use crate::cli::failure::Failure;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The largest section file in bytes. A section is a few kilobytes.
const LARGEST: u64 = 256 * 1024;

/// A student's submission.
pub(super) struct Submission {
    pub(super) name: String,
    /// The folder that contains the section files, or `src` with them. `None` if there are no section files.
    folder: Option<PathBuf>,
}

/// Finds the submissions: the folder itself, or its subfolders. With `single`, for the report of one submission, a
/// folder without any section file counts as a submission too, so that its student gets a report.
pub(super) fn find(folder: &Path, single: bool) -> Result<Vec<Submission>, Failure> {
    let shown = folder.display();
    match fs::metadata(folder) {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => return Err(Failure::Usage(format!("{shown} is not a folder"))),
        Err(error) => return Err(Failure::Usage(format!("cannot read {shown}: {error}"))),
    }
    if has_sections(folder) {
        return Ok(vec![Submission { name: name(folder), folder: Some(folder.to_path_buf()) }]);
    }
    let class: Vec<Submission> =
        subfolders(folder).into_iter().map(|one| Submission { name: name(&one), folder: nested(&one) }).collect();
    let found = class.iter().filter(|one| one.folder.is_some()).count();
    match (found, single) {
        (0 | 1, true) => Ok(vec![Submission { name: name(folder), folder: nested(folder) }]),
        (0, false) => {
            let files = SECTIONS.map(|section| section.path()).join(", ");
            Err(Failure::Usage(format!(
                "{shown} holds no submission: it contains none of {files}, and no folder with them"
            )))
        }
        _ => Ok(class),
    }
}

/// The folder itself, or the only submission inside it: archives often add a folder.
fn nested(folder: &Path) -> Option<PathBuf> {
    let mut folder = folder.to_path_buf();
    for _ in 0..4 {
        if has_sections(&folder) {
            return Some(folder);
        }
        let mut inner = subfolders(&folder);
        if inner.len() > 1 {
            inner.retain(|folder| has_sections(folder));
        }
        match &mut inner[..] {
            [only] => folder = std::mem::take(only),
            _ => return None,
        }
    }
    None
}

fn has_sections(folder: &Path) -> bool {
    let exists = |path: PathBuf| fs::symlink_metadata(path).is_ok();
    SECTIONS.iter().any(|section| candidates(folder, section).into_iter().any(exists))
}

/// The paths that a section's file may have.
fn candidates(folder: &Path, section: &Section) -> [PathBuf; 2] {
    [folder.join(section.path()), folder.join(format!("{}.rs", section.name))]
}

/// The subfolders, sorted by name, without hidden folders, build output, macOS metadata and symbolic links.
fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .filter(|path| !name(path).starts_with('.') && name(path) != "target" && name(path) != "__MACOSX")
        .collect();
    folders.sort();
    folders
}

/// The name of a submission: that of its folder.
fn name(folder: &Path) -> String {
    let full = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    full.file_name().map_or_else(|| full.display().to_string(), |name| name.to_string_lossy().into_owned())
}

impl Submission {
    /// The text of the section's file, or why it was not read.
    pub(super) fn section(&self, section: &Section) -> Result<String, String> {
        let missing = || format!("there is no file {}", section.path());
        let folder = self.folder.as_ref().ok_or_else(missing)?;
        let exists = |path: &PathBuf| fs::symlink_metadata(path).is_ok();
        let path = candidates(folder, section).into_iter().find(exists).ok_or_else(missing)?;
        let file = section.path();
        let source = path.parent().expect("in a folder");
        if source != folder && fs::symlink_metadata(source).is_ok_and(|metadata| metadata.is_symlink()) {
            return Err("the folder src is a symbolic link, which is not followed".to_string());
        }
        let metadata = fs::symlink_metadata(&path).map_err(|error| format!("{file} cannot be read: {error}"))?;
        if metadata.is_symlink() {
            return Err(format!("{file} is a symbolic link, which is not followed"));
        }
        if !metadata.is_file() {
            return Err(format!("{file} is not a file"));
        }
        let mut bytes = Vec::new();
        let read = fs::File::open(&path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
        read.map_err(|error| format!("{file} cannot be read: {error}"))?;
        if bytes.len() as u64 > LARGEST {
            return Err(format!("{file} is larger than {} KiB", LARGEST / 1024));
        }
        String::from_utf8(bytes).map_err(|_| format!("{file} is not text in UTF-8"))
    }
}

//! Finds the submissions in a folder and reads their section files, and nothing else. Everything is read before the
//! first section is judged. If the system refuses to read a file, grading fails; the file does not count as missing.

use crate::cli::exercise::{SECTIONS, Section};
use crate::cli::failure::Failure;
use std::fs::{self, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// The largest section file in bytes. A section is a few kilobytes.
const LARGEST: u64 = 256 * 1024;

/// A student's submission.
pub(super) struct Submission {
    pub(super) name: String,
    /// The section files that exist.
    pub(super) files: Vec<PathBuf>,
    /// The text of each section's file, or why it is refused, in the order of [`SECTIONS`].
    pub(super) sections: Vec<Result<String, String>>,
}

/// Finds the submissions: the folder itself, or its subfolders. With `single`, for the report of one submission, a
/// folder without any section file counts as a submission too, so that its student gets a report.
pub(super) fn find(folder: &Path, single: bool) -> Result<Vec<Submission>, Failure> {
    let shown = folder.display();
    match fs::metadata(folder) {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => return Err(Failure::Usage(format!("{shown} is not a folder"))),
        Err(error) => return Err(unreadable(folder, &error)),
    }
    if has_sections(folder)? {
        return Ok(vec![Submission::read(folder, Some(folder))?]);
    }
    let mut class = Vec::new();
    for one in subfolders(folder)? {
        let sources = nested(&one)?;
        class.push((one, sources));
    }
    let found = class.iter().filter(|(_, sources)| sources.is_some()).count();
    match (found, single) {
        (0 | 1, true) => Ok(vec![Submission::read(folder, nested(folder)?.as_deref())?]),
        (0, false) => {
            let files = SECTIONS.map(|section| section.path()).join(", ");
            Err(Failure::Usage(format!(
                "{shown} holds no submission: it contains none of {files}, and no folder with them"
            )))
        }
        _ => class.iter().map(|(one, sources)| Submission::read(one, sources.as_deref())).collect(),
    }
}

/// The failure if the system does not let the grader read a file or folder.
fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::Usage(format!("cannot read {}: {error}", path.display()))
}

/// The folder itself, or the only submission inside it: archives often add a folder.
fn nested(folder: &Path) -> Result<Option<PathBuf>, Failure> {
    let mut folder = folder.to_path_buf();
    for _ in 0..4 {
        if has_sections(&folder)? {
            return Ok(Some(folder));
        }
        let mut inner = subfolders(&folder)?;
        if inner.len() > 1 {
            let mut submissions = Vec::new();
            for folder in inner {
                if has_sections(&folder)? {
                    submissions.push(folder);
                }
            }
            inner = submissions;
        }
        match &mut inner[..] {
            [only] => folder = std::mem::take(only),
            _ => return Ok(None),
        }
    }
    Ok(None)
}

fn has_sections(folder: &Path) -> Result<bool, Failure> {
    for section in &SECTIONS {
        if file(folder, section)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The section's file in a folder of sources, which may be in `src`, and its metadata. `None` if there is no such file.
fn file(folder: &Path, section: &Section) -> Result<Option<(PathBuf, Metadata)>, Failure> {
    for path in [folder.join(section.path()), folder.join(format!("{}.rs", section.name))] {
        match fs::symlink_metadata(&path) {
            Ok(metadata) => return Ok(Some((path, metadata))),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(error) => return Err(unreadable(&path, &error)),
        }
    }
    Ok(None)
}

/// The subfolders, sorted by name, without hidden folders, build output, macOS metadata and symbolic links.
fn subfolders(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let folders = || -> io::Result<Vec<PathBuf>> {
        let mut folders = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let passed_over = name.as_encoded_bytes().starts_with(b".") || name == "target" || name == "__MACOSX";
            if entry.file_type()?.is_dir() && !passed_over {
                folders.push(entry.path());
            }
        }
        folders.sort();
        Ok(folders)
    };
    folders().map_err(|error| unreadable(folder, &error))
}

/// The name of a submission: that of its folder.
fn name(folder: &Path) -> String {
    let full = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    full.file_name().map_or_else(|| full.display().to_string(), |name| name.to_string_lossy().into_owned())
}

impl Submission {
    /// Reads the section files. `sources` is the folder that contains them, or `src` with them; `None` if there are no
    /// section files.
    fn read(folder: &Path, sources: Option<&Path>) -> Result<Submission, Failure> {
        let sections = SECTIONS.iter().map(|section| read(sources, section)).collect::<Result<_, _>>()?;
        let present = |section: &Section| Some(file(sources?, section).ok()??.0);
        Ok(Submission { name: name(folder), files: SECTIONS.iter().filter_map(present).collect(), sections })
    }
}

/// Reads a section's file. The inner error says why the file is refused.
fn read(sources: Option<&Path>, section: &Section) -> Result<Result<String, String>, Failure> {
    let shown = section.path();
    let missing = || Ok(Err(format!("there is no file {shown}")));
    let Some(sources) = sources else { return missing() };
    let Some((path, metadata)) = file(sources, section)? else { return missing() };
    let parent = path.parent().expect("in a folder");
    if parent != sources && fs::symlink_metadata(parent).is_ok_and(|metadata| metadata.is_symlink()) {
        return Ok(Err("the folder src is a symbolic link, which is not followed".to_string()));
    }
    if metadata.is_symlink() {
        return Ok(Err(format!("{shown} is a symbolic link, which is not followed")));
    }
    if !metadata.is_file() {
        return Ok(Err(format!("{shown} is not a file")));
    }
    let mut bytes = Vec::new();
    let read = fs::File::open(&path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    read.map_err(|error| unreadable(&path, &error))?;
    if bytes.len() as u64 > LARGEST {
        return Ok(Err(format!("{shown} is larger than {} KiB", LARGEST / 1024)));
    }
    Ok(text(bytes).map_err(|why| format!("{shown} {why}")))
}

/// Decodes a source file. The compiler reads UTF-8, with or without a byte order mark, and lines that end with LF or
/// CRLF.
fn text(bytes: Vec<u8>) -> Result<String, String> {
    let is_utf16 = match bytes[..] {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,          // byte order marks
        [first, second, ..] => (first == 0) != (second == 0), // a Latin character has a byte 0
        _ => false,
    };
    if is_utf16 {
        return Err("is UTF-16; save it as UTF-8".to_string());
    }
    let line = |at: usize, before: &[u8]| 1 + before[..at].iter().filter(|&&byte| byte == b'\n').count();
    let text = String::from_utf8(bytes).map_err(|error| {
        format!("is not UTF-8 (line {}); save it as UTF-8", line(error.utf8_error().valid_up_to(), error.as_bytes()))
    })?;
    if let Some(at) = text.find('\0') {
        let line = line(at, text.as_bytes());
        return Err(format!("is damaged: it has a NUL character in line {line}; save it again as text"));
    }
    // Without LF, the lines end with CR, and a comment would reach to the end of the file.
    Ok(if text.contains('\n') { text } else { text.replace('\r', "\n") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_decoded_or_refused_with_what_to_do() {
        let utf16 = |order: fn(u16) -> [u8; 2], text: &str| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
        for (bytes, expected) in [
            (b"// a\r\nfn b() {}\r\n".to_vec(), Ok("// a\r\nfn b() {}\r\n")),
            (b"// a\rfn b() {}\r".to_vec(), Ok("// a\nfn b() {}\n")),
            ("\u{feff}// ŷ\n".into(), Ok("\u{feff}// ŷ\n")),
            (b"".to_vec(), Ok("")),
            (utf16(u16::to_le_bytes, "\u{feff}// ŷ"), Err("is UTF-16; save it as UTF-8")),
            (utf16(u16::to_be_bytes, "\u{feff}// ŷ"), Err("is UTF-16; save it as UTF-8")),
            (utf16(u16::to_le_bytes, "// y"), Err("is UTF-16; save it as UTF-8")),
            (utf16(u16::to_be_bytes, "// y"), Err("is UTF-16; save it as UTF-8")),
            (b"// a\n// \xe4\n".to_vec(), Err("is not UTF-8 (line 2); save it as UTF-8")),
            (
                b"// a\n// b\n\0\0\0".to_vec(),
                Err("is damaged: it has a NUL character in line 3; save it again as text"),
            ),
        ] {
            let text = text(bytes.clone());
            assert_eq!(text.as_deref().map_err(String::as_str), expected, "{bytes:?}");
        }
    }
}

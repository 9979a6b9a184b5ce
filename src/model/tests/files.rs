//! The list of an unfinished save, and single operations on files.

use super::states::{Folder, contents, model};
use crate::data::FileError;
use crate::model::directory::parse_list;
use crate::model::disk;
use crate::model::hook::with_hook;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::Duration;

#[test]
fn a_list_is_read_only_if_it_is_complete_and_refused_if_it_is_not_from_a_save() {
    let text = "feedforward model, files of an unfinished save\n\
        # The next save deletes the files of this list that model.txt does not name.\n\
        layer1-a.npy\nlayer12-z.npy\nscaling-b.npy\nmodel.txt.new\nend\n";
    let names = ["layer1-a.npy", "layer12-z.npy", "scaling-b.npy", "model.txt.new"].map(str::to_string);
    assert_eq!(parse_list(text.as_bytes()), Some(names.to_vec()));
    for length in 0..text.len() {
        assert_eq!(parse_list(&text.as_bytes()[..length]), Some(Vec::new()), "the first {length} bytes");
    }
    assert_eq!(parse_list(&[0; 100]), Some(Vec::new())); // as some file systems leave it after a power failure
    for foreign in
        ["x", "feedforward model, version 1\n", &text[1..], &format!("{text}more"), "feedforward\n", &text[47..]]
    {
        let list = parse_list(foreign.as_bytes());
        assert!(list.is_none_or(|list| list.is_empty()), "{foreign:?}");
    }
    assert_eq!(parse_list(b"notes"), None);
    assert_eq!(parse_list(b"\xff"), None);
    for name in [
        "notes.txt",
        "../layer1-a.npy",
        "layer01-a.npy",
        "layer-a.npy",
        "layer1-A.npy",
        "layer1-ab.npy",
        "layer1-.npy",
        "layer1.npy",
        "scaling-\u{e4}.npy",
        "scaling2-a.npy",
        "model.txt",
        "layer+1-a.npy",
        "layer1-a.npy ",
        "",
    ] {
        let list = text.replace("layer1-a.npy", name);
        assert_eq!(parse_list(list.as_bytes()), None, "{name:?}");
    }
}

#[test]
fn an_empty_path_is_the_current_directory() {
    assert_eq!([disk::not_empty(Path::new("")), disk::not_empty(Path::new("a"))], [Path::new("."), Path::new("a")]);
}

#[test]
fn an_operation_on_a_file_in_use_is_tried_again_for_a_while() {
    let tried = |failures: usize, kind: ErrorKind| -> (usize, Result<(), FileError>) {
        let mut calls = 0;
        let in_use = |error: &io::Error| error.kind() == ErrorKind::PermissionDenied;
        let result = disk::retry(Path::new("a"), in_use, "is in use", Duration::ZERO, || {
            calls += 1;
            if calls <= failures { Err(kind.into()) } else { Ok(()) }
        });
        (calls, result)
    };
    assert!(matches!(tried(0, ErrorKind::PermissionDenied), (1, Ok(()))));
    assert!(matches!(tried(49, ErrorKind::PermissionDenied), (50, Ok(()))));
    let (calls, result) = tried(usize::MAX, ErrorKind::PermissionDenied);
    assert_eq!((calls, result.unwrap_err().to_string().as_str()), (50, "a: is in use"));
    let (calls, result) = tried(1, ErrorKind::NotFound);
    assert_eq!(calls, 1, "another error is not about a file in use");
    assert!(std::error::Error::source(&result.unwrap_err()).is_some());
}

#[test]
fn only_windows_tries_a_rename_again() {
    for (error, in_use) in [
        (ErrorKind::PermissionDenied.into(), true),
        (io::Error::from_raw_os_error(32), true),
        (io::Error::from_raw_os_error(17), false),
        (ErrorKind::NotFound.into(), false),
    ] {
        assert_eq!(disk::is_in_use_on_windows(&error), in_use, "{error}");
    }
    if cfg!(not(windows)) {
        let refuse = || Err(ErrorKind::PermissionDenied.into());
        let error = with_hook(refuse, || disk::rename(Path::new("a"), Path::new("b"))).unwrap().unwrap_err();
        assert_eq!(error.to_string(), "b: permission denied");
    }
}

#[cfg(unix)]
#[test]
fn a_name_that_the_system_cannot_look_up_is_an_error_and_not_a_free_name() {
    let folder = Folder::new();
    assert!(matches!(disk::is_present(&folder.0.join("a")), Ok(false)));
    assert!(disk::is_present(&folder.0.join("a".repeat(10_000))).is_err());
}

/// Linux and macOS can lock directories.
#[cfg(any(target_os = "linux", target_os = "macos"))]
#[test]
fn a_save_fails_while_another_one_is_under_way_and_changes_nothing() {
    let folder = Folder::new();
    model(1).save(&folder.0).unwrap();
    let before = contents(&folder.0);
    let locked = disk::lock(&folder.0).unwrap();
    let error = model(2).save(&folder.0).unwrap_err();
    assert!(error.message.contains("another process is saving"), "{error}");
    assert_eq!(contents(&folder.0), before);
    drop(locked);
    model(2).save(&folder.0).unwrap();
}

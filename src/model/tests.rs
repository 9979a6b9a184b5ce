//! Stops a save and a load at every operation on a file, in every way and from every state of the directory.

use super::directory::parse_list;
use super::{Model, disk};
use crate::data::{FileError, Names, Scaling};
use crate::{Matrix, random::Random};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

type Hook = Box<dyn FnMut() -> io::Result<()>>;

thread_local! {
    /// What happens before each operation on a file.
    static HOOK: RefCell<Option<Hook>> = const { RefCell::new(None) };
}

/// Runs the hook of this thread, if it has one. The hook itself runs without a hook.
pub(super) fn step() -> io::Result<()> {
    let Some(mut hook) = HOOK.take() else { return Ok(()) };
    let result = hook();
    HOOK.set(Some(hook));
    result
}

/// Stands for the wait until a file is on the disk, which would take most of the time of these tests.
pub(super) fn sync(_: &File) -> io::Result<()> {
    step()
}

/// Runs `operation` with a hook. Returns `None` if the hook ends it like a crash.
fn with_hook<T>(hook: impl FnMut() -> io::Result<()> + 'static, operation: impl FnOnce() -> T) -> Option<T> {
    HOOK.set(Some(Box::new(hook)));
    let result = catch_unwind(AssertUnwindSafe(operation));
    HOOK.take();
    match result {
        Ok(result) => Some(result),
        Err(payload) if payload.is::<Crash>() => None,
        Err(payload) => resume_unwind(payload),
    }
}

/// The payload of a panic that stands for the end of the process.
struct Crash;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stop {
    /// The process ends before this operation.
    Crash,
    /// This operation fails.
    FailOnce,
    /// This operation and all later ones fail.
    Fail,
}

const STOPS: [Stop; 3] = [Stop::Crash, Stop::FailOnce, Stop::Fail];

/// Runs `operation`, stopped before its `n`-th operation on a file. Returns its result, `None` after a crash, and whether
/// it came to this point.
fn stopped<T>(n: usize, stop: Stop, operation: impl FnOnce() -> T) -> (Option<T>, bool) {
    let count = std::rc::Rc::new(std::cell::Cell::new(0));
    let counted = count.clone();
    let hook = move || {
        counted.set(counted.get() + 1);
        match stop {
            Stop::Crash if counted.get() == n => resume_unwind(Box::new(Crash)), // prints nothing
            Stop::FailOnce if counted.get() == n => Err(ErrorKind::StorageFull.into()),
            Stop::Fail if counted.get() >= n => Err(ErrorKind::StorageFull.into()),
            _ => Ok(()),
        }
    };
    let result = with_hook(hook, operation);
    (result, count.get() >= n)
}

/// An empty temporary directory, deleted at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        // In memory where the system offers that, because these tests create many thousands of files.
        let memory = Some(PathBuf::from("/dev/shm")).filter(|memory| memory.is_dir());
        let name = format!("feedforward-unit-test-{}-{number}", std::process::id());
        let path = memory.unwrap_or_else(std::env::temp_dir).join(name);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Creates a model 2 → 2 → 2 → 2 with random weights.
fn model(seed: u64) -> Model {
    let mut random = Random::new(seed);
    let layers = (0..3).map(|_| Matrix::from_fn(3, 2, |_, _| random.normal())).collect();
    Model::new(layers, Scaling::none(2), Names::of_classes([format!("one {seed}"), "other".to_string()]))
}

/// The contents of each file in a directory, by name. Directories have no contents.
fn contents(directory: &Path) -> BTreeMap<String, Option<Vec<u8>>> {
    let entries = fs::read_dir(directory).unwrap().map(Result::unwrap);
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).ok())).collect()
}

/// Names of files in the directory that belong to somebody else: every name that looks like ours but is not.
const FOREIGN: [&str; 7] =
    ["notes.txt", "layer1-c.npy", "layer9-a.npy", "layer9-b.npy", "scaling.npy", "model.txt.old", "layer1.npy"];

/// A state in which a save can find a directory: its description, a function that brings about the state, and the model
/// in it.
type State = (&'static str, fn(&Path), Option<Model>);

fn states() -> Vec<State> {
    fn saved(directory: &Path) {
        model(1).save(directory).unwrap();
    }
    /// A model with names like those of a saved one, but written by hand.
    fn by_hand(directory: &Path) {
        saved(directory);
        let file = directory.join("model.txt");
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains("generation a\n"));
        fs::write(file, text.replace("generation a\n", "")).unwrap();
    }
    /// Stops the save of another model at a certain moment.
    fn interrupt(directory: &Path, moment: fn(&Path) -> bool) {
        let path = directory.to_path_buf();
        let hook = move || if moment(&path) { resume_unwind(Box::new(Crash)) } else { Ok(()) };
        assert!(with_hook(hook, || model(2).save(directory)).is_none(), "the save must be interrupted");
    }
    vec![
        ("no model", |_| (), None),
        ("a saved model", saved, Some(model(1))),
        (
            "a saved model of generation b",
            |directory| {
                model(2).save(directory).unwrap();
                saved(directory);
            },
            Some(model(1)),
        ),
        ("a model written by hand", by_hand, Some(model(1))),
        (
            "a first save that was interrupted",
            |directory| interrupt(directory, |path| path.join("scaling-a.npy").exists()),
            None,
        ),
        (
            "an incomplete list",
            |directory| {
                saved(directory);
                interrupt(directory, |path| {
                    fs::metadata(path.join("model.txt.saving")).is_ok_and(|file| file.len() > 0)
                });
            },
            Some(model(1)),
        ),
        (
            "a save that was interrupted among the new files",
            |directory| {
                saved(directory);
                interrupt(directory, |path| path.join("layer2-b.npy").exists());
            },
            Some(model(1)),
        ),
        (
            "a save that was interrupted among the old files",
            |directory| {
                saved(directory);
                interrupt(directory, |path| !path.join("layer1-a.npy").exists() && path.join("model.txt").exists());
            },
            Some(model(2)),
        ),
        (
            "a save over a model by hand that was interrupted",
            |directory| {
                by_hand(directory);
                interrupt(directory, |path| path.join("layer3-b.npy").exists());
            },
            Some(model(1)),
        ),
    ]
}

/// A directory in a state, with foreign files, whose contents it returns.
fn prepare(state: fn(&Path)) -> (Folder, BTreeMap<String, Option<Vec<u8>>>) {
    let folder = Folder::new();
    for name in FOREIGN {
        fs::write(folder.0.join(name), format!("{name} of somebody")).unwrap();
    }
    fs::create_dir(folder.0.join("layer2-d.npy")).unwrap();
    let mut foreign = contents(&folder.0);
    state(&folder.0);
    let by_hand = fs::read_to_string(folder.0.join("model.txt")).is_ok_and(|text| !text.contains("generation"));
    if by_hand {
        let files = contents(&folder.0).into_iter();
        foreign.extend(files.filter(|(name, _)| name.ends_with("-a.npy")));
    }
    (folder, foreign)
}

#[track_caller]
fn assert_kept(directory: &Path, foreign: &BTreeMap<String, Option<Vec<u8>>>, what: &str) {
    let files = contents(directory);
    for (name, bytes) in foreign {
        assert_eq!(files.get(name), Some(bytes), "{what}: {name} must stay as it was");
    }
}

/// Asserts that a save now succeeds and leaves exactly the files of this model and the foreign ones.
#[track_caller]
fn assert_next_save_tidies_up(directory: &Path, foreign: &BTreeMap<String, Option<Vec<u8>>>, what: &str) {
    let next = model(9);
    next.save(directory).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(Model::load(directory).unwrap(), next, "{what}");
    assert_kept(directory, foreign, what);
    let ours: Vec<String> = contents(directory).into_keys().filter(|name| !foreign.contains_key(name)).collect();
    let text = fs::read_to_string(directory.join("model.txt")).unwrap();
    let generation = text.lines().find_map(|line| line.strip_prefix("generation ")).unwrap();
    let expected = ["layer1", "layer2", "layer3"].map(|layer| format!("{layer}-{generation}.npy"));
    assert_eq!(ours[..3], expected, "{what}");
    assert_eq!(ours[3..], ["model.txt".to_string(), format!("scaling-{generation}.npy")], "{what}");
}

#[test]
fn a_save_that_is_stopped_anywhere_leaves_the_old_model_or_the_new_one_and_all_foreign_files() {
    for (state, prepared, old) in states() {
        for stop in STOPS {
            for n in 1.. {
                let what = format!("{state}, {stop:?} at step {n}");
                let (folder, foreign) = prepare(prepared);
                let before = contents(&folder.0);
                let new = model(3);
                let (saved, reached) = stopped(n, stop, || new.save(&folder.0));
                let loaded = Model::load(&folder.0).ok();
                match saved {
                    Some(Ok(())) => assert_eq!(loaded.as_ref(), Some(&new), "{what}"),
                    Some(Err(_)) => assert_eq!(loaded, old, "{what}"),
                    None => assert!(loaded == old || loaded.as_ref() == Some(&new), "{what}: {loaded:?}"),
                }
                assert_kept(&folder.0, &foreign, &what);
                if let (Stop::FailOnce, Some(Err(error))) = (stop, &saved) {
                    let mut files = contents(&folder.0).into_keys();
                    assert!(files.all(|file| before.contains_key(&file)), "{what}: a new file is left, {error}");
                }
                assert_next_save_tidies_up(&folder.0, &foreign, &what);
                if !reached {
                    assert!(matches!(saved, Some(Ok(()))) && n > 20, "{what}");
                    break;
                }
            }
        }
    }
}

#[test]
fn a_second_interruption_loses_nothing_either() {
    for (state, prepared, old) in states().into_iter().take(4) {
        // All pairs would take long, so every eleventh.
        for (n, second) in (1..50)
            .flat_map(|n| (1..50).map(move |second| (n, second)))
            .filter(|(n, second)| (n + 5 * second) % 11 == 0)
        {
            let what = format!("{state}, crash at step {n}, then at step {second}");
            let (folder, foreign) = prepare(prepared);
            let allowed = [old.clone(), Some(model(3)), Some(model(4))];
            stopped(n, Stop::Crash, || model(3).save(&folder.0));
            stopped(second, Stop::Crash, || model(4).save(&folder.0));
            assert!(allowed.contains(&Model::load(&folder.0).ok()), "{what}");
            assert_kept(&folder.0, &foreign, &what);
            assert_next_save_tidies_up(&folder.0, &foreign, &what);
        }
    }
}

#[test]
fn a_check_of_the_directory_leaves_the_model_and_nothing_new_wherever_it_is_stopped() {
    for (state, prepared, old) in states() {
        for stop in STOPS {
            for n in 1.. {
                let what = format!("{state}, {stop:?} at step {n}");
                let (folder, foreign) = prepare(prepared);
                let before = contents(&folder.0);
                let (checked, reached) = stopped(n, stop, || Model::check_directory(&folder.0));
                assert_eq!(Model::load(&folder.0).ok(), old, "{what}");
                assert_kept(&folder.0, &foreign, &what);
                if let Some(checked) = checked.as_ref().filter(|_| stop == Stop::FailOnce) {
                    let mut added = contents(&folder.0).into_keys().filter(|file| !before.contains_key(file));
                    // The operation that fails may be the one that deletes the list.
                    assert!(added.all(|file| file == "model.txt.saving" && checked.is_err()), "{what}");
                }
                assert_next_save_tidies_up(&folder.0, &foreign, &what);
                if !reached {
                    assert!(matches!(checked, Some(Ok(()))), "{what}");
                    break;
                }
            }
        }
    }
}

#[test]
fn a_save_that_fails_deletes_the_directories_that_it_created() {
    for n in 1.. {
        let folder = Folder::new();
        let (saved, reached) = stopped(n, Stop::FailOnce, || model(1).save(folder.0.join("new/model")));
        let (checked, _) = stopped(n, Stop::FailOnce, || Model::check_directory(folder.0.join("other/model")));
        let list = folder.0.join("other/model/model.txt.saving").exists(); // what fails may be to delete this list
        assert!(!folder.0.join("other").exists() || list && checked.unwrap().is_err(), "step {n}");
        assert_eq!(folder.0.join("new").exists(), saved.unwrap().is_ok(), "step {n}");
        if !reached {
            break;
        }
    }
}

/// As on Windows, while another program has the files open.
#[test]
fn files_that_cannot_be_deleted_do_not_stop_a_save_and_are_deleted_later() {
    let folder = Folder::new();
    model(1).save(&folder.0).unwrap();
    let path = folder.0.clone();
    let renamed = move || path.join("layer1-b.npy").exists() && !path.join("model.txt.new").exists();
    let refuse_after_rename = move || if renamed() { Err(ErrorKind::PermissionDenied.into()) } else { Ok(()) };
    with_hook(refuse_after_rename, || model(2).save(&folder.0)).unwrap().unwrap();
    assert_eq!(Model::load(&folder.0).unwrap(), model(2));
    let names = ["layer1-a.npy", "layer2-a.npy", "layer3-a.npy", "scaling-a.npy", "model.txt.saving"];
    let left = |name: &str| folder.0.join(name).exists();
    assert!(names.iter().all(|name| left(name)), "{:?}", contents(&folder.0).keys());

    // The next save reads the description twice and the list, then tries to delete the four files.
    let (path, mut count) = (folder.0.clone(), 0);
    let hook = move || {
        count += 1;
        match count {
            4..8 => Err(ErrorKind::PermissionDenied.into()),
            _ if path.join("scaling-c.npy").exists() => resume_unwind(Box::new(Crash)),
            _ => Ok(()),
        }
    };
    assert!(with_hook(hook, || model(3).save(&folder.0)).is_none());
    let list = String::from_utf8(fs::read(folder.0.join("model.txt.saving")).unwrap()).unwrap();
    assert!(names[..4].iter().all(|name| left(name) && list.contains(name)), "{list}");
    assert_next_save_tidies_up(&folder.0, &BTreeMap::new(), "after both");
}

#[test]
fn a_load_while_others_save_returns_one_of_the_saved_models() {
    let folder = Folder::new();
    for saves in [1, 2] {
        for n in 1..=6 {
            model(1).save(&folder.0).unwrap();
            // Two saves bring back the names of the files. Only the time of the description shows that it is new.
            std::thread::sleep(Duration::from_millis(20));
            let (path, mut count) = (folder.0.clone(), 0);
            let hook = move || {
                count += 1;
                if count == n {
                    (1..=saves).for_each(|i| model(1 + i).save(&path).unwrap());
                }
                Ok(())
            };
            let loaded = with_hook(hook, || Model::load(&folder.0)).unwrap().unwrap();
            assert!(loaded == model(1) && n == 6 || loaded == model(1 + saves), "{saves} saves at step {n}");
        }
    }
    let (path, mut count) = (folder.0.clone(), 0);
    let hook = move || {
        count += 1;
        model(count).save(&path).unwrap();
        Ok(())
    };
    let error = with_hook(hook, || Model::load(&folder.0)).unwrap().unwrap_err();
    assert!(error.message.contains("again and again"), "{error}");
}

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

//! The states in which a save can find a directory.

use crate::data::{Names, Scaling};
use crate::model::Model;
use crate::model::hook::{Crash, with_hook};
use crate::{Matrix, random::Random};
use std::collections::BTreeMap;
use std::fs;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// An empty temporary directory, deleted at the end.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn new() -> Folder {
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
pub(super) fn model(seed: u64) -> Model {
    let mut random = Random::new(seed);
    let layers = (0..3).map(|_| Matrix::from_fn(3, 2, |_, _| random.normal())).collect();
    Model::new(layers, Scaling::none(2), Names::of_classes([format!("one {seed}"), "other".to_string()]))
}

/// The contents of each file in a directory, by name. Directories have no contents.
pub(super) type Contents = BTreeMap<String, Option<Vec<u8>>>;

pub(super) fn contents(directory: &Path) -> Contents {
    let entries = fs::read_dir(directory).unwrap().map(Result::unwrap);
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).ok())).collect()
}

/// Names of files in the directory that belong to somebody else: every name that looks like ours but is not.
const FOREIGN: [&str; 7] =
    ["notes.txt", "layer1-c.npy", "layer9-a.npy", "layer9-b.npy", "scaling.npy", "model.txt.old", "layer1.npy"];

/// A state in which a save can find a directory: its description, a function that brings about the state, and the model
/// in it.
pub(super) type State = (&'static str, fn(&Path), Option<Model>);

pub(super) fn states() -> Vec<State> {
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
    /// Saves a model, and stops the save of another one.
    fn interrupt_second(directory: &Path, moment: fn(&Path) -> bool) {
        saved(directory);
        interrupt(directory, moment);
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
                interrupt_second(directory, |path| {
                    fs::metadata(path.join("model.txt.saving")).is_ok_and(|file| file.len() > 0)
                })
            },
            Some(model(1)),
        ),
        (
            "a save that was interrupted among the new files",
            |directory| interrupt_second(directory, |path| path.join("layer2-b.npy").exists()),
            Some(model(1)),
        ),
        (
            "a save that was interrupted among the old files",
            |directory| interrupt_second(directory, |path| !path.join("layer1-a.npy").exists()),
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
pub(super) fn prepare(state: fn(&Path)) -> (Folder, Contents) {
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
pub(super) fn assert_kept(directory: &Path, foreign: &Contents, what: &str) {
    let files = contents(directory);
    for (name, bytes) in foreign {
        assert_eq!(files.get(name), Some(bytes), "{what}: {name} must stay as it was");
    }
}

/// Asserts that a save now succeeds and leaves exactly the files of this model and the foreign ones.
#[track_caller]
pub(super) fn assert_next_save_tidies_up(directory: &Path, foreign: &Contents, what: &str) {
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

//! Stops a save and a load at every operation on a file, in every way and from every state of the directory.

use super::states::{Contents, Folder, assert_kept, assert_next_save_tidies_up, contents, model, prepare, states};
use crate::model::Model;
use crate::model::hook::{Crash, STOPS, Stop, stopped, with_hook};
use std::fs;
use std::io::ErrorKind;
use std::panic::resume_unwind;
use std::time::Duration;

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
    assert_next_save_tidies_up(&folder.0, &Contents::new(), "after both");
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

//! Tests of models and their files: a loaded model equals the saved one, even if a process was killed while it saved,
//! and other files stay as they are.

mod support;

use feedforward::data::{Batches, Dataset, Names, Scaling, npy};
use feedforward::model::Model;
use feedforward::random::Random;
use feedforward::{CrossEntropyLoss, FullyConnected, Matrix, NeuralNetwork, Relu, Sgd, Softmax};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use support::{Folder, OneBatch, panic_message};

/// Creates a model 3 → 5 → 2 with random weights.
fn model(seed: u64) -> Model {
    let mut random = Random::new(seed);
    let mut weights = |rows, columns| Matrix::from_fn(rows, columns, |_, _| random.normal());
    let layers = vec![weights(4, 5), weights(6, 2)];
    Model::new(layers, Scaling::standardise(&weights(7, 3)), names())
}

fn names() -> Names {
    Names {
        features: ["a", "", "c d"].map(str::to_string).to_vec(),
        label: Some("kind\\".to_string()),
        classes: vec!["plain".to_string(), " two\nlines \\n, \"quoted\"\r".to_string()],
    }
}

/// The names of the files in a directory, sorted.
fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_loaded_model_equals_the_saved_one_and_predicts_bit_for_bit_the_same() {
    let folder = Folder::new();
    for seed in 1..4 {
        let saved = model(seed); // replaces the previous one
        saved.save(&*folder).unwrap();
        let loaded = Model::load(&*folder).unwrap();
        assert_eq!(loaded, saved);
        let inputs = Matrix::from_fn(9, 3, |i, j| (i as f64 - 4.0) * (j as f64 + 0.3));
        let bits =
            |model: &Model| model.predict(inputs.clone()).into_vec().into_iter().map(f64::to_bits).collect::<Vec<_>>();
        assert_eq!(bits(&loaded), bits(&saved));
    }
    assert_eq!(files(&folder).len(), 4, "{:?}", files(&folder)); // the files of the previous models are deleted
}

fn bits(matrix: &Matrix) -> Vec<u64> {
    matrix.as_slice().iter().map(|x| x.to_bits()).collect()
}

/// Tries trained networks without and with hidden layers, up to three.
#[test]
fn a_model_predicts_bit_for_bit_what_its_network_predicts_and_can_append_its_layers() {
    let iris = Dataset::iris();
    let scaling = Scaling::standardise(&iris.inputs);
    let mut scaled = iris.clone();
    scaling.apply(&mut scaled.inputs);
    let network = || {
        let data = Batches::new(scaled.clone(), 50, Random::new(2));
        NeuralNetwork::new(Sgd::new(1e-2), data, CrossEntropyLoss::new())
    };
    for sizes in [&[4, 3][..], &[4, 5, 3], &[4, 6, 5, 3], &[4, 7, 6, 5, 3]] {
        let (mut trained, random) = (network(), &mut Random::new(1));
        for (i, size) in sizes.windows(2).enumerate() {
            if i > 0 {
                trained.append_layer(Relu::new());
            }
            trained.append_layer(FullyConnected::he(size[0], size[1], random));
        }
        trained.append_layer(Softmax::new());
        trained.train(30);
        let layers = trained.layers().iter().filter_map(|layer| layer.parameters());
        let weights = layers.map(|parameters| parameters.weights.clone()).collect();
        let model = Model::new(weights, scaling.clone(), iris.names.clone());
        let expected = trained.predict(scaled.inputs.clone());
        assert_eq!(expected.shape(), (150, 3));
        let predicts = |model: &Model| bits(&model.predict(iris.inputs.clone()));
        assert_eq!(predicts(&model), bits(&expected));
        assert_eq!(predicts(&model.clone()), bits(&expected));
        let mut appended = network();
        model.append_to(&mut appended);
        assert_eq!(appended.layers().len(), 2 * (sizes.len() - 1));
        assert_eq!(bits(&appended.predict(scaled.inputs.clone())), bits(&expected));
        appended.train(1);
        assert_ne!(appended.predict(scaled.inputs.clone()), expected, "the appended layers must learn");
        assert_eq!(predicts(&model), bits(&expected), "the model must keep its weights");
    }
}

/// The input 5 is scaled to (5 − 1) / 2 = 2. The hidden layer holds (2, −2) + (1, 1) = (3, −1), after its ReLU (3, 0).
/// The logits are (3 + 10 · 0, 0 + 1) = (3, 1), so ŷ₁ = 1 / (1 + e⁻²). Without the ReLU, the first logit would be −7.
#[test]
fn a_model_applies_scaling_relu_and_softmax_as_worked_out_by_hand() {
    let weights = || {
        let hidden = Matrix::from_rows([[1.0, -1.0], [1.0, 1.0]]);
        let last = Matrix::from_rows([[1.0, 0.0], [10.0, 0.0], [0.0, 1.0]]);
        vec![hidden, last]
    };
    let scaling = Scaling::from_matrix(Matrix::from_rows([[1.0], [2.0]])).unwrap();
    let model = Model::new(weights(), scaling, Names::of_classes(["first", "second"]));
    let prediction = model.predict(Matrix::from_rows([[5.0]]));
    assert_eq!(prediction.shape(), (1, 2));
    let first = 1.0 / (1.0 + (-2.0f64).exp());
    assert!((prediction[(0, 0)] - first).abs() < 1e-15 && (prediction[(0, 1)] - (1.0 - first)).abs() < 1e-15);

    // Weights of the last layer that give negative logits: (3, 0) becomes (−3, −6), so ŷ₁ = 1 / (1 + e⁻³).
    let last = Matrix::from_rows([[-1.0, -2.0], [10.0, 0.0], [0.0, 0.0]]);
    let model = Model::new(vec![weights().remove(0), last], model.scaling().clone(), model.names().clone());
    let prediction = model.predict(Matrix::from_rows([[5.0]]));
    assert!((prediction[(0, 0)] - 1.0 / (1.0 + (-3.0f64).exp())).abs() < 1e-15, "{prediction}");

    let mut network =
        NeuralNetwork::new(Sgd::new(1.0), OneBatch(Matrix::ones(1, 1), Matrix::ones(1, 2)), CrossEntropyLoss::new());
    model.append_to(&mut network);
    assert_eq!(bits(&network.predict(Matrix::from_rows([[2.0]]))), bits(&prediction)); // 2 is the scaled 5
}

#[test]
fn a_model_describes_its_layers() {
    let text = "3 → fully connected → 5 → ReLU → fully connected → 2 → softmax";
    assert_eq!(model(1).describe(), text);
    let one = Model::new(vec![Matrix::ones(4, 2)], Scaling::none(3), names());
    assert_eq!(one.describe(), "3 → fully connected → 2 → softmax");
}

#[test]
fn a_model_of_shapes_that_do_not_fit_each_other_is_refused() {
    type Parts = (Vec<Matrix>, Scaling, Names);
    let refusal = |change: &dyn Fn(&mut Parts)| {
        let mut parts = (vec![Matrix::ones(4, 5), Matrix::ones(6, 2)], Scaling::none(3), names());
        change(&mut parts);
        panic_message(|| Model::new(parts.0, parts.1, parts.2))
    };
    for (message, expected) in [
        (refusal(&|parts| parts.0.clear()), "there are no weights"),
        (refusal(&|parts| parts.0[1] = Matrix::ones(5, 2)), "layer 2 are 5×2, but must have 6 rows for 5 inputs"),
        (refusal(&|parts| parts.1 = Scaling::none(4)), "layer 1 are 4×5, but must have 5 rows for 4 inputs"),
        (refusal(&|parts| parts.2.classes.truncate(1)), "there are 1 class names, but the last layer has 2 outputs"),
        (
            refusal(&|parts| parts.2.features.push(String::new())),
            "there are 4 feature names, but the first layer has 3",
        ),
        (refusal(&|parts| parts.2.classes.clear()), "there are 0 class names, but the last layer has 2 outputs"),
        (refusal(&|parts| parts.2.features.truncate(1)), "there are 1 feature names, but the first layer has 3 inputs"),
        (refusal(&|parts| parts.0[1] = Matrix::ones(6, 0)), "layer 2 are 6×0, but a layer needs at least one output"),
        (refusal(&|parts| parts.0[0] = Matrix::ones(4, 0)), "layer 1 are 4×0, but a layer needs at least one output"),
        (refusal(&|parts| parts.2.classes = vec!["x".into(), "x".into()]), "classes 0 and 1 have the same name, \"x\""),
        (
            refusal(&|parts| parts.2.features = vec!["".into(), "a".into(), "".into()]),
            "features 0 and 2 have the same name, \"\"",
        ),
    ] {
        assert!(message.starts_with("Model::new: ") && message.contains(expected), "{message}");
    }
}

#[test]
fn models_are_equal_only_if_weights_scaling_and_names_are() {
    let parts = |change: &dyn Fn(&mut Matrix, &mut Scaling, &mut Names)| {
        let (mut weights, mut scaling, mut names) = (Matrix::ones(4, 2), Scaling::none(3), names());
        change(&mut weights, &mut scaling, &mut names);
        Model::new(vec![weights], scaling, names)
    };
    let same = parts(&|_, _, _| ());
    assert_eq!(same, parts(&|_, _, _| ()));
    assert_ne!(same, parts(&|weights, _, _| weights[(3, 1)] = 2.0));
    assert_ne!(same, parts(&|_, scaling, _| *scaling = Scaling::by_largest(&Matrix::filled(1, 3, 2.0))));
    assert_ne!(same, parts(&|_, _, names| names.label = None));
}

#[test]
fn a_model_needs_no_names_of_features() {
    let names = Names { features: Vec::new(), ..names() };
    let model = Model::new(vec![Matrix::ones(4, 2)], Scaling::none(3), names.clone());
    assert_eq!((model.names(), model.features()), (&names, 3));
}

#[test]
fn the_description_names_the_files_and_shapes_and_the_weights_are_npy_files() {
    let folder = Folder::new();
    model(1).save(&*folder).unwrap();
    let text = fs::read_to_string(folder.join("model.txt")).unwrap();
    for line in ["weights layer1-a.npy 4x5", "weights layer2-a.npy 6x2", "scaling scaling-a.npy 2x3", "class plain"] {
        assert!(text.lines().any(|other| other == line), "{line:?} is not in\n{text}");
    }
    assert_eq!(npy::read(folder.join("layer1-a.npy")).unwrap(), *model(1).weights().next().unwrap());
}

#[test]
fn an_error_of_the_system_is_the_source_of_the_file_error() {
    let error = Model::load("no/such/directory").unwrap_err();
    assert!(std::error::Error::source(&error).is_none(), "a missing model is not an error of the system: {error}");
    assert_eq!(error.to_string(), "no/such/directory: does not exist");
    let error = npy::read("no/such/file.npy").unwrap_err();
    let source = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<std::io::Error>());
    assert_eq!(source.map(std::io::Error::kind), Some(std::io::ErrorKind::NotFound), "{error}");
}

/// The contents of each file in a directory, by name.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let bytes = |name: &String| fs::read(folder.join(name)).unwrap();
    files(folder).into_iter().map(|name| (name.clone(), bytes(&name))).collect()
}

/// Asserts that neither `save` nor `check_directory` accepts this directory, and that they change nothing in it.
#[track_caller]
fn assert_not_saved(folder: &Path, part: &str) {
    let before = contents(folder);
    for error in [model(3).save(folder).expect_err(part), Model::check_directory(folder).expect_err(part)] {
        assert!(error.to_string().contains(part) && !error.to_string().contains('\n'), "{part:?} is not in: {error}");
    }
    assert_eq!(contents(folder), before);
}

#[test]
fn foreign_files_are_never_overwritten_or_deleted() {
    let folder = Folder::new();
    let foreign = ["notes.txt", "layer1-a.npy", "layer2-b.npy", "scaling-d.npy", "model.txt.old", "layer9-c.npy"];
    for name in foreign {
        fs::write(folder.join(name), format!("{name} of somebody")).unwrap();
    }
    for seed in 1..5 {
        model(seed).save(&*folder).unwrap();
        assert_eq!(Model::load(&*folder).unwrap(), model(seed));
        for name in foreign {
            assert_eq!(fs::read_to_string(folder.join(name)).unwrap(), format!("{name} of somebody"));
        }
        assert_eq!(files(&folder).len(), foreign.len() + 4, "{:?}", files(&folder));
    }
}

#[test]
fn a_directory_with_a_foreign_file_where_a_save_would_write_is_refused() {
    for (name, text, part) in [
        ("model.txt", "my model: a Ford T", "model.txt: is not a model; choose another directory"),
        ("model.txt", "", "model.txt: is not a model; choose another directory"),
        ("model.txt", "feedforward model, version 12\n", "model.txt: is not a model; choose another directory"),
        ("model.txt", "feedforward model, version 1\nmodel T\n", "model.txt, line 2: must start with"),
        ("model.txt.new", "feedforward model, version 1\n", "model.txt.new: does not come from an interrupted save"),
        ("model.txt.saving", "a list of mine", "model.txt.saving: does not come from a save"),
    ] {
        let folder = Folder::new();
        fs::write(folder.join("layer1-a.npy"), "of somebody").unwrap();
        fs::write(folder.join(name), text).unwrap();
        assert_not_saved(&folder, part);
    }
    let folder = Folder::new();
    for letter in 'a'..='z' {
        fs::write(folder.join(format!("layer2-{letter}.npy")), "of somebody").unwrap();
    }
    let error = model(1).save(&*folder).unwrap_err().to_string();
    assert!(error.contains("the names of every generation"), "{error}");
    assert_eq!(files(&folder).len(), 26);
    for name in ["model.txt", "model.txt.new", "model.txt.saving"] {
        let folder = Folder::new();
        fs::create_dir(folder.join(name)).unwrap();
        for error in [model(3).save(&*folder).unwrap_err(), Model::check_directory(&*folder).unwrap_err()] {
            assert!(error.to_string().contains(&format!("{name}: ")), "{error}");
        }
        assert_eq!(files(&folder), [name]);
    }
}

#[test]
fn a_model_written_by_hand_is_replaced_but_its_matrices_stay() {
    let folder = Folder::new();
    model(1).save(&*folder).unwrap();
    let text = fs::read_to_string(folder.join("model.txt")).unwrap();
    fs::write(folder.join("model.txt"), text.replace("generation a\n", "").replace('\n', "\r\n")).unwrap();
    let by_hand = contents(&folder);
    assert_eq!(Model::load(&*folder).unwrap(), model(1));
    model(2).save(&*folder).unwrap();
    model(3).save(&*folder).unwrap();
    assert_eq!(Model::load(&*folder).unwrap(), model(3));
    for (name, bytes) in by_hand.iter().filter(|(name, _)| *name != "model.txt") {
        assert_eq!(fs::read(folder.join(name)).unwrap(), *bytes, "{name}");
    }
    assert_eq!(files(&folder).len(), 7, "{:?}", files(&folder));

    // A generation does not make other files ours, nor are files that the model names but a save cannot have written.
    let folder = Folder::new();
    model(1).save(&*folder).unwrap();
    fs::rename(folder.join("layer1-a.npy"), folder.join("mine-a.npy")).unwrap();
    fs::rename(folder.join("scaling-a.npy"), folder.join("scaling-b.npy")).unwrap();
    let text = text.replace("layer1-a", "mine-a").replace("scaling-a", "scaling-b");
    fs::write(folder.join("model.txt"), text).unwrap();
    assert_eq!(Model::load(&*folder).unwrap(), model(1));
    model(2).save(&*folder).unwrap();
    assert_eq!(
        files(&folder),
        ["layer1-c.npy", "layer2-c.npy", "mine-a.npy", "model.txt", "scaling-b.npy", "scaling-c.npy"]
    );

    // A file that the old model names is not created, so that the old model never gets a matrix of the new one.
    let folder = Folder::new();
    model(1).save(&*folder).unwrap();
    for name in ["layer1-a.npy", "layer2-a.npy", "scaling-a.npy"] {
        fs::remove_file(folder.join(name)).unwrap();
    }
    model(2).save(&*folder).unwrap();
    assert_eq!(files(&folder), ["layer1-b.npy", "layer2-b.npy", "model.txt", "scaling-b.npy"]);
}

#[test]
fn the_directory_of_a_save_is_checked_and_nothing_is_left_behind() {
    let folder = Folder::new();
    Model::check_directory(&*folder).unwrap();
    Model::check_directory(folder.join("new/model")).unwrap();
    Model::check_directory(folder.join("new/../model")).unwrap();
    assert!(files(&folder).is_empty(), "{:?}", files(&folder));
    model(1).save(folder.join("new/../model")).unwrap();
    let before = contents(&folder.join("model"));
    Model::check_directory(folder.join("model")).unwrap();
    assert_eq!(contents(&folder.join("model")), before);
    fs::write(folder.join("file"), "").unwrap();
    for directory in ["file", "file/model", "model/model.txt"] {
        let directory = folder.join(directory);
        for error in [Model::check_directory(&directory).unwrap_err(), model(1).save(&directory).unwrap_err()] {
            assert!(error.to_string().starts_with(&format!("{}: ", directory.display())), "{error}");
        }
        let error = Model::load(&directory).unwrap_err().to_string();
        assert!(error.ends_with(": is not a directory") || error.ends_with(": does not exist"), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn only_regular_files_are_read_and_links_to_them() {
    let pipe = |path: PathBuf| assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    let saved = || {
        let folder = Folder::new();
        model(1).save(&*folder).unwrap();
        folder
    };
    for name in ["model.txt", "layer1-a.npy", "scaling-a.npy"] {
        let folder = saved();
        fs::remove_file(folder.join(name)).unwrap();
        pipe(folder.join(name));
        let error = Model::load(&*folder).unwrap_err().to_string(); // would wait for ever for a writer of the pipe
        assert!(error.contains(&format!("{name}: is not a")), "{error}");
    }
    for name in ["model.txt", "model.txt.new", "model.txt.saving"] {
        let folder = Folder::new();
        pipe(folder.join(name));
        assert!(model(1).save(&*folder).unwrap_err().to_string().contains(&format!("{name}: ")));
        assert!(Model::check_directory(&*folder).unwrap_err().to_string().contains(&format!("{name}: ")));
        assert_eq!(files(&folder), [name]);
    }
    let (folder, target) = (saved(), saved());
    for name in files(&folder) {
        fs::remove_file(folder.join(&name)).unwrap();
        std::os::unix::fs::symlink(target.join(&name), folder.join(name)).unwrap();
    }
    assert_eq!(Model::load(&*folder).unwrap(), model(1));
    model(2).save(&*folder).unwrap();
    assert_eq!((Model::load(&*folder).unwrap(), Model::load(&*target).unwrap()), (model(2), model(1)));

    let folder = Folder::new();
    std::os::unix::fs::symlink("nowhere", folder.join("model.txt")).unwrap();
    assert!(model(1).save(&*folder).unwrap_err().to_string().contains("model.txt: is not a model"));
}

#[test]
fn a_description_that_names_a_file_twice_is_refused() {
    let folder = Folder::new();
    npy::write(folder.join("square.npy"), &Matrix::ones(3, 2)).unwrap();
    npy::write(folder.join("scaling.npy"), Scaling::none(2).as_matrix()).unwrap();
    let refused = |weights: &str| {
        let text = format!("feedforward model, version 1\n{weights}scaling scaling.npy 2x2\nclass a\nclass b\n");
        fs::write(folder.join("model.txt"), text).unwrap();
        Model::load(&*folder).unwrap_err().to_string()
    };
    let error = refused(&"weights square.npy 3x2\n".repeat(100_000)); // 6 GB for matrices of 64 KB
    assert!(error.contains("square.npy: model.txt names this file twice"), "{error}");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("square.npy", folder.join("link.npy")).unwrap();
        let error = refused("weights square.npy 3x2\nweights link.npy 3x2\n");
        assert!(error.contains("link.npy: model.txt names this file twice"), "{error}");
    }
}

#[test]
fn a_model_that_could_not_be_loaded_is_not_saved() {
    let folder = Folder::new();
    // Either no such scaling can be created, or the model is not saved.
    let saved = std::panic::catch_unwind(|| {
        let scaling = Scaling::by_largest(&Matrix::filled(1, 3, f64::INFINITY));
        Model::new(vec![Matrix::ones(4, 2)], scaling, names()).save(folder.join("model"))
    });
    assert!(!matches!(saved, Ok(Ok(()))));
    assert!(files(&folder).is_empty(), "{:?}", files(&folder));
}

/// The seeds of the two models that the process saves in turn until it is killed.
const ONE: u64 = 1;
const OTHER: u64 = 2;

/// A process that is killed at the end, even if a test fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Starts this program again, to run only this test, with a directory in an environment variable.
fn start(test: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture"])
        .env("FEEDFORWARD_SAVE", folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Not a test: the next test starts it as a process that saves until it is killed, or ends at last if that test cannot
/// kill it. Returns at once unless the environment variable names a directory.
#[test]
fn save_for_ever() {
    let Some(folder) = std::env::var_os("FEEDFORWARD_SAVE") else { return };
    for _ in 0..10_000 {
        model(ONE).save(&folder).unwrap();
        model(OTHER).save(&folder).unwrap();
    }
}

#[test]
fn a_process_that_is_killed_while_it_saves_leaves_the_old_model_or_the_new_one() {
    let folder = Folder::new();
    let models = [model(ONE), model(OTHER)];
    models[1].save(&*folder).unwrap();
    fs::write(folder.join("layer1-c.npy"), "of somebody").unwrap();
    for time in 0..20 {
        let child = Running(start("save_for_ever", &folder).spawn().unwrap());
        let changed = || fs::metadata(folder.join("model.txt")).unwrap().modified().unwrap();
        let (before, started) = (changed(), Instant::now());
        while changed() == before {
            assert!(started.elapsed() < Duration::from_secs(60), "the process must save");
        }
        assert!(models.contains(&Model::load(&*folder).unwrap()), "while the process saves");
        std::thread::sleep(Duration::from_micros(337 * time)); // at a different moment each time
        drop(child);
        assert!(models.contains(&Model::load(&*folder).unwrap()), "after the process was killed");
    }
    model(3).save(&*folder).unwrap();
    assert_eq!(Model::load(&*folder).unwrap(), model(3));
    assert_eq!(files(&folder).len(), 5, "one model and one foreign file: {:?}", files(&folder));
    assert_eq!(fs::read_to_string(folder.join("layer1-c.npy")).unwrap(), "of somebody");
}

/// Not a test: the next test starts it as a process that may write only small files.
#[test]
fn save_once() {
    let Some(folder) = std::env::var_os("FEEDFORWARD_SAVE") else { return };
    let limit = std::env::var("FEEDFORWARD_LIMIT").unwrap();
    assert_eq!(Model::check_directory(&folder).is_ok(), limit != "0"); // it writes a small file
    assert_eq!(large_model(2).save(&folder).map_err(|error| error.to_string()), Ok(()));
}

/// A model 3 → 1000 → 2, with files of 32, 16 and 0.2 KB.
fn large_model(seed: u64) -> Model {
    let mut random = Random::new(seed);
    let mut weights = |rows, columns| Matrix::from_fn(rows, columns, |_, _| random.normal());
    Model::new(vec![weights(4, 1000), weights(1001, 2)], Scaling::none(3), names())
}

/// Like a full disk. The limit is in blocks of 512 bytes: 0, below the description, above it, above the second layer.
#[cfg(unix)]
#[test]
fn a_save_that_cannot_write_leaves_the_old_model_and_nothing_else() {
    let folder = Folder::new();
    large_model(1).save(&*folder).unwrap();
    let before = contents(&folder);
    for blocks in ["0", "1", "2", "40"] {
        let command = start("save_once", &folder);
        let output = Command::new("sh")
            .args(["-c", "trap '' XFSZ; ulimit -f $FEEDFORWARD_LIMIT; exec \"$0\" \"$@\""])
            .arg(command.get_program())
            .args(command.get_args())
            .envs([("FEEDFORWARD_SAVE", folder.as_os_str()), ("FEEDFORWARD_LIMIT", blocks.as_ref())])
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        assert!(!output.status.success() && text.contains("File too large"), "{blocks} blocks: {text}");
        assert_eq!(contents(&folder), before, "{blocks} blocks");
    }
    large_model(2).save(&*folder).unwrap();
    assert_eq!(Model::load(&*folder).unwrap(), large_model(2));
}

/// Root may write everywhere, so this tests nothing when it is run by root.
#[cfg(unix)]
#[test]
fn a_read_only_directory_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    model(1).save(&*folder).unwrap();
    let permit = |mode| fs::set_permissions(&*folder, fs::Permissions::from_mode(mode)).unwrap();
    permit(0o555);
    if fs::write(folder.join("probe"), "").is_ok() {
        eprintln!("skipped: this user may write in a read-only directory");
        return;
    }
    assert_not_saved(&folder, "Permission denied");
    assert!(Model::check_directory(folder.join("new/model")).unwrap_err().to_string().contains("Permission denied"));
    assert_eq!(Model::load(&*folder).unwrap(), model(1));
    permit(0o755);
}

/// Linux and macOS can lock directories.
#[cfg(any(target_os = "linux", target_os = "macos"))]
#[test]
fn several_threads_can_save_in_one_directory() {
    let folder = Folder::new();
    std::thread::scope(|scope| {
        for seed in 1..=3 {
            let folder = &*folder;
            scope.spawn(move || {
                for _ in 0..10 {
                    match model(seed).save(folder) {
                        Ok(()) => assert!(Model::load(folder).is_ok()),
                        Err(error) => assert!(error.message.contains("another process is saving"), "{error}"),
                    }
                }
            });
        }
    });
    assert!((1..=3).any(|seed| Model::load(&*folder).unwrap() == model(seed)));
    assert_eq!(files(&folder).len(), 4, "{:?}", files(&folder));
}

#[test]
fn an_error_about_a_damaged_model_names_the_file_and_what_is_wrong() {
    type Damage = fn(&Path);
    let edit = |folder: &Path, from: &str, to: &str| {
        let file = folder.join("model.txt");
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(file, text.replace(from, to)).unwrap();
    };
    let cases: [(Damage, &str); 5] = [
        (|f| fs::remove_file(f.join("model.txt")).unwrap(), "contains no model: there is no model.txt"),
        (|f| fs::remove_file(f.join("layer2-a.npy")).unwrap(), "layer2-a.npy: "),
        (
            |f| npy::write(f.join("layer1-a.npy"), &Matrix::zeros(4, 6)).unwrap(),
            "layer1-a.npy: the matrix is 4×6, but model.txt says 4×5",
        ),
        (|f| fs::write(f.join("scaling-a.npy"), b"\x93NUM").unwrap(), "scaling-a.npy, byte 0: "),
        (|f| npy::write(f.join("scaling-a.npy"), &Matrix::zeros(2, 3)).unwrap(), "scaling-a.npy: a scaling needs "),
    ];
    let refused = |folder: &Path, part: &str| {
        let error = Model::load(folder).expect_err(part).to_string();
        assert!(
            error.contains(part) && error.starts_with(&folder.display().to_string()),
            "{part:?} is not in: {error}"
        );
    };
    for (damage, part) in cases {
        let folder = Folder::new();
        model(1).save(&*folder).unwrap();
        damage(&folder);
        refused(&folder, part);
    }
    for (from, to, part) in [
        ("feedforward model, version 1", "feedforward model, version 9", "model.txt, line 1: must be"),
        ("class plain", "klass plain", "must start with weights"),
        ("layer1-a.npy 4x5", "layer1-a.npy", "must name a file and a shape"),
        ("layer1-a.npy", "../layer1-a.npy", "must name a file and a shape"),
        ("layer1-a.npy", "/layer1-a.npy", "must name a file and a shape"),
        ("layer1-a.npy", "..\\layer1-a.npy", "must name a file and a shape"),
        ("layer1-a.npy", "layer1-a.txt", "must name a file and a shape"),
        ("generation a", "generation", "line 2: must name a letter, a to z"),
        ("generation a", "generation B", "line 2: must name a letter, a to z"),
        ("generation a", "generation aa", "line 2: must name a letter, a to z"),
        ("generation a", "generation a\ngeneration a", "line 3: is the second line that starts with generation"),
        ("scaling ", "scaling scaling-a.npy 2x3\nscaling ", "is the second line that starts with scaling"),
        ("label ", "label x\nlabel ", "is the second line that starts with label"),
        ("layer1-a.npy 4x5", "layer1-a.npy 18446744073709551615x18446744073709551615", "layer 1 are 1844"),
        ("layer2-a.npy 6x2\n", "layer2-a.npy 6x0\n", "layer 2 are 6×0, but a layer needs at least one output"),
        ("class plain", "class  two\\nlines \\\\n, \"quoted\"\\r", "classes 0 and 1 have the same name, "),
        ("feature a", "feature c d", "features 0 and 2 have the same name, \"c d\""),
        ("scaling scaling-a.npy 2x3\n", "", "has no line for the scaling"),
        ("class plain\n", "", "there are 1 class names, but the last layer has 2 outputs"),
        ("feature \n", "", "there are 2 feature names, but the first layer has 3 inputs"),
        (
            "weights layer1-a.npy 4x5\n",
            "",
            "the weights of layer 1 are 6×2, but must have 4 rows for 3 inputs and the bias",
        ),
    ] {
        let folder = Folder::new();
        model(1).save(&*folder).unwrap();
        edit(&folder, from, to);
        refused(&folder, part);
    }
}

#[test]
fn a_model_with_a_nan_is_not_saved_and_the_old_model_stays() {
    let folder = Folder::new();
    model(1).save(&*folder).unwrap();
    let mut weights: Vec<Matrix> = model(2).weights().cloned().collect();
    weights[1][(0, 0)] = f64::NAN;
    let broken = Model::new(weights, Scaling::none(3), names());
    let message = broken.save(&*folder).unwrap_err().message;
    assert!(message.contains("layer 2 contain a number that is not finite"), "{message}");
    assert_eq!(Model::load(&*folder).unwrap(), model(1));
    assert!(model(1).save(folder.join("model.txt")).is_err()); // a file, not a directory
}

#[test]
fn a_description_that_is_not_text_is_refused() {
    let folder = Folder::new();
    fs::write(folder.join("model.txt"), b"feedforward model, version 1\nclass \xff\n").unwrap();
    let error = Model::load(&*folder).unwrap_err().to_string();
    assert!(error.ends_with("model.txt, byte 35: is not UTF-8, the encoding of a description"), "{error}");
    assert_not_saved(&folder, "model.txt, byte 35: is not UTF-8");
}

/// Names with everything that a line of text could lose: line breaks, blanks at both ends, `#`, backslashes, nothing.
const NAME: &str = "[# ]?([a-z#\\\\nr \t\r\n\u{b}\u{85}\u{2028}\u{feff}\0]|[^a]){0,6}[ \r\\\\]?";

/// Different names, `least` to `most` of them.
fn names_of(least: usize, most: usize) -> impl Strategy<Value = Vec<String>> {
    proptest::collection::hash_set(NAME, least..=most).prop_map(|names| names.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))] // each case waits for the disk

    #[test]
    fn every_name_is_the_same_after_saving_and_loading(
        features in names_of(3, 3),
        classes in names_of(1, 4),
        label in proptest::option::of(NAME),
    ) {
        let names = Names { features, label, classes };
        let saved = Model::new(vec![Matrix::ones(4, names.classes.len())], Scaling::none(3), names);
        let folder = Folder::new();
        saved.save(&*folder).unwrap();
        prop_assert_eq!(Model::load(&*folder).unwrap(), saved);
    }
}

proptest! {
    #[test]
    fn an_incomplete_description_is_refused_without_a_panic(
        text in "(weights|scaling|class|label|feature|#|[a-z])?[ -~\n]{0,30}",
    ) {
        let folder = Folder::new();
        fs::write(folder.join("model.txt"), format!("feedforward model, version 1\n{text}")).unwrap();
        prop_assert!(Model::load(&*folder).is_err());
    }
}

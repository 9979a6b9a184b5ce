//! Models in files: what is saved is what is loaded, at whatever moment the saving process dies.

mod support;

use feedforward::data::{Batches, Dataset, Names, Scaling, npy};
use feedforward::model::Model;
use feedforward::random::Random;
use feedforward::{CrossEntropyLoss, FullyConnected, Matrix, NeuralNetwork, Relu, Sgd, Softmax};
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::Folder;

/// A model 3 → 5 → 2 of random weights.
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

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_loaded_model_is_the_saved_one_and_predicts_bit_for_bit_the_same() {
    let folder = Folder::new();
    for seed in 1..4 {
        let saved = model(seed); // over the one before
        saved.save(&*folder).unwrap();
        let loaded = Model::load(&*folder).unwrap();
        assert_eq!(loaded, saved);
        let inputs = Matrix::from_fn(9, 3, |i, j| (i as f64 - 4.0) * (j as f64 + 0.3));
        let bits =
            |model: &Model| model.predict(inputs.clone()).into_vec().into_iter().map(f64::to_bits).collect::<Vec<_>>();
        assert_eq!(bits(&loaded), bits(&saved));
    }
    assert_eq!(files(&folder).len(), 4, "{:?}", files(&folder)); // the files of the models before are gone
}

/// Trained networks of one to three fully connected layers, and their models.
#[test]
fn a_model_predicts_bit_for_bit_what_the_network_does_and_appends_its_layers() {
    let iris = Dataset::iris();
    let scaling = Scaling::standardise(&iris.inputs);
    let mut scaled = iris.clone();
    scaling.apply(&mut scaled.inputs);
    let network = || {
        let data = Batches::new(scaled.clone(), 50, Random::new(2));
        NeuralNetwork::new(Sgd::new(1e-2), data, CrossEntropyLoss::new())
    };
    for sizes in [&[4, 3][..], &[4, 5, 3], &[4, 6, 5, 3]] {
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
        assert_eq!(model.predict(iris.inputs.clone()), expected);
        assert_eq!(model.clone().predict(iris.inputs.clone()), expected);
        let mut appended = network();
        model.append_to(&mut appended);
        assert_eq!(appended.layers().len(), 2 * (sizes.len() - 1));
        assert_eq!(appended.predict(scaled.inputs.clone()), expected);
        appended.train(1);
        assert_ne!(appended.predict(scaled.inputs.clone()), expected, "it can be trained further");
        assert_eq!(model.predict(iris.inputs.clone()), expected, "the model keeps its weights");
    }
}

#[test]
fn a_model_describes_its_layers() {
    let text = "3 → fully connected → 5 → ReLU → fully connected → 2 → softmax";
    assert_eq!(model(1).describe(), text);
}

#[test]
fn shapes_that_do_not_fit_each_other_make_no_model() {
    type Parts = (Vec<Matrix>, Scaling, Names);
    let refusal = |change: &dyn Fn(&mut Parts)| {
        let mut parts = (vec![Matrix::ones(4, 5), Matrix::ones(6, 2)], Scaling::none(3), names());
        change(&mut parts);
        let made = std::panic::catch_unwind(|| Model::new(parts.0, parts.1, parts.2));
        made.err().map_or(String::new(), |payload| payload.downcast_ref::<String>().cloned().unwrap_or_default())
    };
    assert_eq!(refusal(&|_| ()), "");
    for (message, expected) in [
        (refusal(&|parts| parts.0.clear()), "there are no weights"),
        (refusal(&|parts| parts.0[1] = Matrix::ones(5, 2)), "layer 2 are 5×2, but must have 6 rows for 5 inputs"),
        (refusal(&|parts| parts.1 = Scaling::none(4)), "layer 1 are 4×5, but must have 5 rows for 4 inputs"),
        (refusal(&|parts| parts.2.classes.clear()), "there are 0 class names, but the last layer has 2 outputs"),
        (refusal(&|parts| parts.2.features.truncate(1)), "there are 1 feature names, but the first layer has 3 inputs"),
    ] {
        assert!(message.starts_with("Model::new: ") && message.contains(expected), "{message}");
    }
}

#[test]
fn the_description_tells_a_person_the_shapes_and_numpy_can_read_the_weights() {
    let folder = Folder::new();
    model(1).save(&*folder).unwrap();
    let text = fs::read_to_string(folder.join("model.txt")).unwrap();
    for line in ["weights layer1-a.npy 4x5", "weights layer2-a.npy 6x2", "scaling scaling-a.npy 2x3", "class plain"] {
        assert!(text.lines().any(|other| other == line), "{line:?} is not in\n{text}");
    }
    assert_eq!(npy::read(folder.join("layer1-a.npy")).unwrap(), *model(1).weights().next().unwrap());
}

#[test]
fn what_a_crash_while_saving_leaves_behind_changes_nothing() {
    let folder = Folder::new();
    model(1).save(&*folder).unwrap();
    fs::write(folder.join("layer1-b.npy"), b"\x93NUMPY half").unwrap();
    fs::write(folder.join("model.txt.new"), "feedforward mod").unwrap();
    assert_eq!(Model::load(&*folder).unwrap(), model(1));
    model(2).save(&*folder).unwrap();
    assert_eq!(Model::load(&*folder).unwrap(), model(2));
    assert_eq!(files(&folder), ["layer1-b.npy", "layer2-b.npy", "model.txt", "scaling-b.npy"]);
}

#[test]
fn an_error_of_the_system_is_the_source_of_the_file_error() {
    let error = Model::load("no/such/directory").unwrap_err();
    assert!(std::error::Error::source(&error).is_none(), "that there is no model is our own finding: {error}");
    let error = npy::read("no/such/file.npy").unwrap_err();
    let source = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<std::io::Error>());
    assert_eq!(source.map(std::io::Error::kind), Some(std::io::ErrorKind::NotFound), "{error}");
}

#[test]
fn files_of_others_in_the_directory_stay() {
    let folder = Folder::new();
    fs::write(folder.join("notes.txt"), "mine").unwrap();
    model(1).save(&*folder).unwrap();
    model(2).save(&*folder).unwrap();
    assert_eq!(fs::read_to_string(folder.join("notes.txt")).unwrap(), "mine");
}

/// The two models between which the process that is killed changes.
const ONE: u64 = 1;
const OTHER: u64 = 2;

/// Not a test of its own: the process that saves until it is killed, if the variable names a folder.
#[test]
fn save_for_ever() {
    let Some(folder) = std::env::var_os("FEEDFORWARD_SAVE_FOR_EVER") else { return };
    loop {
        model(ONE).save(&folder).unwrap();
        model(OTHER).save(&folder).unwrap();
    }
}

#[test]
fn a_process_killed_while_it_saves_leaves_one_model_or_the_other() {
    let folder = Folder::new();
    let models = [model(ONE), model(OTHER)];
    let mut found = [0, 0];
    models[1].save(&*folder).unwrap();
    for time in 0..30 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "save_for_ever"])
            .env("FEEDFORWARD_SAVE_FOR_EVER", &*folder)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let changed = || fs::metadata(folder.join("model.txt")).unwrap().modified().unwrap();
        let (before, started) = (changed(), Instant::now());
        while changed() == before {
            assert!(started.elapsed() < Duration::from_secs(60), "it saves for ever");
        }
        std::thread::sleep(Duration::from_micros(337 * time)); // another moment each time
        child.kill().unwrap();
        child.wait().unwrap();
        let loaded = Model::load(&*folder).unwrap();
        let which = models.iter().position(|model| *model == loaded).expect("one of the two, whole");
        found[which] += 1;
    }
    assert_eq!(found[0] + found[1], 30);
}

#[test]
fn a_damaged_model_is_refused_with_the_file_and_both_shapes() {
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
fn a_model_that_is_none_is_not_saved_and_the_old_one_stays() {
    let folder = Folder::new();
    model(1).save(&*folder).unwrap();
    let mut weights: Vec<Matrix> = model(2).weights().cloned().collect();
    weights[1][(0, 0)] = f64::NAN;
    let broken = Model::new(weights, Scaling::none(3), names());
    let message = broken.save(&*folder).unwrap_err().message;
    assert!(message.contains("layer 2 contain a number that is not finite"), "{message}");
    assert_eq!(Model::load(&*folder).unwrap(), model(1));
    assert!(model(1).save(folder.join("model.txt")).is_err()); // a file is no directory
}

proptest! {
    #[test]
    fn any_description_is_read_or_refused(text in "(weights|scaling|class|label|feature|#|[a-z])?[ -~\n]{0,30}") {
        let folder = Folder::new();
        fs::write(folder.join("model.txt"), format!("feedforward model, version 1\n{text}")).unwrap();
        prop_assert!(Model::load(&*folder).is_err());
    }
}

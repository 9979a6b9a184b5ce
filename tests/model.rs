//! Tests of models and their files: a loaded model equals the saved one, even if a process was killed while it saved.

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
fn files_that_a_crash_while_saving_leaves_behind_do_not_matter() {
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
    assert!(std::error::Error::source(&error).is_none(), "a missing model is not an error of the system: {error}");
    let error = npy::read("no/such/file.npy").unwrap_err();
    let source = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<std::io::Error>());
    assert_eq!(source.map(std::io::Error::kind), Some(std::io::ErrorKind::NotFound), "{error}");
}

#[test]
fn other_files_in_the_directory_are_kept() {
    let folder = Folder::new();
    fs::write(folder.join("notes.txt"), "mine").unwrap();
    model(1).save(&*folder).unwrap();
    model(2).save(&*folder).unwrap();
    assert_eq!(fs::read_to_string(folder.join("notes.txt")).unwrap(), "mine");
}

/// The seeds of the two models that the process saves in turn until it is killed.
const ONE: u64 = 1;
const OTHER: u64 = 2;

/// Not a test: the next test starts it as a process that saves until it is killed. Returns at once unless the
/// environment variable names a directory.
#[test]
fn save_for_ever() {
    let Some(folder) = std::env::var_os("FEEDFORWARD_SAVE_FOR_EVER") else { return };
    loop {
        model(ONE).save(&folder).unwrap();
        model(OTHER).save(&folder).unwrap();
    }
}

#[test]
fn a_process_that_is_killed_while_it_saves_leaves_the_old_model_or_the_new_one() {
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
            assert!(started.elapsed() < Duration::from_secs(60), "the process must save");
        }
        std::thread::sleep(Duration::from_micros(337 * time)); // at a different moment each time
        child.kill().unwrap();
        child.wait().unwrap();
        let loaded = Model::load(&*folder).unwrap();
        let which = models.iter().position(|model| *model == loaded).expect("the loaded model is one of the two");
        found[which] += 1;
    }
    assert_eq!(found[0] + found[1], 30);
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

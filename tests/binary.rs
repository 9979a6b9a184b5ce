//! Complete runs of the binary: the words a user types, and the output the user sees.

#[path = "support/binary.rs"]
mod binary;
mod support;

use binary::{accuracies, failure, output};
use std::io::Read;
use std::process::{Command, Stdio};
use support::Folder;

#[test]
fn without_arguments_the_exercises_network_learns_iris() {
    let output = output(&[]);
    assert!(output.lines().all(|line| line.chars().count() < 80), "{output}");
    for part in [
        "iris: 4 features, 3 classes (setosa, versicolor, virginica)",
        "100 samples to train on, 50 to test on",
        "4 → fully connected → 3 → ReLU → fully connected → 3 → softmax\n",
        "27 weights, uniform start",
        "4000 iterations of 50 samples (2000 epochs)",
        "SGD, learning rate 0.001; seed 1",
        "epoch 2000/2000 · loss 0.",
        "loss per sample",
        "label ╲ predicted",
    ] {
        assert!(output.contains(part), "{part:?} is not in\n{output}");
    }
    let (train, test) = accuracies(&output);
    assert!(train > 90.0 && test > 90.0, "{output}");
}

#[test]
fn piped_output_has_no_escapes_no_carriage_returns_and_few_lines_of_progress() {
    let output = output(&[]);
    assert!(!output.contains(['\x1b', '\r']));
    let progress = output.lines().filter(|line| line.starts_with("epoch ")).count();
    assert!((5..=20).contains(&progress), "{output}");
    let short = self::output(&["--epochs", "7"]);
    assert_eq!(short.lines().filter(|line| line.starts_with("epoch ")).count(), 7, "{short}");
}

#[test]
fn the_confusion_matrix_counts_every_test_sample_once() {
    let output = output(&["--iterations", "50"]);
    let table: Vec<&str> = output.lines().skip_while(|line| !line.starts_with("label ╲")).skip(1).take(3).collect();
    let counts = table.iter().flat_map(|line| line.split_whitespace()).filter_map(|word| word.parse::<usize>().ok());
    assert_eq!(counts.sum::<usize>(), 50, "{output}");
}

#[test]
fn one_seed_gives_one_run_and_another_seed_another() {
    let losses = |seed| {
        let output = output(&["--seed", seed, "--epochs", "5"]);
        let loss = |line: &str| Some(line.split_once("loss ")?.1.split_once(' ')?.0.to_string());
        output.lines().filter_map(loss).collect::<Vec<String>>()
    };
    assert_eq!(losses("7").len(), 6); // five epochs and the title of the curve
    assert_eq!(losses("7"), losses("7"));
    assert_ne!(losses("7"), losses("8"));
}

#[test]
fn every_option_has_an_effect() {
    let words = "train iris --seed=5 --epochs 3 --learning-rate 0.01 --batch-size 30 --hidden 8,5 --start he";
    let output = output(&words.split(' ').collect::<Vec<_>>());
    for part in [
        "4 → fully connected → 8 → ReLU → fully connected → 5 → ReLU → fully connected → 3 → softmax\n",
        "103 weights, he start",
        "12 iterations of 30 samples (3 epochs)", // 30 + 30 + 30 + 10 samples per epoch
        "SGD, learning rate 0.01; seed 5",
        "epoch 3/3",
    ] {
        assert!(output.contains(part), "{part:?} is not in\n{output}");
    }
    assert!(self::output(&["--hidden", "none", "--epochs", "1"]).contains("4 → fully connected → 3 → softmax\n"));
    assert!(self::output(&["--start", "xavier", "--epochs", "1"]).contains("xavier start"));
}

#[test]
fn the_learning_rate_decays_with_the_option() {
    let words = ["--epochs", "40", "--decay", "0.5", "--learning-rate", "0.01"];
    let output = output(&words);
    assert!(output.contains("learning rate 0.01, times 0.5 after every epoch; seed 1"), "{output}");
    let losses: Vec<&str> =
        output.lines().filter_map(|line| line.strip_prefix("epoch ")?.split(" · ").nth(1)).collect();
    assert_eq!(losses[losses.len() - 2], losses[losses.len() - 1], "{output}"); // 0.01 · 0.5³⁵ changes nothing
    let constant = self::output(&[&words[..2], &words[4..]].concat());
    assert!(
        constant.contains("learning rate 0.01; seed 1") && !constant.contains(losses[losses.len() - 1]),
        "{constant}"
    );
}

#[test]
fn a_quiet_run_prints_only_its_result() {
    let output = output(&["--quiet"]);
    assert_eq!(output.lines().count(), 1, "{output}");
    assert!(accuracies(&output).1 > 90.0, "{output}");
}

#[test]
fn a_network_that_learned_nothing_says_so_and_what_to_try() {
    let output = output(&["--learning-rate", "1", "--start", "he", "--hidden", "1", "--seed", "1"]);
    assert!(output.contains("has learned nothing") && output.contains("Try another --learning-rate"), "{output}");
}

#[test]
fn each_wrong_word_is_named_with_what_would_be_right() {
    for (words, parts) in [
        ("--sede 3", &["--sede", "did you mean --seed?"][..]),
        ("--lr 3", &["--lr", "did you mean --learning-rate?"]),
        ("--frobnicate", &["--frobnicate", "--help"]),
        ("--seed", &["--seed", "needs a value"]),
        ("--seed --quiet", &["--seed", "needs a value"]),
        ("--seed -1", &["--seed", "a whole number", "\"-1\""]),
        ("--seed 1 --seed 2", &["--seed", "twice"]),
        ("--quiet=yes", &["--quiet", "takes no value"]),
        ("--iterations 0", &["--iterations", "from 1", "\"0\""]),
        ("--iterations many", &["--iterations", "whole number", "\"many\""]),
        ("--epochs 1e3", &["--epochs", "whole number", "\"1e3\""]),
        ("--epochs 3 --iterations 4", &["--epochs", "--iterations", "exclude"]),
        ("--batch-size 0", &["--batch-size", "from 1"]),
        ("--learning-rate 0", &["--learning-rate", "a positive number", "\"0\""]),
        ("--learning-rate -1", &["--learning-rate", "a positive number", "\"-1\""]),
        ("--learning-rate NaN", &["--learning-rate", "a positive number"]),
        ("--learning-rate inf", &["--learning-rate", "a positive number"]),
        ("--decay 0", &["--decay", "above 0 and up to 1"]),
        ("--decay 1.5", &["--decay", "above 0 and up to 1"]),
        ("--threads 0", &["--threads", "from 1"]),
        ("--hidden 3,0", &["--hidden", "\"3,0\""]),
        ("--hidden 3,,4", &["--hidden", "\"3,,4\""]),
        ("--hidden 1000000000", &["--hidden", "weights"]),
        ("--hidden 18446744073709551615", &["--hidden", "weights"]),
        ("--start zero", &["--start", "uniform, xavier or he", "\"zero\""]),
        ("tran", &["\"tran\"", "did you mean train?"]),
        ("iris", &["\"iris\"", "feedforward train iris"]),
        ("bake", &["\"bake\"", "--help"]),
        ("train tulips", &["\"tulips\"", "iris"]),
        ("train iris iris", &["one data set"]),
    ] {
        let stderr = failure(&words.split(' ').collect::<Vec<_>>(), 2);
        for part in parts {
            assert!(stderr.contains(part), "{words}: {part:?} is not in {stderr}");
        }
    }
}

#[test]
fn a_diverging_run_says_at_which_iteration_and_suggests_what_it_has_not_tried() {
    let says = |words: &str, end: &str| {
        let stderr = failure(&words.split(' ').collect::<Vec<_>>(), 1);
        assert!(stderr.contains("the loss is not finite at iteration ") && stderr.ends_with(end), "{words}: {stderr}");
    };
    says("--learning-rate 1e300", "the learning rate 1e300 is too large here; try --learning-rate 1, or --start he\n");
    says("--learning-rate 1e308 --start he --hidden none", "too large here; try --learning-rate 1\n");
}

#[test]
fn numbers_are_printed_in_few_digits() {
    let output = output(&["--learning-rate", "2.2e-308", "--decay", "1e-9", "--iterations", "2"]);
    assert!(output.contains("SGD, learning rate 2.2e-308, times 1e-9 after every epoch; seed 1"), "{output}");
}

#[test]
fn help_names_every_option_and_version_the_version() {
    for words in [&["--help"][..], &["-h"], &["help"], &["train", "--help"], &["--quiet", "--help"]] {
        let help = output(words);
        for option in ["--iterations", "--epochs", "--batch-size", "--learning-rate", "--hidden", "--start", "--seed"] {
            assert!(help.contains(option), "{words:?}: {option} is not in\n{help}");
        }
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    }
    assert_eq!(output(&["--version"]), format!("feedforward {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_closed_output_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_feedforward"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    drop(child.stdout.take()); // like `head`, but sooner
    let mut stderr = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut stderr).expect("UTF-8");
    assert!(child.wait().expect("it ends").success(), "{stderr}");
    assert_eq!(stderr, "");
}

#[test]
fn an_unknown_instruction_set_is_refused_in_one_line_by_the_commands_that_use_it() {
    let run = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_feedforward"));
        command.args(words).env("FEEDFORWARD_INSTRUCTION_SET", "AVX9").output().expect("the binary starts")
    };
    for words in [&[][..], &["train", "digits"], &["predict", "--load", "model", "new.csv"]] {
        let output = run(words);
        let stderr = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(2), "{words:?}: {stderr}");
        let start = "feedforward: FEEDFORWARD_INSTRUCTION_SET=AVX9: unknown instruction set; this machine has portable";
        assert!(stderr.starts_with(start) && stderr.lines().count() == 1, "{words:?}: {stderr}");
    }
    assert!(run(&["train", "--help"]).status.success());
}

#[test]
fn graph_prints_the_training_step_before_and_after_each_pass_and_the_program() {
    let output = output(&["graph"]);
    let headings = [
        "the training step of 4-3-3, as it was derived: 43 nodes",
        "dead: 43 nodes → 35",
        "merge: changes nothing",
        "fold: 35 nodes → 32",
        "rewrite: 32 nodes → 27",
        "reuse: 17 values in 9 buffers",
        "the program: 19 instructions",
    ];
    let places: Vec<usize> =
        headings.iter().map(|heading| output.find(&format!("\n{heading}\n")).expect(heading)).collect();
    assert!(places.is_sorted(), "{output}");
    assert!(output.lines().all(|line| line.chars().count() <= 90 && line == line.trim_end()), "{output}");
    assert_eq!(output.matches("∂z2: b×3  = subtract ŷ y").count(), 2); // after rewriting, and in the program
    assert_eq!(output.matches("(9)").count(), 2 * 5); // two products in each of four graphs and in the program

    let one_layer = self::output(&["graph", "--sizes", "4-3", "--passes", "none"]);
    assert!(one_layer.contains("the training step of 4-3, as it was derived: ") && !one_layer.contains("relu"));
    assert!(!one_layer.contains("dead") && one_layer.contains("the program: "), "{one_layer}");
}

#[test]
fn graph_draws_each_graph_once() {
    let folder = Folder::new();
    let file = folder.join("step.svg");
    let path = file.to_str().expect("Unicode");
    output(&["graph", "--svg", path]);
    let svg = std::fs::read_to_string(&file).expect("a drawing");
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    assert_eq!(svg.matches("<rect ").count(), 43 + 35 + 32 + 27); // merge changes nothing, so it has no drawing

    let refused = failure(&["graph", "--svg", &format!("{path}/step.svg")], 2);
    assert!(refused.contains("cannot write the drawing"), "{refused}");
    let refused = failure(&["graph", "--svg", path, "--passes", "all"], 2);
    assert!(
        refused.contains("--passes must be some of dead,merge,fold,rewrite,reuse, each once, or none"),
        "{refused}"
    );
    assert_eq!(std::fs::read_to_string(&file).expect("a drawing"), svg, "a refused run changes nothing");
}

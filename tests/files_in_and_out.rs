//! Complete runs of the binary with files: data in; models, drawings and logs out.

#[path = "support/binary.rs"]
mod binary;
mod support;

use binary::{accuracies, accuracy, failure, output, run, run_with_input};
use feedforward::model::Model;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use support::Folder;

/// A file of the project.
fn here(path: &str) -> String {
    format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))
}

/// The path of a file in the folder.
fn at(folder: &Folder, name: &str) -> String {
    folder.join(name).to_str().expect("Unicode").to_string()
}

/// The lines that a run of predict writes to standard output, and its standard error.
fn predict(words: &[&str]) -> (Vec<String>, String) {
    let output = run(&[&["predict"], words].concat());
    assert!(output.status.success(), "{output:?}");
    let lines = String::from_utf8(output.stdout).expect("UTF-8").lines().map(str::to_string).collect();
    (lines, String::from_utf8(output.stderr).expect("UTF-8"))
}

#[test]
fn the_built_in_digits_are_learned() {
    let output = output(&["train", "digits"]);
    assert!(output.contains("digits: 64 features, 10 classes (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)"), "{output}");
    assert!(accuracies(&output).1 > 95.0, "{output}");
}

#[test]
fn a_csv_file_is_learned_like_the_built_in_data_set() {
    let iris = here("src/data/iris.csv");
    let output = output(&["train", &iris]);
    assert!(output.contains("iris.csv: 4 features, 3 classes (setosa, versicolor, virginica)"), "{output}");
    assert!(accuracies(&output).1 > 90.0, "{output}");
    // With the exercise's settings, the run equals the run on the built-in data set, number by number.
    let settings = "--iterations 200 --batch-size 50 --learning-rate 0.001 --hidden 3 --start uniform --scale largest \
                    --validation 0";
    let run = |data: &str| {
        let words: Vec<&str> = ["train", data].into_iter().chain(settings.split(' ')).collect();
        let output = binary::output(&words);
        let losses = |line: &str| line.split(" · ").nth(1).map(str::to_string);
        output.lines().filter(|line| line.starts_with("epoch")).map(losses).collect::<Vec<_>>()
    };
    assert_eq!(run(&iris), run("iris"));
}

#[test]
fn a_directory_of_images_is_learned() {
    let images = here("tests/files/idx");
    let settings = ["--hidden", "8", "--epochs", "30", "--batch-size", "8", "--decay", "1"];
    let output = output(&[&["train", &images], &settings[..]].concat());
    assert!(output.contains("idx: 12 features, 3 classes (0, 1, 2)"), "{output}");
    assert!(output.contains("50 samples to train on, 10 for validation, 30 to test on"), "{output}");
    assert!(accuracies(&output).1 > 90.0, "{output}");
}

#[test]
fn a_saved_model_predicts_the_test_images_of_a_directory() {
    let folder = Folder::new();
    let (images, model) = (here("tests/files/idx"), at(&folder, "model"));
    let settings = ["--hidden", "8", "--epochs", "30", "--batch-size", "8", "--save", &model];
    let trained = output(&[&["train", &images], &settings[..]].concat());
    let (lines, stderr) = predict(&["--load", &model, &images]);
    assert_eq!((lines.len(), lines[0].as_str()), (31, "prediction,0,1,2"));
    assert!(stderr.ends_with(&format!("{:.1} %\n", accuracies(&trained).1)), "{stderr}{trained}");
}

#[test]
fn label_header_and_the_sizes_of_the_parts_have_an_effect() {
    let folder = Folder::new();
    let file = at(&folder, "t.csv");
    let rows: String = (0..40).map(|i| format!("{},{i},{}\n", ["no", "yes"][i / 20], i % 7)).collect();
    fs::write(&file, format!("1,2,3\n{rows}")).unwrap();
    let output = output(&[
        "train",
        &file,
        "--header",
        "yes",
        "--label",
        "1",
        "--test",
        "0.25",
        "--validation",
        "0.4",
        "--epochs",
        "2",
    ]);
    assert!(output.contains("t.csv: 2 features, 2 classes (no, yes)"), "{output}");
    assert!(output.contains("18 samples to train on, 12 for validation, 10 to test on"), "{output}");
}

#[test]
fn a_saved_model_predicts_what_the_library_predicts_with_the_same_bits() {
    let folder = Folder::new();
    let (iris, model) = (here("src/data/iris.csv"), at(&folder, "model"));
    let trained = output(&["train", &iris, "--save", &model]);
    assert!(trained.contains(&format!("model     {model}")), "{trained}");
    let (lines, stderr) = predict(&["--load", &model, &iris]);
    assert_eq!((lines.len(), lines[0].as_str()), (151, "prediction,setosa,versicolor,virginica"));
    assert!(stderr.contains(" of 150 predictions match the label: 9"), "{stderr}");

    let table = feedforward::data::csv::read(&iris, &Default::default()).unwrap();
    let expected = Model::load(&model).unwrap().predict(table.features);
    for (i, line) in lines[1..].iter().enumerate() {
        let mut fields = line.split(',');
        let name = fields.next().unwrap();
        let bits: Vec<u64> = fields.map(|field| field.parse::<f64>().unwrap().to_bits()).collect();
        assert_eq!(bits, expected[i].iter().map(|p| p.to_bits()).collect::<Vec<_>>(), "line {i}");
        let likeliest = (0..3).max_by(|&a, &b| expected[i][a].total_cmp(&expected[i][b])).unwrap();
        assert_eq!(name, table.names.classes[likeliest]);
    }
}

#[test]
fn predict_finds_the_features_by_name_or_by_their_number() {
    let folder = Folder::new();
    let (iris, model) = (here("src/data/iris.csv"), at(&folder, "model"));
    output(&["train", &iris, "--save", &model, "--quiet"]);
    let whole = predict(&["--load", &model, &iris]).0;
    for (name, text) in [
        ("moved.csv", "note,petal width,petal length,sepal width,sepal length\nhello,0.2,1.4,3.5,5.1\n"),
        ("bare.csv", "5.1,3.5,1.4,0.2\n"),
    ] {
        fs::write(folder.join(name), text).unwrap();
        let options: &[&str] = if name == "moved.csv" { &["--header", "yes"] } else { &[] };
        let (lines, stderr) = predict(&[&["--load", &model, &at(&folder, name)], options].concat());
        assert_eq!((lines.len(), stderr.as_str()), (2, ""), "{name}");
        assert_same_probabilities(&lines[1], &whole[1]);
    }
    fs::write(folder.join("labelled.csv"), "setosa,5.1,3.5,1.4,0.2\n").unwrap();
    let (lines, stderr) = predict(&["--load", &model, &at(&folder, "labelled.csv"), "--label", "1"]);
    assert_same_probabilities(&lines[1], &whole[1]);
    assert_eq!(stderr, "1 of 1 predictions match the label: 100.0 %\n");
}

/// Asserts that two lines agree except for the last digits: products of few rows and of many may differ in the order of
/// summation.
#[track_caller]
fn assert_same_probabilities(one: &str, other: &str) {
    let numbers = |line: &str| line.split(',').skip(1).map(|field| field.parse::<f64>().unwrap()).collect::<Vec<_>>();
    assert_eq!(one.split(',').next(), other.split(',').next());
    assert!(numbers(one).iter().zip(numbers(other)).all(|(a, b)| (a - b).abs() < 1e-12), "{one}\n{other}");
}

#[test]
fn a_loaded_model_continues_training_where_it_stopped() {
    let folder = Folder::new();
    let (iris, model) = (here("src/data/iris.csv"), at(&folder, "model"));
    output(&["train", &iris, "--save", &model, "--epochs", "100"]);
    let before = Model::load(&model).unwrap();
    let further = output(&["train", &iris, "--load", &model, "--save", &model, "--epochs", "1"]);
    assert!(further.contains(&format!("from {model}")), "{further}");
    let loss = |line: &str| line.split_once("· loss ")?.1.split_once(' ')?.0.parse::<f64>().ok();
    assert!(further.lines().find_map(loss).unwrap() < 0.3, "{further}");
    let after = Model::load(&model).unwrap();
    assert_eq!((after.scaling(), after.names()), (before.scaling(), before.names()));
    assert!(after.weights().ne(before.weights()));
}

#[test]
fn a_table_can_come_from_standard_input() {
    let folder = Folder::new();
    let (iris, model) = (here("src/data/iris.csv"), at(&folder, "model"));
    let table = fs::read_to_string(&iris).unwrap();
    let result = |output: &str| output.lines().last().unwrap().split(';').next().unwrap().to_string();
    let trained = run_with_input(&["train", "-", "--save", &model, "--quiet"], &table);
    let trained = String::from_utf8(trained.stdout).unwrap();
    assert_eq!(result(&trained), result(&output(&["train", &iris, "--quiet"])));
    let predicted = run_with_input(&["predict", "-", "--load", &model], &table);
    assert_eq!(
        String::from_utf8(predicted.stdout).unwrap().lines().collect::<Vec<_>>(),
        predict(&["--load", &model, &iris]).0
    );
    let damaged = run_with_input(&["train", "-"], "5,2,a\n3,four,b\n");
    let message = "feedforward: standard input, line 2, column 2: \"four\" is not a finite number\n";
    assert_eq!((damaged.status.code(), String::from_utf8(damaged.stderr).unwrap().as_str()), (Some(2), message));
}

#[test]
#[cfg(unix)]
fn a_table_can_come_from_a_pipe_with_a_name() {
    let run =
        run_with_input(&["train", "/dev/stdin", "--quiet"], &fs::read_to_string(here("src/data/iris.csv")).unwrap());
    assert!(run.status.success(), "{run:?}");
}

#[test]
fn further_training_takes_label_and_names_from_the_model() {
    let folder = Folder::new();
    let (iris, model, further) = (here("src/data/iris.csv"), at(&folder, "model"), at(&folder, "further"));
    output(&["train", &iris, "--save", &model, "--quiet"]);
    let table = fs::read_to_string(&iris).unwrap();
    let file = |name: &str, line: &dyn Fn(&str) -> String| {
        fs::write(folder.join(name), table.lines().map(|text| line(text) + "\n").collect::<String>()).unwrap();
        at(&folder, name)
    };
    // The label column is the first, and the last is a feature.
    let label_first =
        |line: &str| line.rsplit_once(',').map(|(features, label)| format!("{label},{features}")).unwrap();
    let moved = file("moved.csv", &label_first);
    let accuracy = |words: &[&str]| accuracies(&output(&[words, &["--quiet"]].concat())).0;
    assert_eq!(accuracy(&["train", &moved, "--load", &model]), accuracy(&["train", &iris, "--load", &model]));
    let renamed = file("renamed.csv", &|line| line.replace("species", "kind"));
    let stderr = failure(&["train", &renamed, "--load", &model], 2);
    assert!(stderr.contains("there is no column \"species\"; the columns are"), "{stderr}");
    assert!(accuracy(&["train", &renamed, "--load", &model, "--label", "kind"]) > 90.0);
    // A table without a header has no names; the model keeps its own.
    let bare = at(&folder, "bare.csv");
    fs::write(&bare, table.split_once('\n').unwrap().1).unwrap();
    output(&["train", &bare, "--load", &model, "--save", &further, "--quiet"]);
    assert_eq!(Model::load(&further).unwrap().names(), Model::load(&model).unwrap().names());
}

#[test]
fn the_built_in_data_must_have_the_features_of_the_model() {
    let folder = Folder::new();
    let (swapped, model) = (at(&folder, "swapped.csv"), at(&folder, "model"));
    let swap = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        format!("{},{},{},{},{}\n", fields[3], fields[2], fields[1], fields[0], fields[4])
    };
    let table = fs::read_to_string(here("src/data/iris.csv")).unwrap();
    fs::write(&swapped, table.lines().map(swap).collect::<String>()).unwrap();
    output(&["train", &swapped, "--save", &model, "--quiet"]);
    let stderr = failure(&["train", "iris", "--load", &model], 2);
    let order = "petal width, petal length, sepal width, sepal length";
    let other = "sepal length, sepal width, petal length, petal width";
    assert_eq!(stderr, format!("feedforward: iris: the features are {other}, but the model takes {order}\n"));
    output(&["train", &here("src/data/iris.csv"), "--load", &model, "--quiet", "--epochs", "1"]); // found by name
}

#[test]
fn names_with_control_characters_stay_on_their_line() {
    let folder = Folder::new();
    let (table, plot) = (at(&folder, "t\x1b[2J.csv"), at(&folder, "p.svg"));
    fs::write(&table, format!("x,kind\n{}", "1,\"a\nb\"\n2,\x1b[31m\n".repeat(9))).unwrap();
    let text = output(&["train", &table, "--plot", &plot]);
    assert!(text.contains("2 classes (\\u{1b}[31m, a\\nb)") && text.contains("\na\\nb  "), "{text}");
    let stderr = failure(&["train", &table, "--log", &at(&folder, "no\x1b/l.csv")], 2);
    for text in [text, stderr, fs::read_to_string(&plot).unwrap()] {
        assert!(!text.contains('\x1b'), "{text:?}");
    }
}

#[test]
fn labels_that_the_model_does_not_know_are_named() {
    let folder = Folder::new();
    let (iris, model) = (here("src/data/iris.csv"), at(&folder, "model"));
    output(&["train", &iris, "--save", &model, "--quiet"]);
    let table = fs::read_to_string(&iris).unwrap();
    let renamed = at(&folder, "renamed.csv");
    fs::write(&renamed, table.replace("setosa", "rose").replace("virginica", "lily")).unwrap();
    let stderr = predict(&["--load", &model, &renamed]).1;
    let end = "; the model does not know the labels \"lily\", \"rose\"; it knows setosa, versicolor, virginica\n";
    assert!(stderr.contains(" of 150 predictions match the label: 3") && stderr.ends_with(end), "{stderr}");
}

#[test]
fn numbers_that_are_too_large_to_compute_with_are_named() {
    let folder = Folder::new();
    let (iris, model) = (here("src/data/iris.csv"), at(&folder, "model"));
    let large = at(&folder, "large.csv");
    fs::write(&large, format!("a,b,kind\n{}", "1e200,1,x\n-1e200,2,y\n".repeat(9))).unwrap();
    let stderr = failure(&["train", &large, "--scale", "none"], 2);
    let message = "large.csv: feature 1, \"a\", has a number that is too large; after scaling, none may exceed 1e100\n";
    assert_eq!(stderr, format!("feedforward: {message}"));
    assert!(output(&["train", &large, "--quiet"]).contains("training 100.0 %"));

    output(&["train", &iris, "--save", &model, "--quiet"]);
    let row = at(&folder, "row.csv");
    fs::write(&row, "5.1,3.5,1.4,0.2\n5.1,1e308,-1e308,0.2\n").unwrap();
    let stderr = failure(&["predict", "--load", &model, &row], 2);
    assert!(stderr.contains("row.csv: the probabilities of sample 2 are not numbers; its inputs or"), "{stderr}");
}

#[test]
fn what_looks_wrong_in_a_table_is_noted() {
    let folder = Folder::new();
    let table = fs::read_to_string(here("src/data/iris.csv")).unwrap();
    let indexed = at(&folder, "indexed.csv");
    let number = |(i, line): (usize, &str)| if i == 0 { format!(",{line}\n") } else { format!("{},{line}\n", i - 1) };
    fs::write(&indexed, table.lines().enumerate().map(number).collect::<String>()).unwrap();
    let text = output(&["train", &indexed]);
    assert!(text.contains("\nnote      column 1, \"\", counts the samples"), "{text}");
    let years = at(&folder, "years.csv");
    fs::write(&years, table.replace("sepal length,sepal width,petal length,petal width", "2019,2020,2021,2022"))
        .unwrap();
    let text = output(&["train", &years]);
    assert!(text.contains("\nnote      line 1 is read as a sample") && text.contains("--header yes\n"), "{text}");
    let numbered = at(&folder, "numbered.csv");
    fs::write(&numbered, table.replace("sepal length,sepal width,petal length,petal width,species", "0,1,2,3,4"))
        .unwrap();
    let text = output(&["train", &numbered]);
    assert!(text.contains("3 classes") && text.contains("\nnote      line 1 is read as a header"), "{text}");
    assert!(text.contains("--header no\n"), "{text}");
    let file = at(&folder, "label.csv");
    for (labels, note) in [
        (["a"; 12].as_slice(), "All samples have the same class, so there is nothing to learn. Is this the label?"),
        (
            &["1", "2", "3", "4", "5", "6", "7", "7", "7", "7", "7", "7"],
            "12 samples have 7 classes. Is this the label?",
        ),
    ] {
        fs::write(&file, labels.iter().map(|label| format!("2,{label}\n")).collect::<String>()).unwrap();
        let text = output(&["train", &file, "--epochs", "1"]);
        assert!(text.contains(&format!("\nnote      {note}\n")), "{text}");
    }
}

#[test]
fn plot_mistakes_and_log_are_written_where_the_run_says() {
    let folder = Folder::new();
    let (plot, log) = (at(&folder, "run.svg"), at(&folder, "run.csv"));
    let words = ["train", "digits", "--epochs", "3", "--plot", &plot, "--log", &log];
    let text = output(&words);
    let sheet = at(&folder, "run-mistakes.svg");
    for line in [format!("plot      {plot}"), format!("mistakes  {sheet}"), format!("log       {log}")] {
        assert!(text.lines().any(|other| other == line), "{line:?} is not in\n{text}");
    }
    let drawing = fs::read_to_string(&plot).unwrap();
    for part in [
        "digits: 64 → 128 → 10",
        "loss per sample",
        "accuracy on the validation data",
        "validation data, 200 samples",
        "iterations",
        "prefers-color-scheme:dark",
    ] {
        assert!(drawing.contains(part), "{part:?} is not in {plot}");
    }
    assert_eq!(drawing.matches("<circle").count(), 3); // one per epoch
    let sheet = fs::read_to_string(&sheet).unwrap();
    assert!(sheet.contains("of 599 test images misclassified") && sheet.contains("predicted"), "{sheet}");
    for drawing in [&drawing, &sheet] {
        assert!(drawing.starts_with("<svg ") && drawing.ends_with("</svg>\n") && !drawing.contains("NaN"));
    }

    let written = fs::read_to_string(&log).unwrap();
    let lines: Vec<Vec<&str>> = written.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines[0], ["epoch", "iterations", "training_loss", "validation_accuracy", "seconds"]);
    let counts: Vec<&[&str]> = lines[1..].iter().map(|line| &line[..2]).collect();
    assert_eq!(counts, [["1", "32"], ["2", "64"], ["3", "96"]]);
    let last = 100.0 * lines[3][3].parse::<f64>().unwrap();
    assert!((last - accuracy(&text, "validation")).abs() < 0.051, "{written}\n{text}");
    let test = format!("test accuracy {:.1} % after 3 epochs", accuracies(&text).1);
    assert!(drawing.contains(&test), "{test:?} is not in {plot}");

    // Iris has no images, so no mistakes are drawn, and no validation data, so the training data take their place.
    let iris = output(&["--plot", &plot, "--log", &log, "--iterations", "20"]);
    assert!(!iris.contains("mistakes  "), "{iris}");
    assert!(fs::read_to_string(&plot).unwrap().contains("accuracy on the training data"));
    let log = fs::read_to_string(&log).unwrap();
    assert!(log.starts_with("epoch,iterations,training_loss,training_accuracy,seconds\n"), "{log}");
}

#[test]
fn the_number_of_threads_does_not_change_the_model() {
    let folder = Folder::new();
    let model = |threads: &str| {
        let directory = at(&folder, threads);
        let large = ["train", "digits", "--batch-size", "1198", "--hidden", "128", "--epochs", "3", "--quiet"];
        output(&[&large[..], &["--threads", threads, "--save", &directory]].concat());
        Model::load(directory).unwrap()
    };
    let one = model("1");
    assert_eq!(model("2"), one);
    assert_eq!(model("3"), one);
}

#[test]
fn a_run_that_is_killed_leaves_a_model_that_predicts() {
    let folder = Folder::new();
    let (iris, model) = (here("src/data/iris.csv"), at(&folder, "model"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_feedforward"))
        .args(["train", &iris, "--iterations", "100000000", "--save", &model, "--quiet"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while !Path::new(&model).join("model.txt").exists() {
        assert!(child.try_wait().unwrap().is_none(), "the run should take long");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(predict(&["--load", &model, &iris]).0.len(), 151);
}

#[test]
fn a_run_that_diverges_keeps_the_saved_model() {
    let folder = Folder::new();
    let model = at(&folder, "model");
    output(&["train", "iris", "--save", &model, "--quiet"]);
    let before = Model::load(&model).unwrap();
    failure(&["train", "iris", "--save", &model, "--learning-rate", "1e300"], 1);
    assert_eq!(Model::load(&model).unwrap(), before);
}

#[test]
fn each_wrong_file_is_named_with_what_would_be_right() {
    let folder = Folder::new();
    let (iris, model, images) = (here("src/data/iris.csv"), at(&folder, "model"), here("tests/files/idx"));
    output(&["train", &iris, "--save", &model, "--quiet"]);
    let file = |name: &str, text: &str| {
        fs::write(folder.join(name), text).unwrap();
        at(&folder, name)
    };
    let damaged = file("damaged.csv", "5,2,a\n3,four,b\n");
    let two = file("two.csv", "a,b\n1,2\n");
    let other = file("other.csv", "5.1,3.5,1.4,0.2,rose\n5.0,3.4,1.5,0.2,setosa\n4.9,3.1,1.5,0.1,rose\n");
    let one = file("one.csv", "1,2,a\n");
    let five = file("five.csv", "5.1,3.5,1.4,0.2,1\n");
    let six = file("six.csv", "5.1,3.5,1.4,0.2,1,1\n");
    let empty = at(&folder, "");
    for (words, parts) in [
        (vec!["train", "no.csv"], &["\"no.csv\"", "iris and digits"][..]),
        (vec!["train", "digit"], &["\"digit\"", "did you mean digits?"]),
        (vec![&damaged], &["there is no command", "feedforward train "]),
        (vec!["train", &damaged], &["damaged.csv, line 2, column 2: \"four\" is not a finite number"]),
        (vec!["train", &one], &["one.csv", "0 to test on"]),
        (vec!["train", &other], &["other.csv", "0 for validation (--validation 0 needs none)"]),
        (vec!["train", &empty], &["has no file train-images-idx3-ubyte"]),
        (vec!["train", &iris, "--label", "petal"], &["\"petal\"", "petal width, species"]),
        (vec!["train", "iris", "--label", "1"], &["--label is for tables"]),
        (vec!["train", &iris, "--header", "maybe"], &["--header must be yes or no"]),
        (vec!["train", &iris, "--test", "1"], &["--test must be a number between 0 and 1"]),
        (vec!["train", &images, "--test", "0.5"], &["has its own test part"]),
        (vec!["train", "--scale", "big"], &["--scale must be largest, standardise or none"]),
        (vec!["train", "--plot", "plot.png"], &["--plot must be an .svg file", "plot.png"]),
        (vec!["train", "--plot", "no/such/plot.svg"], &["--plot", "no/such/plot.svg"]),
        (vec!["train", "--log", "no/such/log.csv"], &["cannot write the log no/such/log.csv: "]),
        (vec!["train", "--save", &iris], &["cannot write the model to ", "iris.csv: "]),
        (vec!["train", "--load", &empty], &["contains no model: there is no model.txt"]),
        (vec!["train", "--load", &model, "--hidden", "5"], &["--load and --hidden exclude each other"]),
        (vec!["train", "digits", "--load", &model], &["digits: the samples have 64 features, but the model takes 4\n"]),
        (
            vec!["train", &other, "--load", &model, "--validation", "0"],
            &["the class \"rose\"", "setosa, versicolor, virginica"],
        ),
        (vec!["predict"], &["predict needs one file or directory"]),
        (vec!["predict", &iris], &["predict needs a model: --load DIR"]),
        (vec!["predict", &images, "--load", &model, "--label", "3"], &["--label is for tables", &images]),
        (vec!["predict", &iris, "--load", "no-model"], &["no-model"]),
        (vec!["predict", "no.csv", "--load", &model], &["there is no file or directory \"no.csv\""]),
        (vec!["predict", &two, "--load", &model], &["\"sepal length\"", "a, b"]),
        (vec!["predict", &other, "--load", &model], &["column 5", "\"rose\""]),
        (vec!["predict", &damaged, "--load", &model, "--label", "3"], &["line 2, column 2"]),
        (vec!["predict", &one, "--load", &model, "--label", "3"], &["have 2 features, but the model takes 4\n"]),
        (vec!["predict", &five, "--load", &model], &["have 5 features, but the model takes 4; ", "--label COLUMN"]),
        (vec!["predict", &six, "--load", &model], &["have 6 features, but the model takes 4\n"]),
        (vec!["predict", &iris, "--load", &model, "--sed", "1"], &["there is no option --sed"]),
    ] {
        let stderr = failure(&words, 2);
        for part in parts {
            assert!(stderr.contains(part), "{words:?}: {part:?} is not in {stderr}");
        }
    }
}

//! Tests that the handout builds, checks itself and learns Iris without internet access and without warnings, and that
//! the files that `grade` writes have the format that Gradescope and Classroom 50 expect.

use super::class::{Class, SECTIONS, feedforward};
use super::{file, reference};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn cargo(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO"))
        .args(words)
        .arg("--offline")
        .current_dir(folder)
        .env("RUSTFLAGS", "-D warnings")
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env_remove("RUST_BACKTRACE")
        .output()
        .expect("cargo runs")
}

fn text(output: &[u8]) -> String {
    String::from_utf8_lossy(output).into_owned()
}

#[test]
fn the_students_program_learns_the_scaling_from_the_training_data_only() {
    let class = Class::new("main");
    let folder = class.folder().join("handout");
    assert!(feedforward(&["handout", folder.to_str().unwrap()]).status.success());
    let main = fs::read_to_string(folder.join("src/main.rs")).unwrap();
    let place = |code: &str| main.find(code).unwrap_or_else(|| panic!("no {code} in {main}"));
    assert!(place("Dataset::iris().split(") < place("Scaling::by_largest(&train.inputs)"), "{main}");
    assert!(place("scaling.apply(&mut train.inputs)") < place("scaling.apply(&mut test.inputs)"), "{main}");
}

#[test]
#[ignore = "builds a crate twice"]
fn the_handout_fails_all_checks_and_the_reference_in_it_passes_them_and_learns_iris() {
    let class = Class::new("handout");
    let folder = class.folder().join("handout");
    assert!(feedforward(&["handout", folder.to_str().unwrap()]).status.success());
    let output = cargo(&folder, &["test"]);
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert!(!output.status.success(), "{stderr}");
    assert!(stdout.contains("test result: FAILED. 0 passed;"), "{stdout}\n{stderr}");
    assert!(!stderr.contains("warning"), "{stderr}");
    for (section, _) in SECTIONS {
        assert!(stdout.contains(&format!("test {section}::")), "{section}");
    }
    let output = cargo(&folder, &["run"]);
    assert!(text(&output.stderr).contains("not yet implemented: fully connected layer, new"), "{output:?}");

    for (section, _) in SECTIONS {
        fs::write(folder.join(format!("src/{section}.rs")), reference(section)).unwrap();
    }
    let output = cargo(&folder, &["test"]);
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(text(&output.stdout).matches("test result: ok").count(), 1, "more than one list of checks");
    let output = cargo(&folder, &["test", "relu"]);
    assert!(text(&output.stdout).contains("test relu::") && !text(&output.stdout).contains("test sgd::"));
    let output = cargo(&folder, &["run"]);
    assert!(output.status.success() && text(&output.stdout).contains("More than 80 %"), "{output:?}");
}

#[test]
#[ignore = "compiles solutions"]
fn the_files_for_gradescope_and_classroom_hold_points_and_reasons() {
    let mut class = Class::new("reports");
    class.add(
        "student \"X\"",
        "relu",
        &file("tests/grading/plain", "relu").replace("if x <= 0.0 { 0.0 } else { e }", "if x < 0.0 { 0.0 } else { e }"),
    );
    class.add("student \"X\"", "sgd", &reference("sgd"));
    let submission = class.folder().join("student \"X\"");
    let (gradescope, classroom) = (class.folder().join("../results.json"), class.folder().join("../result.json"));
    let grade = |more: &[&str]| {
        let files = ["--gradescope", gradescope.to_str().unwrap(), "--classroom", classroom.to_str().unwrap()];
        let output = feedforward(&[&["grade", submission.to_str().unwrap()], &files[..], more].concat());
        assert!(output.status.success(), "{output:?}");
        (text(&output.stdout), fs::read_to_string(&gradescope).unwrap(), fs::read_to_string(&classroom).unwrap())
    };
    let (table, results, result) = grade(&[]);
    for json in [&results, &result] {
        assert_eq!(value(json).map(str::trim), Some(""), "not JSON: {json}");
    }
    assert!(table.contains("The mask is x ≥ 0. At x = 0 the error must be 0."), "{table}");
    assert!(results.contains("\"score\": 8.89,") && results.contains("The mask is x ≥ 0"), "{results}");
    assert_eq!(results.matches("\"max_score\"").count(), 6);
    assert_eq!(results.matches("\"status\": \"passed\"").count(), 1);
    assert!(result.contains("\"score\": 8,\n  \"max-score\": 100,"), "{result}");
    assert!(
        result
            .contains("\"test-name\": \"ReLU Activation Function\", \"passed\": false, \"score\": 3, \"max-score\": 5"),
        "{result}"
    );

    let nothing = class.folder().join("nothing");
    fs::create_dir_all(&nothing).unwrap();
    let words = ["grade", nothing.to_str().unwrap(), "--gradescope", gradescope.to_str().unwrap()];
    assert!(feedforward(&words).status.success(), "an empty submission gets a report too");
    let results_of_nothing = fs::read_to_string(&gradescope).unwrap();
    assert!(
        results_of_nothing.contains("\"score\": 0,") && results_of_nothing.contains("there is no file src/relu.rs")
    );

    let (table, results, _) = grade(&["--all-or-nothing"]);
    assert!(table.contains("5 / 100") && results.contains("\"score\": 5,"), "{table}");
}

#[test]
#[ignore = "compiles solutions"]
fn a_class_gets_a_table_of_grades_but_no_report_for_one_submission() {
    let mut class = Class::new("class");
    for name in ["ada", "bob", "eve"] {
        class.add(name, "sgd", &reference("sgd"));
    }
    let grades = class.grade(&[]);
    for name in ["ada", "bob", "eve"] {
        assert_eq!(grades.total(name), 5.0);
        assert!(grades.output.contains(name));
    }
    assert!(grades.output.contains("mean of 3"), "{}", grades.output);
    let folder = class.folder();
    let output = feedforward(&["grade", folder.to_str().unwrap(), "--gradescope", "results.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--gradescope is for one submission, but there are 3; use --csv"));
}

/// Skips the JSON value at the beginning of the text and returns the rest; `None` if there is no value.
fn value(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let items = |mut rest: &'_ str, close: char, item: fn(&str) -> Option<&str>| -> Option<usize> {
        let all = rest.len();
        if let Some(end) = rest.trim_start().strip_prefix(close) {
            return Some(all - end.len());
        }
        loop {
            rest = item(rest)?.trim_start();
            if let Some(end) = rest.strip_prefix(close) {
                return Some(all - end.len());
            }
            rest = rest.strip_prefix(',')?;
        }
    };
    match text.chars().next()? {
        '{' => items(&text[1..], '}', pair).map(|length| &text[1 + length..]),
        '[' => items(&text[1..], ']', value).map(|length| &text[1 + length..]),
        '"' => string(text),
        _ => {
            let end = text.find([',', '}', ']', '\n', ' ']).unwrap_or(text.len());
            let word = &text[..end];
            (["true", "false", "null"].contains(&word) || word.parse::<f64>().is_ok()).then_some(&text[end..])
        }
    }
}

/// Skips the name, the colon and the value at the beginning of the text and returns the rest.
fn pair(text: &str) -> Option<&str> {
    value(string(text.trim_start())?.trim_start().strip_prefix(':')?)
}

/// Skips the JSON string at the beginning of the text and returns the rest.
fn string(text: &str) -> Option<&str> {
    let mut hidden = false;
    for (at, c) in text.strip_prefix('"')?.char_indices() {
        match c {
            _ if hidden => hidden = false,
            '\\' => hidden = true,
            '"' => return Some(&text[at + 2..]),
            c if c < ' ' => return None,
            _ => {}
        }
    }
    None
}

//! Complete runs of the binary that write files: no run overwrites its own inputs, a refused run changes nothing, and
//! if one output cannot be written, the others still are.

#[path = "support/binary.rs"]
mod binary;
mod support;

use binary::{failure, output};
use feedforward::model::Model;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use support::Folder;

/// The path of a file in the folder.
fn at(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().expect("Unicode").to_string()
}

/// The binary with the words of a line. `@` stands for the folder and a slash.
fn command(folder: &Path, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_feedforward"));
    command.args(words(folder, line)).current_dir(folder);
    command
}

fn words(folder: &Path, line: &str) -> Vec<String> {
    line.split(' ').map(|word| word.replace('@', &at(folder, ""))).collect()
}

/// The exit code of a run and what it wrote to standard error.
fn ended(output: Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8(output.stderr).expect("UTF-8"))
}

/// Runs a command whose standard output is closed.
fn closed(mut command: Command) -> (Option<i32>, String) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    drop(child.stdout.take()); // like `head`, but sooner
    ended(child.wait_with_output().expect("it ends"))
}

/// Everything in the folder: the bytes of each file, `None` for a directory or a pipe.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            all.extend(contents(&path));
        }
        let bytes = path.is_file().then(|| fs::read(&path).unwrap());
        all.insert(path, bytes);
    }
    all
}

/// Runs each line in the folder. Each must fail with exit code 2 and a message with these parts, and change nothing.
#[track_caller]
fn assert_refused(folder: &Path, cases: &[(&str, &[&str])]) {
    let before = contents(folder);
    for (line, parts) in cases {
        let (code, stderr) = ended(command(folder, line).output().expect("the binary starts"));
        assert_eq!(code, Some(2), "{line}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{line}: {stderr}");
        for part in *parts {
            assert!(stderr.contains(part), "{line}: {part:?} is not in {stderr}");
        }
        assert!(contents(folder) == before, "{line} changed {:?}", contents(folder).keys());
    }
}

/// A folder with Iris as a CSV file, a model of it, a log, images, and an empty directory.
fn prepared() -> Folder {
    let folder = Folder::new();
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::copy(project.join("src/data/iris.csv"), folder.join("x.csv")).unwrap();
    fs::write(folder.join("old.csv"), "an old log\n").unwrap();
    fs::create_dir(folder.join("empty")).unwrap();
    fs::create_dir(folder.join("images")).unwrap();
    for entry in fs::read_dir(project.join("tests/files/idx")).unwrap().flatten() {
        fs::copy(entry.path(), folder.join("images").join(entry.file_name())).unwrap();
    }
    output(&["train", &at(&folder, "x.csv"), "--epochs", "2", "--quiet", "--save", &at(&folder, "m")]);
    folder
}

#[test]
fn train_refuses_an_output_that_is_another_of_its_files() {
    let folder = prepared();
    fs::copy(folder.join("x.csv"), folder.join("x.svg")).unwrap();
    fs::copy(folder.join("x.csv"), folder.join("m/data.npy")).unwrap();
    assert_refused(
        &folder,
        &[
            ("train @x.csv --log @x.csv", &["--log", "x.csv is the same file as the data; choose another name"]),
            ("train @x.csv --log @./x.csv", &["--log", "the data"]),
            ("train @x.csv --log @empty/../x.csv", &["--log", "the data"]),
            ("train @x.csv --log x.csv", &["--log", "the data"]),
            ("train @x.svg --plot @x.svg", &["--plot", "the data"]),
            ("train @x.csv --save @x.csv", &["--save", "the data"]),
            ("train @images --log @images/train-labels-idx1-ubyte", &["--log", "the data"]),
            ("train --plot @new.svg --log @new.svg", &["--plot", "--log"]),
            ("train --plot @new.svg --log @empty/../new.svg", &["--plot", "--log"]),
            ("train digits --plot @new.svg --log @new-mistakes.svg", &["--plot", "--log"]),
            ("train --save @m --log @m", &["--save", "--log"]),
            ("train --save @new --log @new", &["--save", "--log"]),
            ("train --save @m --log @m/model.txt", &["--save", "--log"]),
            ("train --save @m --log @m/model.txt.new", &["--save", "--log"]),
            ("train --save @m --log @m/layer9-b.npy", &["--save", "--log"]),
            ("train --save @new --log @new/scaling-a.npy", &["--save", "--log"]),
            ("train @x.csv --load @m --log @m/model.txt", &["--load", "--log"]),
            ("train @m/data.npy --save @m", &["--save", "the data"]),
        ],
    );
}

#[cfg(unix)]
#[test]
fn files_are_compared_by_identity() {
    use std::os::unix::fs::symlink;
    let folder = prepared();
    symlink("x.csv", folder.join("link.csv")).unwrap();
    symlink("m/model.txt", folder.join("link.svg")).unwrap();
    symlink("empty", folder.join("directory")).unwrap();
    symlink("empty/new.csv", folder.join("dangling.csv")).unwrap();
    symlink(folder.join("directory/new.csv"), folder.join("other.svg")).unwrap();
    fs::hard_link(folder.join("x.csv"), folder.join("hard.csv")).unwrap();
    assert_refused(
        &folder,
        &[
            ("train @x.csv --log @link.csv", &["--log", "the data"]),
            ("train @link.csv --log @x.csv", &["--log", "the data"]),
            ("train @x.csv --log @hard.csv", &["--log", "the data"]),
            ("train --save @m --plot @link.svg", &["--save", "--plot"]),
            ("train --plot @directory/a.svg --log @empty/a.svg", &["--plot", "--log"]),
            ("train --plot @other.svg --log @dangling.csv", &["--plot", "--log"]),
            ("train --save @directory --log @empty/model.txt", &["--save", "--log"]),
        ],
    );
    // Output that the shell sends to the same file would be mixed with the log.
    let mut command = command(&folder, "train --log @old.csv");
    command.stdout(File::options().append(true).open(folder.join("old.csv")).unwrap());
    let (code, stderr) = ended(command.output().unwrap());
    assert_eq!(code, Some(2), "{stderr}");
    assert!(stderr.contains("--log") && stderr.contains("standard output"), "{stderr}");
}

#[cfg(unix)]
#[test]
fn standard_output_may_not_go_to_a_file_that_is_read() {
    let folder = prepared();
    let before = contents(&folder);
    let append = |name: &str| File::options().append(true).open(folder.join(name)).unwrap();
    for (line, name, file) in [
        ("train @x.csv", "x.csv", "@x.csv, the same file as the data"),
        ("predict @x.csv --load @m", "x.csv", "@x.csv, the same file as the data"),
        ("train -", "x.csv", "/dev/stdin, the same file as the data"),
        ("predict - --load @m", "x.csv", "/dev/stdin, the same file as the data"),
    ] {
        let mut command = command(&folder, line);
        command.stdin(File::open(folder.join("x.csv")).unwrap()).stdout(append(name));
        let (code, stderr) = ended(command.output().expect("the binary starts"));
        let file = file.replace('@', &at(&folder, ""));
        let message = format!("feedforward: standard output goes to {file}; choose another file\n");
        assert_eq!((code, stderr), (Some(2), message), "{line}");
    }
    let mut command = command(&folder, "predict @x.csv --load @m");
    let (code, stderr) = ended(command.stdout(append("m/model.txt")).output().expect("the binary starts"));
    assert!(code == Some(2) && stderr.contains("model.txt is a file of the model (--load)"), "{stderr}");
    assert!(contents(&folder) == before);
}

#[test]
fn a_log_and_a_plot_may_be_in_the_directory_of_the_model() {
    let folder = prepared();
    for (line, directory) in [
        ("train @x.csv --epochs 2 --load @m --save @m --log @m/log.csv --plot @m/plot.svg", "m"),
        ("train @x.csv --epochs 2 --save @a/b --log @a/b/log.csv --plot @a/b/plot.svg", "a/b"),
    ] {
        let words = words(&folder, line);
        output(&words.iter().map(String::as_str).collect::<Vec<_>>());
        let directory = folder.join(directory);
        assert!(Model::load(&directory).is_ok());
        assert_eq!(fs::read_to_string(directory.join("log.csv")).unwrap().lines().count(), 3);
        assert!(directory.join("plot.svg").exists());
        assert!(fs::read_dir(&directory).unwrap().flatten().all(|entry| {
            let name = entry.file_name().into_string().unwrap();
            ["model.txt", "log.csv", "plot.svg"].contains(&name.as_str()) || name.ends_with(".npy")
        }));
    }
}

#[test]
fn a_refused_run_changes_nothing() {
    let folder = prepared();
    fs::create_dir(folder.join("directory.svg")).unwrap();
    fs::write(folder.join("two.csv"), "1,a\n2,b\n").unwrap();
    assert_refused(
        &folder,
        &[
            ("train --log @old.csv --save @new --hidden 1000000000", &["--hidden", "weights"]),
            ("train @x.csv --log @old.csv --save @new --label 9", &["x.csv"]),
            ("train @two.csv --log @old.csv --save @new --load @m", &["two.csv"]),
            ("train --log @old.csv --save @new --load @empty", &["contains no model"]),
            ("train --log @old.csv --save @new --plot @no/p.svg", &["--plot", "there is no directory", "no"]),
            ("train --log @old.csv --save @new --plot @directory.svg", &["--plot", "directory.svg", "is a directory"]),
            ("train --log @old.csv --save @x.csv", &["cannot write the model to ", "x.csv: it is not a directory"]),
            ("train --log @old.csv --save @x.csv/m", &["cannot write the model to ", "x.csv/m: "]),
            ("train --plot @old.svg --save @new --log @no/such/l.csv", &["cannot write the log ", "no/such"]),
            ("train --plot @old.svg --save @new --log @empty", &["cannot write the log ", "is a directory"]),
            ("train --plot @old.svg --save @new --log @x.csv/l.csv", &["cannot write the log ", "l.csv: "]),
        ],
    );
    // A run that diverges in its first epoch has nothing to write.
    let before = contents(&folder);
    let words = words(&folder, "train --log @old.csv --save @new --plot @p.svg --batch-size 9 --learning-rate 1e300");
    failure(&words.iter().map(String::as_str).collect::<Vec<_>>(), 1);
    assert!(contents(&folder) == before);
}

#[test]
fn standard_input_and_an_empty_name_are_no_outputs() {
    let folder = prepared();
    for option in ["--log", "--plot", "--save", "--load"] {
        assert_refused(
            &folder,
            &[
                (&format!("train {option} -"), &[option, "- is standard input, which is for data only; write ./-"]),
                (&format!("train {option} "), &[option, "needs a value"]),
            ],
        );
    }
    for option in ["--csv", "--gradescope", "--classroom"] {
        assert_refused(&folder, &[(&format!("grade @empty {option}=-"), &[option, "- is standard input"])]);
    }
    assert_refused(&folder, &[("handout -", &["- is standard input"])]);
}

#[test]
fn a_model_that_does_not_exist_is_not_called_empty() {
    let folder = prepared();
    assert_refused(&folder, &[("train --load @nomodel", &["nomodel: does not exist"])]);
}

#[test]
fn a_reader_that_leaves_costs_no_file() {
    let folder = prepared();
    let all = "train digits --epochs 2 --save @new --log @log.csv --plot @p.svg";
    assert_eq!(closed(command(&folder, all)), (Some(0), String::new()));
    assert!(Model::load(folder.join("new")).is_ok());
    assert_eq!(fs::read_to_string(folder.join("log.csv")).unwrap().lines().count(), 3);
    assert!(folder.join("p.svg").exists() && folder.join("p-mistakes.svg").exists());
    for (line, file) in
        [("--save @one", "one/model.txt"), ("--log @one.csv", "one.csv"), ("--plot @one.svg", "one.svg")]
    {
        assert_eq!(closed(command(&folder, &format!("train --epochs 2 {line}"))), (Some(0), String::new()));
        assert!(folder.join(file).exists(), "{line}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_costs_only_what_it_cannot_hold() {
    let folder = prepared();
    let full = || File::options().write(true).open("/dev/full").unwrap();
    let mut one = command(&folder, "train --epochs 2 --save @new --log @log.csv");
    let (code, stderr) = ended(one.stdout(full()).output().unwrap());
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.starts_with("feedforward: cannot write to standard output: "), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(Model::load(folder.join("new")).is_ok() && folder.join("log.csv").exists());

    let one = command(&folder, "train --epochs 3 --save @other --log /dev/full --plot @p.svg").output().unwrap();
    let stdout = String::from_utf8(one.stdout.clone()).unwrap();
    let (code, stderr) = ended(one);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.starts_with("feedforward: cannot write the log /dev/full: "), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(Model::load(folder.join("other")).is_ok() && folder.join("p.svg").exists());
    assert!(stdout.contains("accuracy  ") && stdout.contains("\nmodel  ") && !stdout.contains("\nlog  "), "{stdout}");
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_may_be_the_log() {
    use std::os::unix::fs::FileTypeExt;
    let folder = prepared();
    let pipe = folder.join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    // Nobody reads the pipe, so a check that opened it would wait for ever.
    assert_refused(&folder, &[("train --log @pipe --plot @no/p.svg", &["--plot"])]);
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).unwrap()
    });
    let (code, stderr) = ended(command(&folder, "train --epochs 3 --log @pipe").output().unwrap());
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert_eq!(reader.join().unwrap().lines().count(), 4);
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());

    assert!(command(&folder, "train --epochs 3 --log /dev/null").output().unwrap().status.success());
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    let log = command(&folder, "train --epochs 3 --quiet --log /dev/stdout").output().unwrap();
    assert_eq!(String::from_utf8(log.stdout).unwrap().lines().count(), 5);
}

/// Adds a submission that is judged without compiling anything: its only section is not text.
fn submission(folder: &Path, name: &str) {
    fs::create_dir_all(folder.join(name).join("src")).unwrap();
    fs::write(folder.join(name).join("src/relu.rs"), [0xff]).unwrap();
}

#[test]
fn grade_refuses_what_it_cannot_write_and_then_changes_nothing() {
    let folder = prepared();
    submission(&folder, "class/ada");
    submission(&folder, "class/bob");
    assert_refused(
        &folder,
        &[
            ("grade @class --csv @class/ada/src/relu.rs", &["--csv", "the submission ada"]),
            ("grade @class/ada --gradescope @class/ada/src/relu.rs", &["--gradescope", "the submission ada"]),
            ("grade @class/ada --csv @a --gradescope @a", &["--csv", "--gradescope"]),
            ("grade @class/ada --classroom @a --gradescope @empty/../a", &["--classroom", "--gradescope"]),
            ("grade @class/ada --csv @old.csv --gradescope @no/a", &["cannot write the grades to ", "no/a: "]),
            ("grade @class/ada --csv @old.csv --gradescope @empty", &["cannot write the grades to ", "is a directory"]),
            ("grade @class/ada --csv @no/a.csv --gradescope @old.csv", &["cannot write the grades to ", "no/a.csv: "]),
            ("grade @class --csv @old.csv --gradescope @a", &["--gradescope", "2"]),
            ("grade @no --csv @old.csv", &["cannot read"]),
        ],
    );
    let before = contents(&folder);
    let mut command = command(&folder, "grade @class/ada --csv @old.csv --gradescope @a");
    let (code, stderr) = ended(command.env("RUSTC", "no-compiler").output().unwrap());
    assert_eq!(code, Some(1), "{stderr}");
    assert!(contents(&folder) == before, "without a compiler");
}

#[cfg(unix)]
#[test]
fn grade_does_not_replace_a_device_or_a_link() {
    let folder = prepared();
    submission(&folder, "ada");
    let pipe = folder.join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for option in ["--gradescope", "--classroom"] {
        let line = format!("grade @ada {option} @pipe");
        assert_refused(&folder, &[(&line, &[option, "pipe", "must be a regular file"])]);
    }
    std::os::unix::fs::symlink("old.csv", folder.join("link")).unwrap();
    assert!(command(&folder, "grade @ada --gradescope @link --csv /dev/null").output().unwrap().status.success());
    assert!(fs::symlink_metadata(folder.join("link")).unwrap().is_symlink());
    assert!(fs::read_to_string(folder.join("old.csv")).unwrap().contains("max_score"));
}

#[test]
fn a_reader_that_leaves_costs_no_grade() {
    let folder = prepared();
    submission(&folder, "class/ada");
    submission(&folder, "class/bob");
    assert_eq!(closed(command(&folder, "grade @class --csv @a.csv")), (Some(0), String::new()));
    assert_eq!(fs::read_to_string(folder.join("a.csv")).unwrap().lines().count(), 3);
    assert_eq!(closed(command(&folder, "grade @class/ada --gradescope @a")), (Some(0), String::new()));
    let results = fs::read_to_string(folder.join("a")).unwrap();
    assert!(!results.contains("not complete") && results.contains("max_score"), "{results}");
}

#[cfg(target_os = "linux")]
#[test]
fn grades_that_cannot_be_written_do_not_cost_those_that_can() {
    let folder = prepared();
    submission(&folder, "ada");
    let graded = command(&folder, "grade @ada --csv /dev/full --gradescope @a").output().unwrap();
    let stdout = String::from_utf8(graded.stdout.clone()).unwrap();
    let (code, stderr) = ended(graded);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.starts_with("feedforward: cannot write the grades to /dev/full: "), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stdout.contains("0 / 100"), "{stdout}");
    assert!(!fs::read_to_string(folder.join("a")).unwrap().contains("not complete"));
}

#[test]
fn handout_refuses_what_it_cannot_write_and_is_complete_without_a_reader() {
    let folder = prepared();
    assert_refused(
        &folder,
        &[
            ("handout @x.csv", &["cannot write the exercise to ", "x.csv: it is not a directory"]),
            ("handout @x.csv/new", &["cannot write the exercise to ", "x.csv/new: "]),
            ("handout @m", &["m is not empty; choose a new folder"]),
        ],
    );
    assert_eq!(closed(command(&folder, "handout @a/new")), (Some(0), String::new()));
    let complete = folder.join("complete");
    output(&["handout", complete.to_str().unwrap()]);
    let names = |folder: PathBuf| {
        contents(&folder).into_keys().map(|path| path.strip_prefix(&folder).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(folder.join("a/new")), names(complete));
}

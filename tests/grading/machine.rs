//! Failures of the machine on which the grader runs: no compiler, no linker, no space, no rights. Grading ends with one
//! line and exit code 1 (2 if a submission cannot be read), and no student gets points or loses points.

#![cfg(unix)]

use super::class::Class;
use super::reference;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Creates a class in which ada and bob wrote SGD.
fn class(name: &str) -> Class {
    let mut class = Class::new(name);
    for name in ["ada", "bob"] {
        class.add(name, "sgd", &reference("sgd"));
    }
    class
}

/// Writes a program that stands in for the compiler.
fn compiler(class: &Class, script: &str) -> PathBuf {
    let path = class.folder().join("../compiler");
    fs::write(&path, format!("#!/bin/sh\nif [ \"$1\" = --version ]; then exec rustc --version; fi\n{script}\n"))
        .unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// Grades the class with these environment variables. The grades go to a file that already has grades.
fn grade(class: &Class, variables: &[(&str, &Path)]) -> Output {
    let csv = class.folder().join("../grades.csv");
    fs::write(&csv, "old grades\n").unwrap();
    Command::new(env!("CARGO_BIN_EXE_feedforward"))
        .args(["grade".as_ref(), class.folder().as_os_str(), "--csv".as_ref(), csv.as_os_str()])
        .env_remove("RUSTC")
        .envs(variables.iter().copied())
        .output()
        .expect("the binary runs")
}

/// Asserts that grading failed with one line, which says this, and that the file of grades has no grade of this class.
#[track_caller]
fn assert_failed(class: &Class, output: &Output, says: &str) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(stderr.contains(says) && stderr.lines().count() == 1, "{stderr}\ndoes not say: {says}");
    let grades = fs::read_to_string(class.folder().join("../grades.csv")).unwrap();
    assert_eq!(grades.lines().count(), 1, "{grades}");
}

/// Asserts that both students got the points of SGD.
#[track_caller]
fn assert_mean_5(output: &Output) {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let last: Vec<&str> = stdout.lines().last().unwrap_or_default().split_whitespace().collect();
    assert!(output.status.success() && last == ["mean", "of", "2", "5"], "{output:?}");
}

#[test]
fn without_a_compiler_nothing_is_graded_and_earlier_grades_remain() {
    let class = class("no-compiler");
    for variable in [("PATH", class.folder()), ("RUSTC", "/no/such/rustc".into())] {
        let output = grade(&class, &[(variable.0, &variable.1)]);
        assert_failed(&class, &output, "grading needs the Rust compiler, but rustc does not run (");
        assert_eq!(fs::read_to_string(class.folder().join("../grades.csv")).unwrap(), "old grades\n");
    }
}

#[test]
fn without_a_folder_for_temporary_files_nothing_is_graded() {
    let class = class("no-temporary-folder");
    let missing = class.folder().join("missing");
    let file = class.folder().join("ada/src/sgd.rs");
    for place in [
        &*missing,
        &*file,
        #[cfg(target_os = "linux")]
        Path::new("/sys"),
    ] {
        let output = grade(&class, &[("TMPDIR", place)]);
        assert_failed(&class, &output, &format!("cannot write temporary files to {}: ", place.display()));
        assert_failed(&class, &output, "; set TMPDIR to a folder that can be written");
    }
    assert!(!missing.exists(), "grading creates TMPDIR and leaves it behind");
}

#[test]
fn if_the_disk_is_full_nothing_is_graded() {
    let class = class("full-disk");
    let csv = class.folder().join("../grades.csv");
    fs::write(&csv, "").unwrap();
    // The shell limits the size of files to a few kilobytes.
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 4; exec \"$0\" \"$@\""])
        .args([env!("CARGO_BIN_EXE_feedforward"), "grade", class.folder().to_str().unwrap()])
        .args(["--csv", csv.to_str().unwrap()])
        .output()
        .expect("sh runs");
    assert_failed(&class, &output, "cannot grade src/sgd.rs of ");
    assert_failed(&class, &output, ": cannot write temporary files to ");
}

#[test]
fn if_the_compiler_is_killed_or_old_nothing_is_graded() {
    let class = class("killed-compiler");
    let killed = compiler(&class, "kill -KILL $$");
    let output = grade(&class, &[("RUSTC", &killed)]);
    assert_failed(&class, &output, "the reference solution does not compile either: the compiler ended with signal: 9");
    let old = compiler(&class, "");
    fs::write(&old, "#!/bin/sh\necho rustc 1.70.0\n").unwrap();
    let output = grade(&class, &[("RUSTC", &old)]);
    assert_failed(&class, &output, "or later, but this is rustc 1.70.0");
}

#[test]
fn a_file_that_cannot_be_read_does_not_count_as_missing() {
    let mut class = class("unreadable");
    class.add("bob", "relu", &reference("relu"));
    // The superuser may read everything, so another user grades a copy, in a folder that everyone can reach.
    let root = fs::metadata(class.folder()).unwrap().uid() == 0;
    let top = std::env::temp_dir().join(format!("feedforward-unreadable-{}", std::process::id()));
    let _ = fs::remove_dir_all(&top);
    fs::create_dir_all(top.join("class/ada/src")).unwrap();
    fs::create_dir_all(top.join("class/bob/src")).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_feedforward"), top.join("feedforward")).unwrap();
    for name in ["ada", "bob"] {
        fs::copy(class.folder().join(name).join("src/sgd.rs"), top.join(format!("class/{name}/src/sgd.rs"))).unwrap();
    }
    for path in ["class/bob/src/sgd.rs", "class/bob/src", "class/bob"] {
        let path = top.join(path);
        let mode = fs::metadata(&path).unwrap().permissions();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
        let mut command = Command::new(top.join("feedforward"));
        if root {
            command.uid(65534).gid(65534);
        }
        let output = command.arg("grade").arg(top.join("class")).output().expect("the binary runs");
        fs::set_permissions(&path, mode).unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stderr.contains(&format!("cannot read {}", path.display())), "{stderr}");
        assert!(stderr.contains("ermission denied") && stderr.lines().count() == 1, "{stderr}");
    }
    fs::remove_dir_all(top).unwrap();
}

#[test]
#[ignore = "compiles solutions"]
fn without_a_linker_or_the_right_to_run_programs_nothing_is_graded() {
    let class = class("no-linker");
    let no_linker = compiler(&class, "exec rustc -Clinker=/no/such/linker \"$@\"");
    let output = grade(&class, &[("RUSTC", &no_linker)]);
    assert_failed(
        &class,
        &output,
        "the reference solution does not compile either: linker `/no/such/linker` not found",
    );
    let no_right = compiler(&class, "rustc \"$@\" || exit; if [ -e checks ]; then chmod -x checks; fi");
    let output = grade(&class, &[("RUSTC", &no_right)]);
    assert_failed(&class, &output, "programs do not run in ");
    assert_failed(&class, &output, "ermission denied); set TMPDIR to a folder where they may run");
}

#[test]
#[ignore = "compiles solutions"]
fn a_compiler_that_is_killed_once_costs_no_points() {
    let class = class("killed-once");
    let once = "if ! [ -e \"$0.once\" ]; then touch \"$0.once\"; kill -KILL $$; fi; exec rustc \"$@\"";
    let output = grade(&class, &[("RUSTC", &compiler(&class, once))]);
    assert_mean_5(&output);
}

#[test]
#[ignore = "compiles solutions"]
fn a_file_that_kills_the_compiler_costs_its_own_points() {
    let mut class = class("killing");
    class.add("eve", "sgd", &format!("{}// kills\n", reference("sgd")));
    let killed = compiler(&class, "if grep -q '// kills' src/sgd.rs; then kill -KILL $$; fi; exec rustc \"$@\"");
    let output = grade(&class, &[("RUSTC", &killed)]);
    assert!(output.status.success(), "{output:?}");
    let grades = fs::read_to_string(class.folder().join("../grades.csv")).unwrap();
    let line = |name: &str| grades.lines().find(|line| line.starts_with(&format!("\"{name}\""))).unwrap();
    assert!(line("ada").starts_with("\"ada\",5,5,\"\""), "{grades}");
    assert!(
        line("eve").starts_with("\"eve\",0,0,\"src/sgd.rs does not compile: the compiler ended with signal: 9"),
        "{grades}"
    );
}

#[test]
#[ignore = "compiles solutions"]
fn a_temporary_folder_with_a_relative_path_or_unusual_characters_works() {
    let class = class("relative");
    let folder = Path::new("target/a ŷ '\"$(false)");
    fs::create_dir_all(folder).unwrap();
    let output = grade(&class, &[("TMPDIR", folder)]);
    let left = fs::read_dir(folder).unwrap().count();
    fs::remove_dir_all(folder).unwrap();
    assert_mean_5(&output);
    assert_eq!(left, 0, "grading leaves files behind");
}

#[test]
#[ignore = "waits for the compiler"]
fn a_time_limit_that_is_too_short_for_the_reference_costs_no_points() {
    let class = class("short");
    let slow = compiler(&class, "sleep 5");
    let folder = class.folder();
    let output = Command::new(env!("CARGO_BIN_EXE_feedforward"))
        .args(["grade", folder.to_str().unwrap(), "--time-limit", "0.1"])
        .env("RUSTC", slow)
        .output()
        .expect("the binary runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(stderr.contains("either: compiling took longer than 0.6 s, six times the --time-limit"), "{stderr}");
}

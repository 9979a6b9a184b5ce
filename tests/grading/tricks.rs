//! Submissions that the grader must withstand: code that exits, hangs or crashes, forged results, and files that do not
//! belong in a submission.

use super::class::{Class, SECTIONS, feedforward};
use super::{file, reference};
use std::fs;

/// Statements that replace the update of SGD, and a part of the reason that the grader must give.
const TRICKS: [(&str, &str, &str); 15] = [
    ("exit", "std::process::exit(0);", "ended in the middle"),
    (
        "forged",
        "println!(\"test result: ok. 5 passed; 0 failed\\npassed\"); std::process::exit(0);",
        "ended in the middle",
    ),
    (
        "forged-with-what-it-can-read",
        "let mut word = String::new();
         let _ = std::io::Read::read_to_string(&mut std::io::stdin(), &mut word);
         for word in std::env::args().chain(std::env::vars().map(|(_, value)| value)).chain([word]) {
             print!(\"\\n{word}passed\\n{word}\");
         }
         std::process::exit(0);",
        "ended in the middle",
    ),
    ("abort", "std::process::abort();", "ended in the middle"),
    (
        "removes-its-program",
        "let program = std::env::current_exe().unwrap();
         let _ = std::fs::remove_dir_all(program.parent().unwrap());
         std::process::exit(0);",
        "ended in the middle",
    ),
    (
        "recursion",
        "fn deeper(x: f64) -> f64 { let y = [x; 64]; y[deeper(y[3] + 1.0) as usize % 64] + deeper(x) }
         weights[(0, 0)] = deeper(1.0);",
        "stack overflowed",
    ),
    ("endless", "loop { std::hint::spin_loop(); }", "longer than"),
    ("asleep", "loop { std::thread::sleep(std::time::Duration::from_secs(1000)); }", "longer than"),
    ("endless-output", "loop { println!(\"passed passed passed passed passed passed\"); }", "longer than"),
    (
        "endless-memory",
        // The system reserves memory for zeros without writing to it, so the code reaches the memory limit before it
        // reaches the time limit.
        "let mut all = Vec::new(); loop { all.push(std::hint::black_box(vec![0.0; 1 << 24])); assert!(all.len() < 1 << 20); }",
        "not enough memory",
    ),
    (
        "panic-hook",
        "std::panic::set_hook(Box::new(|_| { println!(\"passed\"); std::process::exit(0); })); panic!();",
        "ended in the middle",
    ),
    (
        "a-thread-that-exits",
        "std::thread::spawn(|| { println!(\"passed\"); std::process::exit(0) }).join().unwrap();",
        "ended in the middle",
    ),
    (
        "when-the-thread-ends",
        "struct Exit; impl Drop for Exit { fn drop(&mut self) { std::process::exit(0) } }
         thread_local!(static EXIT: Exit = const { Exit }); EXIT.with(|_| ());",
        "ended in the middle",
    ),
    ("unsafe", UNSAFE, "does not compile: usage of an `unsafe` block"),
    ("not-rust", "w = w - eta * ∇L;", "does not compile: unknown start of token"),
];

const UNSAFE: &str = "unsafe { *weights.as_mut_slice().as_mut_ptr() = 0.0 }";

const UPDATE: &str = "weights.zip_map_in_place(gradient, |w, g| w - eta * g);";

fn sgd_with(statement: &str) -> String {
    let source = file("tests/grading/plain", "sgd");
    assert_eq!(source.matches(UPDATE).count(), 1);
    source.replace(UPDATE, statement)
}

#[test]
#[ignore = "waits for endless loops"]
fn tricks_earn_nothing_and_do_not_affect_other_sections() {
    let mut class = Class::new("tricks");
    for (name, statement, _) in TRICKS {
        class.add(name, "sgd", &sgd_with(&format!("let _ = eta; {statement}")));
        class.add(name, "relu", &reference("relu"));
    }
    class.add("allows-unsafe", "sgd", &format!("#![allow(unsafe_code)]\n{}", sgd_with(UNSAFE)));
    class.add("const-loop", "sgd", &format!("const _: () = loop {{}};\n{}", reference("sgd")));
    let grades = class.grade(&["--time-limit", "4"]);
    for (name, _, why) in TRICKS {
        assert_eq!(grades.points(name, "sgd"), 0.0, "{name}");
        assert!(grades.why(name, "sgd").contains(why), "{name}: {}", grades.why(name, "sgd"));
        assert_eq!(grades.points(name, "relu"), 5.0, "{name}");
    }
    for name in ["allows-unsafe", "const-loop"] {
        assert_eq!(grades.points(name, "sgd"), 0.0, "{name}");
        assert!(grades.why(name, "sgd").contains("does not compile"), "{name}: {}", grades.why(name, "sgd"));
    }
}

#[test]
#[ignore = "compiles solutions"]
fn processes_and_threads_that_a_solution_leaves_behind_are_ended() {
    let mut class = Class::new("leftovers");
    let marker = class.folder().join("marker");
    let leave = format!(
        "{UPDATE} std::process::Command::new(\"sh\").args([\"-c\", \"sleep 3; touch {}\"]).spawn().unwrap();
         std::thread::spawn(|| loop {{ println!(\"noise\"); }});",
        marker.display()
    );
    class.add("leaves", "sgd", &sgd_with(&leave));
    class.add("leaves", "relu", &reference("relu"));
    let grades = class.grade(&[]);
    assert_eq!((grades.points("leaves", "sgd"), grades.points("leaves", "relu")), (5.0, 5.0), "{}", grades.output);
    std::thread::sleep(std::time::Duration::from_secs(4));
    assert!(!marker.exists(), "a program that the solution started is still running");
}

#[test]
#[ignore = "compiles solutions"]
fn only_the_section_files_are_read_and_no_file_is_changed() {
    let mut class = Class::new("files");
    let marker = class.folder().join("marker");
    let build = format!("fn main() {{ std::fs::write({marker:?}, \"\").unwrap(); }}");
    for (section, _) in SECTIONS {
        class.add("brings-more", section, &reference(section));
    }
    for (path, text) in [
        ("build.rs", &build[..]),
        ("Cargo.toml", "[package]\nname = \"other\"\nversion = \"1.0.0\"\nbuild = \"build.rs\"\n"),
        ("src/lib.rs", "compile_error!(\"not taken\");"),
        ("src/framework.rs", "compile_error!(\"not taken\");"),
        ("src/matrix/mod.rs", "compile_error!(\"not taken\");"),
        ("tests/exercise/sgd.rs", "compile_error!(\"not taken\");"),
        (".cargo/config.toml", "[build]\nrustc = \"/bin/false\"\n"),
        ("rust-toolchain.toml", "[toolchain]\nchannel = \"none\"\n"),
    ] {
        class.add_file("brings-more", path, text);
    }
    class.add_file("flat", "sgd.rs", &reference("sgd"));
    class.add_file("nested", "feedforward-main/src/sgd.rs", &reference("sgd"));
    class.add_file("nested-deep", "upload/feedforward/src/sgd.rs", &reference("sgd"));
    class.add_file("nested-deep", "__MACOSX/src/sgd.rs", "");
    class.add_file("empty", "notes.txt", "I did not finish it");
    class.add("large", "sgd", &format!("{}\n// {}", reference("sgd"), "x".repeat(300 * 1024)));
    class.add_file("folder", "src/sgd.rs/inside", "");
    class.add("second-file", "sgd", &format!("{}\nmod helper;\n", reference("sgd")));
    class.add_file("second-file", "src/sgd/helper.rs", "");
    class.add_bytes("not-text", "src/sgd.rs", &[0x7f, b'E', b'L', b'F', 0xff]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        let source = format!("{}/src", env!("CARGO_MANIFEST_DIR"));
        class.add("link", "relu", &reference("relu"));
        symlink(format!("{source}/sgd.rs"), class.folder().join("link/src/sgd.rs")).unwrap();
        class.add_file("linked-folder", "notes.txt", "");
        symlink(&source, class.folder().join("linked-folder/src")).unwrap();
        class.add("pipe", "relu", &reference("relu"));
        let pipe = class.folder().join("pipe/src/sgd.rs");
        assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    }
    let before = listing(&class);
    let grades = class.grade(&[]);
    assert_eq!(listing(&class), before, "grading changed the submissions");
    assert!(!marker.exists(), "a build script ran");

    assert_eq!(grades.total("brings-more"), 100.0, "{}", grades.output);
    for name in ["flat", "nested", "nested-deep"] {
        assert_eq!(grades.points(name, "sgd"), 5.0, "{name}");
        assert_eq!(grades.why(name, "relu"), "there is no file src/relu.rs", "{name}");
    }
    for (name, why) in [
        ("empty", "there is no file src/sgd.rs"),
        ("large", "src/sgd.rs is larger than 256 KiB"),
        ("folder", "src/sgd.rs is not a file"),
        ("second-file", "src/sgd.rs does not compile: file not found for module `helper`"),
        ("not-text", "src/sgd.rs is not UTF-8 (line 1); save it as UTF-8"),
    ] {
        assert_eq!((grades.points(name, "sgd"), grades.why(name, "sgd")), (0.0, why), "{name}");
    }
    if cfg!(unix) {
        assert_eq!(grades.why("link", "sgd"), "src/sgd.rs is a symbolic link, which is not followed");
        assert_eq!(grades.why("linked-folder", "sgd"), "the folder src is a symbolic link, which is not followed");
        assert_eq!(grades.why("pipe", "sgd"), "src/sgd.rs is not a file");
        assert_eq!(grades.points("link", "relu"), 5.0);
    }
}

/// Returns all files of all submissions, with size and modification time.
fn listing(class: &Class) -> Vec<String> {
    fn walk(folder: &std::path::Path, all: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = fs::symlink_metadata(&path).unwrap();
            all.push(format!("{} {} {:?}", path.display(), metadata.len(), metadata.modified().unwrap()));
            if metadata.is_dir() {
                walk(&path, all);
            }
        }
    }
    let mut all = Vec::new();
    walk(&class.folder(), &mut all);
    all.sort();
    all
}

#[test]
fn wrong_arguments_are_named_with_a_correction() {
    let class = Class::new("words");
    let empty = class.folder();
    let empty = empty.to_str().unwrap();
    for (words, message) in [
        (vec!["grade"], "grade needs a submission"),
        (vec!["grade", "/no/such/folder"], "cannot read /no/such/folder"),
        (vec!["grade", empty], "holds no submission"),
        (vec!["grade", "Cargo.toml"], "Cargo.toml is not a folder"),
        (vec!["grade", empty, "--time-limit", "soon"], "--time-limit must be a number of seconds"),
        (vec!["grade", empty, "--gradscope", "x"], "did you mean --gradescope?"),
        (vec!["handout"], "handout needs a folder"),
        (vec!["handout", "one", "two"], "what is \"two\"?"),
        (vec!["handout", "src"], "src is not empty"),
        (vec!["handout", "Cargo.toml"], "cannot write the exercise to Cargo.toml: it is not a directory"),
    ] {
        let output = feedforward(&words);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}: {stderr}");
        assert!(stderr.contains(message) && stderr.lines().count() == 1, "{words:?}: {stderr}");
    }
    for command in ["grade", "handout"] {
        let output = feedforward(&[command, "--help"]);
        assert!(output.status.success() && String::from_utf8(output.stdout).unwrap().contains("usage: feedforward"));
    }
}

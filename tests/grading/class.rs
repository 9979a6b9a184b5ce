//! A class of submissions in a temporary folder, and its grades.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The sections and their points.
pub const SECTIONS: [(&str, f64); 6] = [
    ("sgd", 5.0),
    ("fully_connected", 45.0),
    ("relu", 5.0),
    ("softmax", 10.0),
    ("cross_entropy", 10.0),
    ("network", 25.0),
];

/// Runs the binary with these arguments.
pub fn feedforward(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_feedforward")).args(words).output().expect("the binary runs")
}

/// A folder of submissions, which is deleted on drop.
pub struct Class {
    top: PathBuf,
}

impl Drop for Class {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.top);
    }
}

impl Class {
    pub fn new(name: &str) -> Class {
        let top = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&top);
        fs::create_dir_all(top.join("class")).expect("a folder");
        Class { top }
    }

    /// The folder that contains one folder for each submission.
    pub fn folder(&self) -> PathBuf {
        self.top.join("class")
    }

    /// Adds the file of a section to a submission.
    pub fn add(&mut self, submission: &str, section: &str, source: &str) {
        self.add_file(submission, &format!("src/{section}.rs"), source);
    }

    /// Adds a file to a submission.
    pub fn add_file(&mut self, submission: &str, path: &str, text: &str) {
        self.add_bytes(submission, path, text.as_bytes());
    }

    /// Adds a file that need not be text to a submission.
    pub fn add_bytes(&mut self, submission: &str, path: &str, bytes: &[u8]) {
        let path = self.folder().join(submission).join(path);
        fs::create_dir_all(path.parent().unwrap()).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }

    /// Grades all submissions with these options.
    pub fn grade(&self, options: &[&str]) -> Grades {
        let csv = self.top.join("grades.csv");
        let folder = self.folder();
        let words = [&["grade", folder.to_str().unwrap(), "--csv", csv.to_str().unwrap()], options].concat();
        let output = feedforward(&words);
        assert!(output.status.success(), "{output:?}");
        let lines: Vec<Vec<String>> = fs::read_to_string(csv).expect("grades").lines().map(fields).collect();
        Grades {
            columns: lines[0].clone(),
            lines: lines[1..].iter().map(|line| (line[0].clone(), line.clone())).collect(),
            output: String::from_utf8(output.stdout).expect("UTF-8"),
        }
    }
}

/// The grades of a class, and the printed output.
pub struct Grades {
    columns: Vec<String>,
    lines: HashMap<String, Vec<String>>,
    pub output: String,
}

impl Grades {
    fn field(&self, submission: &str, column: &str) -> &str {
        let line = self.lines.get(submission).unwrap_or_else(|| panic!("no grades for {submission}: {}", self.output));
        &line[self.columns.iter().position(|name| name == column).expect("a column")]
    }

    pub fn points(&self, submission: &str, section: &str) -> f64 {
        self.field(submission, section).parse().expect("points")
    }

    pub fn why(&self, submission: &str, section: &str) -> &str {
        self.field(submission, &format!("{section}_why"))
    }

    pub fn total(&self, submission: &str) -> f64 {
        self.field(submission, "points").parse().expect("points")
    }
}

/// Splits one line of CSV into its fields.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => fields.last_mut().unwrap().push(c),
        }
    }
    fields
}

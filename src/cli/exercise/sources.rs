//! The files that handout and grading are made from, kept inside the binary: it works wherever it is put.

/// A file of this project: its path from the top, and its text.
pub(crate) type File = (&'static str, &'static str);

macro_rules! files {
    ($($path:literal)*) => {
        &[$(($path, include_str!(concat!("../../../", $path)))),*]
    };
}

/// The library, and what its documentation includes.
pub(crate) const LIBRARY: &[File] = files! {
    "src/cross_entropy.rs"
    "src/data/iris.csv"
    "src/data/iris.rs"
    "src/data/mod.rs"
    "src/evaluation.rs"
    "src/framework.rs"
    "src/fully_connected.rs"
    "src/gradient_check.rs"
    "src/lib.rs"
    "src/matrix/display.rs"
    "src/matrix/elementwise.rs"
    "src/matrix/kernel/blocked.rs"
    "src/matrix/kernel/mod.rs"
    "src/matrix/kernel/naive.rs"
    "src/matrix/mod.rs"
    "src/matrix/view.rs"
    "src/memory_layout.rs"
    "src/network.rs"
    "src/neuron.rs"
    "src/random.rs"
    "src/relu.rs"
    "src/sgd.rs"
    "src/softmax.rs"
};

/// The exercise's checks, and the values that they compare with.
pub(crate) const CHECKS: &[File] = files! {
    "tests/exercise/cross_entropy.rs"
    "tests/exercise/fully_connected.rs"
    "tests/exercise/main.rs"
    "tests/exercise/network.rs"
    "tests/exercise/relu.rs"
    "tests/exercise/sgd.rs"
    "tests/exercise/softmax.rs"
    "tests/exercise/support/golden.rs"
    "tests/exercise/support/hint.rs"
    "tests/exercise/support/mod.rs"
    "tests/exercise/support/probe.rs"
    "tests/golden/cross_entropy/error.csv"
    "tests/golden/cross_entropy/label.csv"
    "tests/golden/cross_entropy/loss.csv"
    "tests/golden/cross_entropy/prediction.csv"
    "tests/golden/fully_connected/error.csv"
    "tests/golden/fully_connected/error_below.csv"
    "tests/golden/fully_connected/gradient_weights.csv"
    "tests/golden/fully_connected/input.csv"
    "tests/golden/fully_connected/output.csv"
    "tests/golden/fully_connected/updated_weights.csv"
    "tests/golden/fully_connected/weights.csv"
    "tests/golden/relu/error.csv"
    "tests/golden/relu/error_below.csv"
    "tests/golden/relu/input.csv"
    "tests/golden/relu/output.csv"
    "tests/golden/softmax/error.csv"
    "tests/golden/softmax/error_below.csv"
    "tests/golden/softmax/input.csv"
    "tests/golden/softmax/output.csv"
    "tests/golden/softmax_extreme/error.csv"
    "tests/golden/softmax_extreme/error_below.csv"
    "tests/golden/softmax_extreme/input.csv"
    "tests/golden/softmax_extreme/output.csv"
};

/// What only the student's crate has.
pub(crate) const STUDENT: &[File] = &[
    ("Cargo.toml", include_str!("student/manifest.toml")),
    ("Cargo.lock", include_str!("student/lock.toml")),
    (".gitignore", "/target\n"),
    ("README.md", include_str!("student/README.md")),
    ("src/main.rs", include_str!("student/main.rs.txt")),
    ("docs/exercise.md", include_str!("../../../docs/exercise.md")),
];

/// The text of the file with this path, of the library or the checks.
///
/// # Panics
/// When there is none.
pub(crate) fn text(path: &str) -> &'static str {
    let mut files = LIBRARY.iter().chain(CHECKS);
    files.find(|(known, _)| *known == path).unwrap_or_else(|| panic!("no file {path}")).1
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    #[test]
    fn every_file_of_the_library_and_of_the_checks_is_inside() {
        let top = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut expected = BTreeSet::new();
        for folder in ["src", "tests/exercise"] {
            walk(&top.join(folder), &mut expected);
        }
        let binary = [top.join("src/main.rs"), top.join("src/cli"), top.join("tests/exercise/corpus")];
        expected.retain(|path| !binary.iter().any(|other| path.starts_with(other)));
        for path in expected.clone() {
            let text = std::fs::read_to_string(&path).expect("text");
            for part in text.split("include_str!(\"").skip(1) {
                let included = path.parent().expect("a folder").join(part.split('"').next().expect("a path"));
                let included = included.canonicalize().expect("a file");
                if included != top.join("README.md").canonicalize().expect("a file") {
                    expected.insert(included); // the student's README takes the place of ours
                }
            }
        }
        let missing = |files: &[File]| {
            let inside: BTreeSet<PathBuf> = files.iter().map(|(path, _)| top.join(path)).collect();
            let golden = top.join("tests/golden");
            expected.difference(&inside).filter(|path| !path.starts_with(&golden)).cloned().collect::<Vec<_>>()
        };
        let all = [LIBRARY, CHECKS].concat();
        assert!(missing(&all).is_empty(), "add to src/cli/exercise/sources.rs: {:#?}", missing(&all));
    }

    fn walk(folder: &Path, files: &mut BTreeSet<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, files);
            } else {
                files.insert(path);
            }
        }
    }
}

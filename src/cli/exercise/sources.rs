//! The files that `handout` and `grade` need. They are compiled into the binary, so that it does not depend on the
//! project's folder. Their lines end with LF, even if the checkout that was compiled has CRLF, because other modules
//! search the texts.

use std::sync::LazyLock;

/// A file of this project: its path from the project's folder, and its text.
pub(crate) type File = (&'static str, String);

macro_rules! files {
    ($($path:literal)*) => {
        LazyLock::new(|| with_lf(&[$(($path, include_str!(concat!("../../../", $path)))),*]))
    };
}

/// Copies the files, with LF in place of CRLF.
fn with_lf(files: &[(&'static str, &'static str)]) -> Vec<File> {
    files.iter().map(|(path, text)| (*path, text.replace("\r\n", "\n"))).collect()
}

/// The files of the library that are not handed out and that no submission can use: a graph derives the backward passes
/// that students are asked to write. Their modules stay as empty pages, which other pages link to.
#[cfg(test)]
const LEFT_OUT: [&str; 4] = ["src/graph", "docs/walk/graph.md", "docs/walk/three_levels.md", "docs/figures/graph.svg"];

/// Lines of `src/lib.rs` that name what is left out, each with what takes its place.
const PLACES: [(&str, &str); 2] = [
    (
        "pub mod graph;\n",
        "/// This module is not part of the exercise, because it derives the backward passes that you\n\
         /// are asked to write.\n\
         pub mod graph {}\n",
    ),
    (
        "#[doc = include_str!(\"../docs/walk/three_levels.md\")]\n",
        "/// This page is not part of the exercise, because it shows the answers.\n",
    ),
];

/// Copies the library without the files of [`LEFT_OUT`].
fn without_graphs(mut library: Vec<File>) -> Vec<File> {
    let (_, text) = library.iter_mut().find(|(path, _)| *path == "src/lib.rs").expect("the root of the library");
    for (line, place) in PLACES {
        assert_eq!(text.matches(line).count(), 1, "{line:?} once in src/lib.rs");
        *text = text.replace(line, place);
    }
    library
}

/// The library as it is handed out, and the files that its documentation includes.
pub(crate) static LIBRARY: LazyLock<Vec<File>> = LazyLock::new(|| without_graphs(ALL.clone()));

static ALL: LazyLock<Vec<File>> = files! {
    "docs/exercise.md"
    "docs/figures/abstraction.svg"
    "docs/figures/backpropagation.svg"
    "docs/figures/cross-entropy.svg"
    "docs/figures/descent.svg"
    "docs/figures/fully-connected-bias.svg"
    "docs/figures/fully-connected.svg"
    "docs/figures/memory-layout.svg"
    "docs/figures/network.svg"
    "docs/figures/neuron.svg"
    "docs/figures/one-neuron.svg"
    "docs/figures/relu.svg"
    "docs/figures/softmax.svg"
    "docs/formulas/01-matrices.svg"
    "docs/formulas/01.svg"
    "docs/formulas/02.svg"
    "docs/formulas/03.svg"
    "docs/formulas/04.svg"
    "docs/formulas/05.svg"
    "docs/formulas/06.svg"
    "docs/formulas/07.svg"
    "docs/formulas/08.svg"
    "docs/formulas/09-matrices.svg"
    "docs/formulas/09.svg"
    "docs/formulas/10.svg"
    "docs/formulas/11.svg"
    "docs/formulas/12.svg"
    "docs/formulas/13.svg"
    "docs/formulas/14.svg"
    "docs/formulas/15.svg"
    "docs/formulas/16.svg"
    "docs/formulas/bias-apart-short.svg"
    "docs/formulas/bias-apart.svg"
    "docs/formulas/bias-inside-short.svg"
    "docs/formulas/bias-inside.svg"
    "docs/formulas/central-difference.svg"
    "docs/formulas/chain-rule.svg"
    "docs/formulas/error-previous.svg"
    "docs/formulas/error.svg"
    "docs/formulas/neuron.svg"
    "docs/formulas/one-hot.svg"
    "docs/formulas/one-sample-short.svg"
    "docs/formulas/one-sample.svg"
    "docs/formulas/path-product.svg"
    "docs/formulas/relu.svg"
    "docs/formulas/sgd.svg"
    "docs/formulas/shift.svg"
    "docs/formulas/sigmoid.svg"
    "docs/formulas/softmax-slope.svg"
    "docs/formulas/why-02-03.svg"
    "docs/formulas/why-10-11.svg"
    "docs/formulas/why-12.svg"
    "docs/formulas/why-14.svg"
    "docs/formulas/why-16-14.svg"
    "docs/formulas/why-16.svg"
    "docs/formulas/why-batch.svg"
    "docs/formulas/why-sgd.svg"
    "docs/formulas/why-shift.svg"
    "docs/walk/contents.md"
    "docs/walk/cross_entropy.md"
    "docs/walk/crosswalk.md"
    "docs/walk/fully_connected.md"
    "docs/walk/matrix.md"
    "docs/walk/memory_layout.md"
    "docs/walk/network.md"
    "docs/walk/neuron.md"
    "docs/walk/relu.md"
    "docs/walk/sgd.md"
    "docs/walk/softmax.md"
    "docs/walk/whole_step.md"
    "src/cross_entropy.rs"
    "src/data/columns.rs"
    "src/data/csv.rs"
    "src/data/digits.rs"
    "src/data/digits.txt"
    "src/data/error.rs"
    "src/data/hints.rs"
    "src/data/idx.rs"
    "src/data/iris.csv"
    "src/data/iris.rs"
    "src/data/mod.rs"
    "src/data/names.rs"
    "src/data/npy.rs"
    "src/data/npy_header.rs"
    "src/data/records.rs"
    "src/data/scaling.rs"
    "src/evaluation.rs"
    "src/framework.rs"
    "src/fully_connected.rs"
    "src/gradient_check.rs"
    "src/lib.rs"
    "src/matrix/display.rs"
    "src/matrix/elements.rs"
    "src/matrix/elementwise.rs"
    "src/matrix/kernel/avx2.rs"
    "src/matrix/kernel/avx512.rs"
    "src/matrix/kernel/blocked.rs"
    "src/matrix/kernel/direct.rs"
    "src/matrix/kernel/instruction_set.rs"
    "src/matrix/kernel/loop_order.rs"
    "src/matrix/kernel/mod.rs"
    "src/matrix/kernel/naive.rs"
    "src/matrix/kernel/packed.rs"
    "src/matrix/kernel/portable.rs"
    "src/matrix/kernel/tests.rs"
    "src/matrix/kernel/threads.rs"
    "src/matrix/kernel/tile.rs"
    "src/matrix/kernel/window.rs"
    "src/matrix/mod.rs"
    "src/matrix/product.rs"
    "src/matrix/view.rs"
    "src/memory_layout.rs"
    "src/model/description.rs"
    "src/model/directory.rs"
    "src/model/disk.rs"
    "src/model/hook.rs"
    "src/model/layers.rs"
    "src/model/mod.rs"
    "src/model/tests/files.rs"
    "src/model/tests/interruptions.rs"
    "src/model/tests/mod.rs"
    "src/model/tests/states.rs"
    "src/network.rs"
    "src/neuron.rs"
    "src/random.rs"
    "src/relu.rs"
    "src/sgd.rs"
    "src/softmax.rs"
};

/// The checks of the exercise, and the values that they compare with.
pub(crate) static CHECKS: LazyLock<Vec<File>> = files! {
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
    "tests/golden/fully_connected/error_previous.csv"
    "tests/golden/fully_connected/gradient_weights.csv"
    "tests/golden/fully_connected/input.csv"
    "tests/golden/fully_connected/output.csv"
    "tests/golden/fully_connected/updated_weights.csv"
    "tests/golden/fully_connected/weights.csv"
    "tests/golden/relu/error.csv"
    "tests/golden/relu/error_previous.csv"
    "tests/golden/relu/input.csv"
    "tests/golden/relu/output.csv"
    "tests/golden/softmax/error.csv"
    "tests/golden/softmax/error_previous.csv"
    "tests/golden/softmax/input.csv"
    "tests/golden/softmax/output.csv"
    "tests/golden/softmax_extreme/error.csv"
    "tests/golden/softmax_extreme/error_previous.csv"
    "tests/golden/softmax_extreme/input.csv"
    "tests/golden/softmax_extreme/output.csv"
};

/// The files that only the student's crate has.
pub(crate) static STUDENT: LazyLock<Vec<File>> = LazyLock::new(|| {
    with_lf(&[
        ("Cargo.toml", include_str!("student/manifest.toml")),
        ("Cargo.lock", include_str!("student/lock.toml")),
        (".gitignore", "/target\n"),
        ("README.md", include_str!("student/README.md")),
        ("src/main.rs", include_str!("student/main.rs.txt")),
    ])
});

/// Returns the text of the file of the library or the checks with this path.
///
/// # Panics
/// If there is no such file.
pub(crate) fn text(path: &str) -> &'static str {
    let mut files = LIBRARY.iter().chain(CHECKS.iter());
    &files.find(|(known, _)| *known == path).unwrap_or_else(|| panic!("no file {path}")).1
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    #[test]
    fn every_file_of_the_library_and_of_the_checks_is_listed() {
        let top = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut expected = BTreeSet::new();
        for folder in ["src", "tests/exercise"] {
            walk(&top.join(folder), &mut expected);
        }
        let binary = [top.join("src/main.rs"), top.join("src/cli")];
        expected.retain(|path| !binary.iter().any(|other| path.starts_with(other)));
        for path in expected.clone() {
            let text = std::fs::read_to_string(&path).expect("text");
            for part in text.split("include_str!(\"").skip(1) {
                let included = path.parent().expect("a folder").join(part.split('"').next().expect("a path"));
                let included = included.canonicalize().expect("a file");
                if included != top.join("README.md").canonicalize().expect("a file") {
                    expected.insert(included); // the student's README replaces it
                }
            }
        }
        let inside: BTreeSet<PathBuf> = LIBRARY.iter().chain(CHECKS.iter()).map(|(path, _)| top.join(path)).collect();
        let left_out = LEFT_OUT.map(|path| top.join(path));
        expected.retain(|path| !left_out.iter().any(|other| path.starts_with(other)));
        let missing: Vec<&PathBuf> = expected.difference(&inside).collect();
        assert!(missing.is_empty(), "add to src/cli/exercise/sources.rs: {missing:#?}");
    }

    #[test]
    fn what_derives_or_shows_the_answers_is_left_out() {
        for (path, _) in LIBRARY.iter() {
            assert!(!LEFT_OUT.iter().any(|left_out| path.starts_with(left_out)), "{path}");
        }
        let library = text("src/lib.rs");
        assert!(
            library.contains("\npub mod graph {}\n") && library.contains("\npub mod three_levels {}\n"),
            "{library}"
        );
        assert!(!library.contains("pub mod graph;") && !library.contains("three_levels.md"), "{library}");
    }

    #[test]
    fn the_texts_are_the_same_if_the_checkout_has_crlf() {
        for files in [&ALL, &CHECKS, &STUDENT] {
            let crlf = |(path, text): &File| (*path, &*text.replace('\n', "\r\n").leak());
            assert_eq!(with_lf(&files.iter().map(crlf).collect::<Vec<_>>()), **files);
        }
    }

    /// Adds all files in the folder and its subfolders.
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

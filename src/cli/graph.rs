//! The command `graph`: prints and draws the training step of a network as a graph, before and after each pass of the
//! compiler, and prints the program that results.

use crate::cli::args::{self, Arguments, OptionSpec};
use crate::cli::failure::{Failure, cannot_write};
use crate::cli::format::quoted;
use crate::cli::outputs::{self, Check};
use feedforward::Matrix;
use feedforward::graph::{Graph, Pass, draw, training_step};
use std::io::{self, Write};
use std::path::PathBuf;
use std::str::FromStr;

const SIZES: OptionSpec = OptionSpec::new(
    "--sizes",
    "N-N-…",
    "inputs, units of each hidden layer, and classes\n(default: 4-3-3, the network of the exercise)",
);
const PASSES: OptionSpec = OptionSpec::new(
    "--passes",
    "LIST",
    "passes of the compiler, separated by commas, or none\n(default: dead,merge,fold,rewrite,reuse)",
);
const SVG: OptionSpec = OptionSpec::new("--svg", "FILE", "also draw the graphs");
const OPTIONS: &[OptionSpec] = &[SIZES, PASSES, SVG];

/// The learning rate of the exercise.
const LEARNING_RATE: f64 = 1e-3;
/// The most numbers in `--sizes`, and the most weights. Larger networks have a graph of the same kind.
const LAYERS: usize = 20;
const WEIGHTS: usize = 10_000_000;

/// Which network, and what to do with its graph.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Options {
    sizes: Sizes,
    passes: Passes,
    svg: Option<PathBuf>,
}

impl Options {
    /// Parses the words of the command. Returns `None` if they ask for help.
    pub(crate) fn parse(words: &[String]) -> Result<Option<Options>, Failure> {
        let Some(arguments) = Arguments::parse(OPTIONS, words)? else { return Ok(None) };
        if let Some(word) = arguments.operands.first() {
            return Err(Failure::usage(format!("graph takes only options; what is {}?", quoted(word))));
        }
        let sizes = format!("2 to {LAYERS} sizes of at least 1, as in 4-3-3, with at most 10 million weights");
        let passes = "some of dead,merge,fold,rewrite,reuse, each once, or none";
        Ok(Some(Options {
            sizes: arguments.value(&SIZES, &sizes, |_| true)?.unwrap_or(Sizes(vec![4, 3, 3])),
            passes: arguments.value(&PASSES, passes, |_| true)?.unwrap_or(Passes(Pass::ALL.to_vec())),
            svg: arguments.path(&SVG),
        }))
    }
}

/// The value of `--sizes`.
#[derive(Clone, Debug, PartialEq)]
struct Sizes(Vec<usize>);

impl FromStr for Sizes {
    type Err = ();

    fn from_str(text: &str) -> Result<Sizes, ()> {
        let size = |text: &str| text.trim().parse().ok().filter(|size| (1..=WEIGHTS).contains(size)).ok_or(());
        let sizes: Vec<usize> = text.split('-').map(size).collect::<Result<_, _>>()?;
        let weights: usize = sizes.windows(2).map(|pair| (pair[0] + 1).saturating_mul(pair[1])).sum();
        if (2..=LAYERS).contains(&sizes.len()) && weights <= WEIGHTS { Ok(Sizes(sizes)) } else { Err(()) }
    }
}

/// The value of `--passes`.
#[derive(Clone, Debug, PartialEq)]
struct Passes(Vec<Pass>);

impl FromStr for Passes {
    type Err = ();

    fn from_str(text: &str) -> Result<Passes, ()> {
        if text == "none" {
            return Ok(Passes(Vec::new()));
        }
        let mut passes = Vec::new();
        for name in text.split(',') {
            let pass = Pass::ALL.into_iter().find(|pass| pass.name() == name.trim()).ok_or(())?;
            if passes.contains(&pass) {
                return Err(());
            }
            passes.push(pass);
        }
        Ok(Passes(passes))
    }
}

/// A graph, with a line that says how it came about.
struct Stage {
    heading: String,
    graph: Graph,
    /// Whether it differs from the graph before it.
    new: bool,
}

/// Draws the graphs if asked to, and prints them and the program.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    const DRAWING: &str = "the drawing";
    if let Some(file) = &options.svg {
        Check::new().writes(SVG.name, DRAWING, file)?;
    }
    let stages = stages(options);
    if let Some(file) = &options.svg {
        let new = stages.iter().filter(|stage| stage.new);
        let graphs: Vec<(&str, &Graph)> = new.map(|stage| (stage.heading.as_str(), &stage.graph)).collect();
        let written = outputs::replace(file, &draw(&graphs));
        written.map_err(|error| Failure::Run(cannot_write(DRAWING, file, error)))?;
    }
    print(stages, options.passes.0.contains(&Pass::Reuse), &mut io::stdout().lock())?;
    Ok(())
}

/// Returns the graph as it was derived, and after each pass.
fn stages(options: &Options) -> Vec<Stage> {
    let Sizes(sizes) = &options.sizes;
    let step = || {
        let weights = sizes.windows(2).map(|pair| Matrix::zeros(pair[0] + 1, pair[1]));
        training_step(weights.collect(), LEARNING_RATE)
    };
    let name = sizes.iter().map(|size| size.to_string()).collect::<Vec<_>>().join("-");
    let derived = step();
    let heading = format!("the training step of {name}, as it was derived: {} nodes", derived.len());
    let mut stages = vec![Stage { heading, graph: derived, new: true }];
    let passes: Vec<Pass> = options.passes.0.iter().copied().filter(|pass| *pass != Pass::Reuse).collect();
    for i in 0..passes.len() {
        let graph = passes[..=i].iter().fold(step(), |graph, &pass| graph.apply(pass));
        let (name, before) = (passes[i].name(), &stages[i].graph);
        let new = graph.to_string() != before.to_string();
        let heading = match new {
            true => format!("{name}: {} nodes → {}", before.len(), graph.len()),
            false => format!("{name}: changes nothing"),
        };
        stages.push(Stage { heading, graph, new });
    }
    stages
}

/// Prints every graph that differs from the one before it, and the program.
fn print(mut stages: Vec<Stage>, reuse: bool, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "b is the number of samples in a batch. Numbers in parentheses are equations on the slides.\n")?;
    for Stage { heading, graph, new } in &stages {
        writeln!(out, "{heading}")?;
        if *new {
            write!(out, "\n{graph}")?;
        }
        writeln!(out)?;
    }
    let last = stages.pop().expect("the derived graph").graph;
    let program = last.compile_with(if reuse { &[Pass::Reuse] } else { &[] });
    if reuse {
        writeln!(out, "reuse: {} values in {} buffers\n", program.values(), program.buffers())?;
    }
    writeln!(out, "the program: {} instructions\n\n{program}", program.instructions())
}

/// Prints the help.
pub(crate) fn help(out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "feedforward graph: prints a network's training step as a graph of operations, before and after each"
    )?;
    writeln!(out, "pass of the compiler, and the program that results.\n")?;
    writeln!(out, "usage: feedforward graph [OPTION …]\n")?;
    writeln!(out, "The passes:")?;
    for (pass, what) in [
        (Pass::Dead, "removes nodes that no result needs"),
        (Pass::Merge, "merges nodes that compute the same"),
        (Pass::Fold, "computes with constants, and keeps every bit of the results"),
        (Pass::Rewrite, "applies rules of algebra, and finds ŷ − y; changes results by rounding"),
        (Pass::Reuse, "lets values share memory"),
    ] {
        writeln!(out, "  {:<24}{what}", pass.name())?;
    }
    writeln!(out, "\noptions:")?;
    args::list(out, OPTIONS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::{assert_refused, words};

    fn parse(line: &str) -> Result<Option<Options>, Failure> {
        Options::parse(&words(line))
    }

    #[test]
    fn without_words_the_network_is_that_of_the_exercise_with_all_passes() {
        let expected = Options { sizes: Sizes(vec![4, 3, 3]), passes: Passes(Pass::ALL.to_vec()), svg: None };
        assert_eq!(parse("").unwrap(), Some(expected));
        assert_eq!(parse("--help").unwrap(), None);
    }

    #[test]
    fn options_choose_the_network_the_passes_and_the_file() {
        let expected = Options {
            sizes: Sizes(vec![784, 128, 10]),
            passes: Passes(vec![Pass::Rewrite, Pass::Dead]),
            svg: Some(PathBuf::from("a.svg")),
        };
        assert_eq!(parse("--sizes 784-128-10 --passes rewrite,dead --svg a.svg").unwrap(), Some(expected));
        assert_eq!(parse("--passes none").unwrap().unwrap().passes, Passes(Vec::new()));
    }

    #[test]
    fn wrong_words_are_refused_with_what_would_be_right() {
        let sizes = |given| {
            let right = "2 to 20 sizes of at least 1, as in 4-3-3, with at most 10 million weights";
            format!("--sizes must be {right}, not {given:?}")
        };
        let passes = |given| {
            format!("--passes must be some of dead,merge,fold,rewrite,reuse, each once, or none, not {given:?}")
        };
        let long = vec!["1"; 21].join("-");
        let cases = [
            ("iris".to_string(), "graph takes only options; what is \"iris\"?".to_string()),
            ("--sizes 4".to_string(), sizes("4")),
            ("--sizes 4-0-3".to_string(), sizes("4-0-3")),
            ("--sizes 4,3,3".to_string(), sizes("4,3,3")),
            ("--sizes 4-3163-3163-3".to_string(), sizes("4-3163-3163-3")),
            ("--sizes 4-18446744073709551615-3".to_string(), sizes("4-18446744073709551615-3")),
            (format!("--sizes {long}"), sizes(&long)),
            ("--passes dead,all".to_string(), passes("dead,all")),
            ("--passes dead,,merge".to_string(), passes("dead,,merge")),
            ("--passes dead,merge,dead".to_string(), passes("dead,merge,dead")),
            ("--svg".to_string(), "--svg needs a value: --svg FILE".to_string()),
        ];
        let cases: Vec<(&str, &str)> = cases.iter().map(|(line, message)| (line.as_str(), message.as_str())).collect();
        assert_refused(Options::parse, &cases);
    }
}

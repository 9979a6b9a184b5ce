//! Tests the graphs of operations: each derivative against central differences and against values worked out by hand,
//! networks against the layers and the oracle, every pass, and what a user may do wrong.

#[path = "../support/mod.rs"]
mod support;

mod agreement;
mod derivatives;
mod mistakes;
mod passes;
mod random_graphs;
mod text;

use feedforward::Matrix;
use feedforward::graph::Program;

/// The value of an output that is a single number.
#[track_caller]
fn number(program: &Program, output: &str) -> f64 {
    let value = program.output(output);
    assert_eq!(value.shape(), (1, 1), "{output}");
    value[(0, 0)]
}

/// The bits of all elements, to compare results exactly. All NaN are the same.
fn bits(matrix: &Matrix) -> Vec<u64> {
    matrix.as_slice().iter().map(|x| if x.is_nan() { f64::NAN } else { *x }.to_bits()).collect()
}

//! The binary `feedforward`: trains the networks of the slides, predicts with saved models, and hands out and grades the
//! exercise.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}

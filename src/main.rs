//! `feedforward`: trains the slides' networks from the command line. `feedforward --help` tells the rest.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}

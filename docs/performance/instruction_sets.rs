//! Prints the instruction sets that this machine has, one per line, from the most portable to the fastest: the values
//! that `FEEDFORWARD_INSTRUCTION_SET` can take here.
//!
//! ```text
//! cargo run -q --example instruction_sets
//! ```

use feedforward::matrix::kernel::InstructionSet;

fn main() {
    for set in InstructionSet::available() {
        println!("{set}");
    }
}

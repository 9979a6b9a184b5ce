//! Tests of saving and loading that need to stop it at a certain operation on a file, or that test these operations.

mod files;
mod interruptions;
mod states;

//! The exercise's checks: one module a section of the slides, each to be run alone by its name, as `cargo test relu`.
//!
//! A check needs only its own section to be written. What it needs of the others it brings along as probes: layers, a
//! loss, an optimizer and data that do something simple and remember how they were called.

mod cross_entropy;
mod fully_connected;
mod network;
mod relu;
mod sgd;
mod softmax;
mod support;

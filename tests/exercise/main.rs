//! The checks of the exercise, one module for each section of the slides. `cargo test relu` runs one section.
//!
//! A check needs only its own section. In place of the other sections it uses probes: layers, a loss, an optimizer and
//! a data source that compute something simple and record how they were called.

mod cross_entropy;
mod fully_connected;
mod network;
mod relu;
mod sgd;
mod softmax;
mod support;

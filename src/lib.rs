//! A lecture on feed-forward neural networks as a crate: every section of the slides a module, every equation a line of
//! code with the slide's number.
//!
#![doc = include_str!("../docs/walk/contents.md")]

pub mod cross_entropy;
pub mod fully_connected;
pub mod matrix;
pub mod memory_layout;
pub mod network;
pub mod neuron;
pub mod relu;
pub mod sgd;
pub mod softmax;

pub mod data;
pub mod evaluation;
pub mod framework;
pub mod gradient_check;
pub mod model;
pub mod random;

#[doc = include_str!("../docs/walk/whole_step.md")]
pub mod whole_step {}

#[doc = include_str!("../docs/walk/crosswalk.md")]
pub mod crosswalk {}

pub use cross_entropy::CrossEntropyLoss;
pub use framework::{DataSource, Layer, Loss, Optimizer, Parameters};
pub use fully_connected::FullyConnected;
pub use matrix::Matrix;
pub use network::NeuralNetwork;
pub use relu::Relu;
pub use sgd::Sgd;
pub use softmax::Softmax;

/// The README's examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

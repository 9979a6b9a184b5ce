//! A framework for feed-forward neural networks, to be read beside a lecture. Every section of the slides is a module,
//! and every equation that is computed is a line of code with the slide's number.
//!
//! This example trains the network of the exercise on Iris:
//!
//! ```
//! use feedforward::data::{Batches, Dataset, Scaling};
//! use feedforward::evaluation::accuracy;
//! use feedforward::random::Random;
//! use feedforward::{CrossEntropyLoss, FullyConnected, NeuralNetwork, Relu, Sgd, Softmax};
//!
//! let mut random = Random::new(1);
//! let (mut train, mut test) = Dataset::iris().split(2.0 / 3.0, &mut random);
//! let scaling = Scaling::by_largest(&train.inputs); // learned from the training part only
//! scaling.apply(&mut train.inputs);
//! scaling.apply(&mut test.inputs);
//!
//! let data = Batches::new(train, 50, Random::new(2));
//! let mut network = NeuralNetwork::new(Sgd::new(1e-3), data, CrossEntropyLoss::new());
//! network.append_layer(FullyConnected::new(4, 3, &mut random));
//! network.append_layer(Relu::new());
//! network.append_layer(FullyConnected::new(3, 3, &mut random));
//! network.append_layer(Softmax::new());
//! network.train(4000);
//!
//! let prediction = network.predict(test.inputs);
//! assert!(accuracy(&prediction, &test.labels) > 0.9);
//! ```
#![doc = include_str!("../docs/walk/contents.md")]
#![doc(test(attr(deny(warnings))))]

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
pub mod graph;
pub mod model;
pub mod random;

// Pages without code.

#[doc = include_str!("../docs/walk/whole_step.md")]
pub mod whole_step {}

#[doc = include_str!("../docs/walk/three_levels.md")]
pub mod three_levels {}

#[doc = include_str!("../docs/walk/crosswalk.md")]
pub mod crosswalk {}

/// **The Exercise**: write the layers yourself.
///
/// The command `feedforward handout DIR` makes a crate in which the bodies of the functions below are missing, and
/// `cargo test` checks and grades them there.
///
#[doc = include_str!("../docs/exercise.md")]
///
/// ---
/// previous: [NumPy Crosswalk](crate::crosswalk) · [contents](crate)
pub mod exercise {}

pub use cross_entropy::CrossEntropyLoss;
pub use framework::{DataSource, Layer, Loss, Optimizer, Parameters};
pub use fully_connected::FullyConnected;
pub use matrix::Matrix;
pub use network::NeuralNetwork;
pub use relu::Relu;
pub use sgd::Sgd;
pub use softmax::Softmax;

/// Runs the examples in the README as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

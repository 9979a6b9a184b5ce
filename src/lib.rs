//! A lecture on feed-forward neural networks as a crate: every section of the slides a module.

pub mod matrix;

pub mod framework;

pub use framework::{DataSource, Layer, Loss, Optimizer};
pub use matrix::Matrix;

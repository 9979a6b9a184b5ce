//! The layers of a model. Only this module knows their order.

use crate::{FullyConnected, Layer, Matrix, Relu, Softmax};

/// The layers of every [`Model`](super::Model) in words.
pub const LAYERS: &str = "fully connected layers, a ReLU between each two, and softmax at the end";

/// Creates the layers from the weights of the fully connected ones.
pub(super) fn from_weights(weights: Vec<Matrix>) -> Vec<Box<dyn Layer>> {
    let mut layers: Vec<Box<dyn Layer>> = Vec::new();
    for weights in weights {
        if !layers.is_empty() {
            layers.push(Box::new(Relu::new()));
        }
        layers.push(Box::new(FullyConnected::from_weights(weights)));
    }
    layers.push(Box::new(Softmax::new()));
    layers
}

/// Describes the layers, for example `4 → fully connected → 3 → ReLU → fully connected → 3 → softmax`.
pub(super) fn describe<'a>(features: usize, weights: impl Iterator<Item = &'a Matrix>) -> String {
    let fully_connected: Vec<String> = weights.map(|w| format!("fully connected → {}", w.columns())).collect();
    format!("{features} → {} → softmax", fully_connected.join(" → ReLU → "))
}

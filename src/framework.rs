//! What the network asks of its parts: four traits, one each for the layers, the optimizer, the loss and the data.
//!
//! They are the seams of a layer-oriented framework. [`NeuralNetwork`](crate::NeuralNetwork) knows these traits and
//! nothing behind them, so a layer, a loss, an optimizer or a data source of your own joins a network as those of this
//! crate do: implement the trait, and hand it over.

use crate::Matrix;

/// A layer: a function or operation of the network's graph, which can pass a batch forward and its error backward.
///
/// All matrices hold one sample a row.
pub trait Layer {
    /// The layer's output for this input (`batch × inputs` → `batch × outputs`). Changes nothing in the layer.
    fn predict(&self, input: Matrix) -> Matrix;

    /// As [`predict`](Layer::predict), and keeps what [`backward`](Layer::backward) will need of this batch.
    fn forward(&mut self, input: Matrix) -> Matrix;

    /// From the error of this layer's output, E′ₙ = ∂L/∂Ŷ′ₙ (`batch × outputs`), to the error for the layer below,
    /// E′ₙ₋₁ = ∂L/∂X′ₙ (`batch × inputs`). Follows a [`forward`](Layer::forward). A trainable layer that has an
    /// optimizer also updates its weights, *after* it has used them for the error.
    fn backward(&mut self, error: Matrix) -> Matrix;

    /// [`backward`](Layer::backward) for the first layer of a network: below it are only the data, so nobody reads its
    /// error. A layer that can save work by not computing it says so here.
    fn backward_first(&mut self, error: Matrix) {
        self.backward(error);
    }

    /// Whether the layer has weights that an optimizer can update.
    fn trainable(&self) -> bool {
        false
    }

    /// Takes the optimizer with which [`backward`](Layer::backward) updates the weights from now on.
    fn set_optimizer(&mut self, optimizer: Box<dyn Optimizer>) {
        let _ = optimizer; // a layer without weights has no use for it
    }

    /// The weights, if the layer has any.
    fn weights(&self) -> Option<&Matrix> {
        None
    }

    /// The weights, to be changed: by one who loads a trained network or checks its gradients.
    fn weights_mut(&mut self) -> Option<&mut Matrix> {
        None
    }

    /// ∂L/∂W′ of the last [`backward`](Layer::backward), in the shape of the weights; none before the first.
    fn gradient_weights(&self) -> Option<&Matrix> {
        None
    }
}

/// What makes new weights from old ones and their gradient.
pub trait Optimizer {
    /// Changes `weights` by one step against `gradient`, which has the same shape.
    fn update(&mut self, weights: &mut Matrix, gradient: &Matrix);

    /// A copy of its own for another layer: an optimizer may remember things about the weights it updates.
    fn boxed_clone(&self) -> Box<dyn Optimizer>;
}

/// The end of the network: how wrong a prediction is, and the error with which backpropagation starts.
pub trait Loss {
    /// The loss of this prediction given the labels (both `batch × classes`), summed over the batch.
    fn forward(&mut self, prediction: Matrix, label: &Matrix) -> f64;

    /// The first error, ∂L/∂Ŷ′ (`batch × classes`), of the prediction given to [`forward`](Loss::forward).
    fn backward(&mut self, label: &Matrix) -> Matrix;
}

/// Where the batches come from.
pub trait DataSource {
    /// The next batch: inputs (`batch × inputs`) and their labels (`batch × classes`).
    fn next_batch(&mut self) -> (Matrix, Matrix);
}

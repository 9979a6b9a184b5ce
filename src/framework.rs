//! The four traits that a network is made of: layer, optimizer, loss and data source.
//!
//! They are the interfaces of a layer-oriented framework. [`NeuralNetwork`](crate::NeuralNetwork) knows these traits
//! and nothing else, so a layer, a loss, an optimizer or a data source that you write yourself works in a network like
//! those of this crate: implement the trait and pass the value in.
//!
//! All four are `Debug`, so that a network can be printed, and `Send`, so that it can be trained in another thread. A
//! boxed layer is a layer as well, and likewise for the other traits.

use crate::Matrix;
use std::fmt::Debug;

/// A layer: a function with a forward and a backward pass.
///
/// Inputs, outputs and errors are matrices with one sample per row.
pub trait Layer: Debug + Send {
    /// Returns the output for this input (`batch × inputs` → `batch × outputs`). Changes nothing in the layer.
    #[must_use]
    fn predict(&self, input: Matrix) -> Matrix;

    /// Returns what [`predict`](Layer::predict) returns, and keeps what [`backward`](Layer::backward) needs.
    fn forward(&mut self, input: Matrix) -> Matrix;

    /// Takes the error of this layer's output, E′ₙ = ∂L/∂Ŷ′ₙ (`batch × outputs`), and returns the error for the
    /// previous layer, E′ₙ₋₁ = ∂L/∂Ŷ′ₙ₋₁ (`batch × inputs`): the derivative with respect to the input of this layer.
    ///
    /// The error belongs to the output of the last [`forward`](Layer::forward). A layer with
    /// [`parameters`](Layer::parameters) also keeps the gradient of its weights. If it has an optimizer, it updates the
    /// weights, *after* it has used them to compute the error for the previous layer.
    ///
    /// # Panics
    /// The layers of this crate panic before the first `forward`, and if the error does not have the shape of the
    /// output.
    fn backward(&mut self, error: Matrix) -> Matrix;

    /// Computes the gradient and updates the weights as [`backward`](Layer::backward) does, but returns no error.
    ///
    /// The network calls it on its first layer, which has no previous layer to pass an error to. The default calls
    /// `backward` and drops the error. Override it in a layer that can skip computing the error.
    ///
    /// # Panics
    /// As [`backward`](Layer::backward).
    fn backward_weights(&mut self, error: Matrix) {
        self.backward(error);
    }

    /// Returns the weights of the layer, with their gradient and optimizer; `None` if the layer has nothing to learn.
    #[must_use]
    fn parameters(&self) -> Option<&Parameters> {
        None
    }

    /// Returns mutable access to what [`parameters`](Layer::parameters) returns, to set the optimizer, load weights or
    /// check gradients.
    #[must_use]
    fn parameters_mut(&mut self) -> Option<&mut Parameters> {
        None
    }
}

/// What a layer learns: its weights, their gradient, and the optimizer that updates them.
///
/// A layer owns one such value and lends it to the network. [`backward`](Layer::backward) fills in the gradient and
/// calls the optimizer.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// The weights W′.
    pub weights: Matrix,
    /// The gradient ∂L/∂W′ of the last [`backward`](Layer::backward), in the shape of the weights. `None` before the
    /// first.
    pub gradient: Option<Matrix>,
    /// The optimizer with which [`backward`](Layer::backward) updates the weights. If it is `None`, they do not change.
    pub optimizer: Option<Box<dyn Optimizer>>,
}

impl Parameters {
    /// Creates parameters with these weights, without a gradient and without an optimizer.
    #[must_use]
    pub fn new(weights: Matrix) -> Parameters {
        Parameters { weights, gradient: None, optimizer: None }
    }
}

/// An optimizer: computes new weights from old ones and their gradient.
pub trait Optimizer: Debug + Send {
    /// Updates `weights` by one step against `gradient`, which has the same shape.
    fn update(&mut self, weights: &mut Matrix, gradient: &Matrix);

    /// Returns a copy of this optimizer. Each layer needs its own, since an optimizer may keep state for the weights
    /// that it updates, such as a momentum.
    #[must_use]
    fn boxed_clone(&self) -> Box<dyn Optimizer>;
}

/// A loss: measures how wrong a prediction is, and starts backpropagation.
pub trait Loss: Debug + Send {
    /// Returns the loss of this prediction given the labels (both `batch × classes`), summed over the batch. Changes
    /// nothing in the loss.
    #[must_use]
    fn evaluate(&self, prediction: &Matrix, label: &Matrix) -> f64;

    /// Returns what [`evaluate`](Loss::evaluate) returns, and keeps what [`backward`](Loss::backward) needs.
    fn forward(&mut self, prediction: Matrix, label: &Matrix) -> f64;

    /// Returns the first error, ∂L/∂Ŷ′ (`batch × classes`), for the prediction of the last
    /// [`forward`](Loss::forward), given the labels of that batch.
    fn backward(&mut self, label: &Matrix) -> Matrix;
}

/// A data source: supplies the batches to train on.
pub trait DataSource: Debug + Send {
    /// Returns the next batch: inputs (`batch × inputs`) and their labels (`batch × classes`).
    fn next_batch(&mut self) -> (Matrix, Matrix);
}

// Every call on a box goes to the value in it.

impl<L: Layer + ?Sized> Layer for Box<L> {
    #[track_caller]
    fn predict(&self, input: Matrix) -> Matrix {
        (**self).predict(input)
    }

    #[track_caller]
    fn forward(&mut self, input: Matrix) -> Matrix {
        (**self).forward(input)
    }

    #[track_caller]
    fn backward(&mut self, error: Matrix) -> Matrix {
        (**self).backward(error)
    }

    #[track_caller]
    fn backward_weights(&mut self, error: Matrix) {
        (**self).backward_weights(error);
    }

    fn parameters(&self) -> Option<&Parameters> {
        (**self).parameters()
    }

    fn parameters_mut(&mut self) -> Option<&mut Parameters> {
        (**self).parameters_mut()
    }
}

impl<O: Optimizer + ?Sized> Optimizer for Box<O> {
    #[track_caller]
    fn update(&mut self, weights: &mut Matrix, gradient: &Matrix) {
        (**self).update(weights, gradient);
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        (**self).boxed_clone()
    }
}

impl Clone for Box<dyn Optimizer> {
    fn clone(&self) -> Box<dyn Optimizer> {
        (**self).boxed_clone()
    }
}

impl<L: Loss + ?Sized> Loss for Box<L> {
    #[track_caller]
    fn evaluate(&self, prediction: &Matrix, label: &Matrix) -> f64 {
        (**self).evaluate(prediction, label)
    }

    #[track_caller]
    fn forward(&mut self, prediction: Matrix, label: &Matrix) -> f64 {
        (**self).forward(prediction, label)
    }

    #[track_caller]
    fn backward(&mut self, label: &Matrix) -> Matrix {
        (**self).backward(label)
    }
}

impl<D: DataSource + ?Sized> DataSource for Box<D> {
    fn next_batch(&mut self) -> (Matrix, Matrix) {
        (**self).next_batch()
    }
}

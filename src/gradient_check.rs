//! The numerical gradient check: is what `backward` returns really the derivative of `forward`?
//!
//! Central differences ask the question without any calculus: nudge one number by ±h, and see how much the loss moves.
#![doc = include_str!("../docs/formulas/central-difference.svg")]
//! That must be what the layer computed analytically, for every element of the input and every weight. Use it on each
//! layer that you write.
//!
//! ```
//! use feedforward::{FullyConnected, Matrix, gradient_check::check_layer, random::Random};
//!
//! let mut layer = FullyConnected::new(4, 3, &mut Random::new(1));
//! let input = Matrix::from_fn(2, 4, |i, j| i as f64 - 0.3 * j as f64);
//! let check = check_layer(&mut layer, &input);
//! assert!(check.largest < 1e-8, "{check}");
//! ```

use crate::{Layer, Loss, Matrix};
use std::fmt;

/// How far a number is nudged, times its size or 1: ∛ε balances the error of the difference, which grows with h², against
/// that of the rounding, which grows with ε / h.
const STEP: f64 = 6.055454452393343e-6;

/// The worst that a gradient check found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GradientCheck {
    /// The largest relative difference between the two gradients, |analytic − numeric| / max(|analytic|, |numeric|, 1).
    pub largest: f64,
    /// Where it is.
    pub place: Place,
    /// The derivative there as `backward` computed it.
    pub analytic: f64,
    /// The derivative there by central differences.
    pub numeric: f64,
}

/// An element of one of the matrices that a gradient check nudges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The element (row, column) of the input.
    Input(usize, usize),
    /// The element (row, column) of the weights: of a layer's, or of those of a network's layer with this index.
    Weights {
        /// The index of the layer in its network; 0 for a layer that is checked alone.
        layer: usize,
        /// The row of the weights.
        row: usize,
        /// The column of the weights.
        column: usize,
    },
}

impl fmt::Display for GradientCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let GradientCheck { largest, place, analytic, numeric } = self;
        match place {
            Place::Input(row, column) => write!(f, "input ({row}, {column})")?,
            Place::Weights { layer, row, column } => write!(f, "weights ({row}, {column}) of layer {layer}")?,
        }
        write!(f, ": analytic {analytic:e}, numeric {numeric:e}, relative difference {largest:e}")
    }
}

impl GradientCheck {
    /// A check that has compared nothing yet.
    fn new() -> GradientCheck {
        GradientCheck { largest: 0.0, place: Place::Input(0, 0), analytic: 0.0, numeric: 0.0 }
    }

    /// Compares one derivative, and keeps it if it is the worst so far. A NaN is worse than any number.
    fn compare(&mut self, place: Place, analytic: f64, numeric: f64) {
        let difference = (analytic - numeric).abs() / analytic.abs().max(numeric.abs()).max(1.0);
        let difference = if difference.is_nan() { f64::INFINITY } else { difference };
        if difference > self.largest {
            *self = GradientCheck { largest: difference, place, analytic, numeric };
        }
    }
}

/// Checks what a layer's `backward` says of its input and, if it has any, of its weights.
///
/// Give it a layer without an optimizer, whose weights stay as they are, and an input away from kinks (ReLU's 0), where
/// there is no derivative to compare with. The loss is L = Σ Rᵢⱼ Ŷ′ᵢⱼ, where R differs from element to element; its error
/// E′ₙ = ∂L/∂Ŷ′ₙ is R.
///
/// # Panics
/// When `backward` changed the weights, or gave an error or gradient of the wrong shape.
#[track_caller]
pub fn check_layer(layer: &mut dyn Layer, input: &Matrix) -> GradientCheck {
    let (batch, outputs) = layer.predict(input.clone()).shape();
    let r = Matrix::from_fn(batch, outputs, |i, j| (1.0 + (i * outputs + j) as f64).sin() + 0.1);
    check(&mut [layer], &mut WeightedSum, input, &r)
}

/// Checks what a loss's `backward` says of its prediction.
///
/// # Panics
/// When its error has not the shape of the prediction.
#[track_caller]
pub fn check_loss(loss: &mut dyn Loss, prediction: &Matrix, label: &Matrix) -> GradientCheck {
    check(&mut [], loss, prediction, label)
}

/// Checks a whole network: the error that arrives below its first layer, and the gradient of every layer's weights.
///
/// # Panics
/// As [`check_layer`].
#[track_caller]
pub fn check_network(
    layers: &mut [Box<dyn Layer>],
    loss: &mut dyn Loss,
    input: &Matrix,
    label: &Matrix,
) -> GradientCheck {
    let mut layers: Vec<&mut dyn Layer> = layers.iter_mut().map(|layer| layer.as_mut() as _).collect();
    check(&mut layers, loss, input, label)
}

#[track_caller]
fn check(layers: &mut [&mut dyn Layer], loss: &mut dyn Loss, input: &Matrix, label: &Matrix) -> GradientCheck {
    let weights: Vec<Option<Matrix>> = layers.iter().map(|layer| layer.weights().cloned()).collect();
    let output = layers.iter_mut().fold(input.clone(), |x, layer| layer.forward(x));
    loss.forward(output, label);
    let error = layers.iter_mut().rev().fold(loss.backward(label), |error, layer| layer.backward(error));
    error.assert_same_shape("gradient check, the error and the input", input);

    let mut check = GradientCheck::new();
    let mut nudged = input.clone();
    for (i, j) in places(input) {
        let numeric = central_difference(input[(i, j)], |x| {
            nudged[(i, j)] = x;
            total_loss(layers, loss, &nudged, label)
        });
        nudged[(i, j)] = input[(i, j)];
        check.compare(Place::Input(i, j), error[(i, j)], numeric);
    }
    for (l, weights) in weights.iter().enumerate() {
        let Some(weights) = weights else { continue };
        assert!(
            layers[l].weights() == Some(weights),
            "gradient check: layer {l} has an optimizer, the weights changed"
        );
        let gradient = layers[l].gradient_weights().expect("a layer with weights has their gradient").clone();
        gradient.assert_same_shape("gradient check, the gradient and the weights", weights);
        for (row, column) in places(weights) {
            let numeric = central_difference(weights[(row, column)], |w| {
                set_weight(layers[l], row, column, w);
                total_loss(layers, loss, input, label)
            });
            set_weight(layers[l], row, column, weights[(row, column)]);
            check.compare(Place::Weights { layer: l, row, column }, gradient[(row, column)], numeric);
        }
    }
    check
}

/// The loss of a layer that is checked alone: the sum of its outputs, each with the label as its weight.
struct WeightedSum;

impl Loss for WeightedSum {
    fn forward(&mut self, prediction: Matrix, label: &Matrix) -> f64 {
        prediction.as_slice().iter().zip(label.as_slice()).map(|(y, r)| y * r).sum()
    }

    fn backward(&mut self, label: &Matrix) -> Matrix {
        label.clone()
    }
}

/// (L(x + h) − L(x − h)) / 2h.
fn central_difference(x: f64, mut loss: impl FnMut(f64) -> f64) -> f64 {
    let h = STEP * x.abs().max(1.0);
    let (above, below) = (x + h, x - h);
    (loss(above) - loss(below)) / (above - below) // above − below: 2h as it was rounded
}

/// The loss of the prediction that the layers make of this input.
fn total_loss(layers: &[&mut dyn Layer], loss: &mut dyn Loss, input: &Matrix, label: &Matrix) -> f64 {
    loss.forward(layers.iter().fold(input.clone(), |x, layer| layer.predict(x)), label)
}

/// Every (row, column) of a matrix.
fn places(matrix: &Matrix) -> impl Iterator<Item = (usize, usize)> + use<> {
    let (rows, columns) = matrix.shape();
    (0..rows).flat_map(move |i| (0..columns).map(move |j| (i, j)))
}

fn set_weight(layer: &mut dyn Layer, row: usize, column: usize, value: f64) {
    let weights = layer.weights_mut().expect("a layer with weights lets them be changed");
    weights[(row, column)] = value;
}

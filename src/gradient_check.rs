//! **Checking Gradients**: compares what `backward` returns with numerical derivatives of `forward`.
//!
//! A central difference needs no calculus. Change one number by ±h and see how much the loss changes:
#![doc = include_str!("../docs/formulas/central-difference.svg")] // ∂L/∂x ≈ (L(x + h) − L(x − h)) / 2h
//! `backward` must compute the same derivative analytically, for every element of the input and for every weight. Use
//! this check on each layer that you write.
//!
//! ## On paper
//!
//! L(x) = x² has the derivative 2x, which is 6 at x = 3. The central difference with h = 0.1 is
//! (9.61 − 8.41) / 0.2 = 6:
//!
//! ```
//! let loss = |x: f64| x * x;
//! let (x, h) = (3.0, 0.1);
//! assert!((loss(x + h) - 9.61).abs() < 1e-12);
//! assert!((loss(x - h) - 8.41).abs() < 1e-12);
//! assert!(((loss(x + h) - loss(x - h)) / (2.0 * h) - 6.0).abs() < 1e-12);
//! ```
//!
//! [`check_layer`] does this for a whole layer and returns the largest relative difference:
//!
//! ```
//! use feedforward::{FullyConnected, Matrix, gradient_check::check_layer, random::Random};
//!
//! let mut layer = FullyConnected::new(4, 3, &mut Random::new(1));
//! let input = Matrix::from_fn(2, 4, |i, j| i as f64 - 0.3 * j as f64);
//! let check = check_layer(&mut layer, &input);
//! assert!(check.largest < 1e-8, "{check}");
//! ```
//!
//! ---
//! previous: [One Network, Three Levels](crate::three_levels) · [contents](crate) · next:
//! [NumPy Crosswalk](crate::crosswalk)

use crate::{Layer, Loss, Matrix};
use std::fmt;

/// The step h, relative to max(|x|, 1). The truncation error of the difference grows with h² and the
/// rounding error with ε / h; ∛ε balances the two.
const STEP: f64 = 6.055454452393343e-6;

/// The result of a gradient check: the largest difference that it found, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use]
pub struct GradientCheck {
    /// The largest relative difference, |analytic − numeric| / max(|analytic|, |numeric|, 1).
    pub largest: f64,
    /// What was compared there.
    pub compared: Compared,
    /// The derivative that `backward` computed, or the value that `predict` or `evaluate` returned.
    pub analytic: f64,
    /// The derivative by central differences of `forward`, or the value that `forward` returned.
    pub numeric: f64,
}

/// What a gradient check compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// The derivative with respect to the element (row, column) of the input.
    Input(usize, usize),
    /// The derivative with respect to an element of the weights.
    Weights {
        /// The index of the layer in its network; 0 for a layer that is checked alone.
        layer: usize,
        /// The row of the weights.
        row: usize,
        /// The column of the weights.
        column: usize,
    },
    /// The element (row, column) of the last layer's output, computed by `predict` and by `forward`.
    Output(usize, usize),
    /// The loss, computed by `evaluate` and by `forward`.
    Loss,
}

impl fmt::Display for GradientCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let GradientCheck { largest, compared, analytic, numeric } = self;
        let (one, other) = match compared {
            Compared::Input(row, column) => {
                write!(f, "input ({row}, {column})")?;
                ("analytic", "numeric")
            }
            Compared::Weights { layer, row, column } => {
                write!(f, "weights ({row}, {column}) of layer {layer}")?;
                ("analytic", "numeric")
            }
            Compared::Output(row, column) => {
                write!(f, "output ({row}, {column})")?;
                ("predict", "forward")
            }
            Compared::Loss => {
                write!(f, "loss")?;
                ("evaluate", "forward")
            }
        };
        write!(f, ": {one} {analytic:e}, {other} {numeric:e}, relative difference {largest:e}")
    }
}

impl GradientCheck {
    /// Creates a check that has compared nothing yet.
    fn new() -> GradientCheck {
        GradientCheck { largest: 0.0, compared: Compared::Input(0, 0), analytic: 0.0, numeric: 0.0 }
    }

    /// Compares two numbers and keeps them if their difference is the largest so far. A NaN counts as an infinite
    /// difference.
    fn compare(&mut self, compared: Compared, analytic: f64, numeric: f64) {
        let difference = (analytic - numeric).abs() / analytic.abs().max(numeric.abs()).max(1.0);
        let difference = if difference.is_nan() { f64::INFINITY } else { difference };
        if difference > self.largest {
            *self = GradientCheck { largest: difference, compared, analytic, numeric };
        }
    }
}

/// Checks a layer on an input (`batch × inputs`): that `backward` returns the derivative of `forward` with respect to
/// the input and keeps the derivative with respect to the weights, and that `predict` agrees with `forward`.
///
/// The layer must have no optimizer, so that the weights do not change. The input must not be near a kink, such as
/// ReLU's at 0, where there is no derivative. The loss is L = Σ Rᵢⱼ Ŷ′ᵢⱼ, where R differs from element to element, so
/// its error E′ₙ = ∂L/∂Ŷ′ₙ is R.
///
/// # Panics
/// If `predict` and `forward` return different shapes; if `backward` changes the weights, keeps no gradient, or returns
/// an error or keeps a gradient of the wrong shape; or if only one of `parameters` and `parameters_mut` returns
/// something.
#[track_caller]
pub fn check_layer(layer: &mut dyn Layer, input: &Matrix) -> GradientCheck {
    let (batch, outputs) = layer.predict(input.clone()).shape();
    let r = Matrix::from_fn(batch, outputs, |i, j| (1.0 + (i * outputs + j) as f64).sin() + 0.1);
    check(&mut [layer], &mut WeightedSum, input, &r)
}

/// Checks a loss on a prediction and its label (both `batch × classes`): that `backward` returns the derivative of
/// `forward` with respect to the prediction, and that `evaluate` agrees with `forward`.
///
/// # Panics
/// If the error does not have the shape of the prediction.
#[track_caller]
pub fn check_loss(loss: &mut dyn Loss, prediction: &Matrix, label: &Matrix) -> GradientCheck {
    check(&mut [], loss, prediction, label)
}

/// Checks a whole network on an input (`batch × inputs`) and its label (`batch × classes`): the error that the first
/// layer returns, the gradient of the weights of every layer, and that `predict` and `evaluate` agree with `forward`.
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
    let mut check = GradientCheck::new();
    let weights: Vec<Option<Matrix>> = layers.iter_mut().enumerate().map(|(l, layer)| weights(l, *layer)).collect();

    // predict and evaluate: the same numbers as forward.
    let output = forward(layers, input);
    let prediction = layers.iter().fold(input.clone(), |x, layer| layer.predict(x));
    prediction.assert_same_shape("gradient check, predict and forward", &output);
    for (i, j) in places(&output) {
        check.compare(Compared::Output(i, j), prediction[(i, j)], output[(i, j)]);
    }
    let evaluated = loss.evaluate(&output, label);
    check.compare(Compared::Loss, evaluated, loss.forward(output, label));

    // backward: the derivatives of forward.
    let error = layers.iter_mut().rev().fold(loss.backward(label), |error, layer| layer.backward(error));
    error.assert_same_shape("gradient check, the error and the input", input);
    let gradients: Vec<Option<Matrix>> = layers.iter().map(|layer| layer.parameters()?.gradient.clone()).collect();
    let mut nudged = input.clone();
    for (i, j) in places(input) {
        let numeric = central_difference(input[(i, j)], |x| {
            nudged[(i, j)] = x;
            loss.forward(forward(layers, &nudged), label)
        });
        nudged[(i, j)] = input[(i, j)];
        check.compare(Compared::Input(i, j), error[(i, j)], numeric);
    }
    for (l, (weights, gradient)) in weights.iter().zip(gradients).enumerate() {
        let Some(weights) = weights else { continue };
        let unchanged = layers[l].parameters().is_some_and(|parameters| parameters.weights == *weights);
        assert!(
            unchanged,
            "gradient check: backward changed the weights of layer {l}; the layer must have no optimizer"
        );
        let Some(gradient) = gradient else { panic!("gradient check: layer {l} has weights but no gradient") };
        gradient.assert_same_shape("gradient check, the gradient and the weights", weights);
        for (row, column) in places(weights) {
            let numeric = central_difference(weights[(row, column)], |w| {
                set_weight(layers[l], row, column, w);
                loss.forward(forward(layers, input), label)
            });
            set_weight(layers[l], row, column, weights[(row, column)]);
            check.compare(Compared::Weights { layer: l, row, column }, gradient[(row, column)], numeric);
        }
    }
    check
}

/// The loss of a layer that is checked alone: the sum of its outputs, each weighted by the label.
#[derive(Debug)]
struct WeightedSum;

impl Loss for WeightedSum {
    fn evaluate(&self, prediction: &Matrix, label: &Matrix) -> f64 {
        prediction.as_slice().iter().zip(label.as_slice()).map(|(y, r)| y * r).sum()
    }

    fn forward(&mut self, prediction: Matrix, label: &Matrix) -> f64 {
        self.evaluate(&prediction, label)
    }

    fn backward(&mut self, label: &Matrix) -> Matrix {
        label.clone()
    }
}

/// Computes (L(x + h) − L(x − h)) / 2h.
fn central_difference(x: f64, mut loss: impl FnMut(f64) -> f64) -> f64 {
    let h = STEP * x.abs().max(1.0);
    let (upper, lower) = (x + h, x - h);
    (loss(upper) - loss(lower)) / (upper - lower) // upper − lower: 2h after rounding
}

/// Passes the input forward through the layers.
fn forward(layers: &mut [&mut dyn Layer], input: &Matrix) -> Matrix {
    layers.iter_mut().fold(input.clone(), |x, layer| layer.forward(x))
}

/// Returns every (row, column) of a matrix.
fn places(matrix: &Matrix) -> impl Iterator<Item = (usize, usize)> + use<> {
    let (rows, columns) = matrix.shape();
    (0..rows).flat_map(move |i| (0..columns).map(move |j| (i, j)))
}

/// Copies the weights of layer `l`, and checks that `parameters` and `parameters_mut` agree on whether it has any.
#[track_caller]
fn weights(l: usize, layer: &mut dyn Layer) -> Option<Matrix> {
    let weights = layer.parameters().map(|parameters| parameters.weights.clone());
    let both = layer.parameters_mut().is_some() == weights.is_some();
    assert!(both, "gradient check: only one of parameters and parameters_mut of layer {l} returns something");
    weights
}

fn set_weight(layer: &mut dyn Layer, row: usize, column: usize, value: f64) {
    layer.parameters_mut().expect("a layer with weights").weights[(row, column)] = value;
}

//! **Memory Layout**: the textbook's columns, our rows, and the transposition between them.
//!
//! In the textbook a sample is a column of **X**. In memory the elements of a row stand together and those of a
//! column do not, so we want a sample to be a row, `x[0]` and not `X[:, 0]`, with the batch as the outermost loop; we
//! get it by transposition.
#![doc = include_str!("../docs/figures/memory-layout.svg")]
//! ## Forward
//!
//! Transpose both sides of (1), the textbook's [`forward`]:
#![doc = include_str!("../docs/formulas/04.svg")]
//! The transpose of a product is the product of the transposes, in the opposite order:
#![doc = include_str!("../docs/formulas/05.svg")]
//! The slides repeat these two lines,
#![doc = include_str!("../docs/formulas/06.svg")]
#![doc = include_str!("../docs/formulas/07.svg")]
//! and then give the transposed matrices names of their own, which is [`change_layout`]:
#![doc = include_str!("../docs/formulas/08.svg")]
//! The code stores these, and never the others. With the new names (7) reads as simply as (1) did. It is
//! [`FullyConnected::forward`](crate::FullyConnected#method.forward):
#![doc = include_str!("../docs/formulas/09.svg")]
//! Written out, the ones are now the last column of **X**′ and the biases the last row of **W**′:
#![doc = include_str!("../docs/formulas/09-matrices.svg")]
//! ## Backward
//!
//! The textbook's backward, (2) and (3), are [`error_previous`] and [`updated_weights`]. In our layout they are the
//! lines of [`FullyConnected::backward`](crate::FullyConnected#method.backward):
#![doc = include_str!("../docs/formulas/10.svg")]
#![doc = include_str!("../docs/formulas/11.svg")]
//! **E**′ₙ has the shape of **Ŷ**′, and **E**′ₙ₋₁ that of **X**′ without the column of ones: to the constant 1, no
//! error need be sent.
//!
//! ## Why (10) and (11)
//!
//! Transpose (2), and transpose the gradient in (3); nothing else happens:
#![doc = include_str!("../docs/formulas/why-10-11.svg")]
#![doc = include_str!("../docs/walk/memory_layout.md")]
//!
//! ---
//! previous: [Fully Connected Layer](crate::fully_connected) · [contents](crate) · next:
//! [Basic Optimization](crate::sgd)

use crate::Matrix;

/// Output: WX = Ŷ [(1)](crate::fully_connected). `m × (n+1)` times `(n+1) × b` is `m × b`; the last row of X is all ones.
///
/// # Panics
/// If W does not have as many columns as X has rows.
#[must_use]
#[track_caller]
pub fn forward(weights: &Matrix, input: &Matrix) -> Matrix {
    weights.matmul(input) //                            WX               (1)
}

/// Error for the previous layer: Eₙ₋₁ = WᵀEₙ [(2)](crate::fully_connected). `(n+1) × m` times `m × b` is `(n+1) × b`;
/// the last row is the error of the ones, which is not used.
///
/// # Panics
/// If W and E do not have the same number of rows.
#[must_use]
#[track_caller]
pub fn error_previous(weights: &Matrix, error: &Matrix) -> Matrix {
    weights.t().matmul(error) //                        WᵀEₙ             (2)
}

/// Weights after one step with the learning rate η: Wᵗ⁺¹ = Wᵗ − η·EₙXᵀ [(3)](crate::fully_connected), `m × (n+1)`.
///
/// # Panics
/// If E and W do not have the same number of rows, X and W do not fit (X needs a row for each column of W), or E and X
/// do not have the same number of samples.
#[must_use]
#[track_caller]
pub fn updated_weights(weights: &Matrix, learning_rate: f64, error: &Matrix, input: &Matrix) -> Matrix {
    let gradient = error.matmul(input.t()); //          EₙXᵀ             (3)
    weights - learning_rate * gradient //               Wᵗ − η·EₙXᵀ      (3)
}

/// Changes from one layout to the other: X′ = Xᵀ [(8)](self). Twice brings back the original, since (Xᵀ)ᵀ = X.
#[must_use]
pub fn change_layout(matrix: &Matrix) -> Matrix {
    matrix.transpose() //                               X′ = Xᵀ          (8)
}

//! **Memory Layout**: one sample per column in the textbook, one sample per row in the code.
//!
//! In the textbook layout, that of (1) to (3), a sample is a column of **X**. How a matrix lies in memory is a choice.
//! [`Matrix`] stores it row by row, as C does and as NumPy does by default, so the elements of a row are contiguous and
//! those of a column are not. (Fortran and MATLAB store it column by column, and there the textbook layout fits.)
//!
//! Contiguous samples are faster to read. A processor loads memory in cache lines, typically of 64 bytes, which hold
//! eight `f64`. A loop over a contiguous sample uses all eight. A loop over a column uses one number of each line if
//! the rows are at least eight numbers long. A contiguous sample is also a slice, which needs no copy.
//!
//! So we want a sample to be a row, `x[0]` and not `X[:, 0]`, and the loop over the batch to be the outermost loop.
//! Transposing all matrices achieves both.
#![doc = include_str!("../docs/figures/memory-layout.svg")]
//! ## Forward
//!
//! Transpose both sides of (1), the textbook's [`forward`]:
#![doc = include_str!("../docs/formulas/04.svg")] // (WX)ᵀ = Ŷᵀ   (4)
//! The transpose of a product is the product of the transposes in the opposite order:
#![doc = include_str!("../docs/formulas/05.svg")] // XᵀWᵀ = Ŷᵀ   (5)
//! The slides repeat these two lines:
#![doc = include_str!("../docs/formulas/06.svg")] // (WX)ᵀ = Ŷᵀ   (6)
#![doc = include_str!("../docs/formulas/07.svg")] // XᵀWᵀ = Ŷᵀ   (7)
//! Then they give the transposed matrices their own names. [`change_layout`] computes them:
#![doc = include_str!("../docs/formulas/08.svg")] // X′ = Xᵀ, W′ = Wᵀ, E′ = Eᵀ, Ŷ′ = Ŷᵀ   (8)
//! The code stores only these transposed matrices. With their names (7) is as simple as (1).
//! [`FullyConnected::forward`](crate::FullyConnected#method.forward) computes it:
#![doc = include_str!("../docs/formulas/09.svg")] // X′W′ = Ŷ′   (9)
//! The ones are now the last column of **X**′, and the biases are the last row of **W**′:
#![doc = include_str!("../docs/formulas/09-matrices.svg")] // X′: b × (n+1); W′: (n+1) × m
//! ## Backward
//!
//! [`error_previous`] and [`updated_weights`] compute the textbook's backward pass, (2) and (3). In our layout (2) and
//! (3) become (10) and (11), which [`FullyConnected::backward`](crate::FullyConnected#method.backward) computes:
#![doc = include_str!("../docs/formulas/10.svg")] // E′ₙ₋₁ = E′ₙ W′ᵀ   (10)
#![doc = include_str!("../docs/formulas/11.svg")] // W′ᵗ⁺¹ = W′ᵗ − η·X′ᵀ E′ₙ   (11)
//! **E**′ₙ has the shape of **Ŷ**′. **E**′ₙ₋₁ has the shape of **X**′ without the column of ones, because the 1 is a
//! constant and needs no error. Therefore the code computes (10) without the last row of **W**′, the biases.
//!
//! ## Why (10) and (11)
//!
//! Transpose (2), and transpose the gradient in (3). Nothing else changes:
#![doc = include_str!("../docs/formulas/why-10-11.svg")]
// E′ₙ₋₁ = (WᵀEₙ)ᵀ = EₙᵀW = E′ₙ W′ᵀ   (2) → (10)
// (EₙXᵀ)ᵀ = XEₙᵀ = X′ᵀ E′ₙ   (3) → (11)
//! ## On paper
//!
//! These are the numbers of the [fully connected layer](crate::fully_connected#on-paper) in both layouts. A sample is a
//! column of X, scattered in memory, and a row of X′, which is one slice:
//!
//! ```
//! use feedforward::memory_layout::{change_layout, error_previous, forward, updated_weights};
//! use feedforward::{FullyConnected, Layer, Matrix, Sgd};
//!
//! // X: two samples as columns, ones in the last row. W: the biases in the last column.
//! let x = Matrix::from_rows([[1.0, 3.0], [2.0, -1.0], [1.0, 1.0]]);
//! let w = Matrix::from_rows([[1.0, 2.0, -1.0], [-2.0, 1.0, 1.0]]);
//! let e = Matrix::from_rows([[1.0, 2.0], [-1.0, 0.5]]);
//!
//! assert_eq!(x.as_slice(), [1.0, 3.0, 2.0, -1.0, 1.0, 1.0]); //               A B A B A B
//! let x_primed = change_layout(&x); //                                        X′ = Xᵀ   (8)
//! assert_eq!(x_primed.as_slice(), [1.0, 2.0, 1.0, 3.0, -1.0, 1.0]); //        A A A B B B
//! assert_eq!(x_primed[0], [1.0, 2.0, 1.0]); //                                sample A
//!
//! // The textbook: one sample per column.
//! let y = forward(&w, &x);
//! let previous = error_previous(&w, &e);
//! let updated = updated_weights(&w, 0.1, &e, &x); //                          W − η·EXᵀ (3)
//! assert_eq!(y, Matrix::from_rows([[4.0, 0.0], [1.0, -6.0]])); //             WX        (1)
//! let expected = Matrix::from_rows([[3.0, 1.0], [1.0, 4.5], [-2.0, -1.5]]);
//! assert_eq!(previous, expected); //                                          WᵀE       (2)
//!
//! // Our layout: one sample per row. Every matrix is the transpose of the textbook's.
//! let mut layer = FullyConnected::from_weights(change_layout(&w)); //         W′ = Wᵀ   (8)
//! layer.parameters.optimizer = Some(Box::new(Sgd::new(0.1)));
//! let y_primed = layer.forward(Matrix::from_rows([[1.0, 2.0], [3.0, -1.0]]));
//! let previous_primed = layer.backward(change_layout(&e));
//! assert_eq!(y_primed, change_layout(&y)); //                                 X′W′      (9)
//! let expected = Matrix::from_rows([[3.0, 1.0], [1.0, 4.5]]);
//! assert_eq!(previous_primed, expected); //                                   E′W′ᵀ    (10)
//! let updated_primed = change_layout(&updated);
//! assert_eq!(layer.parameters.weights, updated_primed); //               W′ − η·X′ᵀE′  (11)
//! ```
//!
//! The textbook's error (2) also has a row for the ones. Their error, −2 and −1.5, is not used.
#![doc = include_str!("../docs/walk/memory_layout.md")]
//!
//! ---
//! previous: [Fully Connected Layer](crate::fully_connected) · [contents](crate) · next:
//! [Basic Optimization](crate::sgd)

use crate::Matrix;

/// Output: WX = Ŷ [(1)](crate::fully_connected). `m × (n+1)` times `(n+1) × b` is `m × b`; the last row of X is all
/// ones.
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
/// If E does not have as many rows as W, X does not have as many rows as W has columns, or E and X do not have the same
/// number of samples.
#[must_use]
#[track_caller]
pub fn updated_weights(weights: &Matrix, learning_rate: f64, error: &Matrix, input: &Matrix) -> Matrix {
    let gradient = error.matmul(input.t()); //          EₙXᵀ             (3)
    weights - learning_rate * gradient //               Wᵗ − η·EₙXᵀ      (3)
}

/// Changes from one layout to the other: X′ = Xᵀ [(8)](self). Applied twice, it returns the original, since (Xᵀ)ᵀ = X.
#[must_use]
pub fn change_layout(matrix: &Matrix) -> Matrix {
    matrix.transpose() //                               X′ = Xᵀ          (8)
}

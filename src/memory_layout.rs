//! **Memory Layout**: the textbook's columns, our rows, and the transposition between them.
//!
//! In the textbook a sample is a column: X is (n+1) × b, W is m × (n+1). In memory a row is contiguous and a column is
//! not, so we store everything transposed, marked with primes (8): a sample is a row, and `x[0]` is the first of them.
//!
//! The three functions here are the textbook's equations. Transposing both sides of (1) gives (9), of (2) gives (10), of
//! (3) gives (11); the [fully connected layer](crate::fully_connected) computes those.

use crate::Matrix;

/// WX = Ŷ (1): `m × (n+1)` times `(n+1) × b`, the last row of X all ones, is `m × b`.
///
/// # Panics
/// When W has not as many columns as X has rows.
#[track_caller]
pub fn forward(weights: &Matrix, input: &Matrix) -> Matrix {
    weights.matmul(input) //                            WX               (1)
}

/// Eₙ₋₁ = WᵀEₙ (2): `(n+1) × m` times `m × b` is `(n+1) × b`, its last row the error of the ones, which nobody reads.
///
/// # Panics
/// When W and E have not the same number of rows.
#[track_caller]
pub fn error_below(weights: &Matrix, error: &Matrix) -> Matrix {
    weights.t().matmul(error) //                        WᵀEₙ             (2)
}

/// Wᵗ⁺¹ = Wᵗ − η·EₙXᵀ (3): the weights after one step with the learning rate η.
///
/// # Panics
/// When E has not a row for each row of W, X not a row for each column of W, or they have not as many samples.
#[track_caller]
pub fn updated_weights(weights: &Matrix, learning_rate: f64, error: &Matrix, input: &Matrix) -> Matrix {
    let gradient = error.matmul(input.t()); //          EₙXᵀ             (3)
    weights - &(&gradient * learning_rate) //           Wᵗ − η·EₙXᵀ      (3)
}

/// From one layout to the other, X′ = Xᵀ (8), and back, since (Xᵀ)ᵀ = X.
pub fn primed(matrix: &Matrix) -> Matrix {
    matrix.transpose() //                               X′ = Xᵀ          (8)
}

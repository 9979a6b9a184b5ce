//! **Fully Connected Layer**: connects every output to every input, and to a 1 for its bias.
//!
//! The bias is one more weight, for an input that is always 1. So the whole layer is one matrix product. Its backward
//! pass is two more products: the error for the previous layer, and the gradient of the weights.
//!
//! ## Forward
//!
//! Start with one [neuron](crate::neuron) without its activation function. It has n inputs, n weights, and a bias that
//! is added:
#![doc = include_str!("../docs/figures/one-neuron.svg")]
#![doc = include_str!("../docs/formulas/bias-apart.svg")] // (w₁ ⋯ wₙ) (x₁; ⋮; xₙ) + wₙ₊₁ = ŷ
#![doc = include_str!("../docs/formulas/bias-apart-short.svg")] // wx + wₙ₊₁ = ŷ
//! Append a 1 to the inputs, and the bias becomes one of the weights. One product remains:
#![doc = include_str!("../docs/formulas/bias-inside.svg")] // (w₁ ⋯ wₙ wₙ₊₁) (x₁; ⋮; xₙ; 1) = ŷ
#![doc = include_str!("../docs/formulas/bias-inside-short.svg")] // wx = ŷ
//! With m neurons that share their inputs there are m rows of weights, which form one matrix:
#![doc = include_str!("../docs/figures/fully-connected.svg")]
#![doc = include_str!("../docs/formulas/one-sample.svg")]
// (w₁,₁ ⋯ w₁,ₙ w₁,ₙ₊₁; ⋮ ⋱ ⋮ ⋮; wₘ,₁ ⋯ wₘ,ₙ wₘ,ₙ₊₁) (x₁; ⋮; xₙ; 1) = (ŷ₁; ⋮; ŷₘ)
#![doc = include_str!("../docs/formulas/one-sample-short.svg")] // Wx = ŷ
//! The 1 is one more node of the input layer, and the biases are the weights of its connections:
#![doc = include_str!("../docs/figures/fully-connected-bias.svg")]
//! With b samples at once, each sample is a column of **X**:
#![doc = include_str!("../docs/formulas/01-matrices.svg")] // W: m × (n+1); X: (n+1) × b
#![doc = include_str!("../docs/formulas/01.svg")] // WX = Ŷ   (1)
//! The code stores all matrices transposed, with one sample per row. [The next section](crate::memory_layout) explains
//! why. In that layout (1) becomes (9), which [`forward`](FullyConnected::forward) computes:
#![doc = include_str!("../docs/formulas/09.svg")] // X′W′ = Ŷ′   (9)
//! ## Backward
//!
//! The layer receives the error **E**ₙ from the next layer. It returns the gradient of the loss with respect to **X**,
//! which is the error for the previous layer:
#![doc = include_str!("../docs/formulas/02.svg")] // Eₙ₋₁ = WᵀEₙ   (2)
//! The gradient with respect to **W** updates **W**, where η is the learning rate:
#![doc = include_str!("../docs/formulas/03.svg")] // Wᵗ⁺¹ = Wᵗ − η·EₙXᵀ   (3)
//! In our layout these become (10) and (11), which [`backward`](FullyConnected::backward) computes:
#![doc = include_str!("../docs/formulas/10.svg")] // E′ₙ₋₁ = E′ₙ W′ᵀ   (10)
#![doc = include_str!("../docs/formulas/11.svg")] // W′ᵗ⁺¹ = W′ᵗ − η·X′ᵀ E′ₙ   (11)
//! ## But what is Eₙ?
//!
//! L is the loss, a single number at the end of the network. The error **E**ₙ is the derivative of L with respect to
//! the output of layer n. It says how fast, and in which direction, L changes when that output changes:
#![doc = include_str!("../docs/formulas/error.svg")] // Eₙ = ∂L/∂ŷₙ
//! The output of a layer is the input of the next layer. So the derivative of L with respect to the input of layer n,
//! which that layer returns, is the error that the previous layer, n − 1, needs:
#![doc = include_str!("../docs/formulas/error-previous.svg")] // Eₙ₋₁ = ∂L/∂ŷₙ₋₁ = ∂L/∂xₙ because ŷₙ₋₁ = xₙ
//! The slides say that this error is passed *downward*, and call layer n − 1 the next *upper* layer. These pages number
//! the layers from the data to the loss, and say *previous layer* (n − 1), *next layer* (n + 1), *forward* and
//! *backward*.
//!
//! By the chain rule, each of the two gradients is the error times a derivative that the layer can compute alone:
#![doc = include_str!("../docs/formulas/chain-rule.svg")] // ∂L/∂xₙ = ∂L/∂ŷₙ · ∂ŷₙ/∂xₙ; ∂L/∂Wₙ = ∂L/∂ŷₙ · ∂ŷₙ/∂Wₙ
#![doc = include_str!("../docs/figures/backpropagation.svg")]
//! The circled factor is the same in both. It is **computed once and used twice**: for the gradient of the weights, and
//! for the error for the previous layer. That is backpropagation.
//!
//! ### Dynamic programming
//!
//! The weights of layer n influence the loss through all the layers after it, so their gradient is a long product of
//! derivatives:
#![doc = include_str!("../docs/formulas/path-product.svg")] // ∂L/∂Wₙ = ∂L/∂ŷ_N · ∂ŷ_N/∂ŷ_(N−1) ⋯ ∂ŷₙ₊₁/∂ŷₙ · ∂ŷₙ/∂Wₙ
//! Take N layers that all have weights. The product for layer n has N − n + 1 multiplications. Computing all of these
//! products from the start would take N + (N − 1) + … + 1 = N(N + 1)/2 of them. But **E**ₙ is **E**ₙ₊₁ times one more
//! factor, and the gradient of layer n is **E**ₙ times its own last factor. If you begin at the loss and keep the
//! error, N − 1 multiplications give all the errors, since the loss supplies **E**_N, and N give all the gradients.
//! That makes 2N − 1. For N = 10 it is 19 instead of 55.
//!
//! Solving a problem by keeping the solutions of its parts is called dynamic programming. Here the part that is kept is
//! **E**ₙ, and it is all that layer n needs to know about the layers after it.
//!
//! ## Why (2) and (3)
//!
//! Take one sample, and write the product element by element. The chain rule sums over every path on which x or w
//! influences the loss:
#![doc = include_str!("../docs/formulas/why-02-03.svg")]
// ŷᵢ = Σⱼ wᵢ,ⱼ xⱼ
// ∂L/∂xⱼ = Σᵢ ∂L/∂ŷᵢ ∂ŷᵢ/∂xⱼ = Σᵢ wᵢ,ⱼ eᵢ = (Wᵀe)ⱼ
// ∂L/∂wᵢ,ⱼ = ∂L/∂ŷᵢ ∂ŷᵢ/∂wᵢ,ⱼ = eᵢ xⱼ = (exᵀ)ᵢ,ⱼ
//! In a batch every sample is a column, and (2) treats each column separately. The loss of the batch is the sum of the
//! losses of its samples, and all samples use the same weights, so their gradients add up. The matrix product in (3)
//! computes this sum:
#![doc = include_str!("../docs/formulas/why-batch.svg")] // L = Σₛ Lₛ ⇒ ∂L/∂W = Σₛ eₛ xₛᵀ = EXᵀ, s = 1 … b
//! ## On paper
//!
//! This layer has two inputs and two outputs, and the batch has two samples. The forward pass (9) appends the column of
//! ones and multiplies:
//!
//! ```text
//!      X′          W′         Ŷ′
//!
//!  1   2  1      1  −2      4   1
//!  3  −1  1      2   1      0  −6
//!               −1   1
//! ```
//!
//! In the first row of Ŷ′, the 4 is 1·1 + 2·2 + 1·(−1), and the 1 is 1·(−2) + 2·1 + 1·1.
//!
//! For the backward pass, let the error E′ from the next layer be (1, −1) for the first sample and (2, 0.5) for the
//! second. The error for the previous layer (10) is E′ times the transposed weights, without the biases. The gradient
//! (11) is X′ᵀE′, and the weights take a step against it, with η = 0.1:
//!
//! ```
//! use feedforward::{FullyConnected, Layer, Matrix, Sgd};
//!
//! let weights = Matrix::from_rows([[1.0, -2.0], [2.0, 1.0], [-1.0, 1.0]]);
//! let mut layer = FullyConnected::from_weights(weights);
//! layer.parameters.optimizer = Some(Box::new(Sgd::new(0.1)));
//!
//! let y = layer.forward(Matrix::from_rows([[1.0, 2.0], [3.0, -1.0]]));
//! assert_eq!(y, Matrix::from_rows([[4.0, 1.0], [0.0, -6.0]])); //             X′W′     (9)
//!
//! let error_previous = layer.backward(Matrix::from_rows([[1.0, -1.0], [2.0, 0.5]]));
//! assert_eq!(error_previous, Matrix::from_rows([[3.0, 1.0], [1.0, 4.5]])); // E′W′ᵀ   (10)
//! // The first sample: 3 = 1·1 + (−1)·(−2) and 1 = 1·2 + (−1)·1.
//!
//! let gradient = layer.parameters.gradient.as_ref().unwrap();
//! let expected = Matrix::from_rows([[7.0, 0.5], [0.0, -2.5], [3.0, -0.5]]); // X′ᵀE′  (11)
//! assert_eq!(*gradient, expected);
//! // The first row: 7 = 1·1 + 3·2 and 0.5 = 1·(−1) + 3·0.5. The last row belongs to the
//! // biases. It is the sum of the errors of the samples.
//!
//! // W′ − 0.1 · X′ᵀE′                                                                 (11)
//! let updated = Matrix::from_rows([[0.3, -2.05], [2.0, 1.25], [-1.3, 1.05]]);
//! assert!((&layer.parameters.weights - &updated).max_abs() < 1e-15);
//! ```
#![doc = include_str!("../docs/walk/fully_connected.md")]
//!
//! ---
//! previous: [Neural Network](crate::network) · [contents](crate) · next: [Memory Layout](crate::memory_layout)

use crate::random::Random;
use crate::{Layer, Matrix, Parameters};

/// A fully connected layer.
#[derive(Clone, Debug)]
pub struct FullyConnected {
    /// The weights W′, `(inputs + 1) × outputs`, the biases in the last row; with their gradient and optimizer.
    pub parameters: Parameters,
    input: Option<Matrix>, // X′: batch × (inputs + 1), its last column ones
}

impl FullyConnected {
    /// Creates a layer whose weights and biases are uniformly random in [0, 1), as the exercise asks.
    #[must_use]
    pub fn new(inputs: usize, outputs: usize, random: &mut Random) -> FullyConnected {
        FullyConnected::from_weights(Matrix::from_fn(inputs + 1, outputs, |_, _| random.uniform()))
    }

    /// Creates a layer whose weights are normally distributed with mean 0 and variance 2 / inputs, and whose biases are
    /// 0. If ReLU follows each layer, the mean square of the activations then stays the same from layer to layer,
    /// averaged over the random weights. So a deep network starts with activations that neither vanish nor explode (He,
    /// Zhang, Ren and Sun 2015).
    #[must_use]
    pub fn he(inputs: usize, outputs: usize, random: &mut Random) -> FullyConnected {
        let deviation = (2.0 / inputs as f64).sqrt();
        let start = |i, _| if i < inputs { deviation * random.normal() } else { 0.0 };
        FullyConnected::from_weights(Matrix::from_fn(inputs + 1, outputs, start))
    }

    /// Creates a layer whose weights are uniformly random in ±√(6 / (inputs + outputs)) and whose biases are 0: a
    /// compromise between what the forward and the backward pass need to keep their scale (Glorot and Bengio 2010, also
    /// called Xavier).
    #[must_use]
    pub fn xavier(inputs: usize, outputs: usize, random: &mut Random) -> FullyConnected {
        let bound = (6.0 / (inputs + outputs) as f64).sqrt();
        let start = |i, _| if i < inputs { bound * (2.0 * random.uniform() - 1.0) } else { 0.0 };
        FullyConnected::from_weights(Matrix::from_fn(inputs + 1, outputs, start))
    }

    /// Creates a layer with the weights W′, `(inputs + 1) × outputs`, the biases in the last row.
    ///
    /// # Panics
    /// If there is no row for the biases.
    #[must_use]
    #[track_caller]
    pub fn from_weights(weights: Matrix) -> FullyConnected {
        assert!(
            weights.rows() > 0,
            "FullyConnected::from_weights: there is no row for the biases; W′ is (inputs + 1) × outputs"
        );
        FullyConnected { parameters: Parameters::new(weights), input: None }
    }

    /// Returns X′: the samples, each with a 1 for the bias appended.
    #[track_caller]
    fn extended(&self, input: Matrix) -> Matrix {
        let ((batch, n), (rows, m)) = (input.shape(), self.parameters.weights.shape());
        assert!(
            n + 1 == rows,
            "FullyConnected: the input is {batch}×{n}, but weights {rows}×{m} take {} inputs",
            rows - 1
        );
        input.append_column(1.0)
    }
}

impl Layer for FullyConnected {
    /// Output: X′W′ = Ŷ′ [(9)](self).
    ///
    /// # Panics
    /// If the input has more or fewer columns than the layer has inputs.
    #[track_caller]
    fn predict(&self, input: Matrix) -> Matrix {
        self.extended(input).matmul(&self.parameters.weights) //  X′W′ = Ŷ′            (9)
    }

    /// Output: X′W′ = Ŷ′ [(9)](self).
    ///
    /// # Panics
    /// As [`predict`](FullyConnected::predict).
    #[track_caller]
    fn forward(&mut self, input: Matrix) -> Matrix {
        self.input = None; // frees the previous batch, whose memory this batch can use
        let input = self.extended(input);
        let output = input.matmul(&self.parameters.weights); //   X′W′ = Ŷ′            (9)
        self.input = Some(input);
        output
    }

    /// Error for the previous layer: E′ₙ₋₁ = E′ₙ W′ᵀ [(10)](self), with the weights of the forward pass. Then
    /// computes the gradient and updates the weights [(11)](self).
    ///
    /// # Panics
    /// Before the first forward, or if the error does not have the shape of the output.
    #[track_caller]
    fn backward(&mut self, error: Matrix) -> Matrix {
        // forward: X′W′ = Ŷ′. The ones in X′ come from no layer, so their row of W′, the biases, takes no part.
        let weights = &self.parameters.weights;
        let without_biases = weights.first_rows(weights.rows() - 1);
        let error_previous = error.matmul(without_biases.t()); // E′ₙ₋₁ = E′ₙ W′ᵀ      (10)
        self.backward_weights(error);
        error_previous
    }

    /// Gradient of the weights: X′ᵀ E′ₙ. If there is an optimizer, it updates the weights [(11)](self).
    ///
    /// # Panics
    /// As [`backward`](FullyConnected::backward).
    #[track_caller]
    fn backward_weights(&mut self, error: Matrix) {
        // forward: X′W′ = Ŷ′
        let input = self.input.as_ref().expect("FullyConnected::backward: call forward first");
        let Parameters { weights, gradient, optimizer } = &mut self.parameters;
        let gradient = gradient.get_or_insert_default(); // reuses its memory
        input.t().matmul_into(&error, gradient); //               X′ᵀ E′ₙ              (11)
        if let Some(optimizer) = optimizer {
            optimizer.update(weights, gradient); //               W′ − η · X′ᵀ E′ₙ     (11)
        }
    }

    fn parameters(&self) -> Option<&Parameters> {
        Some(&self.parameters)
    }

    fn parameters_mut(&mut self) -> Option<&mut Parameters> {
        Some(&mut self.parameters)
    }
}

//! **Fully Connected Layer**: every output is connected to every input, and to a 1 for its bias.
//!
//! With the bias as one more weight, of an input that is always 1, the whole layer is one matrix product. Its
//! backward is two more, for the error of the layer below and for the gradient of the weights.
//!
//! ## Forward
//!
//! One [neuron](crate::neuron), yet without its activation: n inputs, n weights, and a bias added.
#![doc = include_str!("../docs/figures/one-neuron.svg")]
#![doc = include_str!("../docs/formulas/bias-apart.svg")]
#![doc = include_str!("../docs/formulas/bias-apart-short.svg")]
//! The bias joins the weights when the inputs are extended by a 1, and what is left is one product:
#![doc = include_str!("../docs/formulas/bias-inside.svg")]
#![doc = include_str!("../docs/formulas/bias-inside-short.svg")]
//! Now m neurons, which share their inputs: m rows of weights, one matrix.
#![doc = include_str!("../docs/figures/fully-connected.svg")]
#![doc = include_str!("../docs/formulas/one-sample.svg")]
#![doc = include_str!("../docs/formulas/one-sample-short.svg")]
//! The 1 is one more node of the input layer, the biases are its connections:
#![doc = include_str!("../docs/figures/fully-connected-bias.svg")]
//! Now b samples at once, each a column of **X**:
#![doc = include_str!("../docs/formulas/01-matrices.svg")]
#![doc = include_str!("../docs/formulas/01.svg")]
//! The code stores everything transposed, one sample a row, for a reason that [the next section](crate::memory_layout)
//! tells. There (1) becomes (9), which is [`forward`](FullyConnected::forward):
#![doc = include_str!("../docs/formulas/09.svg")]
//! ## Backward
//!
//! The error **E**ₙ comes from above. The gradient with respect to **X** is returned, as the error of the layer below:
#![doc = include_str!("../docs/formulas/02.svg")]
//! and the gradient with respect to **W** updates **W**, where η is the learning rate:
#![doc = include_str!("../docs/formulas/03.svg")]
//! In our layout these are (10) and (11), the lines of [`backward`](FullyConnected::backward):
#![doc = include_str!("../docs/formulas/10.svg")]
#![doc = include_str!("../docs/formulas/11.svg")]
//! ## But what is Eₙ?
//!
//! L is the loss, a single number at the end of the network. The error **E**ₙ is its derivative with respect to the
//! output of layer n: how much, and in which direction, L moves when that output moves.
#![doc = include_str!("../docs/formulas/error.svg")]
//! A layer's output is the next layer's input. So what layer n returns, the derivative with respect to its input, is
//! the error that layer n − 1 needs:
#![doc = include_str!("../docs/formulas/error-previous.svg")]
//! By the chain rule, each of the two gradients is the error times a derivative that the layer knows by itself:
#![doc = include_str!("../docs/formulas/chain-rule.svg")]
#![doc = include_str!("../docs/figures/backpropagation.svg")]
//! The circled factor is the same in both. It is **computed once and used twice**: downward, for the gradient of the
//! weights, and to the left, for the error of the layer before. That is backpropagation.
//!
//! ### Dynamic programming
//!
//! The weights of layer n reach the loss through all layers behind it, so their gradient is a long product:
#![doc = include_str!("../docs/formulas/path-product.svg")]
//! Made anew for each layer, these products would cost N + (N − 1) + … + 1 multiplications in a network of N layers.
//! But the product for layer n is that for layer n + 1 and one factor more: begin at the loss, keep what was
//! computed, and N multiplications do. To solve a problem by keeping the solutions of its parts is called dynamic
//! programming. Here the part that is kept is **E**ₙ, and it is all that a layer must know of the layers behind it.
//!
//! ## Why (2) and (3)
//!
//! For one sample, written out by elements; the chain rule sums over every path on which x or w reaches the loss:
#![doc = include_str!("../docs/formulas/why-02-03.svg")]
//! For a batch, every sample is a column and (2) treats each alone. All of them use the same weights, so their
//! gradients add up, and the matrix product (3) does the sum:
#![doc = include_str!("../docs/formulas/why-batch.svg")]
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

    /// Creates a layer whose weights are normally distributed with variance 2 / inputs and whose biases are 0, so that
    /// the activations of a deep network with ReLUs neither vanish nor explode (He, Zhang, Ren and Sun 2015).
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
        assert!(weights.rows() > 0, "FullyConnected::from_weights: there is no row for the biases");
        FullyConnected { parameters: Parameters::new(weights), input: None }
    }

    /// X′: the samples, a 1 for the bias appended to each.
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
    #[track_caller]
    fn predict(&self, input: Matrix) -> Matrix {
        self.extended(input).matmul(&self.parameters.weights) //  X′W′ = Ŷ′            (9)
    }

    /// Output: X′W′ = Ŷ′ [(9)](self).
    #[track_caller]
    fn forward(&mut self, input: Matrix) -> Matrix {
        self.input = None; // frees the previous batch, whose memory this one can use
        let input = self.extended(input);
        let output = input.matmul(&self.parameters.weights); //   X′W′ = Ŷ′            (9)
        self.input = Some(input);
        output
    }

    /// Error for the previous layer: E′ₙ₋₁ = E′ₙ W′ᵀ [(10)](self), with the weights of the forward pass. Then the
    /// gradient and the update [(11)](self).
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
    #[track_caller]
    fn backward_weights(&mut self, error: Matrix) {
        // forward: X′W′ = Ŷ′
        let input = self.input.as_ref().expect("FullyConnected::backward: call forward first");
        let Parameters { weights, gradient, optimizer } = &mut self.parameters;
        let gradient = gradient.get_or_insert_default(); // its memory is used again
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

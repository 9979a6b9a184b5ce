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
#![doc = include_str!("../docs/formulas/error-above.svg")]
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
use crate::{Layer, Matrix, Optimizer};

/// A fully connected layer.
pub struct FullyConnected {
    weights: Matrix,                  // W′: (inputs + 1) × outputs, the biases its last row
    input: Option<Matrix>,            // X′: batch × (inputs + 1), its last column ones
    gradient_weights: Option<Matrix>, // ∂L/∂W′: the shape of W′
    optimizer: Option<Box<dyn Optimizer>>,
}

impl FullyConnected {
    /// A layer whose weights and biases start uniformly random in [0, 1), as the exercise asks.
    pub fn new(inputs: usize, outputs: usize, random: &mut Random) -> FullyConnected {
        FullyConnected::from_weights(Matrix::from_fn(inputs + 1, outputs, |_, _| random.uniform()))
    }

    /// A layer whose weights start normal with variance 2 / inputs, its biases 0, so that the activations of a deep
    /// network with ReLUs neither fade nor explode (He, Zhang, Ren and Sun 2015).
    pub fn he(inputs: usize, outputs: usize, random: &mut Random) -> FullyConnected {
        let deviation = (2.0 / inputs as f64).sqrt();
        let start = |i, _| if i < inputs { deviation * random.normal() } else { 0.0 };
        FullyConnected::from_weights(Matrix::from_fn(inputs + 1, outputs, start))
    }

    /// A layer whose weights start uniform in ±√(6 / (inputs + outputs)), its biases 0: a middle way between what
    /// forward and what backward would need to keep their scale (Glorot and Bengio 2010, called Xavier).
    pub fn xavier(inputs: usize, outputs: usize, random: &mut Random) -> FullyConnected {
        let bound = (6.0 / (inputs + outputs) as f64).sqrt();
        let start = |i, _| if i < inputs { bound * (2.0 * random.uniform() - 1.0) } else { 0.0 };
        FullyConnected::from_weights(Matrix::from_fn(inputs + 1, outputs, start))
    }

    /// A layer with these weights W′, `(inputs + 1) × outputs`, the biases in the last row.
    ///
    /// # Panics
    /// When there is no row for the biases.
    #[track_caller]
    pub fn from_weights(weights: Matrix) -> FullyConnected {
        assert!(weights.rows() > 0, "FullyConnected::from_weights: no row for the biases");
        FullyConnected { weights, input: None, gradient_weights: None, optimizer: None }
    }

    /// X′: the samples with the 1 of the bias appended to each.
    #[track_caller]
    fn extended(&self, input: Matrix) -> Matrix {
        let ((batch, n), (rows, m)) = (input.shape(), self.weights.shape());
        assert!(
            n + 1 == rows,
            "FullyConnected: the input is {batch}×{n}, but weights {rows}×{m} take {} inputs",
            rows - 1
        );
        input.append_column(1.0)
    }
}

impl Layer for FullyConnected {
    /// X′W′ = Ŷ′ [(9)](self).
    #[track_caller]
    fn predict(&self, input: Matrix) -> Matrix {
        self.extended(input).matmul(&self.weights) //                      X′W′ = Ŷ′           (9)
    }

    /// X′W′ = Ŷ′ [(9)](self).
    #[track_caller]
    fn forward(&mut self, input: Matrix) -> Matrix {
        self.input = None; // the memory of the last batch, for this one
        let input = self.extended(input);
        let output = input.matmul(&self.weights); //                       X′W′ = Ŷ′           (9)
        self.input = Some(input);
        output
    }

    /// Error for the layer below: E′ₙ₋₁ = E′ₙ W′ᵀ [(10)](self), with the weights that the forward pass used; then
    /// the gradient and the update [(11)](self).
    ///
    /// # Panics
    /// Before the first forward, or when the error has not the shape of its output.
    #[track_caller]
    fn backward(&mut self, error: Matrix) -> Matrix {
        let inputs = self.weights.rows() - 1; // what lies below has no use for an error of the column of ones
        let error_below = error.matmul(self.weights.top(inputs).t()); //   E′ₙ₋₁ = E′ₙ W′ᵀ    (10)
        self.backward_first(error);
        error_below
    }

    /// The gradient ∂L/∂W′ = X′ᵀ E′ₙ and, if there is an optimizer, the update of the weights [(11)](self).
    #[track_caller]
    fn backward_first(&mut self, error: Matrix) {
        let input = self.input.as_ref().expect("FullyConnected::backward: forward comes first");
        let mut gradient = self.gradient_weights.take().unwrap_or_default(); // its memory serves again
        input.t().matmul_into(&error, &mut gradient); //                   X′ᵀ E′ₙ            (11)
        if let Some(optimizer) = &mut self.optimizer {
            optimizer.update(&mut self.weights, &gradient); //             W′ − η · X′ᵀ E′ₙ   (11)
        }
        self.gradient_weights = Some(gradient);
    }

    fn trainable(&self) -> bool {
        true
    }

    fn set_optimizer(&mut self, optimizer: Box<dyn Optimizer>) {
        self.optimizer = Some(optimizer);
    }

    fn weights(&self) -> Option<&Matrix> {
        Some(&self.weights)
    }

    fn weights_mut(&mut self) -> Option<&mut Matrix> {
        Some(&mut self.weights)
    }

    fn gradient_weights(&self) -> Option<&Matrix> {
        self.gradient_weights.as_ref()
    }
}

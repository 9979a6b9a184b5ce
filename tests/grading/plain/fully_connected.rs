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
    pub fn new(inputs: usize, outputs: usize, random: &mut Random) -> FullyConnected {
        FullyConnected::from_weights(Matrix::from_fn(inputs + 1, outputs, |_, _| random.uniform()))
    }

    /// Creates a layer whose weights are normally distributed with variance 2 / inputs and whose biases are 0, so that
    /// the activations of a deep network with ReLUs neither vanish nor explode (He, Zhang, Ren and Sun 2015).
    pub fn he(inputs: usize, outputs: usize, random: &mut Random) -> FullyConnected {
        let deviation = (2.0 / inputs as f64).sqrt();
        let start = |i, _| if i < inputs { deviation * random.normal() } else { 0.0 };
        FullyConnected::from_weights(Matrix::from_fn(inputs + 1, outputs, start))
    }

    /// Creates a layer whose weights are uniformly random in ±√(6 / (inputs + outputs)) and whose biases are 0: a
    /// compromise between what the forward and the backward pass need to keep their scale (Glorot and Bengio 2010, also
    /// called Xavier).
    pub fn xavier(inputs: usize, outputs: usize, random: &mut Random) -> FullyConnected {
        let bound = (6.0 / (inputs + outputs) as f64).sqrt();
        let start = |i, _| if i < inputs { bound * (2.0 * random.uniform() - 1.0) } else { 0.0 };
        FullyConnected::from_weights(Matrix::from_fn(inputs + 1, outputs, start))
    }

    /// Creates a layer with the weights W′, `(inputs + 1) × outputs`, the biases in the last row.
    ///
    /// # Panics
    /// If there is no row for the biases.
    #[track_caller]
    pub fn from_weights(weights: Matrix) -> FullyConnected {
        assert!(weights.rows() > 0, "FullyConnected::from_weights: there is no row for the biases");
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
    /// Output: X′W′ = Ŷ′ (9).
    #[track_caller]
    fn predict(&self, input: Matrix) -> Matrix {
        self.extended(input).matmul(&self.parameters.weights) //  X′W′ = Ŷ′            (9)
    }

    /// Output: X′W′ = Ŷ′ (9).
    #[track_caller]
    fn forward(&mut self, input: Matrix) -> Matrix {
        let input = self.extended(input);
        let output = input.matmul(&self.parameters.weights); //   X′W′ = Ŷ′            (9)
        self.input = Some(input);
        output
    }

    /// Error for the previous layer: E′ₙ₋₁ = E′ₙ W′ᵀ (10), with the weights of the forward pass. Then the gradient and
    /// the update (11).
    ///
    /// # Panics
    /// Before the first forward, or if the error does not have the shape of the output.
    #[track_caller]
    fn backward(&mut self, error: Matrix) -> Matrix {
        // The ones in X′ come from no layer, so their row of W′, the biases, takes no part.
        let weights = &self.parameters.weights;
        let without_biases = weights.first_rows(weights.rows() - 1);
        let error_previous = error.matmul(without_biases.t()); // E′ₙ₋₁ = E′ₙ W′ᵀ      (10)
        self.backward_weights(error);
        error_previous
    }

    /// Gradient of the weights: X′ᵀ E′ₙ. If there is an optimizer, it updates the weights (11).
    #[track_caller]
    fn backward_weights(&mut self, error: Matrix) {
        let input = self.input.as_ref().expect("FullyConnected::backward: call forward first");
        let gradient = input.t().matmul(&error); //               X′ᵀ E′ₙ              (11)
        if let Some(optimizer) = &mut self.parameters.optimizer {
            optimizer.update(&mut self.parameters.weights, &gradient); // W′ − η · X′ᵀ E′ₙ (11)
        }
        self.parameters.gradient = Some(gradient);
    }

    fn parameters(&self) -> Option<&Parameters> {
        Some(&self.parameters)
    }

    fn parameters_mut(&mut self) -> Option<&mut Parameters> {
        Some(&mut self.parameters)
    }
}

use crate::random::Random;
use crate::{Layer, Matrix, Optimizer};

pub struct FullyConnected {
    weights: Matrix,
    last_input: Matrix,
    gradient_weights: Option<Matrix>,
    optimizer: Option<Box<dyn Optimizer>>,
}

impl FullyConnected {
    pub fn new(inputs: usize, outputs: usize, random: &mut Random) -> FullyConnected {
        let mut weights = Matrix::zeros(inputs + 1, outputs);
        for w in weights.as_mut_slice() {
            *w = random.uniform();
        }
        FullyConnected::from_weights(weights)
    }

    pub fn from_weights(weights: Matrix) -> FullyConnected {
        FullyConnected { weights, last_input: Matrix::zeros(0, 0), gradient_weights: None, optimizer: None }
    }
}

impl Layer for FullyConnected {
    fn predict(&self, input: Matrix) -> Matrix {
        let mut output = Matrix::zeros(input.rows(), self.weights.columns());
        for b in 0..input.rows() {
            for j in 0..self.weights.columns() {
                let mut sum = self.weights[(input.columns(), j)];
                for i in 0..input.columns() {
                    sum += input[(b, i)] * self.weights[(i, j)];
                }
                output[(b, j)] = sum;
            }
        }
        output
    }

    fn forward(&mut self, input: Matrix) -> Matrix {
        self.last_input = input.clone();
        self.predict(input)
    }

    fn backward(&mut self, error: Matrix) -> Matrix {
        let inputs = self.last_input.columns();
        let mut below = Matrix::zeros(error.rows(), inputs);
        let mut gradient = Matrix::zeros(inputs + 1, error.columns());
        for b in 0..error.rows() {
            for j in 0..error.columns() {
                for i in 0..inputs {
                    below[(b, i)] += error[(b, j)] * self.weights[(i, j)];
                    gradient[(i, j)] += error[(b, j)] * self.last_input[(b, i)];
                }
                gradient[(inputs, j)] += error[(b, j)];
            }
        }
        if let Some(optimizer) = self.optimizer.as_mut() {
            optimizer.update(&mut self.weights, &gradient);
        }
        self.gradient_weights = Some(gradient);
        below
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

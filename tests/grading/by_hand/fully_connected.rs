use crate::random::Random;
use crate::{Layer, Matrix, Parameters};

#[derive(Clone, Debug)]
pub struct FullyConnected {
    pub parameters: Parameters,
    last_input: Matrix,
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
        FullyConnected { parameters: Parameters::new(weights), last_input: Matrix::zeros(0, 0) }
    }
}

impl Layer for FullyConnected {
    fn predict(&self, input: Matrix) -> Matrix {
        let mut output = Matrix::zeros(input.rows(), self.parameters.weights.columns());
        for b in 0..input.rows() {
            for j in 0..self.parameters.weights.columns() {
                let mut sum = self.parameters.weights[(input.columns(), j)];
                for i in 0..input.columns() {
                    sum += input[(b, i)] * self.parameters.weights[(i, j)];
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
        let mut error_previous = Matrix::zeros(error.rows(), inputs);
        let mut gradient = Matrix::zeros(inputs + 1, error.columns());
        for b in 0..error.rows() {
            for j in 0..error.columns() {
                for i in 0..inputs {
                    error_previous[(b, i)] += error[(b, j)] * self.parameters.weights[(i, j)];
                    gradient[(i, j)] += error[(b, j)] * self.last_input[(b, i)];
                }
                gradient[(inputs, j)] += error[(b, j)];
            }
        }
        if let Some(optimizer) = self.parameters.optimizer.as_mut() {
            optimizer.update(&mut self.parameters.weights, &gradient);
        }
        self.parameters.gradient = Some(gradient);
        error_previous
    }

    fn parameters(&self) -> Option<&Parameters> {
        Some(&self.parameters)
    }

    fn parameters_mut(&mut self) -> Option<&mut Parameters> {
        Some(&mut self.parameters)
    }
}

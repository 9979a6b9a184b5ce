use crate::{Layer, Matrix};

#[derive(Clone, Debug, Default)]
pub struct Relu {
    positive: Vec<Vec<bool>>,
}

impl Relu {
    pub fn new() -> Relu {
        Relu::default()
    }
}

impl Layer for Relu {
    fn predict(&self, input: Matrix) -> Matrix {
        input.map(|x| x.max(0.0))
    }

    fn forward(&mut self, input: Matrix) -> Matrix {
        self.positive = input.iter_rows().map(|row| row.iter().map(|x| *x > 0.0).collect()).collect();
        self.predict(input)
    }

    fn backward(&mut self, error: Matrix) -> Matrix {
        Matrix::from_fn(error.rows(), error.columns(), |i, j| {
            if self.positive[i][j] { error[(i, j)] } else { 0.0 }
        })
    }
}

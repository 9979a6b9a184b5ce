use crate::{Layer, Matrix};

#[derive(Clone, Debug, Default)]
pub struct Softmax {
    y: Matrix,
}

impl Softmax {
    pub fn new() -> Softmax {
        Softmax::default()
    }
}

fn softmax(row: &[f64]) -> Vec<f64> {
    let largest = row.iter().cloned().reduce(f64::max).unwrap();
    let exps: Vec<f64> = row.iter().map(|x| f64::exp(x - largest)).collect();
    let total: f64 = exps.iter().sum();
    exps.into_iter().map(|e| e / total).collect()
}

impl Layer for Softmax {
    fn predict(&self, input: Matrix) -> Matrix {
        Matrix::from_rows(input.iter_rows().map(softmax).collect::<Vec<_>>())
    }

    fn forward(&mut self, input: Matrix) -> Matrix {
        self.y = self.predict(input);
        self.y.clone()
    }

    fn backward(&mut self, error: Matrix) -> Matrix {
        let y = &self.y;
        let products = error.zip_map(y, |e, y| e * y);
        let sums = products.row_sums();
        Matrix::from_fn(y.rows(), y.columns(), |i, j| products[(i, j)] - y[(i, j)] * sums[i])
    }
}

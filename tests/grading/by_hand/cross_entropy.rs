use crate::{Loss, Matrix};

#[derive(Clone, Debug, Default)]
pub struct CrossEntropyLoss {
    prediction: Matrix,
}

impl CrossEntropyLoss {
    pub fn new() -> CrossEntropyLoss {
        CrossEntropyLoss::default()
    }
}

impl Loss for CrossEntropyLoss {
    fn forward(&mut self, prediction: Matrix, label: &Matrix) -> f64 {
        self.prediction = prediction;
        self.evaluate(&self.prediction, label)
    }

    fn evaluate(&self, prediction: &Matrix, label: &Matrix) -> f64 {
        let mut loss = 0.0;
        for (p, y) in prediction.as_slice().iter().zip(label.as_slice()) {
            loss -= y * (p + f64::EPSILON).ln();
        }
        loss
    }

    fn backward(&mut self, label: &Matrix) -> Matrix {
        let mut error = Matrix::zeros(label.rows(), label.columns());
        for (i, k) in label.row_argmax().into_iter().enumerate() {
            error[(i, k)] = -1.0 / self.prediction[(i, k)];
        }
        error
    }
}

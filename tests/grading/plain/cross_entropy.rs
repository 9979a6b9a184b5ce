use crate::{Loss, Matrix};

/// The cross entropy of class probabilities and one-hot labels, summed over the batch.
#[derive(Clone, Debug, Default)]
pub struct CrossEntropyLoss {
    prediction: Option<Matrix>, // Ŷ′: batch × classes
}

impl CrossEntropyLoss {
    /// Creates a cross entropy loss for any number of classes.
    pub fn new() -> CrossEntropyLoss {
        CrossEntropyLoss::default()
    }
}

impl Loss for CrossEntropyLoss {
    /// loss = Σ −ln(ŷₖ + ε) where yₖ = 1 (15), with ε = [`f64::EPSILON`].
    ///
    /// # Panics
    /// If prediction and label differ in shape, or a row of the label is not one-hot.
    #[track_caller]
    fn evaluate(&self, prediction: &Matrix, label: &Matrix) -> f64 {
        prediction.assert_same_shape("CrossEntropyLoss", label);
        let mut loss = 0.0;
        for i in 0..label.rows() {
            let k = labelled_class(label, i);
            loss -= (prediction[(i, k)] + f64::EPSILON).ln(); //          −ln(ŷₖ + ε)   (15)
        }
        loss
    }

    /// The loss as in [`evaluate`](CrossEntropyLoss::evaluate) (15). Keeps Ŷ′.
    ///
    /// # Panics
    /// As `evaluate`.
    #[track_caller]
    fn forward(&mut self, prediction: Matrix, label: &Matrix) -> f64 {
        let loss = self.evaluate(&prediction, label);
        self.prediction = Some(prediction);
        loss
    }

    /// First error: Eₙ = −y/ŷ (16), and 0 wherever the label is 0. Without ε, which would distort the gradient.
    ///
    /// # Panics
    /// Before the first forward, or if the label does not have the shape of the prediction.
    #[track_caller]
    fn backward(&mut self, label: &Matrix) -> Matrix {
        let prediction = self.prediction.as_ref().expect("CrossEntropyLoss::backward: call forward first");
        label.assert_same_shape("CrossEntropyLoss::backward", prediction);
        label.zip_map(prediction, |y, y_hat| if y == 0.0 { 0.0 } else { -y / y_hat }) // −y/ŷ   (16)
    }
}

/// Returns the class k with yₖ = 1 in row i of the label, which must be one-hot.
#[track_caller]
fn labelled_class(label: &Matrix, i: usize) -> usize {
    let mut classes = (0..label.columns()).filter(|&k| label[(i, k)] != 0.0);
    match (classes.next(), classes.next()) {
        (Some(k), None) if label[(i, k)] == 1.0 => k,
        _ => panic!(
            "CrossEntropyLoss: row {i} of the label is {:?}, not one-hot: exactly one 1, and 0 elsewhere",
            &label[i]
        ),
    }
}

use crate::{Layer, Matrix};

/// A softmax layer: it turns each row into probabilities.
#[derive(Clone, Debug, Default)]
pub struct Softmax {
    output: Option<Matrix>, // Ŷ′: batch × classes
}

impl Softmax {
    /// Creates a softmax layer for any number of classes.
    pub fn new() -> Softmax {
        Softmax::default()
    }
}

impl Layer for Softmax {
    /// Probabilities: ŷₖ = exp(xₖ) / Σⱼ exp(xⱼ) (13) for each row, with x̃ₖ = xₖ − max(x) in place of xₖ.
    ///
    /// If all logits are finite, no ŷₖ is NaN, infinite or 0. A value that is too small for a normal `f64` is raised to
    /// the smallest positive normal one, because the cross entropy loss divides by it.
    fn predict(&self, mut input: Matrix) -> Matrix {
        for i in 0..input.rows() {
            let row = &mut input[i];
            let max = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            for x in row.iter_mut() {
                *x = (*x - max).exp(); //                         exp(x̃ₖ), x̃ₖ = xₖ − max(x)
            }
            let sum: f64 = row.iter().sum();
            for x in row {
                *x /= sum; //                                     exp(x̃ₖ) / Σⱼ exp(x̃ⱼ)   (13)
                if *x < f64::MIN_POSITIVE {
                    *x = f64::MIN_POSITIVE;
                }
            }
        }
        input
    }

    /// Probabilities as in [`predict`](Softmax::predict) (13). Keeps Ŷ′.
    fn forward(&mut self, input: Matrix) -> Matrix {
        let output = self.predict(input);
        self.output = Some(output.clone());
        output
    }

    /// Error for the previous layer: Eₙ₋₁ = ŷ (Eₙ − Σⱼ Eₙ,ⱼ ŷⱼ) (14) for each row.
    ///
    /// # Panics
    /// Before the first forward, or if the error does not have the shape of the output.
    #[track_caller]
    fn backward(&mut self, mut error: Matrix) -> Matrix {
        let output = self.output.as_ref().expect("Softmax::backward: call forward first");
        error.assert_same_shape("Softmax::backward", output);
        for i in 0..error.rows() {
            let (error, output) = (&mut error[i], &output[i]);
            let sum: f64 = error.iter().zip(output).map(|(e, y)| e * y).sum();
            for (e, y) in error.iter_mut().zip(output) {
                *e = y * (*e - sum); //                           ŷ (Eₙ − Σⱼ Eₙ,ⱼ ŷⱼ)   (14)
            }
        }
        error
    }
}

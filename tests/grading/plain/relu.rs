use crate::{Layer, Matrix};

/// The rectified linear unit.
#[derive(Clone, Debug, Default)]
pub struct Relu {
    input: Option<Matrix>, // X′: batch × inputs
}

impl Relu {
    /// Creates a ReLU layer for any number of inputs.
    pub fn new() -> Relu {
        Relu::default()
    }
}

/// f(x) = max(0, x). A NaN stays NaN, so that a run that diverged does not go unnoticed.
fn relu(x: f64) -> f64 {
    if x <= 0.0 { 0.0 } else { x }
}

impl Layer for Relu {
    /// Output: f(x) = max(0, x).
    fn predict(&self, mut input: Matrix) -> Matrix {
        input.map_in_place(relu);
        input
    }

    /// Output: f(x) = max(0, x).
    fn forward(&mut self, input: Matrix) -> Matrix {
        let output = input.map(relu);
        self.input = Some(input);
        output
    }

    /// Error for the previous layer: eₙ₋₁ = 0 if x ≤ 0, else eₙ (12).
    ///
    /// # Panics
    /// Before the first forward, or if the error does not have the shape of the input.
    #[track_caller]
    fn backward(&mut self, mut error: Matrix) -> Matrix {
        let input = self.input.as_ref().expect("Relu::backward: call forward first");
        error.assert_same_shape("Relu::backward", input);
        error.zip_map_in_place(input, |e, x| if x <= 0.0 { 0.0 } else { e }); // 0 if x ≤ 0, else eₙ   (12)
        error
    }
}

use crate::{Layer, Matrix};

/// The rectified linear unit.
#[derive(Clone, Debug, Default)]
pub struct Relu {
    input: Option<Matrix>, // X′: batch × inputs
}

impl Relu {
    /// A ReLU layer, for any number of inputs.
    pub fn new() -> Relu {
        Relu::default()
    }
}

/// f(x) = max(0, x). A NaN stays NaN, so that a run that went astray is seen.
fn relu(x: f64) -> f64 {
    if x <= 0.0 { 0.0 } else { x }
}

impl Layer for Relu {
    /// f(x) = max(0, x).
    fn predict(&self, mut input: Matrix) -> Matrix {
        input.map_in_place(relu);
        input
    }

    /// f(x) = max(0, x).
    fn forward(&mut self, input: Matrix) -> Matrix {
        let output = input.map(relu);
        self.input = Some(input);
        output
    }

    /// eₙ₋₁ = 0 if x ≤ 0, else eₙ (12).
    ///
    /// # Panics
    /// Before the first forward, or when the error has not the shape of its input.
    #[track_caller]
    fn backward(&mut self, mut error: Matrix) -> Matrix {
        let input = self.input.as_ref().expect("Relu::backward: forward comes first");
        error.assert_same_shape("Relu::backward", input);
        error.zip_map_in_place(input, |e, x| if x <= 0.0 { 0.0 } else { e }); // 0 if x ≤ 0, else eₙ   (12)
        error
    }
}

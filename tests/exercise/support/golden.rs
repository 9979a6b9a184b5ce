//! Reference values for each section, computed by PyTorch's autograd in `float64`. Each line of a file is a row.

use feedforward::Matrix;

macro_rules! golden {
    ($($name:ident = $file:literal;)*) => {
        $(pub fn $name() -> Matrix {
            matrix(include_str!(concat!("../../golden/", $file, ".csv")))
        })*
    };
}

golden! {
    fully_connected_weights = "fully_connected/weights";
    fully_connected_input = "fully_connected/input";
    fully_connected_output = "fully_connected/output";
    fully_connected_error = "fully_connected/error";
    fully_connected_error_previous = "fully_connected/error_previous";
    fully_connected_gradient_weights = "fully_connected/gradient_weights";
    fully_connected_updated_weights = "fully_connected/updated_weights"; // by SGD with η = 0.1
    relu_input = "relu/input";
    relu_output = "relu/output";
    relu_error = "relu/error";
    relu_error_previous = "relu/error_previous";
    softmax_input = "softmax/input";
    softmax_output = "softmax/output";
    softmax_error = "softmax/error";
    softmax_error_previous = "softmax/error_previous";
    softmax_extreme_input = "softmax_extreme/input";
    softmax_extreme_output = "softmax_extreme/output";
    softmax_extreme_error = "softmax_extreme/error";
    softmax_extreme_error_previous = "softmax_extreme/error_previous";
    cross_entropy_prediction = "cross_entropy/prediction";
    cross_entropy_label = "cross_entropy/label";
    cross_entropy_loss = "cross_entropy/loss";
    cross_entropy_error = "cross_entropy/error";
}

fn matrix(csv: &str) -> Matrix {
    let row = |line: &str| line.split(',').map(|x| x.parse().expect("a number")).collect::<Vec<f64>>();
    Matrix::from_rows(csv.lines().map(row).collect::<Vec<_>>())
}

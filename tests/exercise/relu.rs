use crate::support::{Check, golden, random_matrix};
use feedforward::{Layer, Matrix, Relu};

const FORWARD: &str = "ReLU, forward: f(x) = max(0, x)";
const BACKWARD: &str = "ReLU, backward: eₙ₋₁ = 0 if x ≤ 0, else eₙ (Eq. 12)";

#[test]
fn forward_gives_the_output_computed_by_hand() {
    let x = Matrix::from_rows([[-2.0, 0.0, 3.0], [9.0, -0.5, -7.0]]);
    forward(&x, &Matrix::from_rows([[0.0, 0.0, 3.0], [9.0, 0.0, 0.0]]));
}

#[test]
fn forward_agrees_with_the_reference_values() {
    forward(&golden::relu_input(), &golden::relu_output());
}

#[test]
fn forward_works_for_every_shape() {
    for (rows, columns) in [(5, 8), (1, 6), (7, 1), (1, 1)] {
        let x = random_matrix(rows, columns, (10 * rows + columns) as u64);
        forward(&x, &x.map(|x| if x > 0.0 { x } else { 0.0 }));
        forward(&x.map(f64::abs), &x.map(f64::abs));
    }
}

#[test]
fn backward_gives_the_error_computed_by_hand() {
    let x = Matrix::from_rows([[-2.0, 1.0, 3.0], [9.0, -0.5, 0.25]]);
    let e = Matrix::from_rows([[5.0, -6.0, 7.0], [0.5, -8.0, -0.125]]);
    backward(&x, &e, &Matrix::from_rows([[0.0, -6.0, 7.0], [0.5, 0.0, -0.125]]));
}

#[test]
fn backward_agrees_with_the_reference_values() {
    backward(&golden::relu_input(), &golden::relu_error(), &golden::relu_error_previous());
}

#[test]
fn backward_gives_zero_for_an_input_of_zero_but_passes_the_error_of_a_tiny_positive_input() {
    let x = Matrix::from_rows([[0.0, 1.0, -0.0], [-1.0, 0.0, 2.0], [1e-300, -1e-300, 0.0]]);
    let e = Matrix::from_rows([[4.0, 5.0, 6.0], [7.0, -8.0, 9.0], [1.0, 2.0, 3.0]]);
    backward(&x, &e, &Matrix::from_rows([[0.0, 5.0, 0.0], [0.0, 0.0, 9.0], [1.0, 0.0, 0.0]]));
}

#[test]
fn backward_works_for_every_shape() {
    for (rows, columns) in [(5, 8), (1, 6), (7, 1), (1, 1)] {
        let x = random_matrix(rows, columns, (10 * rows + columns) as u64);
        let e = random_matrix(rows, columns, (500 + 10 * rows + columns) as u64);
        backward(&x, &e, &e.zip_map(&x, |e, x| if x > 0.0 { e } else { 0.0 }));
        backward(&x.map(f64::abs), &e, &e);
    }
}

#[test]
fn backward_uses_the_input_of_the_last_forward() {
    let (first, second) = (random_matrix(4, 3, 31), random_matrix(4, 3, 32));
    let (e1, e2) = (random_matrix(4, 3, 33), random_matrix(4, 3, 34));
    let masked = |e: &Matrix, x: &Matrix| e.zip_map(x, |e, x| if x > 0.0 { e } else { 0.0 });
    let mut relu = Relu::new();
    let check = Check::new(BACKWARD)
        .given("X′ of the last forward", &second)
        .given("E′ₙ", &e2)
        .mistake(
            "The mask comes from the input of the first forward. Use the input of the last forward.",
            masked(&e2, &first),
        )
        .mistake(
            "The errors of earlier batches are added. Return the error of the last batch only.",
            &masked(&e1, &first) + &masked(&e2, &second),
        );
    let error = check.run(|| {
        relu.forward(first.clone());
        relu.backward(e1);
        relu.forward(second.clone());
        relu.backward(e2.clone())
    });
    check.equal(&error, &masked(&e2, &second));

    let (smaller, e3) = (random_matrix(2, 3, 35), random_matrix(2, 3, 36)); // the last batch of an epoch may be smaller
    let check = Check::new(BACKWARD).given("X′ of a smaller batch", &smaller).given("E′ₙ", &e3);
    let error = check.run(|| {
        relu.forward(smaller.clone());
        relu.backward(e3.clone())
    });
    check.equal(&error, &masked(&e3, &smaller));
}

#[test]
fn predict_returns_the_output_and_does_not_affect_backward() {
    let (x, other, e) = (random_matrix(3, 4, 41), random_matrix(3, 4, 42), random_matrix(3, 4, 43));
    let mut relu = Relu::new();
    let check = Check::new("ReLU, predict: f(x) = max(0, x), without changing the layer").given("X′", &other);
    check.run(|| relu.forward(x.clone()));
    let prediction = check.run(|| relu.predict(other.clone()));
    check.equal(&prediction, &other.map(|x| if x > 0.0 { x } else { 0.0 }));

    let masked = |x: &Matrix| e.zip_map(x, |e, x| if x > 0.0 { e } else { 0.0 });
    let check =
        Check::new(BACKWARD).given("X′ of forward", &x).given("X′ of predict", &other).given("E′ₙ", &e).mistake(
            "The mask comes from the input of predict. Use the input of the last forward; predict must change nothing.",
            masked(&other),
        );
    check.equal(&check.run(|| relu.backward(e.clone())), &masked(&x));
}

/// Checks the output that forward returns.
fn forward(x: &Matrix, expected: &Matrix) {
    let mut check = Check::new(FORWARD)
        .given("X′", x)
        .mistake("This is |x|. A negative x must become 0.", x.map(f64::abs))
        .mistake("This is min(0, x). Keep the positive x, and replace the negative ones by 0.", x.map(|x| x.min(0.0)))
        .mistake("This is 1 where x > 0, the derivative of f. Forward returns x there.", {
            x.map(|x| f64::from(x > 0.0))
        })
        .mistake("This is 1 where x ≥ 0, the derivative of f. Forward returns x there.", {
            x.map(|x| f64::from(x >= 0.0))
        })
        .mistake("This is −max(0, x), so the sign is wrong. ReLU is max(0, x).", x.map(|x| -x.max(0.0)))
        .mistake("This is max(0, −x), so the sign of the input is wrong. ReLU is max(0, x).", x.map(|x| (-x).max(0.0)))
        .mistake("This is max(1, x). Return the larger of x and 0.", x.map(|x| x.max(1.0)))
        .mistake("The output is limited to 1. f(x) = max(0, x) has no upper limit.", x.map(|x| x.clamp(0.0, 1.0)))
        .mistake("The output is limited to 6. f(x) = max(0, x) has no upper limit.", x.map(|x| x.clamp(0.0, 6.0)))
        .mistake("This is the sigmoid of x. ReLU is max(0, x).", x.map(|x| 1.0 / (1.0 + (-x).exp())))
        .mistake("This is tanh(x). ReLU is max(0, x).", x.map(f64::tanh))
        .mistake("This is softplus, ln(1 + exp(x)). ReLU is max(0, x).", x.map(|x| x.exp().ln_1p()))
        .mistake("This is x · sigmoid(x). ReLU is max(0, x).", x.map(|x| x / (1.0 + (-x).exp())));
    let received = check.run(|| Relu::new().forward(x.clone()));
    if let Some(slope) = leak(&received, x, x) {
        let leaky = "This is a leaky ReLU, which passes a part of a negative x. The output must be 0 there.";
        check = check.mistake(leaky, x.map(|x| if x > 0.0 { x } else { slope * x }));
    }
    check.equal(&received, expected);
}

/// Checks the error that backward returns after a forward.
fn backward(x: &Matrix, e: &Matrix, expected: &Matrix) {
    let rule = |f: fn(f64, f64) -> f64| x.zip_map(e, f);
    let mut check = Check::new(BACKWARD)
        .given("X′", x)
        .given("E′ₙ", e)
        .mistake("The mask is x ≥ 0. At x = 0 the error must be 0.", rule(|x, e| if x >= 0.0 { e } else { 0.0 }))
        .mistake("The error passes everywhere. It must be 0 where x ≤ 0.", e.clone())
        .mistake("The mask is the sign of the error. Use the sign of the input x.", rule(|_, e| e.max(0.0)))
        .mistake(
            "Negative errors are lost. Only the sign of x decides whether an error passes.",
            rule(|x, e| if x > 0.0 { e.max(0.0) } else { 0.0 }),
        )
        .mistake("This is the mask, 1 where x > 0, without the error. Multiply it by eₙ.", {
            rule(|x, _| f64::from(x > 0.0))
        })
        .mistake("This is the mask, 1 where x ≥ 0, without the error. Multiply it by eₙ.", {
            rule(|x, _| f64::from(x >= 0.0))
        })
        .mistake("The mask is inverted. Errors must pass where x > 0.", rule(|x, e| if x > 0.0 { 0.0 } else { e }))
        .mistake("The mask is inverted. Errors must pass where x > 0.", rule(|x, e| if x < 0.0 { e } else { 0.0 }))
        .mistake(
            "The error is multiplied by max(0, x). Multiply it by the derivative of max(0, x), which is 1 where x > 0.",
            rule(|x, e| e * x.max(0.0)),
        )
        .mistake("The error is multiplied by x. It must pass unchanged where x > 0 and be 0 elsewhere.", {
            rule(|x, e| e * x)
        })
        .mistake("This is max(0, x), the output of forward. Backward returns an error.", rule(|x, _| x.max(0.0)))
        .mistake(
            "The sign of the error is wrong. Where x > 0, return eₙ itself.",
            rule(|x, e| if x > 0.0 { -e } else { 0.0 }),
        )
        .mistake(
            "Half of the error passes where x = 0. It must be 0 there.",
            rule(|x, e| match x {
                x if x > 0.0 => e,
                0.0 => 0.5 * e,
                _ => 0.0,
            }),
        )
        .mistake(
            "A small positive x is treated as 0. Where x is positive, the error must pass, however small x is.",
            rule(|x, e| if x > f64::EPSILON { e } else { 0.0 }),
        )
        .mistake("The mask is x > 1. Errors must pass where x > 0.", rule(|x, e| if x > 1.0 { e } else { 0.0 }))
        .mistake("The mask is x ≠ 0. Where x is negative, the error must be 0.", {
            rule(|x, e| if x == 0.0 { 0.0 } else { e })
        })
        .mistake("Where x is negative, the error passes with the opposite sign. It must be 0 there.", {
            rule(|x, e| if x > 0.0 { e } else { -e })
        });
    let received = check.run(|| {
        let mut relu = Relu::new();
        relu.forward(x.clone());
        relu.backward(e.clone())
    });
    if let Some(slope) = leak(&received, e, x) {
        let leaky =
            "This is a leaky ReLU, which passes a part of the error where x is negative. The error must be 0 there.";
        check = check.mistake(leaky, e.zip_map(x, |e, x| if x > 0.0 { e } else { slope * e }));
    }
    check.equal(&received, expected);
}

/// Returns the fraction of `whole` that was received for the first negative input, if it is between 0 and 1.
fn leak(received: &Matrix, whole: &Matrix, x: &Matrix) -> Option<f64> {
    let place = x.as_slice().iter().position(|&x| x < 0.0).filter(|_| received.shape() == x.shape())?;
    let slope = received.as_slice()[place] / whole.as_slice()[place];
    (slope > 0.0 && slope < 1.0).then_some(slope)
}

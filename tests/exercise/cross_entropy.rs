use crate::support::{Check, golden, number, random_matrix};
use feedforward::data::one_hot;
use feedforward::random::Random;
use feedforward::{CrossEntropyLoss, Loss, Matrix};

const FORWARD: &str = "Cross Entropy Loss, forward: loss = Σ −ln(ŷₖ + ε) where yₖ = 1, summed over the batch (Eq. 15)";
const EVALUATE: &str =
    "Cross Entropy Loss, evaluate: loss = Σ −ln(ŷₖ + ε) where yₖ = 1, without changing anything (Eq. 15)";
const BACKWARD: &str = "Cross Entropy Loss, backward: Eₙ = −y/ŷ (Eq. 16)";

#[test]
fn forward_gives_the_loss_computed_by_hand() {
    let (prediction, label) = (Matrix::from_rows([[0.25, 0.75], [0.5, 0.5]]), one_hot(&[0, 1], 2));
    forward(&prediction, &label, 8f64.ln()); // −ln ¼ − ln ½ = ln 8
}

#[test]
fn forward_agrees_with_the_reference_value() {
    let loss = golden::cross_entropy_loss()[(0, 0)];
    forward(&golden::cross_entropy_prediction(), &golden::cross_entropy_label(), loss);
}

#[test]
fn forward_works_for_every_shape() {
    for (rows, columns) in [(9, 4), (3, 3), (1, 5), (6, 1), (1, 1)] {
        let (prediction, label) = batch(rows, columns, (10 * rows + columns) as u64);
        forward(&prediction, &label, loss(&prediction, &label, f64::EPSILON));
    }
}

#[test]
fn forward_adds_epsilon_inside_the_logarithm() {
    for y in [0.0, 1e-300, 2e-17, f64::EPSILON, 1e-12] {
        let prediction = Matrix::from_rows([[y, 1.0 - y, 0.0], [0.5, 0.5, 0.0]]);
        let label = one_hot(&[0, 1], 3);
        let right = loss(&prediction, &label, f64::EPSILON);
        let mut check = Check::new(FORWARD)
            .given("Ŷ′", &prediction)
            .given("Y′", &label)
            .mistake("The loss is averaged over the batch. Eq. 15 sums over it.", number(right / 2.0))
            .mistake(
                "The ε is missing, and −ln 0 is infinite. Add f64::EPSILON to ŷₖ.",
                number(loss(&prediction, &label, 0.0)),
            )
            .mistake(
                "0 · ln 0 is NaN. Take the logarithm of the labelled class only, or add ε to ŷ first.",
                number(f64::NAN),
            )
            .mistake("ŷ is raised to at least ε. Eq. 15 adds ε to ŷ.", number(-y.max(f64::EPSILON).ln() - 0.5f64.ln()))
            .mistake("ε is f64::MIN_POSITIVE. Use f64::EPSILON.", {
                number(loss(&prediction, &label, f64::MIN_POSITIVE))
            })
            .mistake("ε is added to the logarithm. Add it to ŷₖ, inside the logarithm.", {
                number(loss(&prediction, &label, 0.0) + f64::EPSILON)
            });
        let received = check.run(|| CrossEntropyLoss::new().forward(prediction.clone(), &label));
        let epsilon = (0.5f64.ln() + received).exp().recip() - y; // the ε that gives this loss
        let place = f64::EPSILON / 100.0 < epsilon && epsilon < 0.1;
        let power = if place { format!("{epsilon:.0e}").parse().unwrap_or(0.0) } else { 0.0 };
        let of_ten = loss(&prediction, &label, power);
        check = check.mistake("ε has the wrong value. Use f64::EPSILON.", number(of_ten));
        check.equal_number(received, right);
    }
}

#[test]
fn forward_returns_the_loss_of_its_own_batch() {
    let ((p1, y1), (p2, y2)) = (batch(4, 3, 71), batch(2, 3, 72));
    let (first, second) = (loss(&p1, &y1, f64::EPSILON), loss(&p2, &y2, f64::EPSILON));
    let mut layer = CrossEntropyLoss::new();
    let check = Check::new(FORWARD)
        .given("Ŷ′ of the second batch", &p2)
        .given("Y′ of the second batch", &y2)
        .mistake("The loss is averaged over the batch. Eq. 15 sums over it.", number(second / 2.0))
        .mistake(
            "This is the sum of the losses of both batches. Each forward must return the loss of its own batch.",
            number(first + second),
        )
        .mistake("This is the loss of the first batch. Each forward must return the loss of its own batch.", {
            number(first)
        });
    check.run(|| layer.forward(p1, &y1));
    check.equal_number(check.run(|| layer.forward(p2.clone(), &y2)), second);
}

#[test]
fn backward_gives_the_error_computed_by_hand() {
    let (prediction, label) = (Matrix::from_rows([[0.25, 0.75], [0.5, 0.5]]), one_hot(&[0, 1], 2));
    backward(&prediction, &label, &Matrix::from_rows([[-4.0, 0.0], [0.0, -2.0]]));
}

#[test]
fn backward_agrees_with_the_reference_values() {
    backward(&golden::cross_entropy_prediction(), &golden::cross_entropy_label(), &golden::cross_entropy_error());
}

#[test]
fn backward_works_for_every_shape() {
    for (rows, columns) in [(9, 4), (3, 3), (1, 5), (6, 1), (1, 1)] {
        let (prediction, label) = batch(rows, columns, (30 * rows + columns) as u64);
        backward(&prediction, &label, &error(&prediction, &label));
    }
}

#[test]
fn backward_does_not_add_epsilon() {
    let (prediction, label) = (Matrix::from_rows([[1e-15, 1.0], [0.9, 1e-10]]), one_hot(&[0, 1], 2));
    backward(&prediction, &label, &Matrix::from_rows([[-1e15, 0.0], [0.0, -1e10]]));
}

#[test]
fn backward_returns_zero_where_the_label_is_zero_even_if_the_prediction_is_zero() {
    let (prediction, label) = (Matrix::from_rows([[0.5, 0.0, 0.5], [0.0, 1.0, 0.0]]), one_hot(&[0, 1], 3));
    backward(&prediction, &label, &Matrix::from_rows([[-2.0, 0.0, 0.0], [0.0, -1.0, 0.0]]));
}

#[test]
fn backward_uses_the_prediction_of_the_last_forward() {
    let ((p1, y1), (p2, y2), (p3, y3)) = (batch(4, 3, 81), batch(4, 3, 82), batch(2, 3, 83));
    let mut layer = CrossEntropyLoss::new();
    let check = Check::new(BACKWARD)
        .given("Ŷ′ of the last forward", &p2)
        .given("Y′", &y2)
        .mistake("ŷ is the prediction of the first forward. Use that of the last forward.", error(&p1, &y2))
        .mistake("The errors of earlier batches are added. Return the error of the last batch only.", {
            &error(&p1, &y1) + &error(&p2, &y2)
        });
    let received = check.run(|| {
        layer.forward(p1.clone(), &y1);
        layer.backward(&y1);
        layer.forward(p2.clone(), &y2);
        layer.backward(&y2)
    });
    check.equal(&received, &error(&p2, &y2));

    let check = Check::new(BACKWARD).given("Ŷ′ of a smaller batch", &p3).given("Y′", &y3);
    let received = check.run(|| {
        layer.forward(p3.clone(), &y3);
        layer.backward(&y3)
    });
    check.equal(&received, &error(&p3, &y3));
}

#[test]
fn evaluate_returns_the_loss_and_does_not_affect_backward() {
    let ((p1, y1), (p2, y2)) = (batch(4, 3, 91), batch(4, 3, 92));
    let mut layer = CrossEntropyLoss::new();
    let wrong = (Matrix::from_rows([[0.0, 1.0], [0.5, 0.5]]), one_hot(&[0, 1], 2)); // ŷₖ = 0 needs the ε
    check_evaluate(&layer, &p2, &y2);
    check_evaluate(&layer, &wrong.0, &wrong.1);
    Check::new(FORWARD).run(|| layer.forward(p1.clone(), &y1));
    let check = Check::new(EVALUATE).given("Ŷ′", &p2).given("Y′", &y2).mistake(
        "This is the loss of the last forward. Compute the loss of the prediction that evaluate receives.",
        number(loss(&p1, &y1, f64::EPSILON)),
    );
    check.equal_number(check.run(|| layer.evaluate(&p2, &y2)), loss(&p2, &y2, f64::EPSILON));
    let check = Check::new(BACKWARD).given("Ŷ′ of forward", &p1).given("Ŷ′ of evaluate", &p2).given("Y′", &y1).mistake(
        "ŷ is the prediction of evaluate. Use that of the last forward; evaluate must change nothing.",
        error(&p2, &y1),
    );
    check.equal(&check.run(|| layer.backward(&y1)), &error(&p1, &y1));
}

/// Checks the loss that evaluate returns, Eq. 15.
fn check_evaluate(layer: &CrossEntropyLoss, prediction: &Matrix, label: &Matrix) {
    let expected = loss(prediction, label, f64::EPSILON);
    let check = Check::new(EVALUATE)
        .given("Ŷ′", prediction)
        .given("Y′", label)
        .mistake(
            "The ε is missing, and −ln 0 is infinite. Add f64::EPSILON to ŷₖ.",
            number(loss(prediction, label, 0.0)),
        )
        .mistake("The loss is averaged over the batch. Eq. 15 sums over it.", number(expected / label.rows() as f64))
        .mistake("The sign is wrong. Eq. 15 has −ln, so the loss is positive.", number(-expected));
    check.equal_number(check.run(|| layer.evaluate(prediction, label)), expected);
}

/// Random predictions whose rows sum to 1, as after softmax, and random one-hot labels.
fn batch(rows: usize, columns: usize, seed: u64) -> (Matrix, Matrix) {
    let exp = random_matrix(rows, columns, seed).map(f64::exp);
    let sums = exp.row_sums();
    let mut random = Random::new(seed);
    let classes: Vec<usize> = (0..rows).map(|_| random.below(columns)).collect();
    (Matrix::from_fn(rows, columns, |i, j| exp[(i, j)] / sums[i]), one_hot(&classes, columns))
}

/// Eq. 15, with ε = `epsilon`.
fn loss(prediction: &Matrix, label: &Matrix, epsilon: f64) -> f64 {
    sum(prediction, label, |y_hat, y| if y == 1.0 { -(y_hat + epsilon).ln() } else { 0.0 })
}

/// Eq. 16.
fn error(prediction: &Matrix, label: &Matrix) -> Matrix {
    prediction.zip_map(label, |y_hat, y| if y == 1.0 { -1.0 / y_hat } else { 0.0 })
}

fn sum(prediction: &Matrix, label: &Matrix, f: impl Fn(f64, f64) -> f64) -> f64 {
    prediction.zip_map(label, f).as_slice().iter().sum()
}

/// Checks the loss that forward returns.
fn forward(prediction: &Matrix, label: &Matrix, expected: f64) {
    let (batch, classes) = (prediction.rows() as f64, prediction.columns() as f64);
    let rule = |f: fn(f64, f64) -> f64| number(sum(prediction, label, f));
    let check = Check::new(FORWARD)
        .given("Ŷ′", prediction)
        .given("Y′", label)
        .mistake("The loss is averaged over the batch. Eq. 15 sums over it.", number(expected / batch))
        .mistake(
            "The loss is averaged over the batch and the classes. Eq. 15 sums over the batch.",
            number(expected / batch / classes),
        )
        .mistake("The loss is divided by the number of classes. Eq. 15 has no such factor.", number(expected / classes))
        .mistake("The sign is wrong. Eq. 15 has −ln, so the loss is positive.", number(-expected))
        .mistake("The logarithm has base 2. Use ln, which has base e.", number(expected / 2f64.ln()))
        .mistake("The logarithm has base 10. Use ln, which has base e.", number(expected / 10f64.ln()))
        .mistake(
            "The sum includes all classes. Only the labelled class of each row counts.",
            rule(|y_hat, _| -y_hat.ln()),
        )
        .mistake("The sum is over the classes that are not labelled. Only the labelled class of each row counts.", {
            rule(|y_hat, y| -(1.0 - y) * y_hat.ln())
        })
        .mistake(
            "This is the binary cross entropy, which has a term for each class. Only the labelled class counts.",
            rule(|y_hat, y| -y * y_hat.ln() - (1.0 - y) * (1.0 - y_hat).ln()),
        )
        .mistake("The logarithm is missing. This is −ŷₖ, and Eq. 15 is −ln(ŷₖ + ε).", rule(|y_hat, y| -y * y_hat))
        .mistake("The logarithm is missing. This is ŷₖ, and Eq. 15 is −ln(ŷₖ + ε).", rule(|y_hat, y| y * y_hat))
        .mistake(
            "This is −Σ ŷ ln ŷ, the entropy of the prediction. The label selects the class that counts.",
            rule(|y_hat, _| -y_hat * y_hat.ln()),
        )
        .mistake("This is the squared difference of prediction and label. Eq. 15 is −ln(ŷₖ + ε).", {
            rule(|y_hat, y| (y_hat - y) * (y_hat - y))
        })
        .mistake("This is half the squared difference of prediction and label. Eq. 15 is −ln(ŷₖ + ε).", {
            rule(|y_hat, y| 0.5 * (y_hat - y) * (y_hat - y))
        })
        .mistake("This is Σ |ŷ − y|. Eq. 15 is −ln(ŷₖ + ε).", rule(|y_hat, y| (y_hat - y).abs()))
        .mistake("This is −ln(1 − ŷₖ). Eq. 15 is −ln(ŷₖ + ε).", {
            rule(|y_hat, y| if y == 1.0 { -(1.0 - y_hat).ln() } else { 0.0 })
        })
        .mistake("This is the loss of the first sample only. Sum over the batch.", {
            number(loss(&prediction.select_rows(&[0]), &label.select_rows(&[0]), 0.0))
        })
        .mistake("This is the loss of the last sample only. Sum over the batch.", {
            let last = prediction.rows() - 1;
            number(loss(&prediction.select_rows(&[last]), &label.select_rows(&[last]), 0.0))
        })
        .mistake("The ε is too large. Use f64::EPSILON.", number(loss(prediction, label, 1e-7)))
        .mistake("The ε is too large. Use f64::EPSILON.", number(loss(prediction, label, 1e-8)));
    let received = check.run(|| CrossEntropyLoss::new().forward(prediction.clone(), label));
    check.equal_number(received, expected);
}

/// Checks the error that backward returns after a forward.
fn backward(prediction: &Matrix, label: &Matrix, expected: &Matrix) {
    let rule = |f: fn(f64, f64) -> f64| prediction.zip_map(label, f);
    let check = Check::new(BACKWARD)
        .given("Ŷ′", prediction)
        .given("Y′", label)
        .mistake("0/0 is NaN. Where the label is 0, the error must be 0, even if ŷ is 0.", rule(|y_hat, y| -y / y_hat))
        .mistake("ε is added in backward, which distorts the gradient where ŷ is small. Eq. 16 has no ε.", {
            rule(|y_hat, y| -y / (y_hat + f64::EPSILON))
        })
        .mistake("ŷ is raised to at least ε, which distorts the gradient where ŷ is small. Eq. 16 has no ε.", {
            rule(|y_hat, y| -y / y_hat.max(f64::EPSILON))
        })
        .mistake("This is ŷ − y, the error for softmax and loss together. Eq. 16 is the error of the loss alone.", {
            rule(|y_hat, y| y_hat - y)
        })
        .mistake("This is y − ŷ. Eq. 16 is −y/ŷ.", rule(|y_hat, y| y - y_hat))
        .mistake("The sign is wrong. This is y/ŷ, and Eq. 16 is −y/ŷ.", {
            rule(|y_hat, y| if y == 0.0 { 0.0 } else { y / y_hat })
        })
        .mistake(
            "This is −1/ŷ for every class. Where the label is 0, the error must be 0.",
            rule(|y_hat, _| -1.0 / y_hat),
        )
        .mistake("The error is divided by the batch size. Eq. 15 sums over the batch, so Eq. 16 has no such factor.", {
            expected.map(|e| e / expected.rows() as f64)
        })
        .mistake("This is −y. Divide it by the prediction ŷ of the last forward.", rule(|_, y| -y))
        .mistake("This is −y·ŷ. The derivative of ln ŷ is 1/ŷ, so divide by ŷ.", rule(|y_hat, y| -y * y_hat))
        .mistake("This is the error of the binary cross entropy. Where the label is 0, the error must be 0.", {
            rule(|y_hat, y| -y / y_hat + (1.0 - y) / (1.0 - y_hat))
        })
        .mistake("This is −ln ŷ, the loss of each sample. Backward returns its derivative.", {
            rule(|y_hat, y| if y == 1.0 { -y_hat.ln() } else { 0.0 })
        })
        .mistake("This is −ŷ/y. Prediction and label are exchanged; Eq. 16 is −y/ŷ.", rule(|y_hat, y| -y_hat / y))
        .mistake("ŷ is squared. Eq. 16 is −y/ŷ.", rule(|y_hat, y| if y == 0.0 { 0.0 } else { -y / (y_hat * y_hat) }));
    let received = check.run(|| {
        let mut layer = CrossEntropyLoss::new();
        layer.forward(prediction.clone(), label);
        layer.backward(label)
    });
    check.equal(&received, expected);
}

use crate::support::{Check, golden, number, random_matrix};
use feedforward::data::one_hot;
use feedforward::random::Random;
use feedforward::{CrossEntropyLoss, Loss, Matrix};

const FORWARD: &str = "Cross Entropy Loss, forward: loss = Σ over the batch of −ln(ŷₖ + ε) where yₖ = 1 (Eq. 15)";
const EVALUATE: &str = "Cross Entropy Loss, evaluate: the loss (Eq. 15), and nothing in the loss changes";
const BACKWARD: &str = "Cross Entropy Loss, backward: Eₙ = −y/ŷ (Eq. 16)";

#[test]
fn forward_by_hand() {
    let (prediction, label) = (Matrix::from_rows([[0.25, 0.75], [0.5, 0.5]]), one_hot(&[0, 1], 2));
    forward(&prediction, &label, 8f64.ln()); // −ln ¼ − ln ½ = ln 8
}

#[test]
fn forward_agrees_with_the_reference_value() {
    let loss = golden::cross_entropy_loss()[(0, 0)];
    forward(&golden::cross_entropy_prediction(), &golden::cross_entropy_label(), loss);
}

#[test]
fn forward_takes_any_shape() {
    for (rows, columns) in [(1, 1), (1, 5), (6, 1), (3, 3), (9, 4)] {
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
            .mistake("The ε is missing: −ln 0 is infinite.", number(loss(&prediction, &label, 0.0)))
            .mistake(
                "0 · ln 0 is NaN: take the logarithm of the labelled class alone, or add ε before it.",
                number(f64::NAN),
            )
            .mistake("ŷ is held at ε or above; Eq. 15 adds ε.", number(-y.max(f64::EPSILON).ln() - 0.5f64.ln()))
            .mistake("ε is f64::MIN_POSITIVE here; the slides' is f64::EPSILON.", {
                number(loss(&prediction, &label, f64::MIN_POSITIVE))
            })
            .mistake("ε is added to the logarithm: it belongs inside, to ŷₖ.", {
                number(loss(&prediction, &label, 0.0) + f64::EPSILON)
            });
        let received = check.run(|| CrossEntropyLoss::new().forward(prediction.clone(), &label));
        let epsilon = (0.5f64.ln() + received).exp().recip() - y; // the ε that would give this loss
        let place = f64::EPSILON / 100.0 < epsilon && epsilon < 0.1;
        let power = if place { format!("{epsilon:.0e}").parse().unwrap_or(0.0) } else { 0.0 };
        let of_ten = loss(&prediction, &label, power);
        check = check.mistake("ε has another value here; the slides' is f64::EPSILON.", number(of_ten));
        check.equal_number(received, right);
    }
}

#[test]
fn forward_starts_every_batch_at_zero() {
    let ((p1, y1), (p2, y2)) = (batch(4, 3, 71), batch(2, 3, 72));
    let (first, second) = (loss(&p1, &y1, f64::EPSILON), loss(&p2, &y2, f64::EPSILON));
    let mut layer = CrossEntropyLoss::new();
    let check = Check::new(FORWARD)
        .given("Ŷ′ of the second batch", &p2)
        .given("Y′ of the second batch", &y2)
        .mistake("The loss of the first batch is still in it; each forward returns the loss of its own batch.", {
            number(first + second)
        })
        .mistake("This is the loss of the first batch.", number(first));
    check.run(|| layer.forward(p1, &y1));
    check.equal_number(check.run(|| layer.forward(p2.clone(), &y2)), second);
}

#[test]
fn backward_by_hand() {
    let (prediction, label) = (Matrix::from_rows([[0.25, 0.75], [0.5, 0.5]]), one_hot(&[0, 1], 2));
    backward(&prediction, &label, &Matrix::from_rows([[-4.0, 0.0], [0.0, -2.0]]));
}

#[test]
fn backward_agrees_with_the_reference_values() {
    backward(&golden::cross_entropy_prediction(), &golden::cross_entropy_label(), &golden::cross_entropy_error());
}

#[test]
fn backward_takes_any_shape() {
    for (rows, columns) in [(1, 1), (1, 5), (6, 1), (3, 3), (9, 4)] {
        let (prediction, label) = batch(rows, columns, (30 * rows + columns) as u64);
        backward(&prediction, &label, &error(&prediction, &label));
    }
}

#[test]
fn backward_has_no_epsilon() {
    let (prediction, label) = (Matrix::from_rows([[1e-15, 1.0], [0.9, 1e-10]]), one_hot(&[0, 1], 2));
    backward(&prediction, &label, &Matrix::from_rows([[-1e15, 0.0], [0.0, -1e10]]));
}

#[test]
fn backward_is_zero_where_the_label_is_zero_even_if_the_prediction_is_zero() {
    let (prediction, label) = (Matrix::from_rows([[0.5, 0.0, 0.5], [0.0, 1.0, 0.0]]), one_hot(&[0, 1], 3));
    backward(&prediction, &label, &Matrix::from_rows([[-2.0, 0.0, 0.0], [0.0, -1.0, 0.0]]));
}

#[test]
fn backward_belongs_to_the_last_forward() {
    let ((p1, y1), (p2, y2), (p3, y3)) = (batch(4, 3, 81), batch(4, 3, 82), batch(2, 3, 83));
    let mut layer = CrossEntropyLoss::new();
    let check = Check::new(BACKWARD)
        .given("Ŷ′ of the last forward", &p2)
        .given("Y′", &y2)
        .mistake("ŷ is of the first forward; backward belongs to the last.", error(&p1, &y2))
        .mistake("Errors of earlier batches are added.", &error(&p1, &y1) + &error(&p2, &y2));
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
fn evaluate_is_forward_but_backward_does_not_notice() {
    let ((p1, y1), (p2, y2)) = (batch(4, 3, 91), batch(4, 3, 92));
    let mut layer = CrossEntropyLoss::new();
    check_evaluate(&layer, &p2, &y2);
    Check::new(FORWARD).run(|| layer.forward(p1.clone(), &y1));
    check_evaluate(&layer, &p2, &y2);
    let check = Check::new(BACKWARD)
        .given("Ŷ′ of forward", &p1)
        .given("Ŷ′ of evaluate", &p2)
        .given("Y′", &y1)
        .mistake("ŷ is of evaluate, which changes nothing; backward belongs to the last forward.", error(&p2, &y1));
    check.equal(&check.run(|| layer.backward(&y1)), &error(&p1, &y1));
}

/// Evaluate must give the loss, Eq. 15.
fn check_evaluate(layer: &CrossEntropyLoss, prediction: &Matrix, label: &Matrix) {
    let expected = loss(prediction, label, f64::EPSILON);
    let check = Check::new(EVALUATE)
        .given("Ŷ′", prediction)
        .given("Y′", label)
        .mistake("The loss is averaged over the batch; Eq. 15 sums.", number(expected / label.rows() as f64))
        .mistake("The sign is flipped: −ln, so that the loss is positive.", number(-expected));
    check.equal_number(check.run(|| layer.evaluate(prediction, label)), expected);
}

/// Predictions as a softmax would make them, and random labels.
fn batch(rows: usize, columns: usize, seed: u64) -> (Matrix, Matrix) {
    let exp = random_matrix(rows, columns, seed).map(f64::exp);
    let sums = exp.row_sums();
    let mut random = Random::new(seed);
    let classes: Vec<usize> = (0..rows).map(|_| random.below(columns)).collect();
    (Matrix::from_fn(rows, columns, |i, j| exp[(i, j)] / sums[i]), one_hot(&classes, columns))
}

/// Eq. 15, with any ε.
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

/// Forward must give what is expected.
fn forward(prediction: &Matrix, label: &Matrix, expected: f64) {
    let (batch, classes) = (prediction.rows() as f64, prediction.columns() as f64);
    let rule = |f: fn(f64, f64) -> f64| number(sum(prediction, label, f));
    let check = Check::new(FORWARD)
        .given("Ŷ′", prediction)
        .given("Y′", label)
        .mistake("The loss is averaged over the batch; Eq. 15 sums.", number(expected / batch))
        .mistake("The loss is averaged over batch and classes; Eq. 15 sums.", number(expected / batch / classes))
        .mistake("The loss is averaged over the classes; Eq. 15 sums.", number(expected / classes))
        .mistake("The sign is flipped: −ln, so that the loss is positive.", number(-expected))
        .mistake("The logarithm has base 2; ln has base e.", number(expected / 2f64.ln()))
        .mistake("The logarithm has base 10; ln has base e.", number(expected / 10f64.ln()))
        .mistake("All classes are in the sum; only the labelled one of each row counts.", rule(|y_hat, _| -y_hat.ln()))
        .mistake("The classes that are not labelled are summed.", rule(|y_hat, y| -(1.0 - y) * y_hat.ln()))
        .mistake("This is the binary cross entropy, with a term for each class that is not labelled.", {
            rule(|y_hat, y| -y * y_hat.ln() - (1.0 - y) * (1.0 - y_hat).ln())
        })
        .mistake("The logarithm is missing.", rule(|y_hat, y| -y * y_hat))
        .mistake("The logarithm is missing.", rule(|y_hat, y| y * y_hat))
        .mistake(
            "This is −Σ ŷ ln ŷ, the entropy of the prediction without the label.",
            rule(|y_hat, _| -y_hat * y_hat.ln()),
        )
        .mistake("This is the squared difference of prediction and label.", rule(|y_hat, y| (y_hat - y) * (y_hat - y)))
        .mistake("This is half the squared difference.", rule(|y_hat, y| 0.5 * (y_hat - y) * (y_hat - y)))
        .mistake("This is Σ |ŷ − y|.", rule(|y_hat, y| (y_hat - y).abs()))
        .mistake("This is −ln(1 − ŷₖ).", rule(|y_hat, y| if y == 1.0 { -(1.0 - y_hat).ln() } else { 0.0 }))
        .mistake("This is the loss of the first sample alone; the batch is summed.", {
            number(loss(&prediction.select_rows(&[0]), &label.select_rows(&[0]), 0.0))
        })
        .mistake("This is the loss of the last sample alone; the batch is summed.", {
            let last = prediction.rows() - 1;
            number(loss(&prediction.select_rows(&[last]), &label.select_rows(&[last]), 0.0))
        })
        .mistake("The ε is far too large: it is f64::EPSILON.", number(loss(prediction, label, 1e-7)))
        .mistake("The ε is far too large: it is f64::EPSILON.", number(loss(prediction, label, 1e-8)));
    let received = check.run(|| CrossEntropyLoss::new().forward(prediction.clone(), label));
    check.equal_number(received, expected);
}

/// Forward, then backward, must give what is expected.
fn backward(prediction: &Matrix, label: &Matrix, expected: &Matrix) {
    let rule = |f: fn(f64, f64) -> f64| prediction.zip_map(label, f);
    let check = Check::new(BACKWARD)
        .given("Ŷ′", prediction)
        .given("Y′", label)
        .mistake("0/0 is NaN: where the label is 0 the error is 0, whatever ŷ is.", rule(|y_hat, y| -y / y_hat))
        .mistake("ε is in the gradient: it distorts it where ŷ is small. Eq. 16 has none.", {
            rule(|y_hat, y| -y / (y_hat + f64::EPSILON))
        })
        .mistake("ŷ is held at ε or above: that distorts the gradient where ŷ is small.", {
            rule(|y_hat, y| -y / y_hat.max(f64::EPSILON))
        })
        .mistake("This is ŷ − y, the error of softmax and loss together; Eq. 16 is of the loss alone.", {
            rule(|y_hat, y| y_hat - y)
        })
        .mistake("This is y − ŷ; Eq. 16 is −y/ŷ.", rule(|y_hat, y| y - y_hat))
        .mistake("The sign is flipped: −y/ŷ.", rule(|y_hat, y| if y == 0.0 { 0.0 } else { y / y_hat }))
        .mistake("This is −1/ŷ for every class; where the label is 0 the error is 0.", rule(|y_hat, _| -1.0 / y_hat))
        .mistake("The error is averaged over the batch; the loss is a sum, so its derivative has no 1/batch.", {
            expected.map(|e| e / expected.rows() as f64)
        })
        .mistake("This is −y·ŷ: the derivative of ln is one divided by ŷ.", rule(|y_hat, y| -y * y_hat))
        .mistake("This is the gradient of the binary cross entropy, with a term for classes that are not labelled.", {
            rule(|y_hat, y| -y / y_hat + (1.0 - y) / (1.0 - y_hat))
        })
        .mistake("This is −ln ŷ, the loss of each sample: backward returns its derivative.", {
            rule(|y_hat, y| if y == 1.0 { -y_hat.ln() } else { 0.0 })
        })
        .mistake("This is −ŷ/y: prediction and label are exchanged.", rule(|y_hat, y| -y_hat / y))
        .mistake("ŷ is squared.", rule(|y_hat, y| if y == 0.0 { 0.0 } else { -y / (y_hat * y_hat) }));
    let received = check.run(|| {
        let mut layer = CrossEntropyLoss::new();
        layer.forward(prediction.clone(), label);
        layer.backward(label)
    });
    check.equal(&received, expected);
}

use crate::support::{Check, random_matrix};
use feedforward::{Matrix, Optimizer, Sgd};

const RULE: &str = "Basic Optimization (SGD), update: w⁽ᵏ⁺¹⁾ = w⁽ᵏ⁾ − η ∇L(w⁽ᵏ⁾)";

#[test]
fn one_step_gives_the_weights_computed_by_hand() {
    let (w, g) = (Matrix::from_rows([[1.0, -2.0], [0.5, 3.0]]), Matrix::from_rows([[10.0, -4.0], [2.0, 0.0]]));
    let expected = Matrix::from_rows([[0.0, -1.6], [0.3, 3.0]]); // 1 − 0.1·10, −2 + 0.1·4, 0.5 − 0.1·2, 3 − 0.1·0
    one_step(&w, 0.1, &g, &expected);
}

#[test]
fn one_step_works_with_every_learning_rate_and_shape() {
    for (seed, (rows, columns, eta)) in [(4, 3, 0.03), (1, 4, 2.0), (5, 1, 1e-3), (1, 1, 0.5)].into_iter().enumerate() {
        let (w, g) = (random_matrix(rows, columns, seed as u64), random_matrix(rows, columns, 100 + seed as u64));
        one_step(&w, eta, &g, &w.zip_map(&g, |w, g| w - eta * g));
    }
}

#[test]
fn a_gradient_of_zero_does_not_change_the_weights() {
    let (w, eta) = (random_matrix(3, 2, 7), 0.1);
    let g = Matrix::zeros(3, 2);
    let check = Check::new(RULE).given("w", &w).given("∇L", &g).mistake(
        "The weights shrink although the gradient is 0. Subtract only η ∇L, which is 0 here.",
        &w * (1.0 - eta),
    );
    check.equal(&check.run(|| updated(&mut Sgd::new(eta), &w, &g)), &w);
}

#[test]
fn a_step_does_not_depend_on_earlier_steps() {
    let (w, eta) = (random_matrix(3, 2, 11), 0.1);
    let (g1, g2) = (random_matrix(3, 2, 12), random_matrix(3, 2, 13));
    let mut sgd = Sgd::new(eta);
    let check = step(&w, eta, &g1);
    let w1 = check.run(|| updated(&mut sgd, &w, &g1));
    check.equal(&w1, &w.zip_map(&g1, |w, g| w - eta * g));

    let expected = w1.zip_map(&g2, |w, g| w - eta * g);
    let w2 = check.run(|| updated(&mut sgd, &w1, &g2));
    let moves_along = |g| if extra(&w2, &expected, g).is_some() { w2.clone() } else { Matrix::zeros(0, 0) };
    Check::new(RULE)
        .given("w of the second step", &w1)
        .given("∇L of the first step", &g1)
        .given("∇L of the second step", &g2)
        .mistake(
            "The second step uses the gradient of the first step. Use the gradient that `update` receives.",
            w1.zip_map(&g1, |w, g| w - eta * g),
        )
        .mistake(
            "The second step uses the sum of both gradients. Each step must use only its own gradient.",
            &expected - &(&g1 * eta),
        )
        .mistake(
            "The second step also moves along the first gradient. That is momentum. SGD must keep no earlier gradient.",
            moves_along(&g1),
        )
        .mistake("The learning rate of the second step differs from that of the first. η must be constant.", {
            moves_along(&g2)
        })
        .equal(&w2, &expected);
}

#[test]
fn a_copy_takes_the_same_step() {
    let (w, g) = (random_matrix(2, 3, 21), random_matrix(2, 3, 22));
    let check = step(&w, 0.25, &g);
    let one = check.run(|| updated(&mut Sgd::new(0.25), &w, &g));
    check.equal(&one, &w.zip_map(&g, |w, g| w - 0.25 * g));

    let mut copied = w.clone();
    check.run(|| Sgd::new(0.25).boxed_clone().update(&mut copied, &g));
    let check = Check::new("Basic Optimization (SGD), boxed_clone: a copy with the same learning rate");
    check.that(extra(&copied, &one, &g).is_none(), "The copy has a different learning rate. Copy η as well.");
    check.equal(&copied, &one);
    check.that(
        Sgd::new(0.25).learning_rate() == 0.25,
        "`learning_rate` does not return η. Return the learning rate that `new` received.",
    );
}

/// Checks one step from the weights `w` with the gradient `g`.
fn one_step(w: &Matrix, eta: f64, g: &Matrix, expected: &Matrix) {
    let check = step(w, eta, g);
    check.equal(&check.run(|| updated(&mut Sgd::new(eta), w, g)), expected);
}

/// Returns a check of one step, with the results of common mistakes.
fn step(w: &Matrix, eta: f64, g: &Matrix) -> Check {
    let rows = w.rows() as f64;
    let rule = |step: fn(f64, f64, f64) -> f64| w.zip_map(g, |w, g| step(w, eta, g));
    Check::new(RULE)
        .given("w", w)
        .given("∇L", g)
        .mistake("The weights are unchanged. Assign the new weights to `*weights`.", w.clone())
        .mistake(
            "The step goes along the gradient, w + η ∇L, so the loss grows. Subtract: w − η ∇L.",
            rule(|w, eta, g| w + eta * g),
        )
        .mistake("This is the step −η ∇L alone. The new weights are w − η ∇L.", rule(|_, eta, g| -eta * g))
        .mistake("This is η ∇L alone. The new weights are w − η ∇L.", rule(|_, eta, g| eta * g))
        .mistake("The last row of the weights was not updated. Update every row.", {
            Matrix::from_fn(w.rows(), w.columns(), |i, j| {
                if i + 1 < w.rows() { w[(i, j)] - eta * g[(i, j)] } else { w[(i, j)] }
            })
        })
        .mistake(
            "This is w − ∇L, so the learning rate η is ignored. The new weights are w − η ∇L.",
            rule(|w, _, g| w - g),
        )
        .mistake(
            "This is w + ∇L, so η is ignored and the gradient is added. The new weights are w − η ∇L.",
            rule(|w, _, g| w + g),
        )
        .mistake("This is the gradient. The new weights are w − η ∇L.", rule(|_, _, g| g))
        .mistake("η multiplies the weights too. It must multiply only the gradient.", rule(|w, eta, g| eta * (w - g)))
        .mistake("η multiplies the weights. It must multiply the gradient instead.", rule(|w, eta, g| eta * w - g))
        .mistake(
            "Weights and gradient are exchanged. This is ∇L − η w; the new weights are w − η ∇L.",
            rule(|w, eta, g| g - eta * w),
        )
        .mistake("The gradient is divided by η. Multiply it by η.", rule(|w, eta, g| w - g / eta))
        .mistake(
            "The weights are multiplied by 1 − η ∇L. Subtract η ∇L from them instead.",
            rule(|w, eta, g| w * (1.0 - eta * g)),
        )
        .mistake(
            "The weights also shrink, which is weight decay. Subtract only η ∇L.",
            rule(|w, eta, g| w - eta * (g + w)),
        )
        .mistake("The step uses only the sign of the gradient and ignores its size. Subtract η ∇L.", {
            rule(|w, eta, g| w - eta * g.signum())
        })
        .mistake(
            "The step uses |∇L| and ignores the sign of the gradient. Subtract η ∇L.",
            rule(|w, eta, g| w - eta * g.abs()),
        )
        .mistake(
            "The gradient is squared. This is w − η (∇L)²; the new weights are w − η ∇L.",
            rule(|w, eta, g| w - eta * g * g),
        )
        .mistake(
            "The step is taken twice. This is w − 2 η ∇L; the new weights are w − η ∇L.",
            rule(|w, eta, g| w - 2.0 * eta * g),
        )
        .mistake(
            "The step is divided by the number of rows. Subtract all of η ∇L.",
            w.zip_map(g, |w, g| w - eta * g / rows),
        )
}

/// Updates a copy of the weights and returns it.
fn updated(sgd: &mut Sgd, w: &Matrix, g: &Matrix) -> Matrix {
    let mut weights = w.clone();
    sgd.update(&mut weights, g);
    weights
}

/// Returns the factor c ≠ 0 if the received matrix is the expected one plus c times `direction`.
fn extra(received: &Matrix, expected: &Matrix, direction: &Matrix) -> Option<f64> {
    if received.shape() != expected.shape() {
        return None;
    }
    let difference = received - expected;
    let part = difference[(0, 0)] / direction[(0, 0)];
    let rest = (&difference - &(direction * part)).max_abs();
    (part.abs() > 1e-9 && rest < 1e-9 * difference.max_abs()).then_some(part)
}

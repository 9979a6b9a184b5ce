use crate::support::probe::{Descent, Log, ProbeOptimizer, probe_update};
use crate::support::{Check, golden, random_matrix};
use feedforward::random::Random;
use feedforward::{FullyConnected, Layer, Matrix, Optimizer, Parameters};

const START: &str = "Fully Connected Layer, new: W′ is (inputs + 1) × outputs, uniformly random in [0, 1)";
const FORWARD: &str = "Fully Connected Layer, forward: X′W′ = Ŷ′, the last column of X′ ones (Eq. 9)";
const ERROR: &str = "Fully Connected Layer, backward: E′ₙ₋₁ = E′ₙ W′ᵀ, with the weights of the forward pass (Eq. 10)";
const GRADIENT: &str = "Fully Connected Layer, the gradient of the weights: X′ᵀ E′ₙ (Eq. 11)";
const UPDATE: &str = "Fully Connected Layer, update by the optimizer: W′ᵗ⁺¹ = W′ᵗ − η · X′ᵀ E′ₙ (Eq. 11)";

/// Batch, inputs, outputs.
const SHAPES: [(usize, usize, usize); 6] = [(1, 1, 1), (1, 4, 3), (5, 1, 3), (6, 4, 1), (2, 7, 5), (3, 3, 3)];

#[test]
fn starts_with_weights_and_biases_uniform_in_0_to_1() {
    let check = Check::new(START);
    let layer = check.run(|| FullyConnected::new(30, 20, &mut Random::new(5)));
    let Some(Parameters { weights: w, .. }) = layer.parameters() else {
        return check.that(false, "`parameters` returns None, but the layer has weights.");
    };
    check.that(w.shape() != (30, 20), "There is no row for the biases: the last of inputs + 1 rows.");
    check.that(w.shape() != (20, 31), "These are W; we store W′ = Wᵀ (Eq. 8).");
    check.that(w.shape() == (31, 20), "The weights do not have the shape (inputs + 1) × outputs.");
    let all = |what: fn(&f64) -> bool| w.as_slice().iter().all(what);
    check.that(all(|w| w.is_finite()), "Some weights are NaN or infinite.");
    check.that(all(|w| *w >= 0.0), "Some weights are negative: they start in [0, 1), neither in [−1, 1) nor normal.");
    check.that(all(|w| *w < 1.0), "Some weights are 1 or more: they start in [0, 1).");
    check.that(w.max_abs() > 0.0, "All weights are 0, so all outputs would learn the same.");
    check.that(w[30].iter().any(|b| *b != w[30][0]), "The biases are all equal; they start random, like the weights.");
    let mut sorted = w.as_slice().to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    check.that(sorted.len() > 600, "Many weights are equal: each of the 31·20 is drawn for itself.");
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (quarter, half) = (sorted.len() / 4, mean(w.as_slice()));
    let ends = sorted[0] < 0.05 && sorted[sorted.len() - 1] > 0.95;
    let uniform = ends && (0.44..0.56).contains(&half) && sorted[quarter] < 0.35 && sorted[3 * quarter] > 0.65;
    check.that(
        uniform,
        "The weights are not uniform in [0, 1): their mean or their spread is not that of such numbers.",
    );
    let mut by_hand = layer;
    let x = random_matrix(2, 30, 1);
    let expected = output(&x, weights(&by_hand));
    Check::new(FORWARD).inner_dimension(31).equal(&check.run(|| by_hand.forward(x)), &expected);
}

#[test]
fn forward_by_hand() {
    let x = Matrix::from_rows([[1.0, 2.0], [3.0, -4.0]]);
    let w = Matrix::from_rows([[10.0, 1.0, 0.0], [100.0, 0.5, -1.0], [7.0, -3.0, 0.25]]); // biases 7, −3, ¼
    forward(&x, &w, &Matrix::from_rows([[217.0, -1.0, -1.75], [-363.0, -2.0, 4.25]]));
}

#[test]
fn forward_agrees_with_the_reference_values() {
    forward(&golden::fully_connected_input(), &golden::fully_connected_weights(), &golden::fully_connected_output());
}

#[test]
fn forward_takes_any_shape() {
    for (batch, inputs, outputs) in SHAPES {
        let (x, w) = (random_matrix(batch, inputs, 2), random_matrix(inputs + 1, outputs, 3));
        forward(&x, &w, &output(&x, &w));
    }
}

#[test]
fn backward_by_hand_returns_the_error_for_the_layer_below() {
    let x = Matrix::from_rows([[1.0, 2.0]]);
    let w = Matrix::from_rows([[10.0, 1.0, 0.0], [100.0, 0.5, -1.0], [7.0, -3.0, 0.25]]);
    let e = Matrix::from_rows([[1.0, 2.0, -3.0]]);
    error_previous(&x, &w, &e, &Matrix::from_rows([[12.0, 104.0]])); // 10 + 2, 100 + 1 + 3; none for the ones
}

#[test]
fn backward_agrees_with_the_reference_values_of_the_error() {
    error_previous(
        &golden::fully_connected_input(),
        &golden::fully_connected_weights(),
        &golden::fully_connected_error(),
        &golden::fully_connected_error_previous(),
    );
}

#[test]
fn backward_returns_the_error_in_any_shape() {
    for (batch, inputs, outputs) in SHAPES {
        let (x, w) = (random_matrix(batch, inputs, 4), random_matrix(inputs + 1, outputs, 5));
        let e = random_matrix(batch, outputs, 6);
        error_previous(&x, &w, &e, &e.matmul(w.first_rows(inputs).t()));
    }
}

#[test]
fn gradient_by_hand() {
    let x = Matrix::from_rows([[1.0, 2.0], [3.0, -4.0]]);
    let e = Matrix::from_rows([[0.5, 1.0], [-1.0, 2.0]]);
    gradient(&x, &random_matrix(3, 2, 8), &e, &Matrix::from_rows([[-2.5, 7.0], [5.0, -6.0], [-0.5, 3.0]]));
}

#[test]
fn gradient_agrees_with_the_reference_values() {
    gradient(
        &golden::fully_connected_input(),
        &golden::fully_connected_weights(),
        &golden::fully_connected_error(),
        &golden::fully_connected_gradient_weights(),
    );
}

#[test]
fn gradient_has_the_shape_of_the_weights() {
    for (batch, inputs, outputs) in SHAPES {
        let (x, e) = (random_matrix(batch, inputs, 9), random_matrix(batch, outputs, 10));
        gradient(&x, &random_matrix(inputs + 1, outputs, 11), &e, &x.clone().append_column(1.0).t().matmul(&e));
    }
}

#[test]
fn gradient_is_of_the_last_batch_alone() {
    let w = random_matrix(4, 2, 12);
    let (first, second) =
        ((random_matrix(3, 3, 13), random_matrix(3, 2, 14)), (random_matrix(3, 3, 15), random_matrix(3, 2, 16)));
    let smaller = (random_matrix(2, 3, 17), random_matrix(2, 2, 18)); // the last batch of an epoch may be smaller
    let of = |x: &Matrix, e: &Matrix| x.clone().append_column(1.0).t().matmul(e);
    let mut layer = FullyConnected::from_weights(w);
    let mut total = Matrix::zeros(4, 2);
    for (x, e) in [&first, &second, &smaller] {
        let expected = of(x, e);
        let added = &total + &expected;
        let mut check = Check::new(GRADIENT)
            .given("X of the last forward", x)
            .given("E′ₙ", e)
            .mistake("The gradient adds up over the batches; each backward starts a new one.", added.clone())
            .mistake("This is the gradient of the batch before.", total);
        if x.rows() == 3 {
            check = check.mistake("The input is of the first forward; backward belongs to the last.", of(&first.0, e));
        }
        let received = check.run(|| {
            layer.forward(x.clone());
            layer.backward(e.clone());
            gradient_of(&layer)
        });
        let Some(received) = received else { return check.that(false, "There is no gradient after backward.") };
        check.equal(&received, &expected);
        total = added;
    }
}

#[test]
fn without_an_optimizer_the_weights_stay() {
    let (x, w, e) = (random_matrix(3, 3, 21), random_matrix(4, 2, 22), random_matrix(3, 2, 23));
    let g = x.clone().append_column(1.0).t().matmul(&e);
    let check = Check::new("Fully Connected Layer, backward without an optimizer: no update")
        .given("W′ before", &w)
        .mistake("The gradient was subtracted, though no optimizer is set.", w.zip_map(&g, |w, g| w - g))
        .mistake("The gradient was added, though no optimizer is set.", &w + &g);
    let mut layer = FullyConnected::from_weights(w.clone());
    check.run(|| layer.forward(x));
    check.equal(weights(&layer), &w);
    let below = check.run(|| layer.backward(e.clone()));
    check.equal(weights(&layer), &w);
    Check::new(ERROR).equal(&below, &e.matmul(w.first_rows(3).t()));
}

#[test]
fn the_optimizer_updates_weights_and_biases_once_a_backward() {
    let (x, w, e) = (random_matrix(3, 3, 31), random_matrix(4, 2, 32), random_matrix(3, 2, 33));
    let g = x.clone().append_column(1.0).t().matmul(&e);
    let log = Log::default();
    let mut layer = FullyConnected::from_weights(w.clone());
    set_optimizer(&mut layer, Box::new(ProbeOptimizer(log.clone())));
    let check = Check::new(UPDATE).given("X", &x).given("W′ before", &w).given("E′ₙ", &e);
    check.run(|| layer.forward(x.clone()));
    check.that(log.take().0.is_empty(), "The optimizer was called in forward; the update belongs to backward.");
    check.run(|| layer.backward(e.clone()));
    let (calls, arguments) = log.take();
    check.calls(
        &calls,
        &["weights", "gradient"],
        &[
            ("backward did not call the optimizer's update, though one is set.", &[]),
            (
                "backward called the optimizer's update twice; once a batch.",
                &["weights", "gradient", "weights", "gradient"],
            ),
        ],
    );
    let (top, three) = (Matrix::from_rows([&w[0], &w[1], &w[2]]), 1.0 / 3.0);
    Check::new(UPDATE).mistake("The optimizer was given the weights without the biases.", top).equal(&arguments[0], &w);
    Check::new(UPDATE)
        .given("X", &x)
        .given("E′ₙ", &e)
        .mistake("The optimizer was given a gradient without the row of the biases.", x.t().matmul(&e))
        .mistake("The optimizer was given the gradient divided by the batch size; Eq. 11 sums.", &g * three)
        .equal(&arguments[1], &g);
    let twice = probe_update(&probe_update(&w, &g), &g);
    Check::new(UPDATE)
        .given("W′ before", &w)
        .given("gradient", &g)
        .mistake("The weights did not change: what the optimizer made of them was lost.", w.clone())
        .mistake("The update was made twice.", twice)
        .mistake(
            "The biases, the last row, did not change.",
            Matrix::from_fn(4, 2, |i, j| match i {
                3 => w[(i, j)],
                _ => probe_update(&w, &g)[(i, j)],
            }),
        )
        .mistake("The gradient is subtracted once more, beside the optimizer.", &probe_update(&w, &g) - &g)
        .equal(weights(&layer), &probe_update(&w, &g));
    let read = gradient_of(&layer);
    let check = Check::new(GRADIENT).given("X", &x).given("E′ₙ", &e);
    let Some(read) = read else { return check.that(false, "There is no gradient after backward with an optimizer.") };
    check.equal(&read, &g);
}

#[test]
fn the_error_uses_the_weights_before_the_update() {
    let (x, w) = (golden::fully_connected_input(), golden::fully_connected_weights());
    let (e, g) = (golden::fully_connected_error(), golden::fully_connected_gradient_weights());
    let mut layer = FullyConnected::from_weights(w.clone());
    set_optimizer(&mut layer, Box::new(ProbeOptimizer(Log::default())));
    let check = Check::new(ERROR)
        .given("W′ before the update", &w)
        .given("E′ₙ", &e)
        .mistake(
            "This is the error computed with the weights after the update; Eq. 10 uses the weights of the forward pass.",
            e.matmul(probe_update(&w, &g).first_rows(4).t()),
        )
        .mistake(
            "The error was computed with the weights after the update, and the column of the ones is left in it.",
            e.matmul(probe_update(&w, &g).t()),
        )
        .inner_dimension(4);
    let received = check.run(|| {
        layer.forward(x);
        layer.backward(e.clone())
    });
    check.equal(&received, &golden::fully_connected_error_previous());
}

#[test]
fn the_next_forward_uses_the_updated_weights() {
    let (x, w, e) =
        (golden::fully_connected_input(), golden::fully_connected_weights(), golden::fully_connected_error());
    let mut layer = FullyConnected::from_weights(w.clone());
    set_optimizer(&mut layer, Box::new(Descent(0.1)));
    let check = Check::new(UPDATE).given("W′ before", &w).inner_dimension(6);
    check.run(|| {
        layer.forward(x.clone());
        layer.backward(e.clone())
    });
    let updated = golden::fully_connected_updated_weights();
    check.equal(weights(&layer), &updated);
    let check = Check::new(FORWARD)
        .given("X", &x)
        .given("W′ after the update", &updated)
        .mistake("The weights of before the update were used.", output(&x, &w))
        .inner_dimension(5);
    check.equal(&check.run(|| layer.predict(x.clone())), &output(&x, &updated));
    check.equal(&check.run(|| layer.forward(x.clone())), &output(&x, &updated));

    // The second step: nothing is left of the first.
    let g = x.clone().append_column(1.0).t().matmul(&e);
    let twice = updated.zip_map(&g, |w, g| w - 0.1 * g);
    let check = Check::new(UPDATE).given("W′ before the second step", &updated).inner_dimension(6);
    check.run(|| layer.backward(e));
    check.equal(weights(&layer), &twice);
}

#[test]
fn weights_that_are_changed_from_outside_are_used() {
    let (x, e) = (random_matrix(3, 3, 61), random_matrix(3, 2, 62));
    let (old, new) = (random_matrix(4, 2, 63), random_matrix(4, 2, 64));
    let mut layer = FullyConnected::from_weights(old.clone());
    let check = Check::new(FORWARD)
        .given("X", &x)
        .given("W′, as it was changed", &new)
        .mistake("The weights of before the change were used.", output(&x, &old))
        .inner_dimension(4);
    let Some(parameters) = layer.parameters_mut() else {
        return check.that(false, "`parameters_mut` returns None, but the layer has weights.");
    };
    parameters.weights = new.clone();
    check.equal(&check.run(|| layer.forward(x.clone())), &output(&x, &new));
    let check = Check::new(ERROR)
        .given("W′, as it was changed", &new)
        .given("E′ₙ", &e)
        .mistake("The weights of before the change were used.", e.matmul(old.first_rows(3).t()))
        .inner_dimension(2);
    check.equal(&check.run(|| layer.backward(e.clone())), &e.matmul(new.first_rows(3).t()));
}

#[test]
fn a_later_optimizer_takes_the_place_of_an_earlier() {
    let (x, w, e) = (random_matrix(2, 3, 41), random_matrix(4, 2, 42), random_matrix(2, 2, 43));
    let g = x.clone().append_column(1.0).t().matmul(&e);
    let mut layer = FullyConnected::from_weights(w.clone());
    set_optimizer(&mut layer, Box::new(ProbeOptimizer(Log::default())));
    let first = probe_update(&w, &g);
    let check = Check::new("Fully Connected Layer, backward: uses the optimizer that is set now")
        .given("W′ before", &first)
        .mistake("The first optimizer is still used.", probe_update(&first, &g))
        .inner_dimension(3);
    let step = |layer: &mut FullyConnected| {
        layer.forward(x.clone());
        layer.backward(e.clone())
    };
    check.run(|| step(&mut layer));
    Check::new(UPDATE).given("W′ before", &w).inner_dimension(3).equal(weights(&layer), &first);
    set_optimizer(&mut layer, Box::new(Descent(0.5)));
    check.run(|| step(&mut layer));
    check.equal(weights(&layer), &(&first - 0.5 * &g));
}

#[test]
fn predict_is_forward_but_backward_does_not_notice() {
    let (x, other) = (random_matrix(3, 3, 51), random_matrix(3, 3, 52));
    let (w, e) = (random_matrix(4, 2, 53), random_matrix(3, 2, 54));
    let of = |x: &Matrix| x.clone().append_column(1.0).t().matmul(&e);
    let mut layer = FullyConnected::from_weights(w.clone());
    let check = Check::new("Fully Connected Layer, predict: X′W′ = Ŷ′ (Eq. 9), and nothing in the layer changes")
        .given("X", &other)
        .given("W′", &w);
    check.run(|| layer.forward(x.clone()));
    check.equal(&check.run(|| layer.predict(other.clone())), &output(&other, &w));
    check.run(|| layer.backward(e.clone()));
    let check = Check::new(GRADIENT)
        .given("X of forward", &x)
        .given("X of predict", &other)
        .given("E′ₙ", &e)
        .mistake("X is the input to predict; backward belongs to the last forward.", of(&other));
    let Some(received) = gradient_of(&layer) else {
        return check.that(false, "There is no gradient after backward.");
    };
    check.equal(&received, &of(&x));
}

/// The weights of the layer.
#[track_caller]
fn weights(layer: &FullyConnected) -> &Matrix {
    &layer.parameters().expect("`parameters` returns the weights").weights
}

/// The gradient that the layer keeps.
fn gradient_of(layer: &FullyConnected) -> Option<Matrix> {
    layer.parameters().and_then(|parameters| parameters.gradient.clone())
}

/// Sets the optimizer of the layer, as the network does.
#[track_caller]
fn set_optimizer(layer: &mut FullyConnected, optimizer: Box<dyn Optimizer>) {
    layer.parameters_mut().expect("`parameters_mut` returns the weights").optimizer = Some(optimizer);
}

/// Eq. 9.
fn output(x: &Matrix, w: &Matrix) -> Matrix {
    x.clone().append_column(1.0).matmul(w)
}

/// Forward must give what is expected.
fn forward(x: &Matrix, w: &Matrix, expected: &Matrix) {
    let (inputs, product) = (x.columns(), x.matmul(w.first_rows(x.columns())));
    let biases = |factor: f64| Matrix::from_fn(x.rows(), w.columns(), |i, j| product[(i, j)] + factor * w[(inputs, j)]);
    let bias_first = Matrix::from_fn(x.rows(), inputs + 1, |i, j| if j == 0 { 1.0 } else { x[(i, j - 1)] });
    let zero = |x: f64| x.max(0.0);
    let check = Check::new(FORWARD)
        .given("X", x)
        .given("W′", w)
        .inner_dimension(inputs + 1)
        .mistake("The bias is missing: X has no column of ones.", product.clone())
        .mistake("The column of ones stands first; it is the last, as the biases are the last row of W′.", {
            bias_first.matmul(w)
        })
        .mistake("The bias is subtracted.", biases(-1.0))
        .mistake("The bias is added twice.", biases(2.0))
        .mistake("The bias is multiplied by the batch size.", biases(x.rows() as f64))
        .mistake("ReLU is applied to the output; activations are layers of their own.", expected.map(zero))
        .mistake("The sigmoid is applied to the output; activations are layers of their own.", {
            expected.map(|y| 1.0 / (1.0 + (-y).exp()))
        })
        .mistake(
            "This is X′, the input with its column of ones; it is yet to be multiplied by W′.",
            x.clone().append_column(1.0),
        );
    let received = check.run(|| FullyConnected::from_weights(w.clone()).forward(x.clone()));
    check.equal(&received, expected);
}

/// Forward, then backward without an optimizer, must return the error that is expected.
fn error_previous(x: &Matrix, w: &Matrix, e: &Matrix, expected: &Matrix) {
    let with_ones = e.matmul(w.t());
    let last = Matrix::from_fn(e.rows(), x.columns(), |i, j| with_ones[(i, j + 1)]);
    let gradient = x.clone().append_column(1.0).t().matmul(e);
    let mut check = Check::new(ERROR)
        .given("X", x)
        .given("W′", w)
        .given("E′ₙ", e)
        .inner_dimension(e.columns())
        .mistake("The column of the ones is left in the error: the layer below has no such output.", with_ones)
        .mistake("The first column was cut off; the ones are the last column of X′.", last)
        .mistake("This is the gradient of the weights; backward returns the error for the layer below.", gradient)
        .mistake("The error is divided by the batch size.", expected * (1.0 / e.rows() as f64))
        .mistake("The error's sign is flipped.", expected * -1.0)
        .mistake("The error is multiplied by the input.", expected.zip_map(x, |e, x| e * x));
    if e.columns() == x.columns() {
        check = check.mistake("The weights are not transposed: E′ₙ W′ᵀ.", e.matmul(w.first_rows(x.columns())));
    }
    let received = check.run(|| {
        let mut layer = FullyConnected::from_weights(w.clone());
        layer.forward(x.clone());
        layer.backward(e.clone())
    });
    check.equal(&received, expected);
}

/// The gradient that can be read after backward must be the one expected.
fn gradient(x: &Matrix, w: &Matrix, e: &Matrix, expected: &Matrix) {
    let inputs = x.columns();
    let with_bias_row = |f: &dyn Fn(usize) -> f64| {
        Matrix::from_fn(inputs + 1, e.columns(), |i, j| if i < inputs { expected[(i, j)] } else { f(j) })
    };
    let bias_first = Matrix::from_fn(inputs + 1, e.columns(), |i, j| expected[((i + inputs) % (inputs + 1), j)]);
    let batch = e.rows() as f64;
    let check = Check::new(GRADIENT)
        .given("X", x)
        .given("E′ₙ", e)
        .inner_dimension(e.rows())
        .mistake("The row of the biases is missing: X′ has the column of ones.", x.t().matmul(e))
        .mistake("The biases have no gradient: the last row is 0.", with_bias_row(&|_| 0.0))
        .mistake("The row of the biases comes first; it is the last.", bias_first)
        .mistake("The gradient is divided by the batch size; Eq. 11 sums over the batch.", expected * (1.0 / batch))
        .mistake("The row of the biases is divided by the batch size; Eq. 11 sums over the batch.", {
            with_bias_row(&|j| expected[(inputs, j)] / batch)
        })
        .mistake(
            "The row of the biases is of the first sample alone; it sums over the batch.",
            with_bias_row(&|j| e[(0, j)]),
        )
        .mistake(
            "This is E′ₙᵀ X′, the transpose of what is asked: the gradient has the shape of W′.",
            expected.transpose(),
        )
        .mistake("The sign is flipped: the optimizer subtracts.", expected * -1.0)
        .mistake("This is the layer's weights.", w.clone())
        .mistake("This is the error for the layer below.", e.matmul(w.first_rows(inputs).t()));
    let received = check.run(|| {
        let mut layer = FullyConnected::from_weights(w.clone());
        layer.forward(x.clone());
        layer.backward(e.clone());
        gradient_of(&layer)
    });
    let Some(received) = received else { return check.that(false, "There is no gradient after backward.") };
    check.equal(&received, expected);
}

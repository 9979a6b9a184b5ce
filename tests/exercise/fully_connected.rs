use crate::support::probe::{CountingOptimizer, Descent, Log, ProbeOptimizer, probe_update};
use crate::support::{Check, golden, random_matrix};
use feedforward::random::Random;
use feedforward::{FullyConnected, Layer, Matrix, Optimizer, Parameters};

const START: &str = "Fully Connected Layer, new: W′ is (inputs + 1) × outputs, uniformly random in [0, 1)";
const FORWARD: &str = "Fully Connected Layer, forward: X′W′ = Ŷ′, where the last column of X′ is all ones (Eq. 9)";
const ERROR: &str = "Fully Connected Layer, backward: E′ₙ₋₁ = E′ₙ W′ᵀ, with the weights of the forward pass (Eq. 10)";
const GRADIENT: &str = "Fully Connected Layer, backward: the gradient of the weights X′ᵀ E′ₙ (Eq. 11)";
const UPDATE: &str = "Fully Connected Layer, backward: the update W′ᵗ⁺¹ = W′ᵗ − η · X′ᵀ E′ₙ by the optimizer (Eq. 11)";
const NO_GRADIENT: &str =
    "`parameters().gradient` is None after backward. Store the gradient in `self.parameters.gradient`.";
const NO_GRADIENT_WITH_OPTIMIZER: &str =
    "`parameters().gradient` is None after backward with an optimizer. Store the gradient with an optimizer, too.";
const PARAMETERS: &str = "Fully Connected Layer, parameters: the weights, their gradient and the optimizer";
const NO_PARAMETERS: &str = "`parameters` returns None. Return `Some(&self.parameters)`, since the layer has weights.";
const NO_PARAMETERS_MUT: &str =
    "`parameters_mut` returns None. Return `Some(&mut self.parameters)`, since the layer has weights.";

/// Batch, inputs, outputs.
const SHAPES: [(usize, usize, usize); 6] = [(2, 7, 5), (1, 4, 3), (5, 1, 3), (6, 4, 1), (3, 3, 3), (1, 1, 1)];

#[test]
fn new_makes_weights_and_biases_uniformly_random_between_0_and_1() {
    let check = Check::new(START);
    let mut layer = check.run(|| FullyConnected::new(30, 20, &mut Random::new(5)));
    let Some(Parameters { weights: w, .. }) = layer.parameters() else {
        return check.that(false, NO_PARAMETERS);
    };
    check.that(
        w.shape() != (30, 20),
        "W′ has no row for the biases. It must have inputs + 1 rows, and the last row holds the biases.",
    );
    check.that(
        w.shape() != (20, 31),
        "W′ has the shape outputs × (inputs + 1). The layer stores W′ = Wᵀ, which is (inputs + 1) × outputs (Eq. 8).",
    );
    let (rows, columns) = w.shape();
    check.that(
        (rows, columns) == (31, 20),
        &format!("W′ is {rows}×{columns} for 30 inputs and 20 outputs. It must be (inputs + 1) × outputs, here 31×20."),
    );
    let all = |what: fn(&f64) -> bool| w.as_slice().iter().all(what);
    check.that(all(|w| w.is_finite()), "Some weights are NaN or infinite. They must be in [0, 1).");
    check.that(
        all(|w| *w >= 0.0),
        "Some weights are negative. They must be uniform in [0, 1), not in [−1, 1), and not normally distributed.",
    );
    check.that(all(|w| *w < 1.0), "Some weights are 1 or more. They must be in [0, 1).");
    check.that(
        w.max_abs() > 0.0,
        "All weights are 0, so all outputs would learn the same. The weights must be random in [0, 1).",
    );
    check
        .that(w[30].iter().any(|b| *b != w[30][0]), "The biases are all equal. They must be random, like the weights.");
    let mut sorted = w.as_slice().to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    check.that(sorted.len() > 600, "Many weights are equal. Draw a new random number for each of the 31 · 20 weights.");
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (quarter, half) = (sorted.len() / 4, mean(w.as_slice()));
    let ends = sorted[0] < 0.05 && sorted[sorted.len() - 1] > 0.95;
    let uniform = ends && (0.44..0.56).contains(&half) && sorted[quarter] < 0.35 && sorted[3 * quarter] > 0.65;
    check.that(
        uniform,
        "The weights are not uniform in [0, 1), because their mean or their spread is wrong. Use `random.uniform()`.",
    );
    let x = random_matrix(2, 30, 1);
    let expected = output(&x, weights(&layer));
    Check::new(FORWARD).inner_dimension(31).equal(&check.run(|| layer.forward(x)), &expected);
}

#[test]
fn forward_gives_the_output_computed_by_hand() {
    let x = Matrix::from_rows([[1.0, 2.0], [3.0, -4.0]]);
    let w = Matrix::from_rows([[10.0, 1.0, 0.0], [100.0, 0.5, -1.0], [7.0, -3.0, 0.25]]); // biases 7, −3, ¼
    forward(&x, &w, &Matrix::from_rows([[217.0, -1.0, -1.75], [-363.0, -2.0, 4.25]]));
}

#[test]
fn forward_agrees_with_the_reference_values() {
    forward(&golden::fully_connected_input(), &golden::fully_connected_weights(), &golden::fully_connected_output());
}

#[test]
fn forward_works_for_every_shape() {
    for (batch, inputs, outputs) in SHAPES {
        let (x, w) = (random_matrix(batch, inputs, 2), random_matrix(inputs + 1, outputs, 3));
        forward(&x, &w, &output(&x, &w));
    }
}

#[test]
fn backward_gives_the_error_computed_by_hand() {
    let x = Matrix::from_rows([[1.0, 2.0]]);
    let w = Matrix::from_rows([[10.0, 1.0, 0.0], [100.0, 0.5, -1.0], [7.0, -3.0, 0.25]]);
    let e = Matrix::from_rows([[1.0, 2.0, -3.0]]);
    error_previous(&x, &w, &e, &Matrix::from_rows([[12.0, 104.0]])); // 10 + 2, 100 + 1 + 3; no error for the ones
}

#[test]
fn backward_agrees_with_the_reference_values() {
    error_previous(
        &golden::fully_connected_input(),
        &golden::fully_connected_weights(),
        &golden::fully_connected_error(),
        &golden::fully_connected_error_previous(),
    );
}

#[test]
fn backward_works_for_every_shape() {
    for (batch, inputs, outputs) in SHAPES {
        let (x, w) = (random_matrix(batch, inputs, 4), random_matrix(inputs + 1, outputs, 5));
        let e = random_matrix(batch, outputs, 6);
        error_previous(&x, &w, &e, &e.matmul(w.first_rows(inputs).t()));
    }
}

#[test]
fn the_gradient_is_the_one_computed_by_hand() {
    let x = Matrix::from_rows([[1.0, 2.0], [3.0, -4.0]]);
    let e = Matrix::from_rows([[0.5, 1.0], [-1.0, 2.0]]);
    gradient(&x, &random_matrix(3, 2, 8), &e, &Matrix::from_rows([[-2.5, 7.0], [5.0, -6.0], [-0.5, 3.0]]));
}

#[test]
fn the_gradient_agrees_with_the_reference_values() {
    gradient(
        &golden::fully_connected_input(),
        &golden::fully_connected_weights(),
        &golden::fully_connected_error(),
        &golden::fully_connected_gradient_weights(),
    );
}

#[test]
fn the_gradient_has_the_shape_of_the_weights() {
    for (batch, inputs, outputs) in SHAPES {
        let (x, e) = (random_matrix(batch, inputs, 9), random_matrix(batch, outputs, 10));
        gradient(&x, &random_matrix(inputs + 1, outputs, 11), &e, &x.clone().append_column(1.0).t().matmul(&e));
    }
}

#[test]
fn the_gradient_is_that_of_the_last_batch_only() {
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
            .mistake(
                "The gradients of all batches are added. Each backward must store the gradient of its own batch only.",
                added.clone(),
            )
            .mistake("This is the gradient of the previous batch. Store the gradient of the last batch.", total);
        if x.rows() == 3 {
            check = check
                .mistake("X′ is the input of the first forward. Use the input of the last forward.", of(&first.0, e));
        }
        let received = check.run(|| {
            layer.forward(x.clone());
            layer.backward(e.clone());
            gradient_of(&layer)
        });
        let Some(received) = received else { return check.that(false, NO_GRADIENT) };
        check.equal(&received, &expected);
        total = added;
    }
}

#[test]
fn backward_without_an_optimizer_does_not_change_the_weights() {
    let (x, w, e) = (random_matrix(3, 3, 21), random_matrix(4, 2, 22), random_matrix(3, 2, 23));
    let g = x.clone().append_column(1.0).t().matmul(&e);
    let check = Check::new("Fully Connected Layer, backward: no update without an optimizer")
        .given("W′ before backward", &w)
        .mistake(
            "The gradient was subtracted although no optimizer is set. Without one, leave the weights unchanged.",
            w.zip_map(&g, |w, g| w - g),
        )
        .mistake(
            "The gradient was added although no optimizer is set. Without one, leave the weights unchanged.",
            &w + &g,
        );
    let mut layer = FullyConnected::from_weights(w.clone());
    check.run(|| layer.forward(x));
    check.equal(weights(&layer), &w);
    let error_previous = check.run(|| layer.backward(e.clone()));
    check.equal(weights(&layer), &w);
    Check::new(ERROR).equal(&error_previous, &e.matmul(w.first_rows(3).t()));
}

#[test]
fn backward_updates_weights_and_biases_once_with_the_optimizer() {
    let (x, w, e) = (random_matrix(3, 3, 31), random_matrix(4, 2, 32), random_matrix(3, 2, 33));
    let g = x.clone().append_column(1.0).t().matmul(&e);
    let log = Log::default();
    let mut layer = FullyConnected::from_weights(w.clone());
    set_optimizer(&mut layer, Box::new(ProbeOptimizer(log.clone())));
    let check = Check::new(UPDATE).given("X", &x).given("W′ before the update", &w).given("E′ₙ", &e);
    check.run(|| layer.forward(x.clone()));
    check.that(log.take().0.is_empty(), "forward called the optimizer. Only backward updates the weights.");
    check.run(|| layer.backward(e.clone()));
    let (calls, arguments) = log.take();
    check.calls(
        &calls,
        &["weights", "gradient"],
        &[
            ("backward did not call the optimizer, although one is set. Call its `update`.", &[]),
            (
                "backward called the optimizer twice. Call `update` once for each batch.",
                &["weights", "gradient", "weights", "gradient"],
            ),
        ],
    );
    let (without_biases, third) = (Matrix::from_rows([&w[0], &w[1], &w[2]]), 1.0 / 3.0);
    Check::new(UPDATE)
        .mistake("The optimizer got the weights without the biases. Pass all of W′.", without_biases)
        .equal(&arguments[0], &w);
    Check::new(UPDATE)
        .given("X", &x)
        .given("E′ₙ", &e)
        .mistake("The optimizer got a gradient without the row of the biases. Pass all of X′ᵀ E′ₙ.", x.t().matmul(&e))
        .mistake("The optimizer got the gradient divided by the batch size. Eq. 11 sums over the batch.", &g * third)
        .equal(&arguments[1], &g);
    let twice = probe_update(&probe_update(&w, &g), &g);
    Check::new(UPDATE)
        .given("W′ before the update", &w)
        .given("the gradient", &g)
        .mistake(
            "The weights did not change. Pass the optimizer `&mut self.parameters.weights`, not a copy.",
            w.clone(),
        )
        .mistake("The weights were updated twice. Update them once for each batch.", twice)
        .mistake(
            "The biases, the last row of W′, did not change. Update all of W′.",
            Matrix::from_fn(4, 2, |i, j| match i {
                3 => w[(i, j)],
                _ => probe_update(&w, &g)[(i, j)],
            }),
        )
        .mistake(
            "The layer also subtracts the gradient. Leave the update to the optimizer.",
            &probe_update(&w, &g) - &g,
        )
        .equal(weights(&layer), &probe_update(&w, &g));
    let read = gradient_of(&layer);
    let check = Check::new(GRADIENT).given("X", &x).given("E′ₙ", &e);
    let Some(read) = read else { return check.that(false, NO_GRADIENT_WITH_OPTIMIZER) };
    check.equal(&read, &g);
}

#[test]
fn backward_computes_the_error_with_the_weights_before_the_update() {
    let (x, w) = (golden::fully_connected_input(), golden::fully_connected_weights());
    let (e, g) = (golden::fully_connected_error(), golden::fully_connected_gradient_weights());
    let mut layer = FullyConnected::from_weights(w.clone());
    set_optimizer(&mut layer, Box::new(ProbeOptimizer(Log::default())));
    let check = Check::new(ERROR)
        .given("W′ before the update", &w)
        .given("E′ₙ", &e)
        .mistake(
            "The error is computed with the weights after the update. Eq. 10 uses the weights of the forward pass.",
            e.matmul(probe_update(&w, &g).first_rows(4).t()),
        )
        .mistake(
            "The error is computed with the weights after the update, and it still has the column of the ones. Use the \
             weights of the forward pass, and leave the last column out.",
            e.matmul(probe_update(&w, &g).t()),
        )
        .mistake(
            "The error still has the column of the ones. The previous layer has no such output, so leave out \
             the last column.",
            e.matmul(w.t()),
        )
        .mistake("The weights are not transposed. Eq. 10 is E′ₙ W′ᵀ.", e.matmul(w.first_rows(4)))
        .inner_dimension(4);
    let received = check.run(|| {
        layer.forward(x);
        layer.backward(e.clone())
    });
    check.equal(&received, &golden::fully_connected_error_previous());
}

#[test]
fn forward_and_predict_use_the_updated_weights() {
    let (x, w, e) =
        (golden::fully_connected_input(), golden::fully_connected_weights(), golden::fully_connected_error());
    let mut layer = FullyConnected::from_weights(w.clone());
    set_optimizer(&mut layer, Box::new(Descent(0.1)));
    let check = Check::new(UPDATE).given("W′ before the update", &w).inner_dimension(6);
    check.run(|| {
        layer.forward(x.clone());
        layer.backward(e.clone())
    });
    let updated = golden::fully_connected_updated_weights();
    check.equal(weights(&layer), &updated);
    let check = Check::new(FORWARD)
        .given("X", &x)
        .given("W′ after the update", &updated)
        .mistake(
            "The weights from before the update were used. Read `self.parameters.weights` each time.",
            output(&x, &w),
        )
        .inner_dimension(5);
    check.equal(&check.run(|| layer.predict(x.clone())), &output(&x, &updated));
    check.equal(&check.run(|| layer.forward(x.clone())), &output(&x, &updated));

    // The second step does not depend on the first.
    let g = x.clone().append_column(1.0).t().matmul(&e);
    let twice = updated.zip_map(&g, |w, g| w - 0.1 * g);
    let check = Check::new(UPDATE)
        .given("W′ before the second step", &updated)
        .mistake(
            "The first backward updated the weights, but the second did not. The optimizer must stay in \
             `self.parameters.optimizer`.",
            updated.clone(),
        )
        .inner_dimension(6);
    check.run(|| layer.backward(e));
    check.equal(weights(&layer), &twice);
}

#[test]
fn forward_and_backward_use_weights_that_were_changed_from_outside() {
    let (x, e) = (random_matrix(3, 3, 61), random_matrix(3, 2, 62));
    let (old, new) = (random_matrix(4, 2, 63), random_matrix(4, 2, 64));
    let mut layer = FullyConnected::from_weights(old.clone());
    let check = Check::new(FORWARD)
        .given("X", &x)
        .given("W′ after the change", &new)
        .mistake(
            "The weights from before the change were used. Read `self.parameters.weights` each time.",
            output(&x, &old),
        )
        .inner_dimension(4);
    let Some(parameters) = layer.parameters_mut() else {
        return check.that(false, NO_PARAMETERS_MUT);
    };
    parameters.weights = new.clone();
    check.equal(&check.run(|| layer.forward(x.clone())), &output(&x, &new));
    let check = Check::new(ERROR)
        .given("W′ after the change", &new)
        .given("E′ₙ", &e)
        .mistake(
            "The weights from before the change were used. Read `self.parameters.weights` each time.",
            e.matmul(old.first_rows(3).t()),
        )
        .inner_dimension(2);
    check.equal(&check.run(|| layer.backward(e.clone())), &e.matmul(new.first_rows(3).t()));
}

#[test]
fn backward_uses_the_optimizer_that_was_set_last() {
    let (x, w, e) = (random_matrix(2, 3, 41), random_matrix(4, 2, 42), random_matrix(2, 2, 43));
    let g = x.clone().append_column(1.0).t().matmul(&e);
    let mut layer = FullyConnected::from_weights(w.clone());
    set_optimizer(&mut layer, Box::new(ProbeOptimizer(Log::default())));
    let first = probe_update(&w, &g);
    let check = Check::new("Fully Connected Layer, backward: the update by the optimizer that was set last")
        .given("W′ before the second update", &first)
        .mistake(
            "The first optimizer is still used. Call the optimizer in `self.parameters.optimizer`.",
            probe_update(&first, &g),
        )
        .inner_dimension(3);
    let step = |layer: &mut FullyConnected| {
        layer.forward(x.clone());
        layer.backward(e.clone())
    };
    check.run(|| step(&mut layer));
    Check::new(UPDATE).given("W′ before the update", &w).inner_dimension(3).equal(weights(&layer), &first);
    set_optimizer(&mut layer, Box::new(Descent(0.5)));
    check.run(|| step(&mut layer));
    check.equal(weights(&layer), &(&first - 0.5 * &g));
}

#[test]
fn the_optimizer_remembers_its_earlier_updates() {
    let (x, w, e) = (random_matrix(2, 3, 71), random_matrix(4, 2, 72), random_matrix(2, 2, 73));
    let mut layer = FullyConnected::from_weights(w.clone());
    set_optimizer(&mut layer, Box::new(CountingOptimizer(0.0)));
    let plus = |sum: f64| w.map(|w| w + sum);
    let check = Check::new(
        "Fully Connected Layer, backward: the update by the optimizer in `self.parameters.optimizer`",
    )
    .given("W′ before three updates, which add 1, 2 and 3", &w)
    .mistake(
        "Each update uses a new copy of the optimizer, which does not remember the earlier updates. Call the optimizer \
         itself.",
        plus(3.0),
    )
    .mistake(
        "The first backward updated the weights, but the later ones did not. The optimizer must stay in \
         `self.parameters.optimizer`.",
        plus(1.0),
    );
    check.run(|| {
        for _ in 0..3 {
            layer.forward(x.clone());
            layer.backward(e.clone());
        }
    });
    check.equal(weights(&layer), &plus(6.0));
}

#[test]
fn backward_weights_stores_the_gradient_and_updates_the_weights_like_backward() {
    let (x, w, e) = (random_matrix(2, 3, 81), random_matrix(4, 2, 82), random_matrix(2, 2, 83));
    let g = x.clone().append_column(1.0).t().matmul(&e);
    let mut layer = FullyConnected::from_weights(w.clone());
    set_optimizer(&mut layer, Box::new(ProbeOptimizer(Log::default())));
    let check =
        Check::new("Fully Connected Layer, backward_weights: the gradient and the update, as in backward (Eq. 11)")
            .given("W′ before the update", &w)
            .given("the gradient", &g)
            .mistake(
                "backward_weights did not update the weights. If there is an optimizer, call its `update`.",
                w.clone(),
            )
            .inner_dimension(2);
    check.run(|| {
        layer.forward(x);
        layer.backward_weights(e)
    });
    check.equal(weights(&layer), &probe_update(&w, &g));
    let Some(received) = gradient_of(&layer) else {
        return check.that(
            false,
            "`parameters().gradient` is None after backward_weights. Store the gradient in `self.parameters.gradient`.",
        );
    };
    check.equal(&received, &g);
}

#[test]
fn predict_returns_the_output_and_does_not_affect_backward() {
    let (x, other) = (random_matrix(3, 3, 51), random_matrix(3, 3, 52));
    let (w, e) = (random_matrix(4, 2, 53), random_matrix(3, 2, 54));
    let of = |x: &Matrix| x.clone().append_column(1.0).t().matmul(&e);
    let mut layer = FullyConnected::from_weights(w.clone());
    let check = Check::new("Fully Connected Layer, predict: X′W′ = Ŷ′, without changing the layer (Eq. 9)")
        .given("X", &other)
        .given("W′", &w);
    check.run(|| layer.forward(x.clone()));
    check.equal(&check.run(|| layer.predict(other.clone())), &output(&other, &w));
    check.run(|| layer.backward(e.clone()));
    let check = Check::new(GRADIENT).given("X of forward", &x).given("X of predict", &other).given("E′ₙ", &e).mistake(
        "X′ is the input of predict. Use the input of the last forward; predict must change nothing.",
        of(&other),
    );
    let Some(received) = gradient_of(&layer) else {
        return check.that(false, NO_GRADIENT);
    };
    check.equal(&received, &of(&x));
}

/// The weights of the layer.
#[track_caller]
fn weights(layer: &FullyConnected) -> &Matrix {
    let parameters = layer.parameters();
    Check::new(PARAMETERS).that(parameters.is_some(), NO_PARAMETERS);
    &parameters.expect("checked").weights
}

/// A copy of the gradient that the layer keeps.
fn gradient_of(layer: &FullyConnected) -> Option<Matrix> {
    layer.parameters().and_then(|parameters| parameters.gradient.clone())
}

/// Sets the optimizer of the layer, as the network does.
#[track_caller]
fn set_optimizer(layer: &mut FullyConnected, optimizer: Box<dyn Optimizer>) {
    let parameters = layer.parameters_mut();
    Check::new(PARAMETERS).that(parameters.is_some(), NO_PARAMETERS_MUT);
    parameters.expect("checked").optimizer = Some(optimizer);
}

/// Eq. 9.
fn output(x: &Matrix, w: &Matrix) -> Matrix {
    x.clone().append_column(1.0).matmul(w)
}

/// Checks the output that forward returns.
fn forward(x: &Matrix, w: &Matrix, expected: &Matrix) {
    let (inputs, product) = (x.columns(), x.matmul(w.first_rows(x.columns())));
    let biases = |factor: f64| Matrix::from_fn(x.rows(), w.columns(), |i, j| product[(i, j)] + factor * w[(inputs, j)]);
    let bias_first = Matrix::from_fn(x.rows(), inputs + 1, |i, j| if j == 0 { 1.0 } else { x[(i, j - 1)] });
    let zero = |x: f64| x.max(0.0);
    let check = Check::new(FORWARD)
        .given("X", x)
        .given("W′", w)
        .inner_dimension(inputs + 1)
        .mistake("The bias is missing. Append a column of ones to X.", product.clone())
        .mistake("The column of ones comes first in X′. It comes last, since the biases are the last row of W′.", {
            bias_first.matmul(w)
        })
        .mistake("The bias is subtracted. Add it.", biases(-1.0))
        .mistake("The bias is added twice. Add it once.", biases(2.0))
        .mistake("The bias is multiplied by the batch size. Add it once to each sample.", biases(x.rows() as f64))
        .mistake("ReLU is applied to the output. Activation functions are separate layers.", expected.map(zero))
        .mistake("The sigmoid is applied to the output. Activation functions are separate layers.", {
            expected.map(|y| 1.0 / (1.0 + (-y).exp()))
        })
        .mistake("This is X′, the input with its column of ones. Multiply it by W′.", x.clone().append_column(1.0));
    let received = check.run(|| FullyConnected::from_weights(w.clone()).forward(x.clone()));
    check.equal(&received, expected);
}

/// Checks the error that backward returns after a forward, without an optimizer.
fn error_previous(x: &Matrix, w: &Matrix, e: &Matrix, expected: &Matrix) {
    let with_ones = e.matmul(w.t());
    let last = Matrix::from_fn(e.rows(), x.columns(), |i, j| with_ones[(i, j + 1)]);
    let gradient = x.clone().append_column(1.0).t().matmul(e);
    let mut check = Check::new(ERROR)
        .given("X", x)
        .given("W′", w)
        .given("E′ₙ", e)
        .inner_dimension(e.columns())
        .mistake(
            "The error still has the column of the ones. The previous layer has no such output, so leave out \
             the last column.",
            with_ones,
        )
        .mistake("The first column was left out. The ones are the last column of X′, so leave that column out.", last)
        .mistake("This is the gradient of the weights. Backward returns the error for the previous layer.", gradient)
        .mistake(
            "The error is divided by the batch size. Eq. 10 has no such factor.",
            expected * (1.0 / e.rows() as f64),
        )
        .mistake("The sign of the error is wrong. Eq. 10 is E′ₙ W′ᵀ, without a minus.", expected * -1.0)
        .mistake("The error is multiplied by the input. Eq. 10 is E′ₙ W′ᵀ.", expected.zip_map(x, |e, x| e * x));
    if e.columns() == x.columns() {
        check =
            check.mistake("The weights are not transposed. Eq. 10 is E′ₙ W′ᵀ.", e.matmul(w.first_rows(x.columns())));
    }
    let received = check.run(|| {
        let mut layer = FullyConnected::from_weights(w.clone());
        layer.forward(x.clone());
        layer.backward(e.clone())
    });
    check.equal(&received, expected);
}

/// Checks the gradient that the layer stores in backward.
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
        .mistake("The row of the biases is missing. Use X′, the input with its column of ones.", x.t().matmul(e))
        .mistake(
            "The gradient of the biases, the last row, is 0. It is the sum of the errors over the batch.",
            with_bias_row(&|_| 0.0),
        )
        .mistake("The row of the biases comes first. It is the last row, as in W′.", bias_first)
        .mistake("The gradient is divided by the batch size. Eq. 11 sums over the batch.", expected * (1.0 / batch))
        .mistake("The row of the biases is divided by the batch size. Eq. 11 sums over the batch.", {
            with_bias_row(&|j| expected[(inputs, j)] / batch)
        })
        .mistake(
            "The row of the biases is the error of the first sample only. Eq. 11 sums over the batch.",
            with_bias_row(&|j| e[(0, j)]),
        )
        .mistake(
            "This is E′ₙᵀ X′, the transpose of the gradient. The gradient has the shape of W′.",
            expected.transpose(),
        )
        .mistake("The sign of the gradient is wrong. Store X′ᵀ E′ₙ; the optimizer subtracts it.", expected * -1.0)
        .mistake("These are the weights. Store the gradient X′ᵀ E′ₙ.", w.clone())
        .mistake(
            "This is the error for the previous layer. Store the gradient X′ᵀ E′ₙ.",
            e.matmul(w.first_rows(inputs).t()),
        );
    let received = check.run(|| {
        let mut layer = FullyConnected::from_weights(w.clone());
        layer.forward(x.clone());
        layer.backward(e.clone());
        gradient_of(&layer)
    });
    let Some(received) = received else { return check.that(false, NO_GRADIENT) };
    check.equal(&received, expected);
}

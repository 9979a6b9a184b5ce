use crate::support::probe::{
    CountingOptimizer, Log, ProbeData, ProbeLayer, ProbeLoss, probe_batch, probe_error, probe_loss,
};
use crate::support::{Check, number};
use feedforward::{Matrix, NeuralNetwork};
use std::cmp::Ordering;

const APPEND: &str = "Neural Network, append_layer: every trainable layer gets its own copy of the optimizer";
const FORWARD: &str = "Neural Network, forward: the next batch through all layers, then the loss";
const BACKWARD: &str = "Neural Network, backward: the loss's error through all layers, from the last to the first";
const TRAIN: &str = "Neural Network, train: forward, record the loss, backward; so many times";
const PREDICT: &str = "Neural Network, predict: the input through all layers; nothing else";

const FORWARD_CALLS: [&str; 5] =
    ["data.next_batch", "first.forward", "second.forward", "third.forward", "loss.forward"];
const BACKWARD_CALLS: [&str; 4] = ["loss.backward", "third.backward", "second.backward", "first.backward"];

#[test]
fn append_layer_keeps_the_order() {
    let (log, check) = (Log::default(), Check::new("Neural Network, append_layer: behind the last layer"));
    let mut network = NeuralNetwork::new(CountingOptimizer(0.0), ProbeData::new(&log), ProbeLoss(log.clone()));
    for (n, name) in ["first", "second", "third"].into_iter().enumerate() {
        check.run(|| network.append_layer(ProbeLayer::new(name, 2.0, 1.0, &log)));
        check.that(network.layers().len() == n + 1, "After append_layer there is not one layer more.");
    }
    for layer in network.layers() {
        let _ = layer.predict(Matrix::ones(1, 1));
    }
    check.calls(
        &log.take().0,
        &["first.predict", "second.predict", "third.predict"],
        &[(
            "A new layer was put before the others; it belongs behind the last.",
            &["third.predict", "second.predict", "first.predict"],
        )],
    );
}

#[test]
fn append_layer_gives_every_trainable_layer_an_optimizer() {
    let updated = weights_after(1);
    let check = Check::new(APPEND)
        .mistake("No layer has an optimizer: no weight was updated.", Matrix::zeros(1, 3))
        .mistake("Only the first trainable layer got an optimizer.", Matrix::from_rows([[1.0, 0.0, 0.0]]))
        .mistake("Only the last trainable layer has an optimizer.", Matrix::from_rows([[0.0, 0.0, 1.0]]))
        .mistake(
            "All layers share one optimizer, which remembers the updates of the others: each needs a copy of its own.",
            Matrix::from_rows([[3.0, 2.0, 1.0]]),
        );
    check.equal(&updated, &Matrix::from_rows([[1.0, 1.0, 1.0]]));
}

#[test]
fn append_layer_gives_every_trainable_layer_its_own_copy() {
    let updated = weights_after(3);
    let check = Check::new(APPEND)
        .mistake(
            "All layers share one optimizer, which remembers the updates of the others: each needs a copy of its own.",
            Matrix::from_rows([[18.0, 15.0, 12.0]]), // 3+6+9, 2+5+8, 1+4+7
        )
        .mistake("The optimizer is copied anew for every batch: the copy must stay, with what it remembers.", {
            Matrix::from_rows([[3.0, 3.0, 3.0]])
        });
    check.equal(&updated, &Matrix::from_rows([[6.0, 6.0, 6.0]])); // 1 + 2 + 3
}

#[test]
fn forward_passes_the_next_batch_through_all_layers_to_the_loss() {
    let (mut network, log) = network();
    for batch in 0..4 {
        let (input, label) = probe_batch(batch);
        let output = through_layers(&input);
        let check = Check::new(FORWARD).given("input of the batch", &input).given("label", &label);
        check.run(|| network.forward());
        let (calls, arguments) = log.take();
        forward_calls(&check, &calls);
        check
            .mistake("The first layer was not given the input of the batch but its label.", label)
            .equal(&arguments[1], &input);
        let check = Check::new(FORWARD)
            .given("input of the batch", &input)
            .mistake("The loss was given the input of the batch, not the last layer's output.", input.clone())
            .mistake(
                "Every layer was given the input of the batch; each takes the output of the one before.",
                third(&input),
            );
        check.equal(&arguments[4], &output);
    }
}

#[test]
fn forward_returns_the_loss() {
    let (mut network, log) = network();
    for batch in 0..4 {
        let (input, label) = probe_batch(batch);
        let output = through_layers(&input);
        let (loss, size) = (probe_loss(&output, &label), input.rows() as f64);
        let sum: f64 = output.as_slice().iter().sum();
        let check = Check::new("Neural Network, forward: returns the loss of the batch")
            .given("last layer's output", &output)
            .given("label", &label)
            .mistake("This is the sum of the prediction; forward returns the loss.", number(sum))
            .mistake("This is the mean of the prediction; forward returns the loss.", number(sum / (2.0 * size)))
            .mistake("This is an element of the prediction; forward returns the loss.", number(output[(0, 0)]))
            .mistake(
                "Prediction and label are exchanged: loss.forward(prediction, label).",
                number(probe_loss(&label, &output)),
            )
            .mistake("This is the loss of the input; the layers come first.", number(probe_loss(&input, &label)))
            .mistake(
                "The loss is divided by the batch size; the network returns what its loss says.",
                number(loss / size),
            )
            .mistake("This is 0; forward returns the loss.", number(0.0));
        check.equal_number(check.run(|| network.forward()), loss);
        forward_calls(&check, &log.take().0);
        check.that(network.losses().is_empty(), "forward recorded the loss: train does that, once an iteration.");
    }
}

#[test]
fn backward_starts_at_the_loss_and_goes_from_the_last_layer_to_the_first() {
    let (mut network, log) = network();
    for batch in 0..3 {
        let (_, label) = probe_batch(batch);
        let check = Check::new(BACKWARD).given("label of the batch", &label);
        check.run(|| network.forward());
        log.take();
        check.run(|| network.backward());
        let (calls, arguments) = log.take();
        backward_calls(&check, &calls);
        check
            .mistake(
                "This is the label of the next batch: backward asks the data source for none.",
                probe_batch(batch + 1).1,
            )
            .mistake("This is the label of the first batch; backward belongs to the last forward.", probe_batch(0).1)
            .equal(&arguments[0], &label);
        errors(&arguments, &label);
    }
}

#[test]
fn backward_belongs_to_the_last_forward() {
    let (mut network, log) = network();
    let check = Check::new(BACKWARD);
    check.run(|| {
        network.forward();
        network.forward()
    });
    log.take();
    check.run(|| network.backward());
    let (calls, arguments) = log.take();
    backward_calls(&check, &calls);
    let check = Check::new(BACKWARD)
        .mistake("This is the label of the first forward; backward belongs to the last.", probe_batch(0).1)
        .mistake("This is the label of the next batch: backward asks the data source for none.", probe_batch(2).1);
    check.equal(&arguments[0], &probe_batch(1).1);
    errors(&arguments, &probe_batch(1).1);
}

#[test]
fn train_goes_forward_and_backward_once_an_iteration() {
    let (mut network, log) = network();
    let check = Check::new(TRAIN);
    let iteration = [&FORWARD_CALLS[..], &BACKWARD_CALLS[..]].concat();
    check.run(|| network.train(1));
    let twice = iteration.repeat(2);
    let reversed = [&BACKWARD_CALLS[..], &FORWARD_CALLS[..]].concat();
    let forward_twice = [&FORWARD_CALLS[..], &iteration[..]].concat();
    let forward_last = [&iteration[..], &FORWARD_CALLS[..]].concat();
    check.calls(
        &log.take().0,
        &iteration,
        &[
            ("train(1) did nothing.", &[]),
            ("train(1) made two iterations.", &twice),
            ("train does not call backward, so nothing is learned.", &FORWARD_CALLS),
            ("backward comes before forward.", &reversed),
            ("train calls forward twice: the loss to record is the one that the first call returned.", &forward_twice),
            ("train calls forward again after backward: the loss to record is of the forward before.", &forward_last),
        ],
    );
    check.run(|| network.train(2));
    let all_forward = [&FORWARD_CALLS[..], &FORWARD_CALLS, &BACKWARD_CALLS, &BACKWARD_CALLS].concat();
    check.calls(
        &log.take().0,
        &twice,
        &[
            ("train(2) made one iteration.", &iteration),
            ("train(2) made three iterations.", &iteration.repeat(3)),
            ("All forward passes come first; each iteration is one forward and one backward.", &all_forward),
        ],
    );
    check.run(|| network.train(0));
    check.calls(&log.take().0, &[], &[("train(0) made an iteration.", &iteration)]);
}

#[test]
fn train_records_the_loss_of_every_iteration() {
    let (mut network, _) = network();
    let expected: Vec<f64> = (0..5).map(batch_loss).collect();
    let check = Check::new(TRAIN);
    check.run(|| network.train(3));
    losses(network.losses(), &expected[..3]);
    check.run(|| network.train(2));
    losses(network.losses(), &expected);
}

#[test]
fn predict_returns_the_last_layer_output() {
    let (network, log) = network();
    let input = Matrix::from_rows([[1.0, -2.0], [0.5, 4.0], [3.0, 0.0]]);
    let check = Check::new(PREDICT)
        .given("input", &input)
        .mistake("The layers come in the wrong order: first to last.", first(&second(&third(&input))))
        .mistake("This is the first layer's output; the last one's is asked.", first(&input))
        .mistake("This is the output of the layer before the last.", second(&first(&input)))
        .mistake("Every layer was given the input; each takes the output of the one before.", third(&input));
    let prediction = check.run(|| network.predict(input.clone()));
    check.equal(&prediction, &through_layers(&input));
    let with_loss = ["first.predict", "second.predict", "third.predict", "loss.forward"];
    check.calls(&log.take().0, &with_loss[..3], &[("predict called the loss; a prediction needs none.", &with_loss)]);
}

#[test]
fn predict_leaves_training_alone() {
    let (mut network, log) = network();
    let check = Check::new("Neural Network, predict: changes nothing that training needs");
    check.run(|| {
        network.forward();
        network.predict(Matrix::ones(7, 2))
    });
    log.take();
    check.run(|| network.backward());
    let (calls, arguments) = log.take();
    backward_calls(&check, &calls);
    check.equal(&arguments[0], &probe_batch(0).1);
    errors(&arguments, &probe_batch(0).1);
    check.that(network.losses().is_empty(), "predict or backward recorded a loss: train does that.");
    check.run(|| network.train(1));
    losses(network.losses(), &[batch_loss(1)]);
}

#[test]
fn a_single_layer_is_a_network() {
    let log = Log::default();
    let mut network = NeuralNetwork::new(CountingOptimizer(0.0), ProbeData::new(&log), ProbeLoss(log.clone()));
    let (check, (input, label)) = (Check::new(FORWARD), probe_batch(0));
    check.run(|| network.append_layer(ProbeLayer::trainable("only", 3.0, 1.0, &log)));
    let loss = check.run(|| network.forward());
    check.equal_number(loss, probe_loss(&input.map(|x| 3.0 * x + 1.0), &label));
    check.run(|| network.backward());
    let calls = ["data.next_batch", "only.forward", "loss.forward", "loss.backward", "only.backward"];
    Check::new(BACKWARD).calls(
        &log.take().0,
        &calls,
        &[("The first layer gets no error: it needs one to learn.", &calls[..4])],
    );
    check.equal(&network.layers()[0].parameters().unwrap().weights, &number(1.0));
}

/// A network of three layers that do not commute, the middle one trainable, and the log of its parts.
fn network() -> (NeuralNetwork, Log) {
    let log = Log::default();
    let mut network = NeuralNetwork::new(CountingOptimizer(0.0), ProbeData::new(&log), ProbeLoss(log.clone()));
    Check::new(APPEND).run(|| {
        network.append_layer(ProbeLayer::new("first", 2.0, 1.0, &log));
        network.append_layer(ProbeLayer::trainable("second", -1.0, 0.5, &log));
        network.append_layer(ProbeLayer::new("third", 0.25, 3.0, &log));
    });
    (network, log)
}

fn first(x: &Matrix) -> Matrix {
    x.map(|x| 2.0 * x + 1.0)
}

fn second(x: &Matrix) -> Matrix {
    x.map(|x| -x + 0.5)
}

fn third(x: &Matrix) -> Matrix {
    x.map(|x| 0.25 * x + 3.0)
}

fn through_layers(x: &Matrix) -> Matrix {
    third(&second(&first(x)))
}

fn batch_loss(batch: usize) -> f64 {
    let (input, label) = probe_batch(batch);
    probe_loss(&through_layers(&input), &label)
}

/// The weight of each of three trainable layers after so many iterations, with an optimizer whose n-th update adds n.
fn weights_after(iterations: usize) -> Matrix {
    let log = Log::default();
    let mut network = NeuralNetwork::new(CountingOptimizer(0.0), ProbeData::new(&log), ProbeLoss(log.clone()));
    let check = Check::new(APPEND);
    check.run(|| {
        for name in ["first", "second", "third"] {
            network.append_layer(ProbeLayer::trainable(name, 1.0, 1.0, &log));
            network.append_layer(ProbeLayer::new("between", 1.0, 1.0, &log));
        }
        for _ in 0..iterations {
            network.forward();
            network.backward();
        }
    });
    let trainable = network.layers().iter().filter_map(|layer| layer.parameters());
    let weights: Vec<f64> = trainable.map(|parameters| parameters.weights[(0, 0)]).collect();
    Matrix::from_rows([weights])
}

fn forward_calls(check: &Check, calls: &[String]) {
    let with = |changed: &[&'static str]| changed.to_vec();
    let last_first = with(&["data.next_batch", "third.forward", "second.forward", "first.forward", "loss.forward"]);
    let twice = [&["data.next_batch"], &FORWARD_CALLS[..]].concat();
    let predicts = with(&["data.next_batch", "first.predict", "second.predict", "third.predict", "loss.forward"]);
    let and_back = [&FORWARD_CALLS[..], &BACKWARD_CALLS[..]].concat();
    check.calls(
        calls,
        &FORWARD_CALLS,
        &[
            ("The layers go from the last to the first; forward goes from the first to the last.", &last_first),
            ("The data source is asked twice; input and label come together, from one batch.", &twice),
            ("The layers' predict was called: it keeps nothing for backward. Call their forward.", &predicts),
            ("The loss is not computed: loss.forward comes last.", &FORWARD_CALLS[..4]),
            ("forward also goes backward; that is for backward, when it is called.", &and_back),
            ("The layers are left out.", &["data.next_batch", "loss.forward"]),
            ("The last layer is left out.", &["data.next_batch", "first.forward", "second.forward", "loss.forward"]),
            ("The first layer is left out.", &["data.next_batch", "second.forward", "third.forward", "loss.forward"]),
        ],
    );
}

fn backward_calls(check: &Check, calls: &[String]) {
    let forward_order = ["loss.backward", "first.backward", "second.backward", "third.backward"];
    let asks = [&["data.next_batch"], &BACKWARD_CALLS[..]].concat();
    let again = [&FORWARD_CALLS[..], &BACKWARD_CALLS[..]].concat();
    check.calls(
        calls,
        &BACKWARD_CALLS,
        &[
            ("The layers go from the first to the last; the error goes from the last to the first.", &forward_order),
            ("The data source is asked again: backward uses the label of the batch that forward took.", &asks),
            ("backward goes forward again: forward was called before.", &again),
            ("Only the loss's error is computed; it goes through the layers then.", &BACKWARD_CALLS[..1]),
            ("The loss is left out: its backward gives the first error.", &BACKWARD_CALLS[1..]),
            ("The first layer is left out: it has weights too that learn from the error.", &BACKWARD_CALLS[..3]),
            ("The last layer is left out.", &["loss.backward", "second.backward", "first.backward"]),
            ("backward did nothing.", &[]),
        ],
    );
}

/// The errors that the layers were given, from the last to the first.
fn errors(arguments: &[Matrix], label: &Matrix) {
    let start = probe_error(label);
    let below_third = start.map(|e| 3.0 * e + 0.25);
    let below_second = below_third.map(|e| 0.5 * e - 1.0);
    let named = [("third", &start), ("second", &below_third), ("first", &below_second)];
    for ((name, expected), received) in named.into_iter().zip(&arguments[1..]) {
        let check = match name {
            "third" => Check::new("Neural Network, backward: the last layer is given the error of the loss"),
            "second" => Check::new("Neural Network, backward: each layer is given the error of the one behind it"),
            _ => Check::new("Neural Network, backward: the first layer is given the error of the one behind it"),
        };
        let check = check.given("label of the batch", label);
        let check = if name == "third" {
            check
        } else {
            check.mistake("This is the error of the loss; it is for the last layer alone.", start.clone())
        };
        check.equal(received, expected);
    }
}

/// The recorded losses must be these.
fn losses(received: &[f64], expected: &[f64]) {
    let row = |losses: &[f64]| Matrix::from_rows([losses]);
    let sums: Vec<f64> = (1..=expected.len()).map(|n| expected[..n].iter().sum()).collect();
    let twice: Vec<f64> = expected.iter().flat_map(|&loss| [loss, loss]).collect();
    let check = Check::new(TRAIN)
        .mistake("No loss was recorded.", row(&[]))
        .mistake("The losses add up: each iteration records its own.", row(&sums))
        .mistake("Only the last loss is there: one is recorded every iteration.", row(&expected[expected.len() - 1..]))
        .mistake("Every loss is recorded twice: forward records none, train does.", row(&twice))
        .mistake(
            "The losses of the first training are gone: train adds to them.",
            row(&expected[expected.len() / 2 + 1..]),
        );
    let check = match received.len().cmp(&expected.len()) {
        Ordering::Less => check.mistake("Losses are missing: one is recorded every iteration.", row(received)),
        Ordering::Greater => {
            check.mistake("There are too many losses: one is recorded every iteration.", row(received))
        }
        Ordering::Equal => check,
    };
    check.equal(&row(received), &row(expected));
}

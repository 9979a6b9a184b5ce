use crate::support::probe::{
    CountingOptimizer, Log, ProbeData, ProbeLayer, ProbeLoss, probe_batch, probe_error, probe_loss,
};
use crate::support::{Check, number};
use feedforward::{Matrix, NeuralNetwork};
use std::cmp::Ordering;

const APPEND: &str = "Neural Network, append_layer: each layer with parameters gets its own copy of the optimizer";
const FORWARD: &str = "Neural Network, forward: passes the next batch through all layers to the loss";
const BACKWARD: &str =
    "Neural Network, backward: passes the error of the loss through all layers, from the last to the first";
const TRAIN: &str = "Neural Network, train: in each iteration, calls forward, records the loss, and calls backward";
const PREDICT: &str = "Neural Network, predict: passes the input through all layers, without a loss";

const FORWARD_CALLS: [&str; 5] =
    ["data.next_batch", "first.forward", "second.forward", "third.forward", "loss.forward"];
const BACKWARD_CALLS: [&str; 4] = ["loss.backward", "third.backward", "second.backward", "first.backward"];

#[test]
fn append_layer_adds_each_layer_after_the_last_one() {
    let (log, check) = (Log::default(), Check::new("Neural Network, append_layer: adds a layer after the last one"));
    let mut network = NeuralNetwork::new(CountingOptimizer(0.0), ProbeData::new(&log), ProbeLoss(log.clone()));
    for (n, name) in ["first", "second", "third"].into_iter().enumerate() {
        check.run(|| network.append_layer(ProbeLayer::new(name, 2.0, 1.0, &log)));
        check.that(
            network.layers().len() == n + 1,
            "The number of layers did not grow by one. append_layer must add exactly one layer to `layers`.",
        );
    }
    for layer in network.layers() {
        let _ = layer.predict(Matrix::ones(1, 1));
    }
    check.calls(
        &log.take().0,
        &["first.predict", "second.predict", "third.predict"],
        &[(
            "The new layer was added before the other layers. Add it after the last layer.",
            &["third.predict", "second.predict", "first.predict"],
        )],
    );
}

#[test]
fn append_layer_gives_each_layer_with_parameters_an_optimizer() {
    let updated = weights_after(1);
    let check = Check::new(APPEND)
        .mistake(
            "No layer has an optimizer, so no weight was updated. Set `parameters.optimizer` to a copy.",
            Matrix::zeros(1, 3),
        )
        .mistake(
            "The first layer with parameters got an optimizer, but the later ones did not. Each needs its own copy.",
            Matrix::from_rows([[1.0, 0.0, 0.0]]),
        )
        .mistake(
            "The last layer with parameters has an optimizer, but the earlier ones do not. Each needs its own copy.",
            Matrix::from_rows([[0.0, 0.0, 1.0]]),
        )
        .mistake(
            "All layers share one optimizer, which remembers the updates of every layer. Give each layer its own copy.",
            Matrix::from_rows([[3.0, 2.0, 1.0]]),
        );
    check.equal(&updated, &Matrix::from_rows([[1.0, 1.0, 1.0]]));
}

#[test]
fn append_layer_gives_each_layer_its_own_copy_of_the_optimizer() {
    let updated = weights_after(3);
    let check = Check::new(APPEND)
        .mistake("No layer has an optimizer, so no weight was updated. Set `parameters.optimizer` to a copy.", {
            Matrix::zeros(1, 3)
        })
        .mistake(
            "All layers share one optimizer, which remembers the updates of every layer. Give each layer its own copy.",
            Matrix::from_rows([[18.0, 15.0, 12.0]]), // 3+6+9, 2+5+8, 1+4+7
        )
        .mistake(
            "The optimizer is copied again for each batch. Copy it once, in append_layer, so that it remembers its \
             updates.",
            Matrix::from_rows([[3.0, 3.0, 3.0]]),
        );
    check.equal(&updated, &Matrix::from_rows([[6.0, 6.0, 6.0]])); // 1 + 2 + 3
}

#[test]
fn forward_passes_the_next_batch_through_all_layers_to_the_loss() {
    let (mut network, log) = network();
    for batch in 0..4 {
        let (input, label) = probe_batch(batch);
        let output = through_layers(&input);
        let check = Check::new(FORWARD).given("the input of the batch", &input).given("the label", &label);
        check.run(|| network.forward());
        let (calls, arguments) = log.take();
        forward_calls(&check, &calls);
        check
            .mistake("The first layer got the label of the batch. Pass it the input.", label)
            .equal(&arguments[1], &input);
        let check = Check::new(FORWARD)
            .given("the input of the batch", &input)
            .mistake("The loss got the input of the batch. Pass it the output of the last layer.", input.clone())
            .mistake(
                "Every layer got the input of the batch. Pass each layer the output of the previous layer.",
                third(&input),
            );
        check.equal(&arguments[4], &output);
    }
}

#[test]
fn forward_returns_the_loss_of_the_batch() {
    let (mut network, log) = network();
    for batch in 0..4 {
        let (input, label) = probe_batch(batch);
        let output = through_layers(&input);
        let (loss, size) = (probe_loss(&output, &label), input.rows() as f64);
        let sum: f64 = output.as_slice().iter().sum();
        let check = Check::new("Neural Network, forward: returns the loss of the batch")
            .given("the output of the last layer", &output)
            .given("the label", &label)
            .mistake("This is the sum of the prediction. Forward returns the loss.", number(sum))
            .mistake("This is the mean of the prediction. Forward returns the loss.", number(sum / (2.0 * size)))
            .mistake("This is an element of the prediction. Forward returns the loss.", number(output[(0, 0)]))
            .mistake(
                "Prediction and label are exchanged. Call `loss.forward(prediction, &label)`.",
                number(probe_loss(&label, &output)),
            )
            .mistake("This is the loss of the input. First pass the input through the layers.", {
                number(probe_loss(&input, &label))
            })
            .mistake("The loss is divided by the batch size. Return what `loss.forward` returns.", number(loss / size))
            .mistake("This is 0. Forward returns the loss.", number(0.0));
        check.equal_number(check.run(|| network.forward()), loss);
        forward_calls(&check, &log.take().0);
        check.that(
            network.losses().is_empty(),
            "forward recorded the loss. Only train records it, once for each iteration.",
        );
    }
}

#[test]
fn backward_passes_the_error_of_the_loss_from_the_last_layer_to_the_first() {
    let (mut network, log) = network();
    for batch in 0..3 {
        let (_, label) = probe_batch(batch);
        let check = Check::new(BACKWARD).given("the label of the batch", &label);
        check.run(|| network.forward());
        log.take();
        check.run(|| network.backward());
        let (calls, arguments) = log.take();
        backward_calls(&check, &calls);
        check
            .mistake(
                "This is the label of the next batch. Use the label that forward got; do not ask for another batch.",
                probe_batch(batch + 1).1,
            )
            .mistake("This is the label of the first batch. Use the label of the last forward.", probe_batch(0).1)
            .equal(&arguments[0], &label);
        errors(&arguments, &label);
    }
}

#[test]
fn backward_uses_the_label_of_the_last_forward() {
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
        .mistake("This is the label of the first forward. Use the label of the last forward.", probe_batch(0).1)
        .mistake(
            "This is the label of the next batch. Use the label that forward got; do not ask for another batch.",
            probe_batch(2).1,
        );
    check.equal(&arguments[0], &probe_batch(1).1);
    errors(&arguments, &probe_batch(1).1);
}

#[test]
fn train_calls_forward_and_backward_once_for_each_iteration() {
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
            ("train(1) did nothing. It must call forward and backward once.", &[]),
            ("train(1) made two iterations. It must make one.", &twice),
            (
                "train does not call backward, so the network does not learn. Call backward after forward.",
                &FORWARD_CALLS,
            ),
            ("train calls backward before forward. Call forward first.", &reversed),
            ("train calls forward twice. Record the loss that the first call returned.", &forward_twice),
            ("train calls forward again after backward. Record the loss that the first call returned.", &forward_last),
        ],
    );
    check.run(|| network.train(2));
    let all_forward = [&FORWARD_CALLS[..], &FORWARD_CALLS, &BACKWARD_CALLS, &BACKWARD_CALLS].concat();
    check.calls(
        &log.take().0,
        &twice,
        &[
            ("train(2) made one iteration. It must make two.", &iteration),
            ("train(2) made three iterations. It must make two.", &iteration.repeat(3)),
            ("train makes all forward passes first. Each iteration is one forward and one backward.", &all_forward),
        ],
    );
    check.run(|| network.train(0));
    check.calls(&log.take().0, &[], &[("train(0) made an iteration. It must make none.", &iteration)]);
}

#[test]
fn train_records_the_loss_of_each_iteration() {
    let (mut network, _) = network();
    let expected: Vec<f64> = (0..5).map(batch_loss).collect();
    let check = Check::new(TRAIN);
    check.run(|| network.train(3));
    losses(network.losses(), &expected[..3]);
    check.run(|| network.train(2));
    losses(network.losses(), &expected);
}

#[test]
fn predict_returns_the_output_of_the_last_layer() {
    let (network, log) = network();
    let input = Matrix::from_rows([[1.0, -2.0], [0.5, 4.0], [3.0, 0.0]]);
    let check = Check::new(PREDICT)
        .given("the input", &input)
        .mistake(
            "The layers are in the wrong order. Pass the input from the first layer to the last.",
            first(&second(&third(&input))),
        )
        .mistake("This is the output of the first layer. Return the output of the last layer.", first(&input))
        .mistake(
            "This is the output of the second-to-last layer. Return the output of the last layer.",
            second(&first(&input)),
        )
        .mistake("Every layer got the input. Pass each layer the output of the previous layer.", third(&input));
    let prediction = check.run(|| network.predict(input.clone()));
    check.equal(&prediction, &through_layers(&input));
    let with_loss = ["first.predict", "second.predict", "third.predict", "loss.forward"];
    let needs_none = "predict called the loss. It must only pass the input through the layers.";
    check.calls(&log.take().0, &with_loss[..3], &[(needs_none, &with_loss)]);
}

#[test]
fn predict_does_not_affect_training() {
    let (mut network, log) = network();
    let check = Check::new("Neural Network, predict: changes nothing in the network");
    check.run(|| {
        network.forward();
        network.predict(Matrix::ones(7, 2))
    });
    log.take();
    Check::new(BACKWARD).run(|| network.backward());
    let (calls, arguments) = log.take();
    backward_calls(&check, &calls);
    check.equal(&arguments[0], &probe_batch(0).1);
    errors(&arguments, &probe_batch(0).1);
    check.that(network.losses().is_empty(), "predict or backward recorded a loss. Only train records it.");
    check.run(|| network.train(1));
    losses(network.losses(), &[batch_loss(1)]);
}

#[test]
fn a_network_may_have_a_single_layer() {
    let log = Log::default();
    let mut network = NeuralNetwork::new(CountingOptimizer(0.0), ProbeData::new(&log), ProbeLoss(log.clone()));
    let (check, (input, label)) = (Check::new(FORWARD), probe_batch(0));
    check.run(|| network.append_layer(ProbeLayer::with_weight("only", 3.0, 1.0, &log)));
    let loss = check.run(|| network.forward());
    check.equal_number(loss, probe_loss(&input.map(|x| 3.0 * x + 1.0), &label));
    Check::new(BACKWARD).run(|| network.backward());
    let calls = ["data.next_batch", "only.forward", "loss.forward", "loss.backward", "only.backward"];
    let evaluates = [&calls[..2], &["loss.evaluate"], &calls[3..]].concat();
    Check::new(BACKWARD).calls(
        &log.take().0,
        &calls,
        &[
            ("The first layer got no error. It may have weights to update too, so call its backward.", &calls[..4]),
            ("forward calls `loss.evaluate`, which keeps nothing for backward. Call `loss.forward`.", &evaluates),
        ],
    );
    Check::new(APPEND)
        .mistake(
            "The layer has no optimizer, so its weight was not updated. Set `parameters.optimizer` to a copy.",
            number(0.0),
        )
        .equal(&network.layers()[0].parameters().unwrap().weights, &number(1.0));
}

/// Returns a network of three layers whose order matters, and the log of all calls. Only the second layer has
/// parameters.
fn network() -> (NeuralNetwork, Log) {
    let log = Log::default();
    let mut network = NeuralNetwork::new(CountingOptimizer(0.0), ProbeData::new(&log), ProbeLoss(log.clone()));
    Check::new(APPEND).run(|| {
        network.append_layer(ProbeLayer::new("first", 2.0, 1.0, &log));
        network.append_layer(ProbeLayer::with_weight("second", -1.0, 0.5, &log));
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

/// The weights of three layers with one weight each after `iterations`, with an optimizer whose update number n adds n.
fn weights_after(iterations: usize) -> Matrix {
    let log = Log::default();
    let mut network = NeuralNetwork::new(CountingOptimizer(0.0), ProbeData::new(&log), ProbeLoss(log.clone()));
    Check::new(APPEND).run(|| {
        for name in ["first", "second", "third"] {
            network.append_layer(ProbeLayer::with_weight(name, 1.0, 1.0, &log));
            network.append_layer(ProbeLayer::new("between", 1.0, 1.0, &log));
        }
    });
    Check::new(TRAIN).run(|| {
        for _ in 0..iterations {
            network.forward();
            network.backward();
        }
    });
    let with_parameters = network.layers().iter().filter_map(|layer| layer.parameters());
    let weights: Vec<f64> = with_parameters.map(|parameters| parameters.weights[(0, 0)]).collect();
    Matrix::from_rows([weights])
}

fn forward_calls(check: &Check, calls: &[String]) {
    let with = |changed: &[&'static str]| changed.to_vec();
    let last_first = with(&["data.next_batch", "third.forward", "second.forward", "first.forward", "loss.forward"]);
    let twice = [&["data.next_batch"], &FORWARD_CALLS[..]].concat();
    let predicts = with(&["data.next_batch", "first.predict", "second.predict", "third.predict", "loss.forward"]);
    let evaluates = [&FORWARD_CALLS[..4], &["loss.evaluate"]].concat();
    let and_back = [&FORWARD_CALLS[..], &BACKWARD_CALLS[..]].concat();
    check.calls(
        calls,
        &FORWARD_CALLS,
        &[
            ("forward calls the layers from the last to the first. Call them from the first to the last.", &last_first),
            ("forward asks the data source twice. Take the input and the label from one batch.", &twice),
            ("forward calls predict of the layers, which keeps nothing for backward. Call their forward.", &predicts),
            ("The loss is not computed. Call `loss.forward` last.", &FORWARD_CALLS[..4]),
            ("forward calls `loss.evaluate`, which keeps nothing for backward. Call `loss.forward`.", &evaluates),
            ("forward also runs the backward pass. Only backward does that.", &and_back),
            (
                "forward leaves out the layers. Pass the input through all of them.",
                &["data.next_batch", "loss.forward"],
            ),
            (
                "forward leaves out the last layer. Pass the input through all layers.",
                &["data.next_batch", "first.forward", "second.forward", "loss.forward"],
            ),
            (
                "forward leaves out the first layer. Pass the input through all layers.",
                &["data.next_batch", "second.forward", "third.forward", "loss.forward"],
            ),
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
            (
                "backward calls the layers from the first to the last. Call them from the last to the first.",
                &forward_order,
            ),
            ("backward asks the data source again. Use the label of the batch that forward took.", &asks),
            ("backward calls forward again. It must use what the last forward kept.", &again),
            (
                "backward computes the error of the loss but does not pass it through the layers. Call their backward.",
                &BACKWARD_CALLS[..1],
            ),
            (
                "backward leaves out the loss. Call `loss.backward`, which returns the first error.",
                &BACKWARD_CALLS[1..],
            ),
            (
                "backward leaves out the first layer. It may have weights to update too, so call its backward.",
                &BACKWARD_CALLS[..3],
            ),
            (
                "backward leaves out the last layer. Call the backward of every layer.",
                &["loss.backward", "second.backward", "first.backward"],
            ),
            ("backward did nothing. Call `loss.backward`, then the backward of every layer.", &[]),
        ],
    );
}

/// Checks the errors that the layers got, from the last layer to the first.
fn errors(arguments: &[Matrix], label: &Matrix) {
    let start = probe_error(label);
    let after_third = start.map(|e| 3.0 * e + 0.25);
    let after_second = after_third.map(|e| 0.5 * e - 1.0);
    let named = [("third", &start), ("second", &after_third), ("first", &after_second)];
    for ((name, expected), received) in named.into_iter().zip(&arguments[1..]) {
        let check = match name {
            "third" => Check::new("Neural Network, backward: the last layer gets the error that the loss returned"),
            "second" => Check::new("Neural Network, backward: each layer gets the error that the next layer returned"),
            _ => Check::new("Neural Network, backward: the first layer gets the error that the next layer returned"),
        };
        let check = check.given("the label of the batch", label);
        let check = if name == "third" {
            check
        } else {
            check.mistake(
                "This is the error of the loss, which only the last layer gets. Pass on what each backward returns.",
                start.clone(),
            )
        };
        check.equal(received, expected);
    }
}

/// Checks the recorded losses.
fn losses(received: &[f64], expected: &[f64]) {
    let row = |losses: &[f64]| Matrix::from_rows([losses]);
    let sums: Vec<f64> = (1..=expected.len()).map(|n| expected[..n].iter().sum()).collect();
    let twice: Vec<f64> = expected.iter().flat_map(|&loss| [loss, loss]).collect();
    let check = Check::new(TRAIN)
        .mistake("No loss was recorded. Record one for each iteration.", row(&[]))
        .mistake("Each recorded loss is the sum of all losses so far. Record the loss of the iteration.", row(&sums))
        .mistake("The list holds only the last loss. Add the loss of each iteration to it.", {
            row(&expected[expected.len() - 1..])
        })
        .mistake("Every loss is recorded twice. Record it once, in train.", row(&twice))
        .mistake(
            "The losses of the first call of train are missing. Later calls must add to the list.",
            row(&expected[expected.len() / 2 + 1..]),
        );
    let check = match received.len().cmp(&expected.len()) {
        Ordering::Less => check.mistake("Losses are missing. Record one for each iteration.", row(received)),
        Ordering::Greater => check.mistake("There are too many losses. Record one for each iteration.", row(received)),
        Ordering::Equal => check,
    };
    check.equal(&row(received), &row(expected));
}

//! Networks as graphs agree with the layers, with the oracle, with central differences and with bare products.

use crate::support::{OneBatch, assert_near, golden};
use crate::{bits, number};
use feedforward::data::{Batches, Dataset, one_hot};
use feedforward::graph::{Graph, Node, Pass, Program, training_step};
use feedforward::random::Random;
use feedforward::{
    CrossEntropyLoss, DataSource, FullyConnected, Layer, Loss, Matrix, NeuralNetwork, Relu, Sgd, Softmax,
};
use proptest::prelude::*;

/// All passes that keep every bit.
const EXACT: [Pass; 4] = [Pass::Dead, Pass::Merge, Pass::Fold, Pass::Reuse];

/// The weights of random layers.
fn weights(sizes: &[usize], random: &mut Random) -> Vec<Matrix> {
    sizes.windows(2).map(|pair| FullyConnected::xavier(pair[0], pair[1], random).parameters.weights).collect()
}

/// The layers with these weights, ReLUs between them and softmax at the end.
fn layers(weights: &[Matrix]) -> Vec<Box<dyn Layer>> {
    let mut layers: Vec<Box<dyn Layer>> = Vec::new();
    for weights in weights {
        if !layers.is_empty() {
            layers.push(Box::new(Relu::new()));
        }
        layers.push(Box::new(FullyConnected::from_weights(weights.clone())));
    }
    layers.push(Box::new(Softmax::new()));
    layers
}

fn network(weights: &[Matrix], data: impl DataSource + 'static, learning_rate: f64) -> NeuralNetwork {
    let mut network = NeuralNetwork::new(Sgd::new(learning_rate), data, CrossEntropyLoss::new());
    layers(weights).into_iter().for_each(|layer| network.append_layer(layer));
    network
}

/// The weights of a network, from the first layer to the last.
fn weights_of(network: &NeuralNetwork) -> Vec<Matrix> {
    network.layers().iter().filter_map(|layer| Some(layer.parameters()?.weights.clone())).collect()
}

/// The weights in a program of a training step.
fn weights_in(program: &Program, count: usize) -> Vec<Matrix> {
    (1..=count).map(|i| program.parameter(&format!("w{i}")).clone()).collect()
}

/// The loss, the gradients and the inputs of the ReLUs of a network, as outputs.
fn gradients(weights: &[Matrix], passes: &[Pass]) -> Program {
    let mut graph = Graph::new();
    let mut output = graph.input("x", weights[0].rows() - 1);
    let mut nodes = vec![output];
    for (i, weights) in weights.iter().enumerate() {
        if i > 0 {
            graph.output(&format!("z{i}"), output);
            output = graph.relu(output);
        }
        nodes.push(graph.parameter(&format!("w{i}"), weights.clone()));
        output = graph.fully_connected(output, nodes[i + 1]);
    }
    let prediction = graph.softmax(output);
    let label = graph.one_hot_input("y", weights[weights.len() - 1].columns());
    let loss = graph.cross_entropy(prediction, label, 0.0);
    graph.output("loss", loss);
    for (i, gradient) in graph.gradients(loss, &nodes).into_iter().enumerate() {
        graph.output(&format!("gradient {i}"), gradient);
    }
    graph.compile_with(passes)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_gradients_of_a_graph_are_those_of_the_layers(
        batch in 1..9usize, sizes in prop::collection::vec(1..9usize, 2..7), seed: u64,
    ) {
        let random = &mut Random::new(seed);
        let weights = weights(&sizes, random);
        let x = Matrix::from_fn(batch, sizes[0], |_, _| random.normal());
        let classes = sizes[sizes.len() - 1];
        let y = one_hot(&(0..batch).map(|_| random.below(classes)).collect::<Vec<_>>(), classes);

        let (mut layers, mut loss) = (layers(&weights), CrossEntropyLoss::new());
        let prediction = layers.iter_mut().fold(x.clone(), |x, layer| layer.forward(x));
        loss.forward(prediction, &y);
        let error = layers.iter_mut().rev().fold(loss.backward(&y), |error, layer| layer.backward(error));
        let mut expected = vec![error];
        expected.extend(layers.iter().filter_map(|layer| layer.parameters()?.gradient.clone()));

        for passes in [&[][..], &EXACT, &Pass::ALL] {
            let mut program = gradients(&weights, passes);
            program.run(&[("x", &x), ("y", &y)]);
            for (i, expected) in expected.iter().enumerate() {
                let actual = program.output(&format!("gradient {i}"));
                prop_assert_eq!(actual.shape(), expected.shape());
                let difference = (actual - expected).max_abs();
                // Errors of samples can cancel, so small gradients keep the rounding of numbers near 1.
                prop_assert!(difference <= 1e-12 * expected.max_abs().max(1.0), "{}: {}", i, difference);
            }
        }
    }

    #[test]
    fn the_gradients_of_a_graph_agree_with_central_differences(
        batch in 1..4usize, sizes in prop::collection::vec(1..5usize, 2..5), seed: u64,
    ) {
        let random = &mut Random::new(seed);
        let weights = weights(&sizes, random);
        let x = Matrix::from_fn(batch, sizes[0], |_, _| 0.1 + random.uniform());
        let classes = sizes[sizes.len() - 1];
        let y = one_hot(&(0..batch).map(|_| random.below(classes)).collect::<Vec<_>>(), classes);
        let mut program = gradients(&weights, &Pass::ALL);
        program.run(&[("x", &x), ("y", &y)]);
        for (l, w) in weights.iter().enumerate() {
            let gradient = program.output(&format!("gradient {}", l + 1)).clone();
            for (i, j) in (0..w.rows()).flat_map(|i| (0..w.columns()).map(move |j| (i, j))) {
                let mut run = |step: f64| {
                    let mut nudged = w.clone();
                    nudged[(i, j)] += step;
                    program.set_parameter(&format!("w{l}"), nudged);
                    program.run(&[("x", &x), ("y", &y)]);
                    let signs = |z: usize| program.output(&format!("z{z}")).map(f64::signum);
                    (number(&program, "loss"), (1..weights.len()).map(signs).collect::<Vec<_>>())
                };
                let ((upper, signs), (lower, others), _) = (run(1e-5), run(-1e-5), run(0.0));
                let numeric = (upper - lower) / 2e-5;
                let same_side_of_every_kink = signs == others;
                let close = (gradient[(i, j)] - numeric).abs() <= 1e-6 * numeric.abs().max(1.0);
                prop_assert!(close || !same_side_of_every_kink, "{} {}", gradient[(i, j)], numeric);
            }
        }
    }
}

#[test]
fn without_the_rewriting_a_graph_trains_bit_for_bit_like_the_layers() {
    for (sizes, batch, steps) in [(&[4, 3, 3][..], 50, 200), (&[4, 3], 7, 50), (&[30, 40, 20, 10], 33, 50)] {
        let random = &mut Random::new(1);
        let weights = weights(sizes, random);
        let x = Matrix::from_fn(batch, sizes[0], |_, _| random.uniform());
        let y = one_hot(&(0..batch).map(|i| i % sizes[sizes.len() - 1]).collect::<Vec<_>>(), sizes[sizes.len() - 1]);
        let mut network = network(&weights, OneBatch(x.clone(), y.clone()), 1e-3);
        for passes in [&[][..], &[Pass::Dead], &EXACT] {
            let mut program = training_step(weights.clone(), 1e-3).compile_with(passes);
            for step in 0..steps {
                program.run(&[("x", &x), ("y", &y)]);
                if network.losses().len() == step {
                    network.train(1);
                }
                assert_eq!(number(&program, "loss").to_bits(), network.losses()[step].to_bits(), "{sizes:?}, {step}");
            }
            let ours = weights_in(&program, weights.len());
            for (ours, theirs) in ours.iter().zip(weights_of(&network)) {
                assert_eq!(bits(ours), bits(&theirs), "{sizes:?}");
            }
        }
    }
}

/// One step with bare products, and with the error at the logits as one derives it on paper. The page `three_levels` has
/// the same step; here it is compared with every instruction set.
fn by_hand(x: &Matrix, y: &Matrix, [w1, w2]: &mut [Matrix; 2], learning_rate: f64) -> f64 {
    let x1 = x.clone().append_column(1.0);
    let z1 = x1.matmul(&*w1); //                                      X′W′      (9)
    let x2 = z1.map(|z| z.max(0.0)).append_column(1.0); //            max(0, x)
    let y_hat = Softmax::new().predict(x2.matmul(&*w2)); //           X′W′      (9), (13)
    let chosen = y_hat.zip_map(y, |p, y| p * y).row_sums();
    let loss = -chosen.iter().map(|p| (p + f64::EPSILON).ln()).sum::<f64>(); // (15)
    let e2 = &y_hat - y; //                                           ŷ − y     (16), (14)
    let g2 = x2.t().matmul(&e2); //                                   X′ᵀE′     (11)
    let e1 = e2.matmul(w2.first_rows(w2.rows() - 1).t()); //          E′W′ᵀ     (10)
    let e1 = e1.zip_map(&z1, |e, z| if z <= 0.0 { 0.0 } else { e }); //         (12)
    let g1 = x1.t().matmul(&e1); //                                   X′ᵀE′     (11)
    *w1 -= learning_rate * g1;
    *w2 -= learning_rate * g2;
    loss
}

#[test]
fn the_rewritten_graph_trains_bit_for_bit_like_bare_products_and_within_rounding_like_the_layers() {
    let random = &mut Random::new(2);
    let mut data = Batches::new(Dataset::iris(), 50, Random::new(3));
    let start = weights(&[4, 3, 3], random);
    let mut program = training_step(start.clone(), 1e-3).compile();
    let mut hand = [start[0].clone(), start[1].clone()];
    let mut network = network(&start, Batches::new(Dataset::iris(), 50, Random::new(3)), 1e-3);
    for step in 0..200 {
        let (x, y) = data.next_batch();
        program.run(&[("x", &x), ("y", &y)]);
        network.train(1);
        let loss = number(&program, "loss");
        assert_eq!(loss.to_bits(), by_hand(&x, &y, &mut hand, 1e-3).to_bits(), "step {step}");
        let layers = network.losses()[step];
        assert!((loss - layers).abs() <= 1e-14 * layers.abs(), "step {step}: {loss:e} {layers:e}");
    }
    for ((ours, hand), layers) in weights_in(&program, 2).iter().zip(&hand).zip(&weights_of(&network)) {
        assert_eq!(bits(ours), bits(hand));
        assert_near(ours, layers, 1e-14);
    }
}

#[test]
fn one_program_serves_batches_of_every_size() {
    let random = &mut Random::new(4);
    let weights = weights(&[3, 4, 2], random);
    let mut program = training_step(weights.clone(), 0.01).compile_with(&EXACT);
    let mut start = weights;
    for batch in [5, 3, 1, 0, 8] {
        let x = Matrix::from_fn(batch, 3, |_, _| random.normal());
        let y = one_hot(&(0..batch).map(|_| random.below(2)).collect::<Vec<_>>(), 2);
        let y = if batch == 0 { Matrix::zeros(0, 2) } else { y };
        let mut network = network(&start, OneBatch(x.clone(), y.clone()), 0.01);
        network.train(1);
        program.run(&[("x", &x), ("y", &y)]);
        assert_eq!(number(&program, "loss"), network.losses()[0], "batch of {batch}");
        start = weights_of(&network);
        assert_eq!(weights_in(&program, 2), start, "batch of {batch}");
    }
}

/// Runs a graph of one function once.
fn evaluate(inputs: &[(&str, &Matrix)], build: impl Fn(&mut Graph, &[Node]) -> Vec<(&'static str, Node)>) -> Program {
    let mut graph = Graph::new();
    let nodes: Vec<Node> = inputs.iter().map(|(name, matrix)| graph.input(name, matrix.columns())).collect();
    for (name, node) in build(&mut graph, &nodes) {
        graph.output(name, node);
    }
    let mut program = graph.compile();
    program.run(inputs);
    program
}

/// Appends L = Σ error · output, whose error at the output is `error`.
fn weighted(graph: &mut Graph, output: Node, error: Node) -> Node {
    let products = graph.multiply(output, error);
    graph.sum(products)
}

#[test]
fn the_operations_have_the_values_of_the_oracle() {
    for (folder, build) in [
        ("relu", Graph::relu as fn(&mut Graph, Node) -> Node),
        ("softmax", Graph::softmax),
        ("softmax_extreme", Graph::softmax),
    ] {
        let (input, error) = (golden(&format!("{folder}/input")), golden(&format!("{folder}/error")));
        let program = evaluate(&[("x", &input), ("e", &error)], |graph, nodes| {
            let output = build(graph, nodes[0]);
            let loss = weighted(graph, output, nodes[1]);
            vec![("output", output), ("error_previous", graph.gradients(loss, &nodes[..1])[0])]
        });
        for name in ["output", "error_previous"] {
            assert_near(program.output(name), &golden(&format!("{folder}/{name}")), 1e-12);
        }
    }
}

#[test]
fn a_fully_connected_layer_has_the_values_of_the_oracle() {
    let file = |name: &str| golden(&format!("fully_connected/{name}"));
    let (input, error) = (file("input"), file("error"));
    let learning_rate = {
        let step = &file("weights") - &file("updated_weights");
        step[(0, 0)] / file("gradient_weights")[(0, 0)]
    };
    let mut graph = Graph::new();
    let (x, e) = (graph.input("x", input.columns()), graph.input("e", error.columns()));
    let w = graph.parameter("w", file("weights"));
    let output = graph.fully_connected(x, w);
    let loss = weighted(&mut graph, output, e);
    let gradients = graph.gradients(loss, &[x, w]);
    graph.output("output", output);
    graph.output("error_previous", gradients[0]);
    graph.output("gradient_weights", gradients[1]);
    graph.descend(w, gradients[1], learning_rate);
    let mut program = graph.compile();
    program.run(&[("x", &input), ("e", &error)]);
    for name in ["output", "error_previous", "gradient_weights"] {
        assert_near(program.output(name), &file(name), 1e-12);
    }
    assert_near(program.parameter("w"), &file("updated_weights"), 1e-12);
}

#[test]
fn the_loss_has_the_values_of_the_oracle() {
    let file = |name: &str| golden(&format!("cross_entropy/{name}"));
    let inputs = (file("prediction"), file("label"));
    let program = evaluate(&[("p", &inputs.0), ("y", &inputs.1)], |graph, nodes| {
        let reported = graph.cross_entropy(nodes[0], nodes[1], f64::EPSILON);
        let loss = graph.cross_entropy(nodes[0], nodes[1], 0.0);
        vec![("loss", reported), ("error", graph.gradients(loss, &nodes[..1])[0])]
    });
    assert_near(program.output("loss"), &file("loss"), 1e-12);
    assert_near(program.output("error"), &file("error"), 1e-12);

    let file = |name: &str| golden(&format!("softmax_cross_entropy/{name}"));
    let (logits, label) = (file("logits"), file("label"));
    for passes in [&[][..], &Pass::ALL] {
        let mut graph = Graph::new();
        let x = graph.input("x", logits.columns());
        let y = graph.one_hot_input("y", label.columns());
        let prediction = graph.softmax(x);
        let reported = graph.cross_entropy(prediction, y, f64::EPSILON);
        let loss = graph.cross_entropy(prediction, y, 0.0);
        let error = graph.gradients(loss, &[x])[0];
        graph.output("loss", reported);
        graph.output("error_at_logits", error);
        let mut program = graph.compile_with(passes);
        program.run(&[("x", &logits), ("y", &label)]);
        assert_near(program.output("loss"), &file("loss"), 1e-12);
        assert_near(program.output("error_at_logits"), &file("error_at_logits"), 1e-12);
    }
}

#[test]
fn training_on_iris_has_the_values_of_the_oracle() {
    let file = |name: &str| golden(&format!("network_iris/{name}"));
    let (x, y) = (file("input"), file("label"));
    let mut program = training_step(vec![file("weights1_start"), file("weights2_start")], 1e-3).compile();
    let losses: Vec<f64> = (0..200)
        .map(|_| {
            program.run(&[("x", &x), ("y", &y)]);
            number(&program, "loss")
        })
        .collect();
    assert_near(&Matrix::from_vec(200, 1, losses), &file("losses"), 1e-9);
    assert_near(program.parameter("w1"), &file("weights1_end"), 1e-9);
    assert_near(program.parameter("w2"), &file("weights2_end"), 1e-9);
}

//! Compares the training steps of compiled graphs with those of layers.

use crate::steps::{OneBatch, batch_for, network_of, operations};
use crate::{Report, best};
use feedforward::graph::{Graph, Node, Pass, Program, training_step};
use feedforward::matrix::kernel;
use feedforward::{Layer, Matrix, Relu};

/// The sigmoid layer, 1 / (1 + e⁻ˣ), with its derivative by hand.
#[derive(Debug, Default)]
struct Sigmoid {
    output: Option<Matrix>,
}

impl Layer for Sigmoid {
    fn predict(&self, mut input: Matrix) -> Matrix {
        input.map_in_place(|x| 1.0 / (1.0 + (-x).exp()));
        input
    }

    fn forward(&mut self, input: Matrix) -> Matrix {
        let output = self.predict(input);
        self.output = Some(output.clone());
        output
    }

    fn backward(&mut self, mut error: Matrix) -> Matrix {
        error.zip_map_in_place(self.output.as_ref().expect("forward comes first"), |e, y| e * y * (1.0 - y));
        error
    }
}

/// The sigmoid as a graph of operations, which need no derivative by hand.
fn sigmoid(graph: &mut Graph, x: Node) -> Node {
    let negative = graph.scale(x, -1.0);
    let power = graph.exp(negative);
    let denominator = graph.shift(power, 1.0);
    let one = graph.fill(1.0, x);
    graph.divide(one, denominator)
}

/// The training step of a network with one hidden layer and sigmoid in place of ReLU.
fn sigmoid_step(weights: &[Matrix]) -> Program {
    let mut graph = Graph::new();
    let [first, second] = weights else { panic!("two layers") };
    let (x, y) = (graph.input("x", first.rows() - 1), graph.one_hot_input("y", second.columns()));
    let (w1, w2) = (graph.parameter("w1", first.clone()), graph.parameter("w2", second.clone()));
    let z1 = graph.fully_connected(x, w1);
    let h1 = sigmoid(&mut graph, z1);
    let z2 = graph.fully_connected(h1, w2);
    let prediction = graph.softmax(z2);
    let reported = graph.cross_entropy(prediction, y, f64::EPSILON);
    graph.output("loss", reported);
    let loss = graph.cross_entropy(prediction, y, 0.0);
    let gradients = graph.gradients(loss, &[w1, w2]);
    graph.descend(w1, gradients[0], 1e-3);
    graph.descend(w2, gradients[1], 1e-3);
    graph.compile()
}

/// Measures how long it takes to build and compile a graph, and a step of each network as layers and as a graph, alternately, on one thread: with ReLU, and with a function
/// that a user wrote as a layer or as a graph.
pub(crate) fn all(report: &mut Report) {
    kernel::set_threads(1);
    for (sizes, batch) in [(&[4, 3, 3][..], 50), (&[784, 128, 10], 128)] {
        let weights: Vec<Matrix> = crate::steps::weights(sizes);
        let OneBatch(x, y) = batch_for(sizes, batch);
        // Copies the batch, as the data source of the network does.
        let run = |program: &mut Program| program.run(&[("x", &x.clone()), ("y", &y.clone())]);
        let relu: fn() -> Box<dyn Layer> = || Box::new(Relu::new());
        let own: fn() -> Box<dyn Layer> = || Box::new(Sigmoid::default());
        let exact = Pass::ALL.into_iter().filter(|pass| *pass != Pass::Rewrite).collect::<Vec<_>>();
        let mut programs = [
            training_step(weights.clone(), 1e-3).compile(),
            training_step(weights.clone(), 1e-3).compile_with(&exact),
            sigmoid_step(&weights),
        ];
        let [graph, unchanged, own_graph] = &mut programs;
        let mut networks = [relu, own].map(|activation| network_of(&weights, activation, batch));
        let [layers, own_layers] = &mut networks;
        let times = best(
            12.0,
            [
                &mut || layers.train(1),
                &mut || run(graph),
                &mut || run(unchanged),
                &mut || own_layers.train(1),
                &mut || run(own_graph),
            ],
        );
        let name = crate::steps::name(sizes);
        let [compiling] = best(1.0, [&mut || drop(training_step(weights.clone(), 1e-3).compile())]);
        report.line(format!("{name} building and compiling the graph"), 0, 1e6 * compiling, "µs", "");
        let gflops = |time: f64| format!("{:.1} GFLOP/s", operations(sizes, batch) as f64 / time / 1e9);
        let lines = [
            ("layers", 0),
            ("graph", 0),
            ("graph without rewriting", 0),
            ("sigmoid, a layer by hand", 3),
            ("sigmoid, a graph of operations", 3),
        ];
        for (i, (what, compared)) in lines.into_iter().enumerate() {
            let remark = format!("{}, {:.2} of the layers", gflops(times[i]), times[i] / times[compared]);
            report.line(format!("{name} {what}"), i, 1e6 * times[i], "µs", &remark);
        }
    }
}

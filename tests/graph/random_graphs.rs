//! Passes keep the results of random graphs.

use crate::bits;
use feedforward::Matrix;
use feedforward::graph::{Graph, Node, Pass, Program};
use feedforward::random::Random;
use proptest::prelude::*;

/// Returns a random node that has a shape for which `fits` holds.
fn pick(graph: &Graph, nodes: &[Node], random: &mut Random, fits: impl Fn(&str, &str) -> bool) -> Option<Node> {
    let shape = |node: &Node| graph.shape(*node).to_string();
    let fits = |node: &&Node| shape(node).split_once('×').is_some_and(|(rows, columns)| fits(rows, columns));
    let fitting: Vec<Node> = nodes.iter().filter(fits).copied().collect();
    (!fitting.is_empty()).then(|| fitting[random.below(fitting.len())])
}

/// Appends a random operation to random nodes. Its results stay moderate.
fn append(graph: &mut Graph, nodes: &[Node], y: Node, random: &mut Random) -> Option<Node> {
    let a = nodes[random.below(nodes.len())];
    let (rows, columns) = {
        let shape = graph.shape(a).to_string();
        let (rows, columns) = shape.split_once('×').expect("a shape");
        (rows.to_string(), columns.to_string())
    };
    let same = |r: &str, c: &str| (r, c) == (rows.as_str(), columns.as_str());
    let other = |graph: &Graph, random: &mut Random| pick(graph, nodes, random, same);
    let number = [-1.0, 1.0, 0.5, 2.0, 0.0][random.below(5)];
    Some(match random.below(24) {
        0 => {
            let b = pick(graph, nodes, random, |r, _| r == columns)?;
            let product = graph.matmul(a, b);
            graph.scale(product, 0.3)
        }
        1 => graph.transpose(a),
        2 if columns != "b" => graph.append_column(a, number),
        3 if columns != "b" && columns != "1" => graph.drop_column(a),
        4 | 5 => graph.scale(a, number),
        6 => graph.shift(a, number),
        7 => {
            let b = other(graph, random)?;
            graph.add(a, b)
        }
        8 | 9 => {
            let b = other(graph, random)?;
            graph.subtract(a, b)
        }
        10 => {
            let (s, b) = (graph.softmax(a), other(graph, random)?);
            graph.multiply(s, b)
        }
        11 => graph.fill(number, a),
        12 => {
            let s = graph.softmax(a);
            graph.exp(s)
        }
        13 => {
            let s = graph.softmax(a);
            let s = graph.shift(s, 0.5);
            graph.ln(s)
        }
        // Rounding must not decide whether a gate is open, as it could for differences that are 0 but for rounding.
        14 => {
            let shifted = graph.shift(a, 0.01 * random.uniform());
            graph.relu(shifted)
        }
        15 => {
            let b = other(graph, random)?;
            let shifted = graph.shift(b, 0.01 * random.uniform());
            graph.gate(a, shifted)
        }
        16 => {
            let sums = graph.row_sums(a);
            let sums = graph.scale(sums, 0.25);
            graph.repeat(sums, a)
        }
        17 => {
            let sum = graph.sum(a);
            let sum = graph.scale(sum, 0.05);
            graph.repeat(sum, a)
        }
        // What the rules look for.
        18 | 19 => {
            let (b, r) = (other(graph, random)?, other(graph, random)?);
            let s = graph.softmax(b);
            let quotient = graph.divide(a, s);
            let difference =
                if random.below(2) == 0 { graph.subtract(quotient, r) } else { graph.shift(quotient, number) };
            graph.multiply(s, difference)
        }
        20 => {
            let b = other(graph, random)?;
            let s = graph.softmax(b);
            let e = graph.exp(s);
            let quotient = graph.divide(a, e);
            graph.multiply(quotient, e)
        }
        21 => {
            let scaled = graph.scale(y, number);
            let sums = graph.row_sums(scaled);
            graph.repeat(sums, y)
        }
        22 => {
            let b = pick(graph, nodes, random, |r, c| (r, c) == ("b", "3"))?;
            let s = graph.softmax(b);
            let loss = graph.cross_entropy(s, y, [0.0, 0.1][random.below(2)]);
            graph.repeat(loss, y)
        }
        23 => {
            let b = pick(graph, nodes, random, |r, c| r == columns && c != "1" && c != "b")?;
            let product = graph.matmul(a, b);
            let product = graph.drop_column(product);
            graph.scale(product, 0.3)
        }
        _ => return None,
    })
}

/// A random graph with inputs x: b×4 and y: one-hot b×3, the parameters u: 4×3, v: 3×3 and w: 3×9, random operations,
/// the gradient of one of them, random outputs, and updates of the parameters.
fn graph(seed: u64) -> Graph {
    let random = &mut Random::new(seed);
    let mut graph = Graph::new();
    let (x, y) = (graph.input("x", 4), graph.one_hot_input("y", 3));
    let mut matrix = |rows, columns| Matrix::from_fn(rows, columns, |_, _| random.normal());
    let (u, v) = (matrix(4, 3), matrix(3, 3));
    let (u, v) = (graph.parameter("u", u), graph.parameter("v", v));
    let w = Matrix::from_fn(3, 9, |_, _| random.normal());
    let w = graph.parameter("w", w); // long sums, in which the order of the summands shows
    let product = graph.matmul(x, u);
    let mut nodes = vec![x, y, u, v, w, product];
    for _ in 0..3 + random.below(20) {
        nodes.extend(append(&mut graph, &nodes, y, random));
    }
    let last = nodes[nodes.len() - 1];
    let loss = graph.sum(last);
    nodes.extend(graph.gradients(loss, &[u, v, x]));
    for i in 0..3 {
        let output = nodes[random.below(nodes.len())];
        graph.output(&format!("out{i}"), output);
    }
    for (parameter, shape) in [(u, ("4", "3")), (v, ("3", "3"))] {
        let value = pick(&graph, &nodes, random, |r, c| (r, c) == shape).expect("the parameter itself");
        if random.below(3) == 0 { graph.descend(parameter, value, 0.1) } else { graph.update(parameter, value) }
    }
    graph
}

/// Runs the program with batches of these sizes, and returns all that it computes.
fn results(mut program: Program, seed: u64, batches: &[usize]) -> Vec<Matrix> {
    let random = &mut Random::new(seed);
    let mut results = Vec::new();
    for &batch in batches {
        let x = Matrix::from_fn(batch, 4, |_, _| random.normal());
        let y = Matrix::from_fn(batch, 3, |i, j| if (i * 7 + batch) % 3 == j { 1.0 } else { 0.0 });
        program.run(&[("y", &y), ("x", &x)]);
        results.extend(["out0", "out1", "out2"].map(|name| program.output(name).clone()));
        results.extend(["u", "v"].map(|name| program.parameter(name).clone()));
    }
    results
}

#[test]
fn a_product_rounds_the_same_whoever_else_reads_its_operands() {
    type Change = fn(&mut Graph, Node, Node) -> Node;
    // Each adds something to v times wᵀ that a pass removes, or that another result needs.
    let changes: [(&str, &[Pass], Change); 6] = [
        ("a dead reader", &[Pass::Dead], |g, v, t| {
            g.exp(t);
            g.matmul(v, t)
        }),
        ("a copy", &[Pass::Fold], |g, v, t| {
            let copy = g.scale(t, 1.0);
            g.matmul(v, copy)
        }),
        ("an equal node that is stored", &[Pass::Merge], |g, v, t| {
            let original = g.transpose(t);
            let again = g.transpose(original);
            let another = g.transpose(original);
            let power = g.exp(again);
            g.output("power", power);
            g.matmul(v, another)
        }),
        ("a constant", &[Pass::Fold], |g, v, t| {
            let original = g.transpose(t);
            let constant = g.fill(0.1, original);
            let transposed = g.transpose(constant);
            g.matmul(v, transposed)
        }),
        ("a dropped column", &[Pass::Fold], |g, v, t| {
            let wide = g.append_column(t, 1.0);
            let narrow = g.drop_column(wide);
            let same = g.scale(narrow, 1.0);
            g.matmul(v, same)
        }),
        ("an output", &[], |g, v, t| {
            g.output("t", t);
            g.matmul(v, t)
        }),
    ];
    for k in 1..40 {
        let random = &mut Random::new(k as u64);
        let (v, w) = (Matrix::from_fn(1, k, |_, _| random.normal()), Matrix::from_fn(3, k, |_, _| random.normal()));
        let product = |change: Change, passes: &[Pass]| {
            let mut graph = Graph::new();
            let (v, w) = (graph.parameter("v", v.clone()), graph.parameter("w", w.clone()));
            let t = graph.transpose(w);
            let product = change(&mut graph, v, t);
            graph.output("product", product);
            let mut program = graph.compile_with(passes);
            program.run(&[]);
            bits(program.output("product"))
        };
        let plain = product(|g, v, t| g.matmul(v, t), &[]);
        for (name, passes, change) in changes {
            assert_eq!(product(change, passes), product(change, &[]), "{name}, {k}");
            if name == "a dead reader" || name == "an output" {
                assert_eq!(product(change, passes), plain, "{name}, {k}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_pass_but_the_rewriting_keeps_every_bit(seed: u64) {
        let batches = [3, 2, 2, 1, 0, 5];
        let expected: Vec<_> = results(graph(seed).compile_with(&[]), seed, &batches).iter().map(bits).collect();
        let exact = [Pass::Dead, Pass::Merge, Pass::Fold, Pass::Reuse];
        for passes in exact.iter().map(std::slice::from_ref).chain([&exact[..], &[Pass::Merge, Pass::Reuse]]) {
            let actual: Vec<_> = results(graph(seed).compile_with(passes), seed, &batches).iter().map(bits).collect();
            prop_assert_eq!(&actual, &expected, "{:?}\n{}", passes, graph(seed));
        }
    }

    #[test]
    fn the_rewriting_keeps_results_up_to_rounding(
        seed: u64, batch in prop::sample::select(vec![0, 1, 2, 3, 5]),
    ) {
        // A single run: repeated updates can bring a gate to its kink, where rounding decides.
        let expected = results(graph(seed).compile_with(&[]), seed, &[batch]);
        let larger = |max: f64, x: f64| if x > max || x.is_nan() { x } else { max };
        let largest = expected.iter().map(Matrix::max_abs).fold(1.0, larger);
        let passes = [&[Pass::Rewrite][..], &Pass::ALL];
        for passes in passes.into_iter().filter(|_| largest < 1e6) {
            let actual = results(graph(seed).compile_with(passes), seed, &[batch]);
            for (i, (actual, expected)) in actual.iter().zip(&expected).enumerate() {
                let difference = (actual - expected).max_abs();
                let close = difference < 1e-9 * largest;
                prop_assert!(close, "{:?}, result {}: {}\n{}", passes, i, difference, graph(seed));
            }
        }
    }
}

//! Each pass on a graph that is made for it, and what compiling a training step gives.

use feedforward::Matrix;
use feedforward::graph::{Graph, Node, Pass, training_step};

/// The lines of a graph.
fn lines(graph: &Graph) -> Vec<String> {
    graph.to_string().lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// Builds a graph with the inputs x: b×3, z: b×3 and y: one-hot b×3, applies the pass and returns the lines of what
/// the function returns.
fn after(pass: Pass, build: impl Fn(&mut Graph, [Node; 3]) -> Node) -> Vec<String> {
    let mut graph = Graph::new();
    let nodes = [graph.input("x", 3), graph.input("z", 3), graph.one_hot_input("y", 3)];
    let output = build(&mut graph, nodes);
    graph.output("out", output);
    let lines = lines(&graph.apply(pass));
    lines.into_iter().filter(|line| !line.contains("= input")).collect()
}

fn weights(sizes: &[usize]) -> Vec<Matrix> {
    sizes.windows(2).map(|pair| Matrix::zeros(pair[0] + 1, pair[1])).collect()
}

#[test]
fn dead_nodes_are_removed() {
    let lines = after(Pass::Dead, |g, [x, z, _]| {
        let unused = g.exp(z);
        g.multiply(unused, x);
        g.exp(x)
    });
    assert_eq!(lines, ["out: b×3 = exp x"]);
}

#[test]
fn nodes_that_an_update_needs_are_not_dead() {
    let mut graph = Graph::new();
    let w = graph.parameter("w", Matrix::ones(2, 2));
    let next = graph.exp(w);
    graph.update(w, next);
    assert_eq!(lines(&graph.apply(Pass::Dead)), ["w: 2×2 = parameter", "w⁺: 2×2 = exp w"]);
}

#[test]
fn equal_nodes_are_merged_and_different_ones_are_not() {
    let lines = after(Pass::Merge, |g, [x, z, _]| {
        let (a, b) = (g.exp(x), g.exp(x));
        let (c, d) = (g.scale(a, 2.0), g.scale(b, 2.0));
        let (e, f) = (g.scale(z, 0.0), g.scale(z, -0.0));
        let sum = g.add(c, d);
        let other = g.add(e, f);
        g.add(sum, other)
    });
    assert_eq!(
        lines,
        [
            "t1: b×3 = exp x",
            "t2: b×3 = scale 2 t1",
            "t3: b×3 = scale 0 z",
            "t4: b×3 = scale −0 z",
            "t5: b×3 = add t2 t2",
            "t6: b×3 = add t3 t4",
            "out: b×3 = add t5 t6"
        ]
    );
}

#[test]
fn constants_and_signs_are_folded() {
    type Build = fn(&mut Graph, [Node; 3]) -> Node;
    let cases: [(Build, &[&str]); 14] = [
        (
            |g, [x, z, _]| {
                let tripled = g.scale(z, 3.0);
                g.subtract(x, tripled)
            },
            &["out: b×3 = add_scaled −3 x z"],
        ),
        (
            |g, [x, z, _]| {
                let (x2, z3) = (g.scale(x, 2.0), g.scale(z, 3.0)); // 2 (x − 3 z) is not 2 x − 6 z after rounding
                let difference = g.subtract(x2, z3);
                g.scale(difference, 0.1)
            },
            &["t1: b×3 = scale 2 x", "t2: b×3 = add_scaled −3 t1 z", "out: b×3 = scale 0.1 t2"],
        ),
        (
            |g, [x, ..]| {
                let (two, three) = (g.fill(2.0, x), g.fill(3.0, x));
                let product = g.multiply(two, three);
                g.exp(product)
            },
            &["out: b×3 = fill 403.4287934927351"], // e⁶
        ),
        (
            |g, [x, ..]| {
                let two = g.fill(2.0, x);
                g.transpose(two)
            },
            &["t1: b×3 = fill 2", "out: 3×b = transpose t1"],
        ),
        (
            |g, [x, ..]| {
                let transposed = g.transpose(x);
                let back = g.transpose(transposed);
                g.exp(back)
            },
            &["out: b×3 = exp x"],
        ),
        (
            |g, [x, ..]| {
                let same = g.scale(x, 1.0);
                g.exp(same)
            },
            &["out: b×3 = exp x"],
        ),
        (
            |g, [x, ..]| {
                let negative = g.scale(x, -1.0);
                g.scale(negative, 3.0)
            },
            &["out: b×3 = scale −3 x"],
        ),
        (
            |g, [x, ..]| {
                let (three, five) = (g.scale(x, 3.0), g.fill(1.0, x));
                let tripled = g.multiply(three, five); // 1 · 3x
                g.scale(tripled, 7.0) // 7 (3 x) is not 21 x after rounding
            },
            &["t1: b×3 = scale 3 x", "out: b×3 = scale 7 t1"],
        ),
        (
            |g, [x, ..]| {
                let two = g.fill(2.0, x);
                g.multiply(x, two)
            },
            &["out: b×3 = scale 2 x"],
        ),
        (
            |g, [x, ..]| {
                let two = g.fill(2.0, x);
                g.subtract(x, two)
            },
            &["out: b×3 = shift −2 x"],
        ),
        (
            |g, [x, ..]| {
                let two = g.fill(2.0, x);
                g.subtract(two, x)
            },
            &["t1: b×3 = scale −1 x", "out: b×3 = shift 2 t1"],
        ),
        (
            |g, [x, z, _]| {
                let negative = g.scale(z, -1.0);
                g.subtract(x, negative)
            },
            &["out: b×3 = add x z"],
        ),
        (
            |g, [x, z, _]| {
                let negative = g.scale(x, -1.0);
                g.add(negative, z)
            },
            &["out: b×3 = subtract z x"],
        ),
        (
            |g, [x, z, _]| {
                let (a, b) = (g.scale(x, -1.0), g.scale(z, -1.0));
                g.subtract(a, b)
            },
            &["out: b×3 = subtract z x"],
        ),
    ];
    for (build, expected) in cases {
        assert_eq!(after(Pass::Fold, build), expected);
    }
}

#[test]
fn the_rewriting_knows_each_of_its_rules() {
    type Build = fn(&mut Graph, [Node; 3]) -> Node;
    let cases: [(Build, &[&str]); 14] = [
        (
            |g, [x, z, _]| {
                let (first, second) = (g.ln(x), g.ln(z)); // none of them is one-hot
                let product = g.multiply(first, second);
                g.sum(product)
            },
            &["t1: b×3 = ln x", "t2: b×3 = ln z", "t3: b×3 = multiply t1 t2", "out: 1×1 = sum t3"],
        ),
        (
            |g, [x, z, _]| {
                let ln = g.ln(x);
                let product = g.multiply(z, ln); // z need not be one-hot
                g.sum(product)
            },
            &["t1: b×3 = ln x", "t2: b×3 = multiply z t1", "out: 1×1 = sum t2"],
        ),
        (
            |g, [x, _, y]| {
                let ln = g.ln(x);
                let product = g.multiply(y, ln);
                g.row_sums(product) // one logarithm for each sample would do, but the rule is for the loss
            },
            &["t1: b×3 = ln x", "t2: b×3 = multiply y t1", "out: b×1 = row_sums t2"],
        ),
        (
            |g, [x, _, y]| {
                let shifted = g.shift(x, 2.0);
                let product = g.multiply(y, shifted);
                g.sum(product) // Σ yⱼ (xⱼ + 2) adds 2 for each sample
            },
            &["t1: b×3 = shift 2 x", "t2: b×3 = multiply y t1", "out: 1×1 = sum t2"],
        ),
        (
            |g, [x, z, _]| {
                let e = g.exp(x);
                let quotient = g.divide(z, e);
                let product = g.multiply(quotient, e);
                g.ln(product)
            },
            &["out: b×3 = ln z"],
        ),
        (
            |g, [x, z, _]| {
                let s = g.softmax(x);
                let quotient = g.divide(z, s);
                let shifted = g.shift(quotient, 2.0);
                g.multiply(s, shifted)
            },
            &["t1: b×3 = softmax x (13)", "out: b×3 = add_scaled 2 z t1"],
        ),
        (
            |g, [x, z, _]| {
                let s = g.softmax(x);
                let quotient = g.divide(z, s);
                let difference = g.subtract(quotient, x);
                g.multiply(difference, s)
            },
            &["t1: b×3 = softmax x (13)", "t2: b×3 = multiply t1 x", "out: b×3 = subtract z t2"],
        ),
        (
            |g, [x, z, _]| {
                let quotient = g.divide(z, x); // x could be 0
                g.multiply(x, quotient)
            },
            &["t1: b×3 = divide z x", "out: b×3 = multiply x t1"],
        ),
        (
            |g, [x, ..]| {
                let scaled = g.scale(x, 3.0);
                g.row_sums(scaled)
            },
            &["t1: b×1 = row_sums x", "out: b×1 = scale 3 t1"],
        ),
        (
            |g, [x, _, y]| {
                let negative = g.scale(y, -1.0);
                let sums = g.row_sums(negative);
                g.repeat(sums, x)
            },
            &["out: b×3 = fill −1"],
        ),
        (
            |g, [x, ..]| g.row_sums(x), // not one-hot
            &["out: b×1 = row_sums x"],
        ),
        (
            |g, [x, _, y]| {
                let s = g.softmax(x);
                let ln = g.ln(s);
                let product = g.multiply(ln, y);
                g.sum(product)
            },
            &[
                "t1: b×3 = softmax x (13)",
                "t2: b×3 = multiply y t1",
                "t3: b×1 = row_sums t2",
                "t4: b×1 = ln t3",
                "out: 1×1 = sum t4",
            ],
        ),
        (
            |g, [x, _, y]| {
                let shifted = g.shift(x, 2.0);
                let product = g.multiply(y, shifted);
                g.row_sums(product)
            },
            &["t1: b×3 = multiply y x", "t2: b×1 = row_sums t1", "out: b×1 = shift 2 t2"],
        ),
        (
            |g, [x, z, _]| {
                let transposed = g.transpose(z);
                let zz = g.matmul(transposed, z);
                let product = g.matmul(x, zz);
                g.drop_column(product)
            },
            &["t1: 3×b = transpose z", "t2: b×2 = drop_column z", "t3: 3×2 = matmul t1 t2", "out: b×2 = matmul x t3"],
        ),
    ];
    for (build, expected) in cases {
        assert_eq!(after(Pass::Rewrite, build), expected);
    }
}

#[test]
fn the_rewriting_computes_nothing_twice() {
    // The whole product, and the logarithm of each probability, are outputs as well.
    let mut graph = Graph::new();
    let (x, y) = (graph.input("x", 3), graph.one_hot_input("y", 3));
    let w = graph.parameter("w", Matrix::ones(3, 3));
    let product = graph.matmul(x, w);
    let dropped = graph.drop_column(product);
    let softmax = graph.softmax(x);
    let ln = graph.ln(softmax);
    let chosen = graph.multiply(y, ln);
    let sum = graph.sum(chosen);
    for (name, node) in [("product", product), ("dropped", dropped), ("ln", ln), ("sum", sum)] {
        graph.output(name, node);
    }
    let before = graph.to_string();
    assert_eq!(graph.apply(Pass::Rewrite).to_string(), before);
}

#[test]
fn sixteen_followed_by_fourteen_becomes_prediction_minus_label() {
    let mut graph = Graph::new();
    let (z, y) = (graph.input("z", 3), graph.one_hot_input("y", 3));
    let prediction = graph.softmax(z);
    graph.name(prediction, "ŷ");
    let loss = graph.cross_entropy(prediction, y, 0.0);
    let error = graph.gradients(loss, &[z])[0];
    graph.output("error", error);
    let graph = graph.apply(Pass::Dead);
    let text = graph.to_string();
    assert!(text.contains("(14)\n") && text.contains("(16)\n"), "{text}");
    let graph = graph.apply(Pass::Rewrite);
    assert_eq!(lines(&graph)[2..], ["ŷ: b×3 = softmax z (13)", "∂z: b×3 = subtract ŷ y (14) of (16)"]);
}

#[test]
fn without_one_hot_labels_the_sum_of_the_labels_remains() {
    let mut graph = Graph::new();
    let (z, y) = (graph.input("z", 3), graph.input("y", 3));
    let prediction = graph.softmax(z);
    graph.name(prediction, "ŷ");
    let loss = graph.cross_entropy(prediction, y, 0.0);
    let error = graph.gradients(loss, &[z])[0];
    graph.output("error", error);
    let graph = graph.apply(Pass::Dead).apply(Pass::Rewrite);
    assert_eq!(
        lines(&graph)[2..],
        [
            "ŷ: b×3 = softmax z (13)",
            "t1: b×3 = scale −1 y",
            "t2: b×1 = row_sums y",
            "t3: b×1 = scale −1 t2",
            "t4: b×3 = repeat t3",
            "t5: b×3 = multiply ŷ t4",
            "∂z: b×3 = subtract t1 t5",
        ]
    );
}

#[test]
fn a_training_step_shrinks_from_pass_to_pass() {
    let mut graph = training_step(weights(&[4, 3, 3]), 1e-3);
    let mut sizes = vec![graph.len()];
    for pass in Pass::ALL {
        graph = graph.apply(pass);
        sizes.push(graph.len());
    }
    assert_eq!(sizes, [43, 35, 35, 32, 27, 27]);
}

#[test]
fn one_gradient_for_each_parameter_merges_to_a_single_reverse_pass() {
    let mut single = None;
    for separate in [false, true] {
        let mut graph = Graph::new();
        let (mut output, y) = (graph.input("x", 3), graph.one_hot_input("y", 3));
        let mut parameters = Vec::new();
        for i in 0..8 {
            let w = graph.parameter(&format!("w{i}"), Matrix::zeros(4, 3));
            if i > 0 {
                output = graph.relu(output);
            }
            output = graph.fully_connected(output, w);
            parameters.push(w);
        }
        let prediction = graph.softmax(output);
        let loss = graph.cross_entropy(prediction, y, 0.0);
        let gradients: Vec<Node> = match separate {
            false => graph.gradients(loss, &parameters),
            true => parameters.iter().map(|&w| graph.gradients(loss, &[w])[0]).collect(),
        };
        for (i, gradient) in gradients.into_iter().enumerate() {
            graph.output(&format!("∂w{i}"), gradient);
        }
        let graph = graph.apply(Pass::Merge);
        match &single {
            None => single = Some(graph.apply(Pass::Dead).to_string()),
            Some(single) => assert_eq!(graph.apply(Pass::Dead).to_string(), *single),
        }
    }
}

#[test]
fn a_step_of_descent_is_not_folded_with_a_scaled_gradient() {
    let mut graph = Graph::new();
    let w = graph.parameter("w", Matrix::ones(2, 2));
    let third = graph.scale(w, 0.3);
    graph.descend(w, third, 0.1); // 0.1 · (0.3 w) is not 0.03 w after rounding
    assert_eq!(
        lines(&graph.apply(Pass::Fold)),
        ["w: 2×2 = parameter", "t1: 2×2 = scale 0.3 w", "w⁺: 2×2 = descend 0.1 w t1"]
    );
}

#[test]
fn values_share_buffers_only_with_reuse() {
    let program = || training_step(weights(&[4, 3, 3]), 1e-3);
    let with = program().compile();
    assert_eq!((with.instructions(), with.values(), with.buffers()), (19, 17, 9));
    let without = program().compile_with(&Pass::ALL[..4]);
    assert_eq!((without.instructions(), without.values(), without.buffers()), (19, 19, 19));
}

#[test]
fn a_program_reads_transposes_and_dropped_columns_through_views() {
    let program = training_step(weights(&[4, 3, 3]), 1e-3).compile().to_string();
    assert!(!program.contains("transpose") && !program.contains("drop_column"), "{program}");
    for operands in ["x′ᵀ ∂z1", "h1′ᵀ ∂z2", "∂z2 w2[:-1]ᵀ"] {
        assert!(program.contains(&format!("matmul {operands} ")), "{program}");
    }
}

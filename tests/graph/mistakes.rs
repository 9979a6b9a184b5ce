//! What a user may do wrong: each mistake has one message, with the operation and both shapes.

use crate::support::panic_message;
use feedforward::Matrix;
use feedforward::graph::{Graph, Node, Program, training_step};

/// A graph with x: b×4, y: one-hot b×3, w: 5×3 and v: 1×1.
fn graph() -> (Graph, [Node; 4]) {
    let mut graph = Graph::new();
    let (x, y) = (graph.input("x", 4), graph.one_hot_input("y", 3));
    let (w, v) = (graph.parameter("w", Matrix::zeros(5, 3)), graph.parameter("v", Matrix::zeros(1, 1)));
    (graph, [x, y, w, v])
}

#[test]
fn a_shape_that_does_not_fit_is_refused_with_the_operation_and_both_shapes() {
    type Mistake = fn(&mut Graph, [Node; 4]) -> Node;
    let mistakes: [(Mistake, &str); 18] = [
        (|g, [x, _, w, _]| g.matmul(x, w), "matmul: b×4 times 5×3: the left has 4 columns, the right 5 rows"),
        (|g, [x, y, ..]| g.add(x, y), "add: the shapes differ, b×4 and b×3"),
        (|g, [_, y, w, _]| g.subtract(y, w), "subtract: the shapes differ, b×3 and 5×3"),
        (|g, [x, y, ..]| g.multiply(x, y), "multiply: the shapes differ, b×4 and b×3"),
        (|g, [x, y, ..]| g.divide(x, y), "divide: the shapes differ, b×4 and b×3"),
        (|g, [x, y, ..]| g.gate(x, y), "gate: the shapes differ, b×4 and b×3"),
        (|g, [x, y, ..]| g.cross_entropy(x, y, 0.0), "cross_entropy: the shapes differ, b×4 and b×3"),
        (
            |g, [x, y, ..]| g.fully_connected(x, y),
            "fully_connected: the input is b×4, but the weights are b×3; they are (inputs + 1)×outputs",
        ),
        (|g, [x, ..]| g.repeat(x, x), "repeat: b×4 is no number, row or column that can be repeated up to b×4"),
        (
            |g, [_, y, w, _]| {
                let column = g.row_sums(w);
                g.repeat(column, y)
            },
            "repeat: 5×1 is no number, row or column that can be repeated up to b×3",
        ),
        (|g, [x, y, ..]| g.repeat(x, y), "repeat: b×4 is no number, row or column that can be repeated up to b×3"),
        (|g, [x, y, ..]| g.repeat(y, x), "repeat: b×3 is no number, row or column that can be repeated up to b×4"),
        (
            |g, [x, ..]| {
                let transposed = g.transpose(x);
                g.append_column(transposed, 1.0)
            },
            "append_column: 4×b has a column for each sample",
        ),
        (
            |g, [x, ..]| {
                let transposed = g.transpose(x);
                g.drop_column(transposed)
            },
            "drop_column: 4×b has a column for each sample",
        ),
        (
            |g, [.., v]| {
                let dropped = g.drop_column(v);
                g.drop_column(dropped)
            },
            "drop_column: 1×0 has no column",
        ),
        (|g, [x, ..]| g.gradients(x, &[x])[0], "gradients: the loss is b×4, but it must be one number, 1×1"),
        (
            |g, [x, _, w, _]| {
                g.update(w, x);
                x
            },
            "update: the shapes differ, 5×3 and b×4",
        ),
        (
            |g, [x, _, w, _]| {
                g.descend(w, x, 0.1);
                x
            },
            "descend: the shapes differ, 5×3 and b×4",
        ),
    ];
    for (mistake, expected) in mistakes {
        let (mut graph, nodes) = graph();
        assert_eq!(panic_message(|| mistake(&mut graph, nodes)), expected);
    }
}

#[test]
fn a_node_of_another_graph_is_refused_by_every_operation() {
    let (_, [stranger, ..]) = graph();
    type Use = fn(&mut Graph, Node, Node);
    let uses: [(&str, Use); 24] = [
        ("matmul", |g, a, b| {
            g.matmul(a, b);
        }),
        ("matmul", |g, a, b| {
            g.matmul(b, a);
        }),
        ("transpose", |g, a, _| {
            g.transpose(a);
        }),
        ("append_column", |g, a, _| {
            g.append_column(a, 1.0);
        }),
        ("drop_column", |g, a, _| {
            g.drop_column(a);
        }),
        ("scale", |g, a, _| {
            g.scale(a, 2.0);
        }),
        ("shift", |g, a, _| {
            g.shift(a, 2.0);
        }),
        ("add", |g, a, b| {
            g.add(b, a);
        }),
        ("subtract", |g, a, b| {
            g.subtract(b, a);
        }),
        ("multiply", |g, a, b| {
            g.multiply(b, a);
        }),
        ("divide", |g, a, b| {
            g.divide(b, a);
        }),
        ("exp", |g, a, _| {
            g.exp(a);
        }),
        ("ln", |g, a, _| {
            g.ln(a);
        }),
        ("gate", |g, a, b| {
            g.gate(b, a);
        }),
        ("relu", |g, a, _| {
            g.relu(a);
        }),
        ("softmax", |g, a, _| {
            g.softmax(a);
        }),
        ("sum", |g, a, _| {
            g.sum(a);
        }),
        ("row_sums", |g, a, _| {
            g.row_sums(a);
        }),
        ("repeat", |g, a, b| {
            g.repeat(b, a);
        }),
        ("fill", |g, a, _| {
            g.fill(1.0, a);
        }),
        ("name", |g, a, _| g.name(a, "a")),
        ("output", |g, a, _| g.output("a", a)),
        ("shape", |g, a, _| assert_eq!(g.shape(a).to_string(), "")),
        ("gradients", |g, a, _| assert!(g.gradients(a, &[]).is_empty())),
    ];
    for (operation, use_it) in uses {
        let (mut graph, [x, ..]) = graph();
        let message = panic_message(|| use_it(&mut graph, stranger, x));
        assert_eq!(message, format!("{operation}: the node belongs to another graph"));
    }
    let (mut graph, [.., v]) = graph();
    let loss = graph.sum(v);
    let message = panic_message(|| graph.gradients(loss, &[stranger]));
    assert_eq!(message, "gradients: the node belongs to another graph");
}

#[test]
fn a_pass_makes_a_new_graph_that_does_not_know_the_old_nodes() {
    let (graph, [x, ..]) = graph();
    let mut graph = graph.apply(feedforward::graph::Pass::Merge);
    assert_eq!(panic_message(|| graph.exp(x)), "exp: the node belongs to another graph");
}

#[test]
fn names_that_are_taken_and_updates_that_cannot_be_are_refused() {
    let (mut graph, [x, y, w, v]) = graph();
    assert_eq!(panic_message(|| graph.input("w", 3)), "input: another input or parameter has the name w");
    let message = panic_message(|| graph.parameter("x", Matrix::zeros(1, 1)));
    assert_eq!(message, "parameter: another input or parameter has the name x");
    graph.output("out", y);
    assert_eq!(panic_message(|| graph.output("out", x)), "output: another output has the name out");
    let twice = graph.scale(x, 2.0);
    assert_eq!(panic_message(|| graph.update(x, twice)), "update: x is not a parameter");
    graph.update(v, v);
    graph.descend(w, w, 0.1);
    assert_eq!(panic_message(|| graph.descend(w, w, 0.1)), "update: w already has an update");
    for rate in [0.0, -0.1, f64::NAN, f64::INFINITY] {
        let message = panic_message(|| graph.descend(w, w, rate));
        assert_eq!(message, format!("descend: the learning rate must be finite and positive, not {rate}"));
    }
}

/// A program that reads x and y.
fn program() -> Program {
    let (mut graph, [x, y, w, _]) = graph();
    let z = graph.fully_connected(x, w);
    let difference = graph.subtract(z, y);
    graph.output("difference", difference);
    graph.compile()
}

#[test]
fn an_input_that_is_missing_unknown_or_of_the_wrong_shape_is_refused() {
    let (x, y) = (Matrix::ones(2, 4), Matrix::from_rows([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]));
    let cases: [(&[(&str, &Matrix)], &str); 7] = [
        (&[("x", &x)], "run: the input y is missing"),
        (&[("x", &x), ("y", &y), ("z", &y)], "run: there is no input z; only x, y"),
        (&[("x", &x), ("w", &y)], "run: there is no input w; only x, y"),
        (&[("x", &x), ("y", &y), ("x", &x)], "run: the input x is given twice"),
        (&[("x", &y), ("y", &y)], "run: the input x is b×4, but this matrix is 2×3"),
        (&[("x", &Matrix::ones(3, 4)), ("y", &y)], "run: the input x has 3 samples, but y has 2"),
        (&[("x", &x), ("y", &x)], "run: the input y is b×3, but this matrix is 2×4"),
    ];
    for (inputs, expected) in cases {
        assert_eq!(panic_message(|| program().run(inputs)), expected);
    }
    program().run(&[("y", &y), ("x", &x)]); // in any order
}

#[test]
fn labels_that_are_not_one_hot_are_refused() {
    let x = Matrix::ones(2, 4);
    for row in [[0.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.5, 0.5], [0.0, 2.0, -1.0], [0.0, f64::NAN, 1.0]] {
        let y = Matrix::from_rows([[0.0, 1.0, 0.0], row]);
        let message = panic_message(|| program().run(&[("x", &x), ("y", &y)]));
        assert_eq!(message, "run: row 1 of the input y is not one-hot: exactly one 1, and 0 elsewhere", "{row:?}");
    }
}

#[test]
fn a_run_that_is_refused_changes_nothing() {
    let mut step = training_step(vec![Matrix::ones(5, 3)], 0.1).compile();
    let (x, y) = (Matrix::ones(2, 4), Matrix::ones(2, 3));
    panic_message(|| step.run(&[("x", &x), ("y", &y)]));
    assert_eq!(*step.parameter("w1"), Matrix::ones(5, 3));
    assert_eq!(panic_message(|| step.output("loss").clone()), "output: call run first");
}

#[test]
fn outputs_and_parameters_are_asked_for_by_their_names() {
    let mut program = program();
    assert_eq!(panic_message(|| program.output("loss").clone()), "output: there is no output loss");
    assert_eq!(panic_message(|| program.output("difference").clone()), "output: call run first");
    assert_eq!(panic_message(|| program.parameter("x").clone()), "parameter: there is no parameter x");
    let message = panic_message(|| program.set_parameter("u", Matrix::ones(1, 1)));
    assert_eq!(message, "set_parameter: there is no parameter u");
    let message = panic_message(|| program.set_parameter("w", Matrix::ones(3, 5)));
    assert_eq!(message, "set_parameter: the shapes differ, 5×3 and 3×5");
}

#[test]
fn a_training_step_needs_weights_that_fit() {
    assert_eq!(panic_message(|| training_step(Vec::new(), 0.1)), "training_step: there are no weights");
    let message = panic_message(|| training_step(vec![Matrix::zeros(0, 3)], 0.1));
    assert_eq!(message, "training_step: there is no row for the biases");
    let message = panic_message(|| training_step(vec![Matrix::zeros(5, 3), Matrix::zeros(5, 2)], 0.1));
    assert_eq!(message, "fully_connected: the input is b×3, but the weights are 5×2; they are (inputs + 1)×outputs");
    let message = panic_message(|| training_step(vec![Matrix::zeros(5, 0)], 0.1));
    assert_eq!(message, "training_step: the last weights have no columns, so there are no classes");
    let message = panic_message(|| training_step(vec![Matrix::zeros(5, 3)], 0.0));
    assert_eq!(message, "descend: the learning rate must be finite and positive, not 0");
}

#[test]
fn a_graph_without_inputs_says_so() {
    let x = Matrix::ones(1, 1);
    assert_eq!(
        panic_message(|| Graph::new().compile().run(&[("x", &x)])),
        "run: there is no input x; the graph has none"
    );
}

#[test]
fn a_panic_names_the_line_of_the_user() {
    use std::panic::{AssertUnwindSafe, Location, catch_unwind, set_hook, take_hook};
    use std::sync::Mutex;
    static FILES: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let (mut graph, [x, y, ..]) = graph();
    let (_, [stranger, ..]) = self::graph();
    let loss = graph.sum(x);
    let mut program = program();
    let hook = take_hook();
    let this = std::thread::current().id(); // other tests panic at the same time
    set_hook(Box::new(move |info| {
        if std::thread::current().id() == this {
            FILES.lock().unwrap().push(info.location().map(Location::file).unwrap_or_default().to_string());
        }
    }));
    let refused = |call: &mut dyn FnMut()| assert!(catch_unwind(AssertUnwindSafe(call)).is_err());
    refused(&mut || drop(graph.gradients(loss, &[stranger])));
    refused(&mut || assert_ne!(graph.matmul(x, y), x));
    refused(&mut || assert_ne!(graph.fully_connected(x, y), x));
    refused(&mut || assert_ne!(graph.cross_entropy(x, y, 0.0), x));
    refused(&mut || program.run(&[]));
    refused(&mut || drop(program.parameter("q").clone()));
    refused(&mut || program.set_parameter("q", Matrix::ones(1, 1)));
    refused(&mut || drop(program.output("q").clone()));
    refused(&mut || drop(training_step(vec![Matrix::zeros(5, 3), Matrix::zeros(5, 2)], 0.1)));
    set_hook(hook);
    let files = FILES.lock().unwrap();
    assert!(files.len() == 9 && files.iter().all(|file| file.ends_with("mistakes.rs")), "{files:?}");
}

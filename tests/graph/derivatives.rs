//! The derivative of each operation alone: a value worked out by hand, and central differences; second derivatives; and
//! functions that a user might build.

use crate::number;
use crate::support::assert_near;
use feedforward::graph::{Graph, Node, Pass, Program};
use feedforward::random::Random;
use feedforward::{Layer, Matrix, Relu};

type Build = fn(&mut Graph, &[Node]) -> Node;

/// An operation with operands, its result, and the derivatives of L = Σ Rᵢⱼ · resultᵢⱼ with respect to the operands.
struct Case {
    name: &'static str,
    build: Build,
    operands: Vec<Matrix>,
    result: Matrix,
    r: Matrix,
    gradients: Vec<Matrix>,
}

/// Writes a matrix as rows, for example `m("1 2; 3 4")`.
fn m(rows: &str) -> Matrix {
    let row = |row: &str| row.split_whitespace().map(|x| x.parse().expect("a number")).collect::<Vec<f64>>();
    Matrix::from_rows(rows.split(';').map(row).collect::<Vec<_>>())
}

fn case(name: &'static str, build: Build, operands: &[&str], result: &str, r: &str, gradients: &[&str]) -> Case {
    let all = |texts: &[&str]| texts.iter().map(|text| m(text)).collect();
    Case { name, build, operands: all(operands), result: m(result), r: m(r), gradients: all(gradients) }
}

/// Every operation, with numbers that can be checked by hand.
#[rustfmt::skip]
fn cases() -> Vec<Case> {
    vec![
        // E Bᵀ and Aᵀ E
        case("matmul", |g, v| g.matmul(v[0], v[1]), &["1 2; 3 4", "5; 6"], "17; 39", "1; 10",
            &["5 6; 50 60", "31; 42"]),
        case("transpose", |g, v| g.transpose(v[0]), &["1 2 3; 4 5 6"], "1 4; 2 5; 3 6", "1 2; 3 4; 5 6",
            &["1 3 5; 2 4 6"]),
        case("append_column", |g, v| g.append_column(v[0], 7.0), &["1 2; 3 4"], "1 2 7; 3 4 7", "1 2 3; 4 5 6",
            &["1 2; 4 5"]),
        case("drop_column", |g, v| g.drop_column(v[0]), &["1 2 3; 4 5 6"], "1 2; 4 5", "1 2; 3 4",
            &["1 2 0; 3 4 0"]),
        case("scale", |g, v| g.scale(v[0], -3.0), &["1 2"], "-3 -6", "1 10", &["-3 -30"]),
        case("shift", |g, v| g.shift(v[0], -3.0), &["1 2"], "-2 -1", "1 10", &["1 10"]),
        case("add", |g, v| g.add(v[0], v[1]), &["1 2", "3 5"], "4 7", "1 10", &["1 10", "1 10"]),
        case("subtract", |g, v| g.subtract(v[0], v[1]), &["1 2", "3 5"], "-2 -3", "1 10", &["1 10", "-1 -10"]),
        case("multiply", |g, v| g.multiply(v[0], v[1]), &["1 2", "3 5"], "3 10", "1 10", &["3 50", "1 20"]),
        case("square", |g, v| g.multiply(v[0], v[0]), &["3 -5"], "9 25", "1 10", &["6 -100"]),
        // E / B and −E A / B²
        case("divide", |g, v| g.divide(v[0], v[1]), &["1 6", "2 -4"], "0.5 -1.5", "1 8", &["0.5 -2", "-0.25 -3"]),
        case("exp", |g, v| g.exp(v[0]), &["0 1"], "1 2.718281828459045", "3 2", &["3 5.43656365691809"]),
        case("ln", |g, v| g.ln(v[0]), &["1 4"], "0 1.3862943611198906", "3 2", &["3 0.5"]),
        case("gate", |g, v| g.gate(v[0], v[1]), &["1 2 3", "5 -5 0"], "1 0 0", "4 4 4", &["4 0 0", "0 0 0"]),
        case("relu", |g, v| g.relu(v[0]), &["5 -5 0"], "5 0 0", "4 4 4", &["4 0 0"]),
        // the example of the softmax page: ŷ = 1/8, 2/8, 5/8, and Σⱼ eⱼ ŷⱼ = 2
        case("softmax", |g, v| g.softmax(v[0]), &["0 0.6931471805599453 1.6094379124341003"], "0.125 0.25 0.625",
            "8 4 0", &["0.75 0.5 -1.25"]),
        case("sum", |g, v| g.sum(v[0]), &["1 2; 3 4"], "10", "3", &["3 3; 3 3"]),
        case("row_sums", |g, v| g.row_sums(v[0]), &["1 2; 3 4"], "3; 7", "1; 10", &["1 1; 10 10"]),
        case("repeat a number", |g, v| g.repeat(v[0], v[1]), &["5", "0 0; 0 0"], "5 5; 5 5", "1 2; 3 4",
            &["10", "0 0; 0 0"]),
        case("repeat a column", |g, v| g.repeat(v[0], v[1]), &["5; 6", "0 0; 0 0"], "5 5; 6 6", "1 2; 3 4",
            &["3; 7", "0 0; 0 0"]),
        case("repeat a row", |g, v| g.repeat(v[0], v[1]), &["5 6", "0 0; 0 0"], "5 6; 5 6", "1 2; 3 4",
            &["4 6", "0 0; 0 0"]),
        case("fill", |g, v| g.fill(3.0, v[0]), &["1 2"], "3 3", "1 10", &["0 0"]),
        // X′W′, with a 1 appended to x: E W′ᵀ without its last column, and X′ᵀE
        case("fully_connected", |g, v| g.fully_connected(v[0], v[1]), &["1 2", "3; 4; 5"], "16", "2",
            &["6 8", "2; 4; 2"]),
        // −ln(1/4 + 1/4) for the first class, and −y/(ŷ + 1/4)
        case("cross_entropy", |g, v| g.cross_entropy(v[0], v[1], 0.25), &["0.25 0.75", "1 0"], "0.6931471805599453",
            "3", &["-6 0", "2.0794415416798357 0"]),
    ]
}

/// Builds L = Σ R · f(operands) and its derivatives, with the operands p0, p1, … as parameters.
fn program(build: impl Fn(&mut Graph, &[Node]) -> Node, operands: &[Matrix], r: &Matrix, passes: &[Pass]) -> Program {
    let mut graph = Graph::new();
    let name = |i: usize| format!("p{i}");
    let nodes: Vec<Node> = operands.iter().enumerate().map(|(i, p)| graph.parameter(&name(i), p.clone())).collect();
    let result = build(&mut graph, &nodes);
    let r = graph.parameter("r", r.clone());
    let products = graph.multiply(result, r);
    let loss = graph.sum(products);
    for (i, gradient) in graph.gradients(loss, &nodes).into_iter().enumerate() {
        graph.output(&format!("∂p{i}"), gradient);
    }
    graph.output("result", result);
    graph.output("L", loss);
    let mut program = graph.compile_with(passes);
    program.run(&[]);
    program
}

/// Compares every derivative with central differences.
#[track_caller]
fn check(name: &str, build: impl Fn(&mut Graph, &[Node]) -> Node, operands: &[Matrix], r: &Matrix) {
    let analytic = program(&build, operands, r, &Pass::ALL);
    let mut nudged = program(&build, operands, r, &[]);
    for (k, operand) in operands.iter().enumerate() {
        let gradient = analytic.output(&format!("∂p{k}"));
        for (i, j) in (0..operand.rows()).flat_map(|i| (0..operand.columns()).map(move |j| (i, j))) {
            let h = 6e-6 * operand[(i, j)].abs().max(1.0);
            let mut loss = |x: f64| {
                let mut operand = operand.clone();
                operand[(i, j)] = x;
                nudged.set_parameter(&format!("p{k}"), operand);
                nudged.run(&[]);
                number(&nudged, "L")
            };
            let numeric = (loss(operand[(i, j)] + h) - loss(operand[(i, j)] - h)) / (2.0 * h);
            let analytic = gradient[(i, j)];
            let close = (analytic - numeric).abs() <= 1e-7 * numeric.abs().max(1.0);
            assert!(close, "{name}: ∂L/∂p{k} at ({i}, {j}) is {analytic}, by differences {numeric}");
        }
        nudged.set_parameter(&format!("p{k}"), operand.clone());
    }
}

/// A matrix of numbers between 0.2 and 3 with alternating or positive signs: away from the kink of ReLU and from 0.
fn numbers(like: &Matrix, positive: bool, random: &mut Random) -> Matrix {
    Matrix::from_fn(like.rows(), like.columns(), |i, j| {
        let x = 0.2 + 2.8 * random.uniform();
        if positive || (i + j) % 2 == 0 { x } else { -x }
    })
}

#[test]
fn every_operation_has_the_values_and_derivatives_worked_out_by_hand() {
    for Case { name, build, operands, result, r, gradients } in cases() {
        for passes in [&[][..], &Pass::ALL] {
            let program = program(build, &operands, &r, passes);
            let close = |a: &Matrix, b: &Matrix| a.shape() == b.shape() && (a - b).max_abs() < 1e-14;
            assert!(close(program.output("result"), &result), "{name}: {:?}", program.output("result"));
            for (k, gradient) in gradients.iter().enumerate() {
                let actual = program.output(&format!("∂p{k}"));
                assert!(close(actual, gradient), "{name}, operand {k}: {actual:?}, expected {gradient:?}");
            }
        }
    }
}

#[test]
fn every_derivative_agrees_with_central_differences() {
    let random = &mut Random::new(1);
    for Case { name, build, operands, r, .. } in cases() {
        let positive = ["ln", "cross_entropy"].contains(&name);
        for _ in 0..20 {
            let operands: Vec<Matrix> = operands.iter().map(|operand| numbers(operand, positive, random)).collect();
            check(name, build, &operands, &numbers(&r, false, random));
        }
    }
}

#[test]
fn a_gradient_can_be_differentiated_again() {
    // f = Σ x³ has the derivative 3x², and the sum of that the derivative 6x.
    let mut graph = Graph::new();
    let x = graph.parameter("x", m("1 -2; 3 0.5"));
    let square = graph.multiply(x, x);
    let cube = graph.multiply(square, x);
    let f = graph.sum(cube);
    let first = graph.gradients(f, &[x])[0];
    let sum = graph.sum(first);
    let second = graph.gradients(sum, &[x])[0];
    graph.output("first", first);
    graph.output("second", second);
    let mut program = graph.compile();
    program.run(&[]);
    assert_near(program.output("first"), &m("3 12; 27 0.75"), 1e-15);
    assert_near(program.output("second"), &m("6 -12; 18 3"), 1e-15);
}

#[test]
fn second_derivatives_of_every_operation_agree_with_central_differences_of_the_gradient() {
    let random = &mut Random::new(2);
    for Case { name, build, operands, r, .. } in cases() {
        let positive = ["ln", "cross_entropy"].contains(&name);
        let operands: Vec<Matrix> = operands.iter().map(|operand| numbers(operand, positive, random)).collect();
        let r = numbers(&r, false, random);
        // The squares make the gradient depend on the operands even if the operation is linear.
        let gradient = |graph: &mut Graph, nodes: &[Node], k: usize| {
            let result = build(graph, nodes);
            let square = graph.multiply(result, result);
            let r = graph.fill(0.7, square);
            let weighted = graph.multiply(square, r);
            let loss = graph.sum(weighted);
            graph.gradients(loss, nodes)[k]
        };
        for k in 0..operands.len() {
            check(name, |graph, nodes| gradient(graph, nodes, k), &operands, &numbers(&operands[k], false, random));
        }
        check(name, build, &operands, &r);
    }
}

/// tanh x = 1 − 2 / (e²ˣ + 1)
fn tanh(graph: &mut Graph, x: Node) -> Node {
    let doubled = graph.scale(x, 2.0);
    let power = graph.exp(doubled);
    let denominator = graph.shift(power, 1.0);
    let two = graph.fill(2.0, x);
    let quotient = graph.divide(two, denominator);
    let negative = graph.scale(quotient, -1.0);
    graph.shift(negative, 1.0)
}

/// 1 / (1 + e⁻ˣ)
fn sigmoid(graph: &mut Graph, x: Node) -> Node {
    let negative = graph.scale(x, -1.0);
    let power = graph.exp(negative);
    let denominator = graph.shift(power, 1.0);
    let one = graph.fill(1.0, x);
    graph.divide(one, denominator)
}

/// ½ Σ (a − b)²
fn squared_loss(graph: &mut Graph, a: Node, b: Node) -> Node {
    let difference = graph.subtract(a, b);
    let square = graph.multiply(difference, difference);
    let sum = graph.sum(square);
    graph.scale(sum, 0.5)
}

#[test]
fn functions_of_a_user_need_no_derivative_by_hand() {
    let random = &mut Random::new(3);
    let x = numbers(&Matrix::zeros(3, 4), false, random);
    let r = numbers(&x, false, random);
    let values = |build: fn(&mut Graph, Node) -> Node| {
        let program = program(|graph, nodes| build(graph, nodes[0]), std::slice::from_ref(&x), &r, &Pass::ALL);
        (program.output("result").clone(), program.output("∂p0").clone())
    };
    let (y, gradient) = values(tanh);
    assert_near(&y, &x.map(f64::tanh), 1e-15);
    assert_near(&gradient, &r.zip_map(&y, |r, y| r * (1.0 - y * y)), 1e-14); // tanh′ = 1 − tanh²
    let (y, gradient) = values(sigmoid);
    assert_near(&y, &x.map(|x| 1.0 / (1.0 + (-x).exp())), 1e-15);
    assert_near(&gradient, &r.zip_map(&y, |r, y| r * y * (1.0 - y)), 1e-14); // σ′ = σ (1 − σ)
    check("tanh", |graph, nodes| tanh(graph, nodes[0]), std::slice::from_ref(&x), &r);
    check("sigmoid", |graph, nodes| sigmoid(graph, nodes[0]), std::slice::from_ref(&x), &r);

    let operands = [x.clone(), r.clone()];
    let build = |graph: &mut Graph, nodes: &[Node]| squared_loss(graph, nodes[0], nodes[1]);
    let program = program(build, &operands, &Matrix::ones(1, 1), &Pass::ALL);
    assert_near(program.output("∂p0"), &(&x - &r), 1e-15); // ∂L/∂a = a − b
    assert_near(program.output("∂p1"), &(&r - &x), 1e-15);
    check("squared loss", build, &operands, &Matrix::ones(1, 1));
}

#[test]
fn the_machine_differentiates_a_formula_as_it_is_written() {
    // e⁷¹⁰ overflows: the sigmoid is 0, but its derivative 0 · ∞. By hand, y (1 − y) is 0.
    let x = Matrix::from_rows([[-710.0, -700.0]]);
    let build = |graph: &mut Graph, nodes: &[Node]| sigmoid(graph, nodes[0]);
    let program = program(build, std::slice::from_ref(&x), &Matrix::ones(1, 2), &Pass::ALL);
    assert_eq!(program.output("result")[(0, 0)], 0.0);
    assert!(program.output("∂p0")[(0, 0)].is_nan() && program.output("∂p0")[(0, 1)].is_finite());
}

/// L = Σ w², with the gradient g = 2w; v ← 0.9 v + g, w ← w − η v.
fn momentum() -> Graph {
    let mut graph = Graph::new();
    let (w, v) = (graph.parameter("w", m("1 -2; 3 4")), graph.parameter("v", Matrix::zeros(2, 2)));
    let eta = graph.parameter("η", m("0.1"));
    let square = graph.multiply(w, w);
    let loss = graph.sum(square);
    let g = graph.gradients(loss, &[w])[0];
    let slower = graph.scale(v, 0.9);
    let velocity = graph.add(slower, g);
    let eta = graph.repeat(eta, w);
    let step = graph.multiply(eta, velocity);
    let next = graph.subtract(w, step);
    graph.update(v, velocity);
    graph.update(w, next);
    graph
}

#[test]
fn momentum_and_a_learning_rate_that_changes_are_parameters() {
    for passes in [&[][..], &Pass::ALL] {
        let mut program = momentum().compile_with(passes);
        let (mut w, mut v) = (m("1 -2; 3 4"), Matrix::zeros(2, 2));
        for step in 0..5 {
            let eta = 0.1 / (1.0 + step as f64);
            program.set_parameter("η", Matrix::filled(1, 1, eta));
            program.run(&[]);
            v = 0.9 * &v + 2.0 * &w;
            w -= eta * &v;
            assert_near(program.parameter("w"), &w, 1e-15);
            assert_near(program.parameter("v"), &v, 1e-15);
        }
    }
}

#[test]
fn with_its_epsilon_the_loss_of_the_slides_has_the_derivative_of_its_remark() {
    // (15) with ε has the derivative −y/(ŷ + ε), not (16). Far from ε they agree; at ŷ = ε the first is half of (16).
    let prediction = Matrix::from_rows([[f64::EPSILON, 1.0 - f64::EPSILON], [0.25, 0.75]]);
    let label = m("1 0; 1 0");
    let gradient = |epsilon: f64| {
        let build = |graph: &mut Graph, nodes: &[Node]| graph.cross_entropy(nodes[0], nodes[1], epsilon);
        let operands = [prediction.clone(), label.clone()];
        program(build, &operands, &Matrix::ones(1, 1), &Pass::ALL).output("∂p0").clone()
    };
    let (with, without) = (gradient(f64::EPSILON), gradient(0.0));
    let expected = |epsilon: f64| label.zip_map(&prediction, |y, p| -y / (p + epsilon));
    assert_eq!(with, expected(f64::EPSILON));
    assert_eq!(without, expected(0.0));
    assert_eq!(with[(0, 0)] / without[(0, 0)], 0.5);
    assert!((with[(1, 0)] / without[(1, 0)] - 1.0).abs() < 1e-15);
}

#[test]
fn contributions_to_a_value_that_is_used_several_times_add_up() {
    // f = Σ (x·x + eˣ − 3x) has the derivative 2x + eˣ − 3.
    let x = m("0.5 -1.5 2");
    let build = |graph: &mut Graph, nodes: &[Node]| {
        let square = graph.multiply(nodes[0], nodes[0]);
        let power = graph.exp(nodes[0]);
        let sum = graph.add(square, power);
        let tripled = graph.scale(nodes[0], 3.0);
        graph.subtract(sum, tripled)
    };
    let program = program(build, std::slice::from_ref(&x), &Matrix::ones(1, 3), &Pass::ALL);
    assert_near(program.output("∂p0"), &x.map(|x| 2.0 * x + x.exp() - 3.0), 1e-15);
}

#[test]
fn a_nan_passes_a_gate_as_it_passes_the_relu_layer() {
    let x = Matrix::from_rows([[f64::NAN, -1.0, 2.0]]);
    let program =
        program(|graph, nodes| graph.relu(nodes[0]), std::slice::from_ref(&x), &Matrix::ones(1, 3), &Pass::ALL);
    assert_eq!(crate::bits(program.output("result")), crate::bits(&Relu::new().predict(x)));
    assert_eq!(*program.output("∂p0"), Matrix::from_rows([[1.0, 0.0, 1.0]]));
}

#[test]
fn a_loss_that_does_not_depend_on_a_node_has_the_gradient_0() {
    let mut graph = Graph::new();
    let (x, w) = (graph.input("x", 2), graph.parameter("w", Matrix::ones(3, 2)));
    let loss = graph.sum(x);
    let later = graph.exp(x); // comes after the loss
    for (name, gradient) in ["∂w", "∂later", "∂x"].into_iter().zip(graph.gradients(loss, &[w, later, x])) {
        graph.output(name, gradient);
    }
    let mut program = graph.compile();
    program.run(&[("x", &Matrix::ones(4, 2))]);
    assert_eq!(*program.output("∂w"), Matrix::zeros(3, 2));
    assert_eq!(*program.output("∂later"), Matrix::zeros(4, 2));
    assert_eq!(*program.output("∂x"), Matrix::ones(4, 2));
}

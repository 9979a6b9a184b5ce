//! Graphs as text and as drawings.

#[path = "../../docs/figures/graph.rs"]
mod figure;

use feedforward::Matrix;
use feedforward::graph::{Graph, Pass, draw, training_step};

fn step() -> Graph {
    training_step(vec![Matrix::zeros(5, 3), Matrix::zeros(4, 3)], 1e-3)
}

#[test]
fn every_equation_of_the_slides_that_a_step_computes_has_its_number() {
    let text = step().to_string();
    for (line, number) in [
        ("z1: b×3 = matmul x′ w1", "(9)"),
        ("z2: b×3 = matmul h1′ w2", "(9)"),
        ("ŷ: b×3 = softmax z2", "(13)"),
        ("loss: 1×1 = scale −1 t", "(15)"),
        ("∂ŷ: b×3 = divide t", "(16)"),
        ("∂z2: b×3 = multiply ŷ t", "(14)"),
        ("∂h1′: b×4 = matmul ∂z2 t", "(10)"),
        ("∂w2: 4×3 = matmul t", "(11)"),
        ("∂z1: b×3 = gate ∂h1 z1", "(12)"),
        ("∂w1: 5×3 = matmul t", "(11)"),
        ("w1⁺: 5×3 = descend 0.001 w1 ∂w1", "(11)"),
    ] {
        let lines: Vec<String> =
            text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert!(
            lines.iter().any(|found| found.starts_with(line) && found.ends_with(number)),
            "{line} {number}\n{text}"
        );
    }
    let numbered = text.lines().filter(|line| line.ends_with(')')).count();
    assert_eq!(numbered, 13, "{text}"); // the eleven above, (10) once more for x, and the update of w2
}

#[test]
fn a_product_without_a_column_of_ones_is_no_equation_of_the_slides() {
    let mut graph = Graph::new();
    let (x, w) = (graph.input("x", 3), graph.parameter("w", Matrix::zeros(3, 3)));
    let z = graph.matmul(x, w);
    let doubled = graph.scale(z, 2.0);
    let logarithm = graph.ln(doubled);
    let quotient = graph.divide(x, logarithm);
    let gated = graph.relu(quotient);
    let sum = graph.sum(gated);
    graph.scale(sum, -1.0);
    assert!(!graph.to_string().contains('('), "{graph}");
}

#[test]
fn nodes_without_a_name_are_numbered_and_equal_names_are_told_apart() {
    let mut graph = Graph::new();
    let x = graph.input("x", 3);
    let a = graph.exp(x);
    let b = graph.exp(a);
    let c = graph.exp(b);
    graph.name(b, "x");
    graph.name(c, "x");
    let labels: Vec<String> =
        graph.to_string().lines().map(|line| line.split(':').next().expect("a name").to_string()).collect();
    assert_eq!(labels, ["x", "t1", "x.2", "x.3"]);
}

#[test]
fn numbers_are_written_as_on_the_slides() {
    let mut graph = Graph::new();
    let x = graph.input("x", 3);
    graph.shift(x, f64::EPSILON);
    graph.scale(x, -0.5);
    let column = graph.row_sums(x);
    let transposed = graph.transpose(column);
    let wide = graph.repeat(column, x);
    let loss = graph.sum(wide);
    graph.gradients(loss, &[transposed]);
    let text = graph.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    for part in ["shift ε x", "scale −0.5 x", "b×1 = row_sums x", "1×b = transpose t3", "b×3 = repeat t3"] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
}

#[test]
fn a_program_says_where_each_value_is_stored() {
    let program = step().compile().to_string();
    let line = |start: &str| program.lines().find(|line| line.starts_with(start)).expect(start).to_string();
    assert!(line("z2").contains("buffer 3") && line("ŷ").contains("buffer 3"), "{program}"); // softmax in place
    assert!(line("w1⁺").contains("in place of w1"), "{program}");
    assert_eq!(program.lines().count(), 19, "{program}");
    let separate = step().compile_with(&[Pass::Dead]).to_string();
    let last: Vec<&str> = separate.lines().rev().take(2).collect();
    assert!(last[1].contains("buffer 27, then w1") && last[0].contains("buffer 28, then w2"), "{separate}");
}

/// The text of an attribute of the first tag.
fn attribute<'a>(svg: &'a str, name: &str) -> &'a str {
    let (_, rest) = svg.split_once(&format!(" {name}=\"")).unwrap_or_else(|| panic!("no {name} in {svg}"));
    rest.split('"').next().expect("an end")
}

#[test]
fn a_drawing_has_a_box_for_each_node_and_a_text_alternative() {
    let graph = step().apply(Pass::Dead).apply(Pass::Rewrite);
    let svg = draw(&[("rewritten", &graph)]);
    assert_eq!(svg.matches("<rect ").count(), graph.len());
    assert_eq!(attribute(&svg, "role"), "img");
    let words = attribute(&svg, "aria-label");
    for part in [
        "rewritten: a graph with 27 nodes. Above, values: x: b×4 = input; ",
        "Below, derivatives: ∂z2: b×3 = subtract ŷ y",
    ] {
        assert!(words.contains(part), "{part:?} is not in {words}");
    }
    assert!(svg.contains("currentColor") && svg.contains("prefers-color-scheme: dark"));
}

#[test]
fn values_are_above_from_left_to_right_and_derivatives_below_their_values() {
    let mut graph = Graph::new();
    let (x, w) = (graph.input("x", 3), graph.parameter("w", Matrix::zeros(3, 2)));
    let z = graph.matmul(x, w);
    graph.name(z, "z");
    let loss = graph.sum(z);
    graph.name(loss, "L");
    graph.gradients(loss, &[w]);
    let svg = draw(&[("", &graph)]);
    let place = |label: &str| -> (f64, f64) {
        let line = svg.lines().find(|line| line.contains(&format!(">{label}</tspan>"))).expect(label);
        (attribute(line, "x").parse().expect("a number"), attribute(line, "y").parse().expect("a number"))
    };
    let places = ["x", "z", "L"].map(place);
    assert!(places.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 == pair[1].1), "{places:?}");
    assert!(place("w").0 == place("x").0 && place("w").1 > place("x").1);
    for (value, derivative) in [("x", "∂x"), ("w", "∂w"), ("z", "∂z"), ("L", "∂L")] {
        assert!(place(derivative).0 == place(value).0 && place(derivative).1 > place("w").1, "{derivative}");
    }
}

#[test]
fn drawings_of_several_graphs_stand_below_each_other_with_their_headings() {
    let (one, other) = (step(), step().apply(Pass::Dead));
    let svg = draw(&[("before & after", &one), ("after", &other)]);
    assert_eq!(svg.matches("<rect ").count(), one.len() + other.len());
    assert!(svg.contains(">before &amp; after</text>") && svg.contains(">after</text>"));
    let height = |svg: &str| attribute(svg, "height").parse::<f64>().expect("a number");
    assert!(height(&svg) > height(&draw(&[("", &one)])) + height(&draw(&[("", &other)])));
}

#[test]
fn an_empty_graph_is_printed_and_drawn() {
    let graph = Graph::new();
    assert_eq!(graph.to_string(), "");
    assert!(draw(&[("", &graph)]).starts_with("<svg "));
    let mut program = Graph::new().compile();
    program.run(&[]);
    assert_eq!(program.to_string(), "");
}

#[test]
fn the_figure_of_the_page_is_what_the_crate_draws() {
    let drawn = include_str!("../../docs/figures/graph.svg").replace("\r\n", "\n");
    let again = "draw it again: cargo run -q --example graph > docs/figures/graph.svg";
    assert_eq!(drawn, figure::figure(), "{again}");
}

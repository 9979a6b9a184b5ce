//! Graphs as text and as drawings.

#[path = "../../docs/figures/graph.rs"]
mod figure;

use feedforward::Matrix;
use feedforward::graph::{Graph, Node, Pass, draw, training_step};

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
    let rewritten = step().compile().to_string();
    let line = |start: &str| rewritten.lines().find(|line| line.starts_with(start)).expect(start);
    assert!(line("loss").ends_with("(15)") && line("∂z2").ends_with("(14) of (16)"), "{rewritten}");
    assert_eq!(numbered, 13, "{text}"); // the eleven above, (10) once more for x, and the update of w2
}

#[test]
fn what_only_resembles_an_equation_of_the_slides_has_no_number() {
    type Build = fn(&mut Graph, [Node; 4]) -> Node;
    let builds: [Build; 10] = [
        |g, [x, _, w, _]| g.matmul(x, w), //            no column of ones
        |g, [x, z, ..]| {
            let extended = g.append_column(x, 1.0);
            let other = g.append_column(z, 2.0);
            let transposed = g.transpose(other);
            let product = g.matmul(transposed, x); //     no column of ones
            g.matmul(extended, product) //                not with a parameter
        },
        |g, [x, _, w, _]| {
            let extended = g.append_column(x, 2.0); //    not ones
            let dropped = g.drop_column(extended);
            g.matmul(dropped, w)
        },
        |g, [x, ..]| g.relu(x),
        |g, [x, z, ..]| g.subtract(x, z),
        |g, [x, z, ..]| g.divide(x, z),
        |g, [x, ..]| {
            let sum = g.sum(x);
            g.scale(sum, -1.0) //                         no logarithm
        },
        |g, [x, ..]| {
            let ln = g.ln(x); //                          no ε
            let sum = g.sum(ln);
            g.scale(sum, -1.0)
        },
        |g, [.., w, v]| {
            let twice = g.scale(v, 2.0);
            g.descend(v, twice, 0.1); //                  the gradient is no X′ᵀE′
            w
        },
        |g, [x, z, ..]| {
            let difference = g.subtract(x, z);
            g.multiply(x, difference)
        },
    ];
    for (i, build) in builds.into_iter().enumerate() {
        let mut graph = Graph::new();
        let nodes = [graph.input("x", 3), graph.input("z", 3)];
        let parameters = ["w", "v"].map(|name| graph.parameter(name, Matrix::zeros(3, 3)));
        build(&mut graph, [nodes[0], nodes[1], parameters[0], parameters[1]]);
        assert!(!graph.to_string().contains('('), "{i}:\n{graph}");
    }
}

#[test]
fn what_only_resembles_the_equations_of_softmax_has_no_number() {
    type Build = fn(&mut Graph, [Node; 3]) -> Node;
    let builds: [Build; 6] = [
        |g, [_, x, _]| {
            let sums = g.row_sums(x);
            let repeated = g.repeat(sums, x);
            let difference = g.subtract(x, repeated);
            g.multiply(x, difference) // x is no softmax
        },
        |g, [_, x, y]| {
            let negative = g.scale(y, -1.0);
            g.divide(negative, x) // x is no softmax
        },
        |g, [s, x, _]| g.subtract(s, x), // not one-hot
        |g, [s, x, _]| g.divide(x, s),   // not the label
        |g, [s, x, y]| {
            let other = g.multiply(x, x);
            g.multiply(other, y);
            g.divide(other, s)
        },
        |g, [s, x, y]| {
            let difference = g.subtract(x, y); // not a repeated sum
            g.multiply(s, difference)
        },
    ];
    for (i, build) in builds.into_iter().enumerate() {
        let mut graph = Graph::new();
        let (x, y) = (graph.input("x", 3), graph.one_hot_input("y", 3));
        let softmax = graph.softmax(x);
        build(&mut graph, [softmax, x, y]);
        assert_eq!(graph.to_string().matches('(').count(), 1, "{i}: only (13)\n{graph}");
    }
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
    graph.shift(x, -f64::EPSILON);
    graph.scale(x, 1e-30);
    graph.scale(x, 2e7);
    graph.scale(x, 0.0);
    let column = graph.row_sums(x);
    let transposed = graph.transpose(column);
    let wide = graph.repeat(column, x);
    let loss = graph.sum(wide);
    graph.gradients(loss, &[transposed]);
    let row = graph.parameter("row", Matrix::zeros(1, 3));
    let repeated = graph.repeat(row, x);
    let loss = graph.sum(repeated);
    graph.gradients(loss, &[row]);
    let text = graph.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "shift ε x",
        "scale −0.5 x",
        "shift −ε x",
        "scale 1e−30 x",
        "scale 2e7 x",
        "scale 0 x",
        "b×1 = row_sums x",
        "1×b = transpose t7",
        "b×3 = repeat t7",
        "∂row: 1×3 = column_sums",
    ] {
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

    // The square of w takes the buffer of eʷ, which is not needed any more; only the square becomes w.
    let mut graph = Graph::new();
    let w = graph.parameter("w", Matrix::zeros(2, 2));
    let power = graph.exp(w);
    let sum = graph.sum(power);
    let square = graph.matmul(w, w);
    graph.output("sum", sum);
    graph.update(w, square);
    assert_eq!(
        graph.compile().to_string(),
        "t1: 2×2  = exp w        buffer 1
sum: 1×1 = sum t1       buffer 2
w⁺: 2×2  = matmul w w   buffer 1, then w
"
    );
}

#[test]
fn long_sums_of_products_are_printed_at_once() {
    let mut graph = Graph::new();
    let mut x = graph.input("x", 3);
    for _ in 0..100 {
        x = graph.multiply(x, x); // a search through all paths would visit 2¹⁰⁰
    }
    let sum = graph.sum(x);
    graph.scale(sum, -1.0);
    let softmax = graph.softmax(x);
    graph.divide(x, softmax);
    assert_eq!(graph.to_string().lines().count(), graph.len());
}

#[test]
fn a_name_keeps_the_listing_and_the_drawing_whole() {
    let mut graph = Graph::new();
    let x = graph.input("a\n<b>&\"\u{1}", 3);
    graph.exp(x);
    let text = graph.to_string();
    assert_eq!(text.lines().count(), 2, "{text}");
    let svg = draw(&[("", &graph)]);
    assert!(svg.contains("a\u{fffd}&lt;b&gt;&amp;&quot;\u{fffd}") && !svg.contains('\u{1}'), "{svg}");
}

#[test]
fn an_output_of_a_parameter_is_a_copy_with_the_name_of_the_output() {
    let mut graph = Graph::new();
    let w = graph.parameter("w", Matrix::ones(2, 2));
    graph.output("before", w);
    graph.update(w, w);
    let mut program = graph.compile();
    let text = program.to_string();
    assert_eq!(text, "before: 2×2 = scale 1 w   buffer 1\nw⁺: 2×2     = scale 1 w   in place of w\n");
    program.run(&[]);
    assert_eq!((program.output("before"), program.parameter("w")), (&Matrix::ones(2, 2), &Matrix::ones(2, 2)));
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
        "Below, derivatives and updates: ∂z2: b×3 = subtract ŷ y",
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
    assert!(graph.is_empty() && !step().is_empty());
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
    assert!(drawn == figure::figure(), "{again}");
}

#[test]
fn the_table_beside_the_lines_by_hand_has_every_instruction_of_the_program() {
    let page = include_str!("../../docs/walk/three_levels.md").replace("\r\n", "\n");
    let (_, table) = page.split_once("| by hand | by machine | equation |\n").expect("the table");
    let rows = table.lines().skip(1).take_while(|line| line.starts_with('|'));
    let cells = rows.filter_map(|row| row.split(" | ").nth(1));
    let listed: Vec<String> = cells.flat_map(|cell| cell.split("<br>")).map(|cell| cell.replace('`', "")).collect();

    // Each line is "z1: b×3 = matmul x′ w1", followed by spaces, the place and the number.
    let instruction = |line: &str| {
        let (result, rest) = line.split_once(" = ").expect("an instruction");
        let name = result.split(':').next().expect("a name");
        format!("{name} = {}", rest.split("  ").next().expect("a computation"))
    };
    let program = step().compile().to_string();
    assert_eq!(listed, program.lines().map(instruction).collect::<Vec<_>>());
}

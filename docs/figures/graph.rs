//! Draws `graph.svg`, the figure of the page about graphs: `cargo run -q --example graph > docs/figures/graph.svg`.

use feedforward::Matrix;
use feedforward::graph::{Graph, Pass, draw};

/// Returns the drawing of the network's forward pass, and of the derivatives and the update that the compiler found.
pub fn figure() -> String {
    let mut g = Graph::new();
    let (x, y) = (g.input("x", 4), g.one_hot_input("y", 3));
    let (w1, w2) = (g.parameter("w1", Matrix::zeros(5, 3)), g.parameter("w2", Matrix::zeros(4, 3)));
    let z1 = g.fully_connected(x, w1);
    let h1 = g.relu(z1);
    g.name(z1, "z1");
    g.name(h1, "h1");
    let h1_extended = g.append_column(h1, 1.0);
    g.name(h1_extended, "h1′");
    let z2 = g.matmul(h1_extended, w2);
    g.name(z2, "z2");
    let prediction = g.softmax(z2);
    g.name(prediction, "ŷ");
    let loss = g.cross_entropy(prediction, y, 0.0);
    let gradients = g.gradients(loss, &[w1, w2]);
    g.descend(w1, gradients[0], 0.001);
    g.descend(w2, gradients[1], 0.001);
    let g = g.apply(Pass::Dead).apply(Pass::Rewrite);
    format!("\n\n{}\n\n", draw(&[("", &g)]))
}

#[allow(dead_code)] // a test includes this file
fn main() {
    print!("{}", figure());
}

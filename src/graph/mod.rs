//! **Graphs of Operations**: the middle level, a network as a graph that the machine differentiates and compiles.
//!
//! The [first section](crate::matrix) names three levels of a framework. On the highest, each layer knows its own
//! derivative, because somebody derived it on paper. On the middle level there are no layers, only matrices and the
//! operations that connect them. A [`Graph`] knows the derivatives of 15 operations. From these, the chain rule gives
//! the backward pass of any function that is built from them.
//! <div style="overflow-x:auto">
#![doc = include_str!("../../docs/figures/graph.svg")]
//! </div>
//!
//! The figure shows the training step of the exercise's network after the compiler has simplified it. Each box is a
//! matrix, with its name, shape and operation. Values are blue, parameters green. The orange boxes are the derivatives
//! ∂ and the updated weights w⁺, each under the value that it belongs to. The machine derived all ∂. The loss is not in
//! the figure, because the step needs only its derivative.
//!
//! ## Define, compile, run
//!
//! Working with a graph has three phases. This example is the training step of [The Whole Step](crate::whole_step),
//! with the same numbers:
//!
//! ```
//! use feedforward::Matrix;
//! use feedforward::graph::Graph;
//!
//! // Define. Every call appends a node; nothing is computed yet.
//! let mut g = Graph::new();
//! let (x, y) = (g.input("x", 2), g.one_hot_input("y", 2));
//! let w1 = Matrix::from_rows([[1.0, 1.0], [0.5, -1.0], [-1.0, 0.0]]);
//! let w2 = Matrix::from_rows([[1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]]);
//! let (w1, w2) = (g.parameter("w1", w1), g.parameter("w2", w2));
//! let z1 = g.fully_connected(x, w1);
//! let h1 = g.relu(z1);
//! let z2 = g.fully_connected(h1, w2);
//! let prediction = g.softmax(z2);
//! let loss = g.cross_entropy(prediction, y, 0.0); // without ε, as in (16)
//! g.output("loss", loss);
//!
//! // The derivatives and the update are more nodes of the same graph.
//! let gradients = g.gradients(loss, &[w1, w2]);
//! g.descend(w1, gradients[0], 0.1);
//! g.descend(w2, gradients[1], 0.1);
//!
//! // Compile.
//! let mut step = g.compile();
//!
//! // Run: forward, backward and update.
//! let (sample, label) = (Matrix::from_rows([[1.0, 2.0]]), Matrix::from_rows([[1.0, 0.0]]));
//! step.run(&[("x", &sample), ("y", &label)]);
//! assert!((step.output("loss")[(0, 0)] - 0.6931).abs() < 1e-4);
//! let expected = Matrix::from_rows([[1.1, 1.0], [0.7, -1.0], [-0.9, 0.0]]);
//! assert!((step.parameter("w1") - &expected).max_abs() < 1e-12);
//!
//! // Run again: the loss has decreased.
//! step.run(&[("x", &sample), ("y", &label)]);
//! assert!((step.output("loss")[(0, 0)] - 0.2088).abs() < 1e-4);
//!
//! // The same program takes a batch of any size.
//! let samples = Matrix::from_rows([[1.0, 2.0], [2.0, 1.0], [0.0, 3.0]]);
//! let labels = Matrix::from_rows([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]);
//! step.run(&[("x", &samples), ("y", &labels)]);
//! ```
//!
//! ## The derivatives, by machine
//!
//! [`gradients`](Graph::gradients) starts at the loss, whose derivative with respect to itself is 1, and walks back to
//! the first node. At each node it appends, for each operand, the error of the node times the derivative of the
//! operation. If several nodes use a value, their contributions are added. This is reverse-mode automatic
//! differentiation, which is backpropagation without layers.
//!
//! [`training_step`] builds the graph of the exercise's network, with 4 inputs, 3 hidden units and 3 classes. Printed,
//! a graph has one node a line, with the number of the slides' equation that it computes. These are the derivatives and
//! the updates, the second part of the listing:
//!
//! ```
//! use feedforward::Matrix;
//! use feedforward::graph::{Pass, training_step};
//!
//! let step = training_step(vec![Matrix::zeros(5, 3), Matrix::zeros(4, 3)], 0.001);
//! let text = step.apply(Pass::Dead).to_string();
//! let derived: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("∂L")).collect();
//! assert_eq!(
//!     derived,
//!     [
//!         "∂L: 1×1   = fill 1",
//!         "t5: 1×1   = scale −1 ∂L",
//!         "t6: b×3   = repeat t5",
//!         "t7: b×3   = multiply t6 y",
//!         "∂ŷ: b×3   = divide t7 ŷ            (16)",
//!         "t8: b×3   = multiply ∂ŷ ŷ",
//!         "t9: b×1   = row_sums t8",
//!         "t10: b×3  = repeat t9",
//!         "t11: b×3  = subtract ∂ŷ t10",
//!         "∂z2: b×3  = multiply ŷ t11         (14)",
//!         "t12: 3×4  = transpose w2",
//!         "∂h1′: b×4 = matmul ∂z2 t12         (10)",
//!         "t13: 4×b  = transpose h1′",
//!         "∂w2: 4×3  = matmul t13 ∂z2         (11)",
//!         "∂h1: b×3  = drop_column ∂h1′",
//!         "∂z1: b×3  = gate ∂h1 z1            (12)",
//!         "t14: 5×b  = transpose x′",
//!         "∂w1: 5×3  = matmul t14 ∂z1         (11)",
//!         "w1⁺: 5×3  = descend 0.001 w1 ∂w1   (11)",
//!         "w2⁺: 4×3  = descend 0.001 w2 ∂w2   (11)",
//!     ]
//! );
//! ```
//!
//! b is the number of samples in the batch, which a graph need not know. z is the output of a fully connected layer, h
//! the output of ReLU, and w⁺ are the weights after the update. x′ and h′ are x and h with a column of ones. (On this
//! page, ′ marks only this column; every matrix has one sample per row.) ∂z2 is ∂L/∂z2, the error **E**′ of the slides.
//! The derivative of the column of ones, which depends on nothing, is dropped from ∂h1′. Nodes without a name are t1,
//! t2 and so on.
//!
//! From top to bottom, the lines compute (16), (14), (10), (11), (12) and (11), the backward pass in the order in which
//! the layers compute it. The last two lines update the weights, which is the rest of (11).
#![doc = include_str!("../../docs/walk/graph.md")]
//!
//! ---
//! previous: [The Whole Step](crate::whole_step) · [contents](crate) · next:
//! [One Network, Three Levels](crate::three_levels)

mod build;
mod draw;
mod operation;
mod pass;
mod print;
mod program;
mod rules;
mod run;
mod shape;
mod step;

pub use draw::draw;
pub use pass::Pass;
pub use program::Program;
pub use shape::{Shape, Size};
pub use step::training_step;

use crate::Matrix;
use operation::Operation;
use std::sync::atomic::{AtomicU64, Ordering};

/// A graph of matrix operations.
///
/// A node refers only to nodes that were added before it, so the nodes are in an order in which they can be computed.
#[derive(Debug)]
pub struct Graph {
    id: u64,
    nodes: Vec<Entry>,
    inputs: Vec<Input>,
    parameters: Vec<(String, Matrix)>, // the name of each, and its first value
    outputs: Vec<(String, usize)>,     // the name of each, and its node
    updates: Vec<(usize, usize)>,      // a parameter, and the node of its next value
}

/// A handle to a node of a [`Graph`], which is a matrix with an operation and a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    graph: u64,
    index: usize,
}

/// What a graph knows of an input, which is `batch × columns`.
#[derive(Debug)]
struct Input {
    name: String,
    columns: usize,
    one_hot: bool, // whether each of its rows is one-hot
}

/// What a graph knows of a node.
#[derive(Clone, Debug)]
struct Entry {
    operation: Operation,
    inputs: Vec<usize>, // the operands
    shape: Shape,
    name: Option<String>,
    under: Option<usize>, // of a node that belongs to a derivative: the node whose derivative it is
    readers: usize,       // how many nodes and results read it; only known during a pass
}

impl Graph {
    /// Creates a graph without nodes.
    #[must_use]
    pub fn new() -> Graph {
        static GRAPHS: AtomicU64 = AtomicU64::new(0);
        Graph {
            id: GRAPHS.fetch_add(1, Ordering::Relaxed),
            nodes: Vec::new(),
            inputs: Vec::new(),
            parameters: Vec::new(),
            outputs: Vec::new(),
            updates: Vec::new(),
        }
    }

    /// Returns the number of nodes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Returns whether the graph has no nodes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Returns the shape of a node.
    ///
    /// # Panics
    /// If the node belongs to another graph.
    #[must_use]
    #[track_caller]
    pub fn shape(&self, node: Node) -> Shape {
        self.shape_of("shape", node)
    }

    /// Appends the derivative of a loss with respect to each of the nodes in `of`, and returns these derivatives. If
    /// the loss does not depend on a node, its derivative is a matrix of zeros.
    ///
    /// The walk starts at the loss, whose derivative with respect to itself is 1, and ends at the first node. Since
    /// every node refers only to earlier nodes, the error of a node is complete when the walk reaches it: all the nodes
    /// that use it come later. The walk then passes the error on to the operands, where the errors add up.
    ///
    /// The derivatives are nodes like all others. They can be printed, optimised, and differentiated again.
    ///
    /// # Panics
    /// If the loss is not `1 × 1`, or if a node belongs to another graph.
    #[track_caller]
    pub fn gradients(&mut self, loss: Node, of: &[Node]) -> Vec<Node> {
        self.check("gradients", loss);
        for &node in of {
            self.check("gradients", node);
        }
        let shape = self.entry(loss).shape;
        assert!(shape == Shape::NUMBER, "gradients: the loss is {shape}, but it must be one number, 1×1");

        let mut errors: Vec<Option<Node>> = vec![None; self.len()]; // ∂L/∂node, as far as it is known
        errors[loss.index] = Some(self.fill_under(loss, 1.0)); //         ∂L/∂L = 1
        for index in (0..=loss.index).rev() {
            let Some(error) = errors[index] else { continue };
            if let (Some(name), None) = (&self.nodes[index].name, &self.nodes[error.index].name) {
                self.nodes[error.index].name = Some(format!("∂{name}"));
            }
            for operand in 0..self.nodes[index].inputs.len() {
                let input = self.nodes[index].inputs[operand];
                let first = self.len();
                let part = self.derivative(self.node(index), operand, error);
                errors[input] = match (errors[input], part) {
                    (Some(sum), Some(part)) => Some(self.add(sum, part)),
                    (error, part) => part.or(error),
                };
                self.nodes[first..].iter_mut().for_each(|entry| entry.under = Some(input));
            }
        }
        let mut gradients = Vec::new();
        for &node in of {
            let gradient = errors.get(node.index).copied().flatten();
            gradients.push(gradient.unwrap_or_else(|| self.fill_under(node, 0.0))); // the loss does not depend on it
        }
        gradients
    }

    /// Adds a constant derivative with respect to a node.
    fn fill_under(&mut self, node: Node, value: f64) -> Node {
        let constant = self.fill(value, node);
        self.nodes[constant.index].under = Some(node.index);
        constant
    }

    /// Panics if the node belongs to another graph.
    #[track_caller]
    fn check(&self, operation: &str, node: Node) {
        assert!(node.graph == self.id, "{operation}: the node belongs to another graph");
    }

    fn node(&self, index: usize) -> Node {
        Node { graph: self.id, index }
    }

    fn entry(&self, node: Node) -> &Entry {
        &self.nodes[node.index]
    }

    fn append(&mut self, operation: Operation, inputs: &[Node], shape: Shape) -> Node {
        let inputs = inputs.iter().map(|input| input.index).collect();
        self.push(Entry { operation, inputs, shape, name: None, under: None, readers: 0 })
    }

    fn push(&mut self, entry: Entry) -> Node {
        self.nodes.push(entry);
        self.node(self.len() - 1)
    }
}

impl Default for Graph {
    fn default() -> Graph {
        Graph::new()
    }
}

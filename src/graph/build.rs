//! Adds nodes to a graph, and checks their shapes.

use super::operation::Operation;
use super::shape::{Shape, Size};
use super::{Graph, Input, Node};
use crate::Matrix;

/// What a graph computes with: inputs, parameters and constants.
impl Graph {
    /// Appends an input, `batch × columns`, which every run supplies.
    ///
    /// # Panics
    /// If the graph already has an input or a parameter with this name.
    #[track_caller]
    pub fn input(&mut self, name: &str, columns: usize) -> Node {
        self.add_input(name, columns, false)
    }

    /// Appends an input for labels, `batch × classes`, whose rows are one-hot: a 1 at the class of the sample and 0
    /// elsewhere. Every run checks this, and [`Pass::Rewrite`](super::Pass::Rewrite) relies on it.
    ///
    /// # Panics
    /// As [`input`](Graph::input).
    #[track_caller]
    pub fn one_hot_input(&mut self, name: &str, classes: usize) -> Node {
        self.add_input(name, classes, true)
    }

    #[track_caller]
    fn add_input(&mut self, name: &str, columns: usize, one_hot: bool) -> Node {
        self.check_new("input", name);
        self.inputs.push(Input { name: name.to_string(), columns, one_hot });
        let shape = Shape::new(Size::Batch, Size::Fixed(columns));
        self.add_named(Operation::Input(self.inputs.len() - 1), shape, name)
    }

    /// Appends a parameter: a matrix that the program keeps from run to run, and that [`update`](Graph::update) can
    /// change. It starts with `value`.
    ///
    /// # Panics
    /// As [`input`](Graph::input).
    #[track_caller]
    pub fn parameter(&mut self, name: &str, value: Matrix) -> Node {
        self.check_new("parameter", name);
        let shape = Shape::new(Size::Fixed(value.rows()), Size::Fixed(value.columns()));
        self.parameters.push((name.to_string(), value));
        self.add_named(Operation::Parameter(self.parameters.len() - 1), shape, name)
    }

    #[track_caller]
    fn check_new(&self, operation: &str, name: &str) {
        let mut names = self.inputs.iter().map(|input| &input.name).chain(self.parameters.iter().map(|(name, _)| name));
        assert!(names.all(|known| known != name), "{operation}: another input or parameter has the name {name}");
    }

    fn add_named(&mut self, operation: Operation, shape: Shape, name: &str) -> Node {
        let node = self.append(operation, &[], shape);
        self.nodes[node.index].name = Some(name.to_string());
        node
    }

    /// Appends a matrix with `value` in every element, of the same shape as `like`.
    ///
    /// # Panics
    /// If the node belongs to another graph. This holds for all operations.
    #[track_caller]
    pub fn fill(&mut self, value: f64, like: Node) -> Node {
        let shape = self.shape_of("fill", like);
        self.append(Operation::Fill(value), &[], shape)
    }
}

/// # Operations
///
/// Each appends a node. It panics if a shape does not fit, or if an operand belongs to another graph.
///
/// Each names its derivative: what it contributes to the derivative of the loss with respect to its operands, given E,
/// the derivative of the loss with respect to its result.
impl Graph {
    /// Appends the matrix product `a` `b`: `m × k` times `k × n` is `m × n`. Derivative: E bᵀ for `a`, and aᵀ E for
    /// `b`.
    #[track_caller]
    pub fn matmul(&mut self, a: Node, b: Node) -> Node {
        let (left, right) = (self.shape_of("matmul", a), self.shape_of("matmul", b));
        let (k, p) = (left.columns, right.rows);
        assert!(k == p, "matmul: {left} times {right}: the left has {k} columns, the right {p} rows");
        self.append(Operation::Matmul, &[a, b], Shape::new(left.rows, right.columns))
    }

    /// Appends the transpose of `a`. Derivative: Eᵀ.
    #[track_caller]
    pub fn transpose(&mut self, a: Node) -> Node {
        let shape = self.shape_of("transpose", a);
        self.append(Operation::Transpose, &[a], shape.transposed())
    }

    /// Appends `a` with one more column on the right, which has `value` in every element. A `value` of 1 gives the
    /// column of ones that belongs to the biases. Derivative: E without its last column.
    #[track_caller]
    pub fn append_column(&mut self, a: Node, value: f64) -> Node {
        let shape = self.shape_of("append_column", a);
        let Size::Fixed(columns) = shape.columns else { panic!("append_column: {shape} has a column for each sample") };
        self.append(Operation::AppendColumn(value), &[a], Shape { columns: Size::Fixed(columns + 1), ..shape })
    }

    /// Appends `a` without its last column. Derivative: E with a column of zeros appended.
    #[track_caller]
    pub fn drop_column(&mut self, a: Node) -> Node {
        let shape = self.shape_of("drop_column", a);
        match shape.columns {
            Size::Fixed(columns @ 1..) => {
                self.append(Operation::DropColumn, &[a], Shape { columns: Size::Fixed(columns - 1), ..shape })
            }
            Size::Fixed(0) => panic!("drop_column: {shape} has no column"),
            Size::Batch => panic!("drop_column: {shape} has a column for each sample"),
        }
    }

    /// Appends `factor` · `a`. Derivative: `factor` · E.
    #[track_caller]
    pub fn scale(&mut self, a: Node, factor: f64) -> Node {
        self.elementwise("scale", Operation::Scale(factor), &[a])
    }

    /// Appends `a` + `summand`, with the same summand for every element. Derivative: E.
    #[track_caller]
    pub fn shift(&mut self, a: Node, summand: f64) -> Node {
        self.elementwise("shift", Operation::Shift(summand), &[a])
    }

    /// Appends `a` + `b`, element by element. Derivative: E for both.
    #[track_caller]
    pub fn add(&mut self, a: Node, b: Node) -> Node {
        self.elementwise("add", Operation::AddScaled(1.0), &[a, b])
    }

    /// Appends `a` − `b`, element by element. Derivative: E for `a`, and −E for `b`.
    #[track_caller]
    pub fn subtract(&mut self, a: Node, b: Node) -> Node {
        self.elementwise("subtract", Operation::AddScaled(-1.0), &[a, b])
    }

    /// Appends `a` · `b`, element by element. Derivative: E · b for `a`, and E · a for `b`.
    #[track_caller]
    pub fn multiply(&mut self, a: Node, b: Node) -> Node {
        self.elementwise("multiply", Operation::Multiply, &[a, b])
    }

    /// Appends `a` / `b`, element by element. Derivative: E / b for `a`, and −E · (a / b) / b for `b`.
    #[track_caller]
    pub fn divide(&mut self, a: Node, b: Node) -> Node {
        self.elementwise("divide", Operation::Divide, &[a, b])
    }

    /// Appends the exponential of `a`, element by element. Derivative: E · eᵃ.
    #[track_caller]
    pub fn exp(&mut self, a: Node) -> Node {
        self.elementwise("exp", Operation::Exp, &[a])
    }

    /// Appends the natural logarithm of `a`, element by element. Derivative: E / a.
    #[track_caller]
    pub fn ln(&mut self, a: Node) -> Node {
        self.elementwise("ln", Operation::Ln, &[a])
    }

    /// Appends a node that is 0 where `b` ≤ 0, and `a` elsewhere: eₙ₋₁ = 0 if x ≤ 0, else eₙ [(12)](crate::relu).
    /// Derivative: the gate of E for `a`, and 0 for `b`, which only decides.
    #[track_caller]
    pub fn gate(&mut self, a: Node, b: Node) -> Node {
        self.elementwise("gate", Operation::Gate, &[a, b])
    }

    /// Appends max(0, `a`), element by element. It is the [`gate`](Graph::gate) with `a` as both operands. Derivative:
    /// 0 where a ≤ 0, and E elsewhere [(12)](crate::relu).
    #[track_caller]
    pub fn relu(&mut self, a: Node) -> Node {
        self.elementwise("relu", Operation::Gate, &[a, a])
    }

    /// Appends the softmax of each row, ŷ [(13)](crate::softmax). Derivative: ŷ (E − Σⱼ Eⱼ ŷⱼ) [(14)](crate::softmax).
    #[track_caller]
    pub fn softmax(&mut self, a: Node) -> Node {
        self.elementwise("softmax", Operation::Softmax, &[a])
    }

    /// Appends the sum of all elements, `1 × 1`. Derivative: E, repeated.
    #[track_caller]
    pub fn sum(&mut self, a: Node) -> Node {
        self.shape_of("sum", a);
        self.sum_to(a, Shape::NUMBER)
    }

    /// Appends the sum of each row: a column. Derivative: E, repeated.
    #[track_caller]
    pub fn row_sums(&mut self, a: Node) -> Node {
        let shape = self.shape_of("row_sums", a);
        self.sum_to(a, Shape { columns: Size::Fixed(1), ..shape })
    }

    /// Appends the sums that have a shape which can be [broadcast](Graph::broadcast) to the shape of `a`.
    pub(super) fn sum_to(&mut self, a: Node, shape: Shape) -> Node {
        self.append(Operation::Sum, &[a], shape)
    }

    /// Appends a number, a column or a row, repeated up to the shape of `like`. Derivative: the sum of E over the
    /// copies.
    #[track_caller]
    pub fn repeat(&mut self, a: Node, like: Node) -> Node {
        let (shape, wide) = (self.shape_of("repeat", a), self.shape_of("repeat", like));
        let one = Size::Fixed(1);
        let fits = (shape.rows == wide.rows || shape.rows == one)
            && (shape.columns == wide.columns || shape.columns == one)
            && (shape.rows == one || shape.columns == one);
        assert!(fits, "repeat: {shape} is no number, row or column that can be repeated up to {wide}");
        self.broadcast(a, wide)
    }

    pub(super) fn broadcast(&mut self, a: Node, shape: Shape) -> Node {
        self.append(Operation::Broadcast, &[a], shape)
    }

    /// Appends an operation whose operands and result have the same shape.
    #[track_caller]
    fn elementwise(&mut self, name: &str, operation: Operation, operands: &[Node]) -> Node {
        let shape = self.same_shape(name, operands[0], operands[operands.len() - 1]);
        self.append(operation, operands, shape)
    }

    #[track_caller]
    pub(super) fn same_shape(&self, operation: &str, a: Node, b: Node) -> Shape {
        let (left, right) = (self.shape_of(operation, a), self.shape_of(operation, b));
        assert!(left == right, "{operation}: the shapes differ, {left} and {right}");
        left
    }

    #[track_caller]
    pub(super) fn shape_of(&self, operation: &str, node: Node) -> Shape {
        self.check(operation, node);
        self.entry(node).shape
    }
}

/// What a run returns and keeps.
impl Graph {
    /// Names a node, for printing. A node without a name is printed as ∂ and the name of the value whose derivative it
    /// is, or as t1, t2 and so on.
    #[track_caller]
    pub fn name(&mut self, node: Node, name: &str) {
        self.check("name", node);
        self.nodes[node.index].name = Some(name.to_string());
    }

    /// Keeps the value of the node for [`Program::output`](super::Program::output), and names the node unless it has a
    /// name.
    ///
    /// # Panics
    /// If the graph already has an output with this name.
    #[track_caller]
    pub fn output(&mut self, name: &str, node: Node) {
        self.check("output", node);
        assert!(self.outputs.iter().all(|(known, _)| known != name), "output: another output has the name {name}");
        self.outputs.push((name.to_string(), node.index));
        self.nodes[node.index].name.get_or_insert_with(|| name.to_string());
    }

    /// Replaces the value of a parameter by the value of a node, at the end of every run.
    ///
    /// # Panics
    /// If `parameter` is not a parameter, already has an update, or has another shape than `value`.
    #[track_caller]
    pub fn update(&mut self, parameter: Node, value: Node) {
        self.same_shape("update", parameter, value);
        let Operation::Parameter(index) = self.entry(parameter).operation else {
            panic!("update: {} is not a parameter", self.label(parameter.index));
        };
        let name = &self.parameters[index].0;
        assert!(self.updates.iter().all(|(known, _)| *known != index), "update: {name} already has an update");
        self.updates.push((index, value.index));
        self.nodes[value.index].name.get_or_insert_with(|| format!("{name}⁺"));
    }

    /// Updates a parameter by a step of gradient descent: w − η ∇L(w).
    ///
    /// # Panics
    /// As [`update`](Graph::update), and if the learning rate is not finite and positive.
    #[track_caller]
    pub fn descend(&mut self, parameter: Node, gradient: Node, learning_rate: f64) {
        assert!(
            learning_rate.is_finite() && learning_rate > 0.0,
            "descend: the learning rate must be finite and positive, not {learning_rate}"
        );
        let shape = self.same_shape("descend", parameter, gradient);
        let stepped = self.append(Operation::AddScaled(-learning_rate), &[parameter, gradient], shape); // w − η ∇L(w)
        self.nodes[stepped.index].under = Some(parameter.index); // to draw it there
        self.update(parameter, stepped);
    }
}

//! Prints graphs and programs as text, one node a line, with the numbers of the equations on the slides.

use super::operation::Operation::{self, *};
use super::program::{Instruction, Operand, Place};
use super::shape::{Shape, Size};
use super::{Entry, Graph, Program};
use std::fmt;

impl fmt::Display for Graph {
    /// Formats the graph with one node a line: its name, its shape, what it computes, and the number of its equation on
    /// the slides.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_columns(f, &self.lines())
    }
}

impl fmt::Display for Program {
    /// Formats the program with one instruction a line: the name and the shape of the result, what is computed, where
    /// the result is stored, and the number of the equation on the slides.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = self.graph.labels();
        let line = |instruction: &Instruction| {
            let operands = instruction.operands.iter().map(|operand| operand.text(&labels)).collect();
            let [result, computation, equation] = self.graph.line(instruction.node, &labels, operands);
            [result, computation, self.place(instruction.node), equation]
        };
        write_columns(f, &self.instructions.iter().map(line).collect::<Vec<_>>())
    }
}

impl Program {
    /// Says where the value of a node is stored.
    fn place(&self, node: usize) -> String {
        let update = self.graph.updates.iter().find(|(_, value)| *value == node);
        let parameter = update.map(|&(parameter, _)| &self.graph.parameters[parameter].0);
        match (self.places[node], parameter) {
            (Some(Place::Buffer(buffer)), Some(parameter)) => format!("buffer {}, then {parameter}", buffer + 1),
            (Some(Place::Buffer(buffer)), None) => format!("buffer {}", buffer + 1),
            (_, parameter) => parameter.map(|parameter| format!("in place of {parameter}")).unwrap_or_default(),
        }
    }
}

impl Operand {
    /// The operand in the notation of NumPy: `w2[:-1]ᵀ` is the transpose of W′ without the biases.
    fn text(&self, labels: &[String]) -> String {
        let label = labels[self.node].clone();
        match self.views.as_slice() {
            [Transpose, DropColumn] => label + "[:-1]ᵀ",
            views => views.iter().fold(label, |label, view| label + if *view == Transpose { "ᵀ" } else { "[:,:-1]" }),
        }
    }
}

impl Graph {
    /// Returns the name of a node for a message.
    pub(super) fn label(&self, index: usize) -> String {
        self.labels().swap_remove(index)
    }

    /// Returns a different name for each node. Those without a name are numbered: t1, t2 and so on.
    pub(super) fn labels(&self) -> Vec<String> {
        let mut labels: Vec<String> = Vec::new();
        let mut unnamed = 0;
        for entry in &self.nodes {
            let name = entry.name.clone().unwrap_or_else(|| {
                unnamed += 1;
                format!("t{unnamed}")
            });
            let name = name.replace(char::is_control, "\u{fffd}"); // a line break would break the listing
            let label = (2..).map(|n| format!("{name}.{n}"));
            let label = [name.clone()].into_iter().chain(label).find(|label| !labels.contains(label));
            labels.push(label.expect("a number that is not taken"));
        }
        labels
    }

    /// Returns the parts of the line of each node.
    pub(super) fn lines(&self) -> Vec<[String; 3]> {
        let labels = self.labels();
        let operands = |node: usize| self.nodes[node].inputs.iter().map(|&input| labels[input].clone()).collect();
        (0..self.len()).map(|node| self.line(node, &labels, operands(node))).collect()
    }

    /// Returns the parts of the line of a node: its name and shape, what it computes from these operands, and the
    /// number of its equation.
    fn line(&self, node: usize, labels: &[String], mut operands: Vec<String>) -> [String; 3] {
        if self.is_relu(node) {
            operands.pop(); // both are the same
        }
        operands.insert(0, self.operation_words(node));
        let result = format!("{}: {}", labels[node], self.nodes[node].shape);
        [result, operands.join(" "), self.equation(node).to_string()]
    }

    fn is_relu(&self, node: usize) -> bool {
        let Entry { operation, inputs, .. } = &self.nodes[node];
        *operation == Gate && inputs[0] == inputs[1]
    }

    /// Returns the name of the operation of a node, as the method that appends it is called where there is one, and its
    /// number.
    pub(super) fn operation_words(&self, index: usize) -> String {
        let Entry { operation, shape, .. } = &self.nodes[index];
        let is_update = || self.updates.iter().any(|(_, node)| *node == index);
        match *operation {
            Input(input) if self.inputs[input].one_hot => "input, one-hot".to_string(),
            Gate if self.is_relu(index) => "relu".to_string(),
            Sum if shape.columns == Size::Fixed(1) && shape.rows != Size::Fixed(1) => "row_sums".to_string(),
            Sum if *shape != Shape::NUMBER => "column_sums".to_string(),
            AddScaled(c) if c < 0.0 && is_update() => format!("descend {}", number(-c)),
            operation => operation.words(),
        }
    }

    /// Returns the number of the equation of the slides that the node computes, or nothing.
    pub(super) fn equation(&self, index: usize) -> &'static str {
        let part = |index: usize| (self.nodes[index].operation, self.nodes[index].inputs.as_slice());
        let is = |index: usize, operation: Operation| self.nodes[index].operation == operation;
        let is_parameter = |index: usize| matches!(part(index), (Parameter(_), _));
        let transposed = |mut index: usize| {
            while let (DropColumn, &[a]) = part(index) {
                index = a;
            }
            if let (Transpose, &[a]) = part(index) { Some(a) } else { None }
        };
        let is_extended = |index: usize| is(index, AppendColumn(1.0)); // X′
        let is_logarithm = |index: usize| match part(index) {
            (Ln, &[a]) => is(a, Shift(f64::EPSILON)),
            _ => false,
        };
        let is_gradient = |index: usize| match part(index) {
            (Matmul, &[a, _]) => transposed(a).is_some_and(is_extended),
            _ => false,
        };
        match part(index) {
            // X′W′
            (Matmul, &[a, b]) if is_extended(a) && is_parameter(b) => "(9)",
            // E′W′ᵀ
            (Matmul, &[_, b]) if transposed(b).is_some_and(is_parameter) => "(10)",
            // X′ᵀE′, and W′ − η · X′ᵀE′
            (Matmul, _) if is_gradient(index) => "(11)",
            (AddScaled(_), &[w, gradient]) if is_parameter(w) && is_gradient(gradient) => "(11)",
            // 0 if x ≤ 0, else e
            (Gate, _) if !self.is_relu(index) => "(12)",
            (Softmax, _) => "(13)",
            // ŷ − y
            (AddScaled(-1.0), &[prediction, y]) if is(prediction, Softmax) && self.is_one_hot(y) => "(14) of (16)",
            // ŷ (E − Σⱼ Eⱼ ŷⱼ)
            (Multiply, &[y, difference]) if is(y, Softmax) => match part(difference) {
                (AddScaled(-1.0), &[_, sums]) if is(sums, Broadcast) => "(14)",
                _ => "",
            },
            // −Σ y ln(ŷ + ε), or −Σ ln(ŷₖ + ε)
            (Scale(-1.0), &[sum]) => match part(sum) {
                (Sum, &[a]) if is_logarithm(a) => "(15)",
                (Sum, &[a]) if is(a, Multiply) && part(a).1.iter().copied().any(is_logarithm) => "(15)",
                _ => "",
            },
            // −y / ŷ
            (Divide, &[label, prediction]) if is(prediction, Softmax) => match part(label) {
                (Scale(_) | Multiply, factors) if factors.iter().any(|&y| self.is_one_hot(y)) => "(16)",
                _ => "",
            },
            _ => "",
        }
    }
}

impl Operation {
    /// Returns the name of the operation and its number.
    pub(super) fn words(self) -> String {
        match self {
            Input(_) => "input".to_string(),
            Parameter(_) => "parameter".to_string(),
            Fill(c) => format!("fill {}", number(c)),
            Matmul => "matmul".to_string(),
            Transpose => "transpose".to_string(),
            AppendColumn(c) => format!("append_column {}", number(c)),
            DropColumn => "drop_column".to_string(),
            Scale(c) => format!("scale {}", number(c)),
            Shift(c) => format!("shift {}", number(c)),
            AddScaled(1.0) => "add".to_string(),
            AddScaled(-1.0) => "subtract".to_string(),
            AddScaled(c) => format!("add_scaled {}", number(c)),
            Multiply => "multiply".to_string(),
            Divide => "divide".to_string(),
            Exp => "exp".to_string(),
            Ln => "ln".to_string(),
            Gate => "gate".to_string(),
            Softmax => "softmax".to_string(),
            Sum => "sum".to_string(),
            Broadcast => "repeat".to_string(),
        }
    }
}

/// Formats a number as on the slides: ε by its name, and a minus sign for a hyphen.
fn number(x: f64) -> String {
    let text = match x.abs() {
        f64::EPSILON => format!("{}ε", if x < 0.0 { "-" } else { "" }),
        0.0 | 1e-4..1e6 => x.to_string(),
        _ => format!("{x:e}"),
    };
    text.replace('-', "−")
}

/// Writes the cells of each line, aligned.
fn write_columns<const N: usize>(f: &mut fmt::Formatter<'_>, lines: &[[String; N]]) -> fmt::Result {
    let length = |cell: &String| cell.chars().count();
    let widths: [usize; N] = std::array::from_fn(|i| lines.iter().map(|line| length(&line[i])).max().unwrap_or(0));
    for line in lines {
        let [first, rest @ ..] = line.as_slice() else { continue };
        let mut text = format!("{first:0$} =", widths[0]);
        for (cell, width) in rest.iter().zip(&widths[1..]) {
            text += &format!(" {cell:width$}  ");
        }
        writeln!(f, "{}", text.trim_end())?;
    }
    Ok(())
}

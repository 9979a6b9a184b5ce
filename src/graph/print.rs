//! Prints graphs and programs as text, one node a line, with the numbers of the equations on the slides.

use super::operation::Operation::{self, *};
use super::program::{Operand, Place};
use super::shape::{Shape, Size};
use super::{Entry, Graph, Program};
use std::fmt;

impl fmt::Display for Graph {
    /// Formats the graph with one node a line: its name, its shape, what it computes, and the number of its equation on
    /// the slides.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = self.labels();
        let line = |index: usize| {
            let operands: Vec<&str> = self.nodes[index].inputs.iter().map(|&input| labels[input].as_str()).collect();
            [self.left_side(index, &labels), self.right_side(index, &operands), self.equation(index).to_string()]
        };
        write_columns(f, (0..self.len()).map(line).collect())
    }
}

/// Returns the lines of a graph without alignment.
pub(super) fn lines(graph: &Graph) -> Vec<String> {
    let labels = graph.labels();
    let line = |index: usize| {
        let operands: Vec<&str> = graph.nodes[index].inputs.iter().map(|&input| labels[input].as_str()).collect();
        let line = format!(
            "{} = {} {}",
            graph.left_side(index, &labels),
            graph.right_side(index, &operands),
            graph.equation(index)
        );
        line.trim_end().to_string()
    };
    (0..graph.len()).map(line).collect()
}

impl fmt::Display for Program {
    /// Formats the program with one instruction a line: the name and the shape of the result, what is computed, where
    /// the result is stored, and the number of the equation on the slides.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let graph = &self.graph;
        let labels = graph.labels();
        let line = |instruction: &super::program::Instruction| {
            let operands: Vec<String> = instruction.operands.iter().map(|operand| operand.text(&labels)).collect();
            let operands: Vec<&str> = operands.iter().map(String::as_str).collect();
            let node = instruction.node;
            let swapped = |buffer| self.swaps.iter().find(|(_, swapped)| *swapped == buffer);
            let parameter = |index: usize| &graph.parameters[index].0;
            let place = match self.places[node] {
                Some(Place::Parameter(index)) => format!("in place of {}", parameter(index)),
                Some(Place::Buffer(buffer)) => match swapped(buffer) {
                    Some(&(index, _)) if graph.updates.contains(&(index, node)) => {
                        format!("buffer {}, then {}", buffer + 1, parameter(index))
                    }
                    _ => format!("buffer {}", buffer + 1),
                },
                _ => String::new(),
            };
            [graph.left_side(node, &labels), graph.right_side(node, &operands), place, graph.equation(node).to_string()]
        };
        write_columns(f, self.instructions.iter().map(line).collect())
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
            let label = (2..).map(|n| format!("{name}.{n}"));
            let label = [name.clone()].into_iter().chain(label).find(|label| !labels.contains(label));
            labels.push(label.expect("a number that is not taken"));
        }
        labels
    }

    fn left_side(&self, index: usize, labels: &[String]) -> String {
        format!("{}: {}", labels[index], self.nodes[index].shape)
    }

    fn right_side(&self, index: usize, operands: &[&str]) -> String {
        let words = self.operation_words(index);
        let operands = if words == "relu" { &operands[..1] } else { operands };
        [words.as_str()].iter().chain(operands).copied().collect::<Vec<_>>().join(" ")
    }

    /// Returns the name of the operation of a node, as the method that adds it is called, and its number.
    pub(super) fn operation_words(&self, index: usize) -> String {
        let Entry { operation, inputs, shape, .. } = &self.nodes[index];
        match *operation {
            Input(input) if self.inputs[input].2 => "input, one-hot".to_string(),
            Gate if inputs[0] == inputs[1] => "relu".to_string(),
            Sum if shape.columns == Size::Fixed(1) && shape.rows != Size::Fixed(1) => "row_sums".to_string(),
            Sum if *shape != Shape::NUMBER => "column_sums".to_string(),
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
        let is_gradient = |index: usize| match part(index) {
            (Matmul, &[a, _]) => transposed(a).is_some_and(is_extended),
            _ => false,
        };
        match part(index) {
            (Matmul, &[a, b]) if is_extended(a) && is_parameter(b) => "(9)", //           X′W′
            (Matmul, &[_, b]) if transposed(b).is_some_and(is_parameter) => "(10)", //    E′W′ᵀ
            (Matmul, _) if is_gradient(index) => "(11)",                     //                               X′ᵀE′
            (AddScaled(_), &[w, gradient]) if is_parameter(w) && is_gradient(gradient) => "(11)",
            (Gate, &[a, b]) if a != b => "(12)",
            (Softmax, _) => "(13)",
            (AddScaled(-1.0), &[prediction, y]) if is(prediction, Softmax) && self.is_one_hot(y) => "(14) of (16)", // ŷ − y
            (Multiply, &[y, difference]) if is(y, Softmax) => match part(difference) {
                (AddScaled(-1.0), &[_, sums]) if is(sums, Broadcast) => "(14)", //        ŷ (E − Σⱼ Eⱼ ŷⱼ)
                _ => "",
            },
            (Scale(-1.0), &[sum]) if is(sum, Sum) && self.has_logarithm(sum) => "(15)",
            (Divide, &[label, prediction]) if is(prediction, Softmax) && self.is_label(label) => "(16)", //           −y/ŷ
            _ => "",
        }
    }

    /// Returns whether a node is y, or y times a number.
    fn is_label(&self, index: usize) -> bool {
        let Entry { operation, inputs, .. } = &self.nodes[index];
        match operation {
            Scale(_) | Multiply => inputs.iter().any(|&input| self.is_label(input)),
            _ => self.is_one_hot(index),
        }
    }

    /// Returns whether a node is a sum of logarithms of probabilities, each with ε.
    fn has_logarithm(&self, index: usize) -> bool {
        let Entry { operation, inputs, .. } = &self.nodes[index];
        match operation {
            Ln => matches!(self.nodes[inputs[0]].operation, Shift(f64::EPSILON)),
            Sum | Multiply => inputs.iter().any(|&input| self.has_logarithm(input)),
            _ => false,
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
            AddScaled(c) if c < 0.0 => format!("descend {}", number(-c)),
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
    if x == f64::EPSILON { "ε".to_string() } else { x.to_string().replace('-', "−") }
}

/// Writes the cells of each line, aligned.
fn write_columns<const N: usize>(f: &mut fmt::Formatter<'_>, lines: Vec<[String; N]>) -> fmt::Result {
    let length = |cell: &String| cell.chars().count();
    let widths: [usize; N] = std::array::from_fn(|i| lines.iter().map(|line| length(&line[i])).max().unwrap_or(0));
    for line in &lines {
        let [first, rest @ ..] = line.as_slice() else { continue };
        let mut text = format!("{first:0$} =", widths[0]);
        for (cell, width) in rest.iter().zip(&widths[1..]) {
            text += &format!(" {cell:width$}  ");
        }
        writeln!(f, "{}", text.trim_end())?;
    }
    Ok(())
}

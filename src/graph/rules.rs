//! The rules with which the compiler simplifies nodes.
//!
//! A rule looks at a node and at the operands of its operands, and returns the node that takes its place. The nodes are
//! visited in order, so the operands of a node are simple already.

use super::operation::Operation::{self, *};
use super::shape::{Shape, Size};
use super::{Entry, Graph};

/// Rules that keep every bit of the result.
impl Graph {
    /// Returns a simpler node with the same result, bit for bit.
    pub(super) fn fold(&mut self, entry: &Entry) -> Option<usize> {
        let shape = entry.shape;
        if let Some(c) = self.constant_result(entry) {
            return Some(self.folded(Fill(c), &[], shape));
        }
        match (entry.operation, entry.inputs.as_slice()) {
            (Transpose, &[a]) if self.nodes[a].operation == Transpose => Some(self.nodes[a].inputs[0]), // (Aᵀ)ᵀ = A
            // A product rounds differently if its operand is a view and not a copy of it.
            (Scale(1.0), &[a]) if !self.nodes[a].operation.is_view() => Some(a),
            (Scale(c), &[a]) => {
                let (d, x) = self.scaled(a).filter(|(d, _)| is_exact(c, *d))?;
                Some(self.folded(Scale(c * d), &[x], shape)) //                   c (d x) = (c d) x
            }
            (Multiply, &[a, b]) => {
                let (c, x) = self.constant(a).map(|c| (c, b)).or_else(|| Some((self.constant(b)?, a)))?;
                Some(self.folded(Scale(c), &[x], shape))
            }
            (AddScaled(c), &[a, b]) => {
                if let Some(d) = self.constant(b) {
                    return Some(self.folded(Shift(c * d), &[a], shape)); //       a + c d
                }
                if let Some(d) = self.constant(a) {
                    let scaled = self.folded(Scale(c), &[b], shape);
                    return Some(self.folded(Shift(d), &[scaled], shape)); //      d + c b = c b + d
                }
                match (self.scaled(a), self.scaled(b)) {
                    (_, Some((d, x))) if is_exact(c, d) => Some(self.folded(AddScaled(c * d), &[a, x], shape)),
                    (Some((-1.0, x)), _) if c == 1.0 => Some(self.folded(AddScaled(-1.0), &[b, x], shape)), // −x + b
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Returns the number that every element of the result is, if the operands are constants.
    fn constant_result(&self, entry: &Entry) -> Option<f64> {
        let numbers: Option<Vec<f64>> = entry.inputs.iter().map(|&input| self.constant(input)).collect();
        let numbers = numbers.filter(|numbers| !numbers.is_empty())?;
        match entry.operation {
            Broadcast => Some(numbers[0]),
            operation => operation.is_elementwise().then(|| operation.compute_number(&numbers)),
        }
    }

    fn folded(&mut self, operation: Operation, inputs: &[usize], shape: Shape) -> usize {
        self.simplified(Graph::fold, operation, inputs, shape)
    }
}

/// Returns whether c (d x) is (c d) x without rounding, for every x.
fn is_exact(c: f64, d: f64) -> bool {
    c.abs() == 1.0 || d.abs() == 1.0
}

/// Rules that hold for real numbers.
impl Graph {
    /// Returns a simpler node with the same result, up to rounding.
    pub(super) fn rewrite(&mut self, entry: &Entry) -> Option<usize> {
        if let Some(index) = self.fold(entry) {
            return Some(index);
        }
        match (entry.operation, entry.inputs.as_slice()) {
            (Multiply, &[a, b]) => self.cancel(a, b, entry.shape).or_else(|| self.cancel(b, a, entry.shape)),
            (Sum, &[a]) => self.simpler_sum(a, entry.shape),
            (DropColumn, &[a]) => {
                let (Matmul, &[e, w]) = self.parts(a) else { return None };
                if self.is_shared(a) {
                    return None;
                }
                let shape = self.nodes[w].shape;
                let shape = Shape { columns: entry.shape.columns, ..shape };
                let w = self.rewritten(DropColumn, &[w], shape);
                Some(self.rewritten(Matmul, &[e, w], entry.shape)) //             without column j of W, E W has none
            }
            _ => None,
        }
    }

    /// Cancels a in a · b, where b is a quotient with the denominator a, or a sum that begins with one.
    fn cancel(&mut self, a: usize, b: usize, shape: Shape) -> Option<usize> {
        if !matches!(self.nodes[a].operation, Softmax | Exp) {
            return None; // a could be 0
        }
        let numerator = |graph: &Graph, quotient: usize| match graph.parts(quotient) {
            (Divide, &[x, denominator]) if denominator == a => Some(x),
            _ => None,
        };
        match self.parts(b) {
            (Divide, _) => numerator(self, b), //                                 a (x / a) = x
            (Shift(c), &[quotient]) => {
                let x = numerator(self, quotient)?;
                Some(self.rewritten(AddScaled(c), &[x, a], shape)) //             a (x / a + c) = x + c a
            }
            (AddScaled(c), &[quotient, r]) => {
                let x = numerator(self, quotient)?;
                let product = self.rewritten(Multiply, &[a, r], shape);
                Some(self.rewritten(AddScaled(c), &[x, product], shape)) //       a (x / a + c r) = x + c a r
            }
            _ => None,
        }
    }

    /// Simplifies the sum of all elements of a, or of each of its rows.
    fn simpler_sum(&mut self, a: usize, shape: Shape) -> Option<usize> {
        let rows = Shape { columns: Size::Fixed(1), ..self.nodes[a].shape };
        if let Some((c, x)) = self.scaled(a) {
            let sum = self.rewritten(Sum, &[x], shape);
            return Some(self.rewritten(Scale(c), &[sum], shape)); //              Σⱼ c xⱼ = c Σⱼ xⱼ
        }
        if self.is_one_hot(a) && shape == rows {
            return Some(self.rewritten(Fill(1.0), &[], shape)); //                Σⱼ yⱼ = 1
        }
        let (Multiply, &[y, x]) = self.parts(a) else { return None };
        let (y, x) = if self.is_one_hot(y) { (y, x) } else { (x, y) };
        if !self.is_one_hot(y) || self.is_shared(a) || self.is_shared(x) {
            return None;
        }
        let picked = |graph: &mut Graph, x| {
            let product = graph.rewritten(Multiply, &[y, x], graph.nodes[y].shape);
            graph.rewritten(Sum, &[product], rows) //                             Σⱼ yⱼ xⱼ = xₖ where yₖ = 1
        };
        match self.parts(x) {
            (Ln, &[x]) if shape == Shape::NUMBER => {
                let picked = picked(self, x);
                let ln = self.rewritten(Ln, &[picked], rows);
                Some(self.rewritten(Sum, &[ln], shape)) //                        Σ yⱼ ln xⱼ = ln xₖ for each sample
            }
            (Shift(c), &[x]) if shape == rows => {
                let picked = picked(self, x);
                Some(self.rewritten(Shift(c), &[picked], shape)) //               Σⱼ yⱼ (xⱼ + c) = xₖ + c
            }
            _ => None,
        }
    }

    fn rewritten(&mut self, operation: Operation, inputs: &[usize], shape: Shape) -> usize {
        self.simplified(Graph::rewrite, operation, inputs, shape)
    }
}

/// What the rules have in common.
impl Graph {
    /// Returns a node that computes this operation, simplified by the rules: an existing node, or a new one.
    fn simplified(
        &mut self,
        rules: fn(&mut Graph, &Entry) -> Option<usize>,
        operation: Operation,
        inputs: &[usize],
        shape: Shape,
    ) -> usize {
        let entry = Entry { operation, inputs: inputs.to_vec(), shape, name: None, under: None, readers: 1 };
        let known = rules(self, &entry).or_else(|| self.find(&entry));
        known.unwrap_or_else(|| self.push(entry).index)
    }

    /// Returns the operation and the operands of a node.
    fn parts(&self, index: usize) -> (Operation, &[usize]) {
        (self.nodes[index].operation, &self.nodes[index].inputs)
    }

    /// Returns the number that is in every element of the node.
    fn constant(&self, index: usize) -> Option<f64> {
        if let Fill(c) = self.nodes[index].operation { Some(c) } else { None }
    }

    /// Returns c and x if the node is c · x.
    fn scaled(&self, index: usize) -> Option<(f64, usize)> {
        match self.parts(index) {
            (Scale(c), &[x]) => Some((c, x)),
            _ => None,
        }
    }

    /// Returns whether several nodes or results need the node, so that it stays when one of them no longer does.
    fn is_shared(&self, index: usize) -> bool {
        self.nodes[index].readers > 1
    }

    /// Returns whether the rows of the node are one-hot.
    pub(super) fn is_one_hot(&self, index: usize) -> bool {
        matches!(self.nodes[index].operation, Input(input) if self.inputs[input].one_hot)
    }
}

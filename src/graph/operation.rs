//! The operations: what they compute, and under it, in the same order, their derivatives.

use super::{Graph, Node};
use crate::matrix::View;
use crate::{Layer, Matrix, Softmax};

/// What a node computes from its operands a and b.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Operation {
    /// The input with this index.
    Input(usize),
    /// The parameter with this index.
    Parameter(usize),
    /// A number in every element.
    Fill(f64),
    /// The matrix product a b.
    Matmul,
    /// aᵀ.
    Transpose,
    /// a with one more column, which has this number in every element.
    AppendColumn(f64),
    /// a without its last column.
    DropColumn,
    /// c · a.
    Scale(f64),
    /// a + c.
    Shift(f64),
    /// a + c · b: a sum, a difference, or a step of gradient descent.
    AddScaled(f64),
    /// a · b, element by element.
    Multiply,
    /// a / b, element by element.
    Divide,
    /// eᵃ.
    Exp,
    /// The natural logarithm of a.
    Ln,
    /// 0 where b ≤ 0, else a. With a = b, this is ReLU.
    Gate,
    /// Softmax of each row.
    Softmax,
    /// The sum of all elements, of each row, or of each column: whichever has the shape of the node.
    Sum,
    /// A number, a column or a row, repeated up to the shape of the node.
    Broadcast,
}

use Operation::*;

impl Operation {
    /// The number that belongs to the operation.
    pub(super) fn constant(self) -> Option<f64> {
        match self {
            Fill(c) | AppendColumn(c) | Scale(c) | Shift(c) | AddScaled(c) => Some(c),
            _ => None,
        }
    }

    /// Whether each element of the result depends only on the elements of the operands at its own position.
    pub(super) fn is_elementwise(self) -> bool {
        matches!(self, Scale(_) | Shift(_) | AddScaled(_) | Multiply | Divide | Exp | Ln | Gate)
    }

    /// Whether the result can replace an operand of the same shape while it is computed.
    pub(super) fn works_in_place(self) -> bool {
        self.is_elementwise() || self == Softmax
    }

    /// Whether the result only looks at the elements of its operand in another order, which a product can do itself.
    pub(super) fn is_view(self) -> bool {
        matches!(self, Transpose | DropColumn)
    }

    /// Whether the operation reads its operands through views, so that they need not be stored in order.
    pub(super) fn reads_views(self) -> bool {
        self == Matmul || self.is_view()
    }

    /// Returns the result without computing it, by looking at the operand in another way.
    pub(super) fn view(self, a: View) -> View {
        match self {
            Transpose => a.t(),
            DropColumn => a.t().first_rows(a.columns() - 1).t(),
            _ => unreachable!("an operation that computes"),
        }
    }

    /// Computes the result for operands that are single numbers.
    pub(super) fn compute_number(self, operands: &[f64]) -> f64 {
        let operands: Vec<Matrix> = operands.iter().map(|&x| Matrix::filled(1, 1, x)).collect();
        let mut operands = operands.iter().map(View::from);
        let mut result = Matrix::default();
        self.compute(operands.next(), operands.next(), (1, 1), &mut result);
        result[(0, 0)]
    }

    /// Computes the result from the operands a and b, and stores it in `result`, which takes the shape `rows ×
    /// columns`. `None` is an operand that is in `result` already, to be replaced.
    pub(super) fn compute(
        self,
        a: Option<View>,
        b: Option<View>,
        (rows, columns): (usize, usize),
        result: &mut Matrix,
    ) {
        match self {
            Input(_) | Parameter(_) => unreachable!("a matrix from outside the graph"),
            Fill(c) => {
                result.reshape(rows, columns);
                result.as_mut_slice().fill(c);
            }
            Matmul => separate(a).matmul_into(separate(b), result),
            Transpose | DropColumn => result.copy_from(self.view(separate(a))),
            AppendColumn(c) => append_column(separate(a), c, result),
            Scale(c) => unary(a, result, |a| c * a),
            Shift(c) => unary(a, result, |a| a + c),
            AddScaled(c) => binary(a, b, result, |a, b| a + c * b),
            Multiply => binary(a, b, result, |a, b| a * b),
            Divide => binary(a, b, result, |a, b| a / b),
            Exp => unary(a, result, f64::exp),
            Ln => unary(a, result, f64::ln),
            Gate => binary(a, b, result, |a, b| if b <= 0.0 { 0.0 } else { a }), //    max(0, x), and (12)
            Softmax => {
                unary(a, result, |a| a);
                *result = Softmax::new().predict(std::mem::take(result)); //                          (13)
            }
            Sum => sum(separate(a), (rows, columns), result),
            Broadcast => broadcast(separate(a), (rows, columns), result),
        }
    }
}

impl Graph {
    /// Appends the nodes of the derivative of the loss with respect to an operand, given the error: the derivative of
    /// the loss with respect to the node's own value. Returns `None` if the derivative is 0 everywhere.
    pub(super) fn derivative(&mut self, node: Node, operand: usize, error: Node) -> Option<Node> {
        let entry = self.entry(node);
        let shapes: Vec<_> = entry.inputs.iter().map(|&input| self.nodes[input].shape).collect();
        let operands: Vec<Node> = entry.inputs.iter().map(|&input| self.node(input)).collect();
        let operation = entry.operation;
        Some(match (operation, operand, operands.as_slice()) {
            (Input(_) | Parameter(_) | Fill(_), ..) => unreachable!("no operands"),
            (Matmul, 0, &[_, b]) => {
                let b = self.transpose(b);
                self.matmul(error, b) //                                 E Bᵀ,   (10) if B is W′
            }
            (Matmul, _, &[a, _]) => {
                let a = self.transpose(a);
                self.matmul(a, error) //                                 Aᵀ E,   (11) if A is X′
            }
            (Transpose, ..) => self.transpose(error),
            (AppendColumn(_), ..) => self.drop_column(error),
            (DropColumn, ..) => self.append_column(error, 0.0),
            (Scale(c), ..) => self.scale(error, c),
            (Shift(_), ..) => error,
            (AddScaled(_), 0, _) => error,
            (AddScaled(c), ..) => self.scale(error, c),
            (Multiply, 0, &[_, b]) => self.multiply(error, b),
            (Multiply, _, &[a, _]) => self.multiply(error, a),
            (Divide, 0, &[_, b]) => self.divide(error, b),
            (Divide, _, &[_, b]) => {
                let product = self.multiply(error, node); //             −E (A/B) / B
                let quotient = self.divide(product, b);
                self.scale(quotient, -1.0)
            }
            (Exp, ..) => self.multiply(error, node),
            (Ln, _, &[a]) => self.divide(error, a), //                   E / A,  (16) if A is ŷ
            (Gate, 0, &[_, b]) => self.gate(error, b), //                0 if b ≤ 0, else e   (12)
            (Gate, ..) => return None,
            (Softmax, ..) => {
                let products = self.multiply(error, node); //            ŷ (E − Σⱼ Eⱼ ŷⱼ)     (14)
                let sums = self.row_sums(products);
                let repeated = self.broadcast(sums, self.entry(node).shape);
                let difference = self.subtract(error, repeated);
                self.multiply(node, difference)
            }
            (Sum, ..) => self.broadcast(error, shapes[0]),
            (Broadcast, ..) => self.sum_to(error, shapes[0]),
            _ => unreachable!("two operands"),
        })
    }
}

/// Returns the operand of an operation that cannot work in place.
fn separate(operand: Option<View>) -> View {
    operand.expect("an operand that is not replaced")
}

/// Copies a and fills the last column. Short rows are copied column by column, because a call of the system's copy for
/// each would take longer than the copy. This makes the step of 4-3-3 a twentieth faster.
fn append_column(a: View, value: f64, result: &mut Matrix) {
    let (rows, columns) = a.shape();
    result.reshape(rows, columns + 1);
    for row in result.as_mut_slice().chunks_exact_mut(columns + 1) {
        row[columns] = value;
    }
    if columns < 8 {
        let (short, wide) = (a.as_slice(), result.as_mut_slice());
        for j in 0..columns.min(wide.len()) {
            let from = short[j..].iter().step_by(columns);
            wide[j..].iter_mut().step_by(columns + 1).zip(from).for_each(|(to, from)| *to = *from);
        }
    } else {
        let wide = result.as_mut_slice().chunks_exact_mut(columns + 1);
        wide.zip(a.iter_rows()).for_each(|(row, a)| row[..columns].copy_from_slice(a));
    }
}

fn unary(a: Option<View>, result: &mut Matrix, f: impl Fn(f64) -> f64) {
    let Some(a) = a else { return result.map_in_place(f) };
    result.reshape(a.rows(), a.columns());
    for (result, &a) in result.as_mut_slice().iter_mut().zip(a.as_slice()) {
        *result = f(a);
    }
}

fn binary(a: Option<View>, b: Option<View>, result: &mut Matrix, f: impl Fn(f64, f64) -> f64) {
    match (a, b) {
        (None, None) => result.map_in_place(|x| f(x, x)),
        (None, Some(b)) => {
            for (a, &b) in result.as_mut_slice().iter_mut().zip(b.as_slice()) {
                *a = f(*a, b);
            }
        }
        (Some(a), None) => {
            for (b, &a) in result.as_mut_slice().iter_mut().zip(a.as_slice()) {
                *b = f(a, *b);
            }
        }
        (Some(a), Some(b)) => {
            result.reshape(a.rows(), a.columns());
            for (result, (&a, &b)) in result.as_mut_slice().iter_mut().zip(a.as_slice().iter().zip(b.as_slice())) {
                *result = f(a, b);
            }
        }
    }
}

/// Adds the elements up, row after row: each to the sum of its row, of its column, or of all.
fn sum(a: View, (rows, columns): (usize, usize), result: &mut Matrix) {
    result.reshape(rows, columns);
    let sums = result.as_mut_slice();
    match (rows, columns) {
        (1, 1) => sums[0] = a.as_slice().iter().fold(0.0, |sum, x| sum + x),
        (_, 1) => {
            sums.iter_mut().zip(a.iter_rows()).for_each(|(sum, row)| *sum = row.iter().fold(0.0, |sum, x| sum + x))
        }
        _ => {
            sums.fill(0.0);
            a.iter_rows().for_each(|row| sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += x));
        }
    }
}

fn broadcast(a: View, (rows, columns): (usize, usize), result: &mut Matrix) {
    let (a_rows, a_columns) = a.shape();
    result.reshape(rows, columns);
    for (i, row) in result.iter_rows_mut().enumerate() {
        let a = a.row(if a_rows == 1 { 0 } else { i });
        if a_columns == 1 {
            row.fill(a[0]);
        } else {
            row.copy_from_slice(a);
        }
    }
}

//! The training step of a network of layers, as a graph.

use super::shape::Size;
use super::{Graph, Node};
use crate::Matrix;

/// Pieces that the networks of this crate are made of. They panic if shapes do not fit, or if a node belongs to another
/// graph.
impl Graph {
    /// Appends a fully connected layer: X′W′ [(9)](crate::fully_connected), where X′ is `x` with a column of ones.
    /// Names X′ after `x`.
    #[track_caller]
    pub fn fully_connected(&mut self, x: Node, weights: Node) -> Node {
        let (input, w) = (self.shape_of("fully_connected", x), self.shape_of("fully_connected", weights));
        let fits =
            matches!((input.columns, w.rows), (Size::Fixed(n), Size::Fixed(rows)) if rows.checked_sub(1) == Some(n));
        assert!(fits, "fully_connected: the input is {input}, but the weights are {w}; they are (inputs + 1)×outputs");
        let extended = self.append_column(x, 1.0);
        if let Some(name) = self.entry(x).name.clone() {
            self.name(extended, &format!("{name}′"));
        }
        self.matmul(extended, weights) //                              X′W′ = Ŷ′           (9)
    }

    /// Appends the cross entropy −Σ y ln(ŷ + `epsilon`), summed over the batch. With ε = [`f64::EPSILON`], it is the
    /// loss (15) of the [slides](crate::cross_entropy). With 0, it is the loss whose derivative is −y/ŷ
    /// [(16)](crate::cross_entropy).
    #[track_caller]
    pub fn cross_entropy(&mut self, prediction: Node, label: Node, epsilon: f64) -> Node {
        self.same_shape("cross_entropy", prediction, label);
        let shifted = if epsilon == 0.0 { prediction } else { self.shift(prediction, epsilon) };
        let logarithms = self.ln(shifted);
        let products = self.multiply(label, logarithms);
        let sum = self.sum(products);
        self.scale(sum, -1.0) //                                       −Σ y ln(ŷ + ε)      (15)
    }
}

/// Builds the training step of the network that [`model`](crate::model) stores: fully connected layers with the given
/// weights W′, a ReLU between each two, softmax, the cross entropy loss, and gradient descent.
///
/// The inputs are `x`, `batch × inputs`, and `y`, the one-hot labels, `batch × classes`. The parameters are `w1`, `w2`
/// and so on. The output `loss` is the loss [(15)](crate::cross_entropy) of the batch before the update. As in the
/// layers, the gradient is that of the loss without ε.
///
/// # Panics
/// If there are no weights or no classes, if weights have no row for the biases or do not fit the next ones, or if the
/// learning rate is not finite and positive.
#[must_use]
#[track_caller]
pub fn training_step(weights: Vec<Matrix>, learning_rate: f64) -> Graph {
    let inputs = weights.first().expect("training_step: there are no weights").rows();
    let inputs = inputs.checked_sub(1).expect("training_step: there is no row for the biases");
    let classes = weights.last().map_or(0, Matrix::columns);
    assert!(classes > 0, "training_step: the last weights have no columns, so there are no classes");
    let mut graph = Graph::new();
    let x = graph.input("x", inputs);
    let y = graph.one_hot_input("y", classes);

    let mut output = x;
    let mut parameters = Vec::new();
    for (i, weights) in weights.into_iter().enumerate() {
        if i > 0 {
            output = graph.relu(output); //                            max(0, x)
            graph.name(output, &format!("h{i}"));
        }
        let w = graph.parameter(&format!("w{}", i + 1), weights);
        output = graph.fully_connected(output, w); //                  X′W′ = Ŷ′           (9)
        graph.name(output, &format!("z{}", i + 1));
        parameters.push(w);
    }
    let prediction = graph.softmax(output); //                                            (13)
    graph.name(prediction, "ŷ");
    let reported = graph.cross_entropy(prediction, y, f64::EPSILON); //                   (15)
    graph.output("loss", reported);

    let loss = graph.cross_entropy(prediction, y, 0.0);
    graph.name(loss, "L");
    let gradients = graph.gradients(loss, &parameters); //             (16), (14), (12), (10) and (11)
    for (w, gradient) in parameters.into_iter().zip(gradients) {
        graph.descend(w, gradient, learning_rate); //                  W′ − η · X′ᵀ E′ₙ   (11)
    }
    graph
}

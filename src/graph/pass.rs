//! The passes of the compiler. Each returns a graph with the same outputs, usually with fewer nodes.

use super::{Entry, Graph};

/// A pass of the compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// Removes the nodes that no output and no update needs. An example is the error of the data, which the derivative
    /// computes like that of any other operand.
    Dead,
    /// Merges nodes with the same operation and the same operands (common subexpression elimination).
    Merge,
    /// Computes with constants while compiling, and uses shorter operations with the same result. An example is a + b
    /// for a − (−1) · b. All results stay the same bit for bit.
    Fold,
    /// Applies rules that hold for real numbers, such as (b / a) · a = b, so that results change by rounding. They turn
    /// (16) followed by (14) into ŷ − y.
    ///
    /// The rules assume that softmax and exponentials are not 0, that all values are finite, logarithms included, and
    /// that the rows of one-hot inputs sum to 1. Where one of the first two assumptions fails, such as for the
    /// exponential of −800, which underflows to 0, the result can be a number in place of NaN or infinity, or the
    /// reverse.
    Rewrite,
    /// Lets values share memory if they are not needed at the same time. This changes the
    /// [`Program`](super::Program), not the graph.
    Reuse,
}

impl Pass {
    /// All passes, in the order in which [`Graph::compile`] applies them.
    pub const ALL: [Pass; 5] = [Pass::Dead, Pass::Merge, Pass::Fold, Pass::Rewrite, Pass::Reuse];

    /// Returns the name of the pass, in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Pass::Dead => "dead",
            Pass::Merge => "merge",
            Pass::Fold => "fold",
            Pass::Rewrite => "rewrite",
            Pass::Reuse => "reuse",
        }
    }
}

impl Graph {
    /// Applies a pass and returns the new graph. A [`Node`](super::Node) of this graph cannot be used in the new one.
    #[must_use]
    pub fn apply(self, pass: Pass) -> Graph {
        match pass {
            Pass::Dead => self.without_dead_nodes(&[]),
            Pass::Merge => {
                self.rebuild(|_| true, |new, entry| new.find(&entry).unwrap_or_else(|| new.push(entry).index))
            }
            Pass::Fold => self.replace(Graph::fold),
            Pass::Rewrite => self.replace(Graph::rewrite),
            Pass::Reuse => self,
        }
    }

    /// Keeps the nodes that an output, an update or one of the other `roots` needs.
    fn without_dead_nodes(self, roots: &[usize]) -> Graph {
        let mut needed = vec![false; self.len()];
        self.results().chain(roots.iter().copied()).for_each(|node| needed[node] = true);
        for (index, entry) in self.nodes.iter().enumerate().rev() {
            if needed[index] {
                entry.inputs.iter().for_each(|&input| needed[input] = true);
            }
        }
        self.rebuild(|node| needed[node], |new, entry| new.push(entry).index)
    }

    /// Replaces every node for which the rules know a simpler one, and removes those that only a replaced node needed.
    fn replace(mut self, rules: fn(&mut Graph, &Entry) -> Option<usize>) -> Graph {
        let reads: Vec<usize> =
            self.nodes.iter().flat_map(|entry| entry.inputs.clone()).chain(self.results()).collect();
        reads.into_iter().for_each(|node| self.nodes[node].readers += 1);
        let mut unread = Vec::new(); // these nodes stay, since it is not this pass that leaves them unread
        let mut new = self.rebuild(
            |_| true,
            |new, entry| {
                let readers = entry.readers;
                let index = rules(new, &entry).unwrap_or_else(|| new.push(entry).index);
                new.nodes[index].readers = new.nodes[index].readers.max(readers);
                if readers == 0 {
                    unread.push(index);
                }
                index
            },
        );
        new.nodes.iter_mut().for_each(|entry| entry.readers = 0);
        new.without_dead_nodes(&unread)
    }

    /// Copies the nodes that `keep` selects, in order, into a new graph. `copy` gets each node with the operands that
    /// it has in the new graph, and returns the node that takes its place there.
    fn rebuild(self, keep: impl Fn(usize) -> bool, mut copy: impl FnMut(&mut Graph, Entry) -> usize) -> Graph {
        let mut new = Graph { inputs: self.inputs, parameters: self.parameters, ..Graph::new() };
        let mut moved = vec![usize::MAX; self.nodes.len()]; // the new index of each node
        for (index, mut entry) in self.nodes.into_iter().enumerate().filter(|(index, _)| keep(*index)) {
            let name = entry.name.clone();
            let under = entry.under.filter(|&under| keep(under)).map(|under| moved[under]);
            entry.inputs.iter_mut().for_each(|input| *input = moved[*input]);
            entry.under = under;
            let first = new.len();
            moved[index] = copy(&mut new, entry);
            let place = &mut new.nodes[moved[index]];
            place.name = place.name.take().or(name);
            new.nodes[first..].iter_mut().for_each(|entry| entry.under = entry.under.or(under));
        }
        new.outputs = self.outputs.into_iter().map(|(name, node)| (name, moved[node])).collect();
        new.updates = self.updates.into_iter().map(|(parameter, node)| (parameter, moved[node])).collect();
        new
    }

    /// Returns the nodes of the outputs and of the updates.
    pub(super) fn results(&self) -> impl Iterator<Item = usize> {
        self.outputs.iter().map(|(_, node)| *node).chain(self.updates.iter().map(|(_, node)| *node))
    }

    /// Returns the node that computes the same as `entry`, if there is one.
    pub(super) fn find(&self, entry: &Entry) -> Option<usize> {
        let bits = |entry: &Entry| entry.operation.constant().map(f64::to_bits); // −0 is not 0 here
        let same = |node: &&Entry| {
            let operation = node.operation == entry.operation && bits(node) == bits(entry);
            operation && node.inputs == entry.inputs && node.shape == entry.shape
        };
        self.nodes.iter().position(|node| same(&node))
    }
}

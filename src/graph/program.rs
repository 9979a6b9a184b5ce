//! Turns a graph into a program: a list of instructions, each with the place in memory where its result goes.

use super::operation::Operation;
use super::{Entry, Graph, Pass};
use crate::Matrix;

/// A compiled graph: instructions, and the memory in which they compute.
///
/// The first run allocates the memory. Later runs whose batch is not larger allocate nothing, except that large
/// products start threads.
#[derive(Debug)]
pub struct Program {
    pub(super) graph: Graph, // its parameters have their present values
    pub(super) instructions: Vec<Instruction>,
    pub(super) places: Vec<Option<Place>>, // of the value of each node; `None` if it is never stored
    pub(super) swaps: Vec<(usize, usize)>, // a parameter, and the buffer in which its next value is computed
    pub(super) buffers: Vec<Matrix>,
    pub(super) ran: bool, // whether the outputs have values
}

/// The computation of one node.
#[derive(Debug)]
pub(super) struct Instruction {
    pub(super) node: usize,
    pub(super) operands: Vec<Operand>,
}

impl Instruction {
    /// Returns the nodes whose values the instruction reads or writes.
    fn nodes(&self) -> impl Iterator<Item = usize> {
        self.operands.iter().map(|operand| operand.node).chain([self.node])
    }
}

/// The value of a node, seen through transposes and dropped columns.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Operand {
    pub(super) node: usize,
    pub(super) views: Vec<Operation>, // in the order in which they apply
}

/// Where a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Input(usize),
    Parameter(usize),
    Buffer(usize),
}

impl Operation {
    /// The place of an input or a parameter.
    fn given_place(self) -> Option<Place> {
        match self {
            Operation::Input(index) => Some(Place::Input(index)),
            Operation::Parameter(index) => Some(Place::Parameter(index)),
            _ => None,
        }
    }
}

impl Graph {
    /// Compiles the graph with all passes.
    #[must_use]
    pub fn compile(self) -> Program {
        self.compile_with(&Pass::ALL)
    }

    /// Compiles the graph with the given passes, in their order.
    #[must_use]
    pub fn compile_with(self, passes: &[Pass]) -> Program {
        let graph = passes.iter().fold(self, |graph, &pass| graph.apply(pass));
        let graph = graph.with_results_in_places();
        let instructions = graph.instructions();
        Program::plan(graph, instructions, passes.contains(&Pass::Reuse))
    }

    /// Copies every result that has no place to keep: an input or a parameter, and the next value of a parameter that
    /// is also another result.
    fn with_results_in_places(mut self) -> Graph {
        for i in 0..self.outputs.len() {
            let (name, node) = self.outputs[i].clone();
            if self.nodes[node].operation.given_place().is_some() {
                self.outputs[i].1 = self.copy(node, name);
            }
        }
        for i in 0..self.updates.len() {
            let (parameter, node) = self.updates[i];
            let shared = self.results().filter(|&result| result == node).count() > 1;
            if shared || self.nodes[node].operation.given_place().is_some() {
                self.updates[i].1 = self.copy(node, format!("{}⁺", self.parameters[parameter].0));
            }
        }
        self
    }

    fn copy(&mut self, node: usize, name: String) -> usize {
        let copy = self.scale(self.node(node), 1.0);
        self.name(copy, &name);
        copy.index
    }

    /// Returns the instructions that compute the nodes, in order. A transposed matrix and a matrix without its last
    /// column need no instruction if only products use them, because a product reads its operands through views.
    fn instructions(&self) -> Vec<Instruction> {
        let mut stored: Vec<bool> = self.nodes.iter().map(|entry| !entry.operation.is_view()).collect();
        self.results().for_each(|node| stored[node] = true);
        for entry in self.nodes.iter().filter(|entry| !entry.operation.reads_views()) {
            entry.inputs.iter().for_each(|&input| stored[input] = true);
        }
        // A product reads every view as a view, also one that is stored for another reader. Its rounding depends on how
        // its operands are laid out, and must not depend on who else reads them.
        let operand = |mut node: usize, through: bool| {
            let mut views = Vec::new();
            while self.nodes[node].operation.is_view() && (through || !stored[node]) {
                views.insert(0, self.nodes[node].operation);
                node = self.nodes[node].inputs[0];
            }
            Operand { node, views }
        };
        let computed = |&node: &usize| stored[node] && self.nodes[node].operation.given_place().is_none();
        let instruction = |node: usize| {
            let Entry { operation, inputs, .. } = &self.nodes[node];
            let operands = inputs.iter().map(|&input| operand(input, operation.reads_views())).collect();
            Instruction { node, operands }
        };
        (0..self.len()).filter(computed).map(instruction).collect()
    }
}

impl Program {
    /// Decides where each value is stored. With `reuse`, an instruction that works in place writes its result over an
    /// operand that no later instruction reads, and a buffer that is no longer read serves another value of its shape.
    fn plan(graph: Graph, instructions: Vec<Instruction>, reuse: bool) -> Program {
        let mut last_use = vec![0; graph.len()]; // the last instruction that reads or writes the value of each node
        for (i, instruction) in instructions.iter().enumerate() {
            instruction.nodes().for_each(|node| last_use[node] = i);
        }
        graph.results().for_each(|node| last_use[node] = usize::MAX);

        let mut places: Vec<Option<Place>> = graph.nodes.iter().map(|entry| entry.operation.given_place()).collect();
        let (mut buffers, mut free) = (0, Vec::new());
        for (i, instruction) in instructions.iter().enumerate() {
            let Entry { operation, shape, .. } = graph.nodes[instruction.node];
            let ends = |node: usize| reuse && last_use[node] == i;
            let replaceable = |operand: &Operand| match places[operand.node]? {
                Place::Parameter(index) if graph.updates.contains(&(index, instruction.node)) => places[operand.node],
                Place::Buffer(_) => places[operand.node],
                Place::Input(_) | Place::Parameter(_) => None,
            };
            let mut ended =
                instruction.operands.iter().filter(|operand| operation.works_in_place() && ends(operand.node));
            let place = ended.find_map(replaceable).unwrap_or_else(|| {
                let known = free.iter().position(|(_, free)| *free == shape);
                Place::Buffer(known.map(|at| free.swap_remove(at).0).unwrap_or_else(|| {
                    buffers += 1;
                    buffers - 1
                }))
            });
            places[instruction.node] = Some(place);
            for node in instruction.nodes().filter(|&node| ends(node)) {
                if let Some(Place::Buffer(buffer)) = places[node]
                    && (node == instruction.node || places[node] != Some(place))
                    && !free.contains(&(buffer, graph.nodes[node].shape))
                {
                    free.push((buffer, graph.nodes[node].shape));
                }
            }
        }
        let swap = |&(parameter, node): &(usize, usize)| match places[node] {
            Some(Place::Buffer(buffer)) => Some((parameter, buffer)),
            _ => None, // computed in the place of the parameter
        };
        let swaps = graph.updates.iter().filter_map(swap).collect();
        let buffers = vec![Matrix::default(); buffers];
        Program { graph, instructions, places, swaps, buffers, ran: false }
    }

    /// Returns the number of instructions.
    #[must_use]
    pub fn instructions(&self) -> usize {
        self.instructions.len()
    }

    /// Returns the number of values that are stored in buffers. An update that is computed in place of its parameter
    /// does not count.
    #[must_use]
    pub fn values(&self) -> usize {
        let in_buffer = |instruction: &&Instruction| matches!(self.places[instruction.node], Some(Place::Buffer(_)));
        self.instructions.iter().filter(in_buffer).count()
    }

    /// Returns the number of buffers.
    #[must_use]
    pub fn buffers(&self) -> usize {
        self.buffers.len()
    }
}

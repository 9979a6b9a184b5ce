//! Runs a program.

use super::program::{Operand, Place};
use super::{Input, Program};
use crate::Matrix;
use crate::matrix::View;

/// Inputs, by name.
type Inputs<'a> = [(&'a str, &'a Matrix)];

impl Program {
    /// Computes all outputs from the inputs, each given by its name, and then updates the parameters.
    ///
    /// The inputs have one row for each sample. Another run may have another number of samples.
    ///
    /// # Panics
    /// If an input is missing, unknown, given twice or of the wrong shape, if the inputs differ in the number of rows,
    /// or if a row of a one-hot input is not one-hot.
    #[track_caller]
    pub fn run(&mut self, inputs: &Inputs) {
        let batch = self.check(inputs);
        for instruction in &self.instructions {
            let entry = &self.graph.nodes[instruction.node];
            let place = self.places[instruction.node].expect("the place of a result");
            let (operation, shape) = (entry.operation, entry.shape.of(batch));
            let mut result = std::mem::take(memory(place, &mut self.buffers, &mut self.graph.parameters));
            let operand = |k: usize| self.view(instruction.operands.get(k)?, place, inputs);
            operation.compute(operand(0), operand(1), shape, &mut result);
            *memory(place, &mut self.buffers, &mut self.graph.parameters) = result;
        }
        for &(parameter, buffer) in &self.swaps {
            std::mem::swap(&mut self.graph.parameters[parameter].1, &mut self.buffers[buffer]);
        }
        self.ran = true;
    }

    /// Returns the operand as a view, or `None` if it is in the place of the result.
    fn view<'a>(&'a self, operand: &Operand, result: Place, inputs: &'a Inputs) -> Option<View<'a>> {
        let place = self.places[operand.node].expect("the place of an operand");
        if place == result {
            return None;
        }
        let matrix = match place {
            Place::Buffer(index) => &self.buffers[index],
            Place::Parameter(index) => &self.graph.parameters[index].1,
            Place::Input(index) => find(inputs, &self.graph.inputs[index].name).expect("an input that was checked"),
        };
        Some(operand.views.iter().fold(View::from(matrix), |view, operation| operation.view(view)))
    }

    /// Checks the inputs and returns the number of samples.
    #[track_caller]
    fn check(&self, inputs: &Inputs) -> usize {
        let known = &self.graph.inputs;
        for (i, (name, _)) in inputs.iter().enumerate() {
            let names = || known.iter().map(|input| input.name.as_str()).collect::<Vec<_>>().join(", ");
            let only = || if known.is_empty() { "the graph has none".to_string() } else { format!("only {}", names()) };
            assert!(known.iter().any(|input| input.name == *name), "run: there is no input {name}; {}", only());
            assert!(inputs[..i].iter().all(|(other, _)| other != name), "run: the input {name} is given twice");
        }
        let mut first = None; // the first input, and its number of samples
        for Input { name, columns, one_hot } in known {
            let Some(matrix) = find(inputs, name) else { panic!("run: the input {name} is missing") };
            let (rows, n) = matrix.shape();
            assert!(n == *columns, "run: the input {name} is b×{columns}, but this matrix is {rows}×{n}");
            let (other, batch) = *first.get_or_insert((name, rows));
            assert!(rows == batch, "run: the input {other} has {batch} samples, but {name} has {rows}");
            if *one_hot {
                check_one_hot(name, matrix);
            }
        }
        first.map_or(0, |(_, batch)| batch)
    }

    /// Returns the value that an output has after the last run.
    ///
    /// # Panics
    /// If there is no output with this name, or before the first run.
    #[must_use]
    #[track_caller]
    pub fn output(&self, name: &str) -> &Matrix {
        let output = self.graph.outputs.iter().find(|(known, _)| known == name);
        let Some(&(_, node)) = output else { panic!("output: there is no output {name}") };
        assert!(self.ran, "output: call run first");
        let Some(Place::Buffer(index)) = self.places[node] else { unreachable!("an output has a buffer") };
        &self.buffers[index]
    }

    /// Returns the present value of a parameter.
    ///
    /// # Panics
    /// If there is no parameter with this name.
    #[must_use]
    #[track_caller]
    pub fn parameter(&self, name: &str) -> &Matrix {
        &self.graph.parameters[self.index_of("parameter", name)].1
    }

    /// Replaces the value of a parameter.
    ///
    /// # Panics
    /// If there is no parameter with this name, or if the shape differs.
    #[track_caller]
    pub fn set_parameter(&mut self, name: &str, value: Matrix) {
        let index = self.index_of("set_parameter", name);
        let parameter = &mut self.graph.parameters[index].1;
        parameter.assert_same_shape("set_parameter", &value);
        *parameter = value;
    }

    #[track_caller]
    fn index_of(&self, operation: &str, name: &str) -> usize {
        let index = self.graph.parameters.iter().position(|(known, _)| known == name);
        let Some(index) = index else { panic!("{operation}: there is no parameter {name}") };
        index
    }
}

/// Returns the matrix at the place of a result.
fn memory<'a>(place: Place, buffers: &'a mut [Matrix], parameters: &'a mut [(String, Matrix)]) -> &'a mut Matrix {
    match place {
        Place::Buffer(index) => &mut buffers[index],
        Place::Parameter(index) => &mut parameters[index].1,
        Place::Input(_) => unreachable!("inputs are only read"),
    }
}

fn find<'a>(inputs: &'a Inputs, name: &str) -> Option<&'a Matrix> {
    inputs.iter().find(|(known, _)| *known == name).map(|(_, matrix)| *matrix)
}

/// Panics if a row is not one-hot.
#[track_caller]
fn check_one_hot(name: &str, matrix: &Matrix) {
    for (i, row) in matrix.iter_rows().enumerate() {
        let zeros_and_ones = row.iter().fold(true, |so_far, &y| so_far & (y == 0.0 || y == 1.0));
        let one_hot = zeros_and_ones && row.iter().sum::<f64>() == 1.0;
        assert!(one_hot, "run: row {i} of the input {name} is not one-hot: exactly one 1, and 0 elsewhere");
    }
}

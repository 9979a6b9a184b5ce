//! Runs a program.

use super::Program;
use super::operation::{Operation, without_last_column};
use super::program::{Operand, Place};
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
            let mut result = std::mem::take(match place {
                Place::Buffer(index) => &mut self.buffers[index],
                Place::Parameter(index) => &mut self.graph.parameters[index].1,
                Place::Input(_) => unreachable!("inputs are only read"),
            });
            let operand = |k: usize| self.view(instruction.operands.get(k)?, place, inputs);
            entry.operation.compute(operand(0), operand(1), entry.shape.of(batch), &mut result);
            match place {
                Place::Buffer(index) => self.buffers[index] = result,
                Place::Parameter(index) => self.graph.parameters[index].1 = result,
                Place::Input(_) => unreachable!("inputs are only read"),
            }
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
            Place::Input(index) => find(inputs, &self.graph.inputs[index].0).expect("an input that was checked"),
        };
        Some(operand.views.iter().fold(View::from(matrix), |view, operation| match operation {
            Operation::Transpose => view.t(),
            _ => without_last_column(view),
        }))
    }

    /// Checks the inputs and returns the number of samples.
    #[track_caller]
    fn check(&self, inputs: &Inputs) -> usize {
        let known = &self.graph.inputs;
        for (i, (name, _)) in inputs.iter().enumerate() {
            let names = || known.iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>().join(", ");
            assert!(known.iter().any(|(known, ..)| known == name), "run: there is no input {name}, only {}", names());
            assert!(inputs[..i].iter().all(|(other, _)| other != name), "run: the input {name} is given twice");
        }
        let mut batch = None;
        for (name, columns, one_hot) in known {
            let Some(matrix) = find(inputs, name) else { panic!("run: the input {name} is missing") };
            let (rows, n) = matrix.shape();
            assert!(n == *columns, "run: the input {name} is b×{columns}, but this matrix is {rows}×{n}");
            let (first, batch) = *batch.get_or_insert((name, rows));
            assert!(rows == batch, "run: the input {first} has {batch} samples, but {name} has {rows}");
            if *one_hot {
                check_one_hot(name, matrix);
            }
        }
        batch.map_or(0, |(_, batch)| batch)
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
        match self.places[node] {
            Some(Place::Buffer(index)) => &self.buffers[index],
            Some(Place::Parameter(index)) => &self.graph.parameters[index].1,
            Some(Place::Input(_)) | None => unreachable!("a result has a place of its own"),
        }
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
        index.unwrap_or_else(|| panic!("{operation}: there is no parameter {name}"))
    }
}

fn find<'a>(inputs: &'a Inputs, name: &str) -> Option<&'a Matrix> {
    inputs.iter().find(|(known, _)| *known == name).map(|(_, matrix)| *matrix)
}

/// Panics if a row is not one-hot.
#[track_caller]
fn check_one_hot(name: &str, matrix: &Matrix) {
    let one_hot = |row: &[f64]| row.iter().all(|&y| y == 0.0 || y == 1.0) && row.iter().sum::<f64>() == 1.0;
    let wrong = matrix.iter_rows().position(|row| !one_hot(row));
    assert!(
        wrong.is_none(),
        "run: row {} of the input {name} is not one-hot: exactly one 1, and 0 elsewhere",
        wrong.unwrap_or(0)
    );
}

//! Shared by all checks: compares the received result with the expected result and explains the difference.

#![allow(dead_code, reason = "each section uses only a part, and the grader compiles each section alone")]
#![allow(unreachable_pub, reason = "the modules of the sections use these items")]

pub mod golden;
mod hint;
pub mod probe;

use feedforward::Matrix;
use feedforward::random::Random;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// A check of one thing that a section must do: its equation, the inputs, and the results of known mistakes.
pub struct Check {
    equation: &'static str,
    given: Vec<(&'static str, Matrix)>,
    mistakes: Vec<(&'static str, Matrix)>,
    tolerance: f64,
    relative: bool,
}

impl Check {
    /// Creates a check of an equation. The text names the section and the number on the slides.
    pub fn new(equation: &'static str) -> Check {
        Check { equation, given: Vec::new(), mistakes: Vec::new(), tolerance: 1e-12, relative: false }
    }

    /// Adds an input, which is shown if the result is wrong.
    pub fn given(mut self, name: &'static str, matrix: &Matrix) -> Check {
        self.given.push((name, matrix.clone()));
        self
    }

    /// Adds the result of a known mistake. If the code returns this result, the message names the mistake.
    pub fn mistake(mut self, mistake: &'static str, result: Matrix) -> Check {
        self.mistakes.push((mistake, result));
        self
    }

    /// Sets the tolerance for rounding in sums of `products` products, in any order.
    pub fn inner_dimension(mut self, products: usize) -> Check {
        self.tolerance = 1e-12 * products as f64;
        self
    }

    /// Sets the tolerance, relative to the largest element. The default is 1e-12.
    pub fn tolerance(mut self, tolerance: f64) -> Check {
        self.tolerance = tolerance;
        self
    }

    /// Sets the tolerance of each element, relative to that element.
    pub fn relative(mut self, tolerance: f64) -> Check {
        (self.tolerance, self.relative) = (tolerance, true);
        self
    }

    /// Runs the code under test. If it panics, fails with the equation and the input.
    #[track_caller]
    pub fn run<T>(&self, code: impl FnOnce() -> T) -> T {
        catch_unwind(AssertUnwindSafe(code)).unwrap_or_else(|payload| {
            let text = payload.downcast_ref::<&str>().map(|text| text.to_string());
            let text = text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default();
            if text.starts_with("not yet implemented") {
                resume_unwind(payload); // todo!: the code is not written yet
            }
            let nothing = text.contains("a `None` value") || text.contains("0×0");
            let question = if nothing && self.equation.contains("backward") {
                ". Does forward keep what backward needs?"
            } else {
                ""
            };
            self.fail(&format!("The code panicked: {text}{question}"), &[])
        })
    }

    /// Fails unless the matrices are equal up to rounding.
    #[track_caller]
    pub fn equal(&self, received: &Matrix, expected: &Matrix) {
        let same = |other: &Matrix| self.same(received, other, expected);
        if same(expected) {
            return;
        }
        let mistake = self.mistakes.iter().find(|(_, result)| same(result)).map(|(mistake, _)| mistake.to_string());
        let given = self.given.iter().find(|(_, given)| same(given));
        let unchanged = given.map(|(name, _)| format!("This is {name}, unchanged."));
        let hint = mistake.or(unchanged).unwrap_or_else(|| hint::of(received, expected, &same));
        self.fail(&hint, &[("expected", expected), ("received", received)]);
    }

    /// Fails unless the numbers are equal up to rounding.
    #[track_caller]
    pub fn equal_number(&self, received: f64, expected: f64) {
        self.equal(&number(received), &number(expected));
    }

    /// Fails with this explanation unless the condition holds.
    #[track_caller]
    pub fn that(&self, holds: bool, otherwise: &str) {
        if !holds {
            self.fail(otherwise, &[]);
        }
    }

    /// Fails unless the received calls are the expected calls in the same order. `mistakes` explains other sequences.
    #[track_caller]
    pub fn calls(&self, received: &[String], expected: &[&str], mistakes: &[(&str, &[&str])]) {
        if received == expected {
            return;
        }
        let known = mistakes.iter().find(|(_, calls)| received == *calls).map(|(mistake, _)| *mistake);
        let hint = known.unwrap_or("A call is missing, unexpected, or in the wrong order.");
        let lines = |calls: Vec<&str>| if calls.is_empty() { "none".to_string() } else { calls.join(", ") };
        let received = lines(received.iter().map(String::as_str).collect());
        let expected = lines(expected.to_vec());
        self.fail(&format!("{hint}\n\nexpected calls: {expected}\nreceived calls: {received}"), &[]);
    }

    /// Whether two matrices are equal up to rounding. The tolerance is relative to the size of the expected elements.
    fn same(&self, one: &Matrix, other: &Matrix, expected: &Matrix) -> bool {
        let largest = expected.max_abs().max(0.01);
        let agree = |(&x, &y): (&f64, &f64)| {
            let size = if self.relative { y.abs() } else { largest };
            x == y || (x.is_nan() && y.is_nan()) || (x - y).abs() <= self.tolerance * size
        };
        one.shape() == other.shape() && one.as_slice().iter().zip(other.as_slice()).all(agree)
    }

    /// Panics with a message: the equation, the explanation (one line each), then the matrices.
    #[track_caller]
    fn fail(&self, hint: &str, results: &[(&str, &Matrix)]) -> ! {
        let mut text = format!("{}\n{hint}\n", self.equation);
        for (name, matrix) in self.given.iter().map(|(name, matrix)| (*name, matrix)).chain(results.iter().copied()) {
            let (rows, columns) = matrix.shape();
            text += &format!("\n{name} ({rows}×{columns}):\n{matrix}\n");
        }
        if let [(_, expected), (_, received)] = results {
            text += &hint::first_difference(received, expected);
        }
        panic!("{text}");
    }
}

/// A number as a 1×1 matrix.
pub fn number(x: f64) -> Matrix {
    Matrix::from_rows([[x]])
}

/// A matrix of random numbers in [−2, 2), none of them within 0.01 of 0.
pub fn random_matrix(rows: usize, columns: usize, seed: u64) -> Matrix {
    let mut random = Random::new(seed);
    Matrix::from_fn(rows, columns, |_, _| {
        let x = 4.0 * random.uniform() - 2.0;
        if x.abs() < 0.01 { x + 0.5 } else { x }
    })
}

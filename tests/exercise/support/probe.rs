//! Simple parts of a network that record how they were called. A check uses them in place of the other sections.

use feedforward::{DataSource, Layer, Loss, Matrix, Optimizer, Parameters};
use std::mem::take;
use std::sync::{Arc, Mutex};

/// The calls of all probes, in order, with their arguments.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Vec<(String, Matrix)>>>);

impl Log {
    fn add(&self, call: String, argument: &Matrix) {
        self.0.lock().unwrap().push((call, argument.clone()));
    }

    /// Returns the names and the arguments of the calls since the last `take`.
    pub fn take(&self) -> (Vec<String>, Vec<Matrix>) {
        take(&mut *self.0.lock().unwrap()).into_iter().unzip()
    }
}

/// An optimizer with the rule w/2 − 3g + 1, which no layer applies by chance.
#[derive(Debug)]
pub struct ProbeOptimizer(pub Log);

/// The rule of [`ProbeOptimizer`].
pub fn probe_update(weights: &Matrix, gradient: &Matrix) -> Matrix {
    weights.zip_map(gradient, |w, g| 0.5 * w - 3.0 * g + 1.0)
}

impl Optimizer for ProbeOptimizer {
    fn update(&mut self, weights: &mut Matrix, gradient: &Matrix) {
        self.0.add("weights".to_string(), weights);
        self.0.add("gradient".to_string(), gradient);
        *weights = probe_update(weights, gradient);
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(ProbeOptimizer(self.0.clone()))
    }
}

/// Plain gradient descent, so that the checks of a layer do not need the section on SGD.
#[derive(Debug)]
pub struct Descent(pub f64);

impl Optimizer for Descent {
    fn update(&mut self, weights: &mut Matrix, gradient: &Matrix) {
        *weights = weights.zip_map(gradient, |w, g| w - self.0 * g);
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(Descent(self.0))
    }
}

/// An optimizer that counts its updates. Update number n, counted from 1, adds n to every weight.
#[derive(Debug)]
pub struct CountingOptimizer(pub f64);

impl Optimizer for CountingOptimizer {
    fn update(&mut self, weights: &mut Matrix, _gradient: &Matrix) {
        self.0 += 1.0;
        weights.map_in_place(|w| w + self.0);
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(CountingOptimizer(self.0))
    }
}

/// A layer that multiplies and adds: forward x ↦ a·x + b, backward e ↦ b·e + a. Its backward is not the derivative, so
/// that the order of the layers matters in both directions.
#[derive(Debug)]
pub struct ProbeLayer {
    name: &'static str,
    a: f64,
    b: f64,
    parameters: Option<Parameters>, // one weight, 0 at first
    log: Log,
}

impl ProbeLayer {
    pub fn new(name: &'static str, a: f64, b: f64, log: &Log) -> ProbeLayer {
        ProbeLayer { name, a, b, parameters: None, log: log.clone() }
    }

    pub fn with_weight(name: &'static str, a: f64, b: f64, log: &Log) -> ProbeLayer {
        ProbeLayer { parameters: Some(Parameters::new(Matrix::zeros(1, 1))), ..ProbeLayer::new(name, a, b, log) }
    }
}

impl Layer for ProbeLayer {
    fn predict(&self, input: Matrix) -> Matrix {
        self.log.add(format!("{}.predict", self.name), &input);
        input.map(|x| self.a * x + self.b)
    }

    fn forward(&mut self, input: Matrix) -> Matrix {
        self.log.add(format!("{}.forward", self.name), &input);
        input.map(|x| self.a * x + self.b)
    }

    fn backward(&mut self, error: Matrix) -> Matrix {
        self.log.add(format!("{}.backward", self.name), &error);
        if let Some(Parameters { weights, optimizer: Some(optimizer), .. }) = &mut self.parameters {
            optimizer.update(weights, &Matrix::ones(1, 1));
        }
        error.map(|e| self.b * e + self.a)
    }

    fn parameters(&self) -> Option<&Parameters> {
        self.parameters.as_ref()
    }

    fn parameters_mut(&mut self) -> Option<&mut Parameters> {
        self.parameters.as_mut()
    }
}

/// A loss Σ ŷ (y + 2) whose backward returns 10y + 1.
#[derive(Debug)]
pub struct ProbeLoss(pub Log);

/// The loss of [`ProbeLoss`].
pub fn probe_loss(prediction: &Matrix, label: &Matrix) -> f64 {
    prediction.zip_map(label, |y_hat, y| y_hat * (y + 2.0)).as_slice().iter().sum()
}

/// The error of [`ProbeLoss`].
pub fn probe_error(label: &Matrix) -> Matrix {
    label.map(|y| 10.0 * y + 1.0)
}

impl Loss for ProbeLoss {
    fn evaluate(&self, prediction: &Matrix, label: &Matrix) -> f64 {
        self.0.add("loss.evaluate".to_string(), prediction);
        probe_loss(prediction, label)
    }

    fn forward(&mut self, prediction: Matrix, label: &Matrix) -> f64 {
        self.0.add("loss.forward".to_string(), &prediction);
        probe_loss(&prediction, label)
    }

    fn backward(&mut self, label: &Matrix) -> Matrix {
        self.0.add("loss.backward".to_string(), label);
        probe_error(label)
    }
}

/// A data source whose batches all differ, some in size too.
#[derive(Debug)]
pub struct ProbeData {
    batch: usize,
    log: Log,
}

impl ProbeData {
    pub fn new(log: &Log) -> ProbeData {
        ProbeData { batch: 0, log: log.clone() }
    }
}

/// Inputs and labels of batch number 0, 1, … of [`ProbeData`].
pub fn probe_batch(batch: usize) -> (Matrix, Matrix) {
    let rows = [3, 1, 2][batch % 3];
    let input = Matrix::from_fn(rows, 2, |i, j| 0.5 * (1 + i + 3 * j) as f64 - 0.25 * batch as f64);
    let label = Matrix::from_fn(rows, 2, |i, j| 0.1 * (1 + batch) as f64 + (i * j) as f64);
    (input, label)
}

impl DataSource for ProbeData {
    fn next_batch(&mut self) -> (Matrix, Matrix) {
        let (input, label) = probe_batch(self.batch);
        self.log.add("data.next_batch".to_string(), &input);
        self.batch += 1;
        (input, label)
    }
}

//! Wrong solutions: the plain solution with a mistake in one section, and a part of the reason that the grader must give.

use super::Solution;

macro_rules! wrong {
    ($($section:ident $name:literal says $says:literal: $($from:literal => $to:literal),+;)*) => {
        &[$(Solution {
            section: stringify!($section),
            name: $name,
            changes: &[$(($from, $to)),+],
            says: $says,
        }),*]
    };
}

pub const WRONG: &[Solution] = wrong! {
    sgd "climbs" says "along the gradient": "w - eta * g)" => "w + eta * g)";
    sgd "returns only the step" says "step −η ∇L alone": "|w, g| w - eta * g" => "|_, g| -eta * g";
    sgd "ignores η" says "η is ignored": "|w, g| w - eta * g" => "|w, g| w - g";
    sgd "scales the weights" says "η multiplies the weights": "|w, g| w - eta * g" => "|w, g| eta * w - g";
    sgd "scales both" says "η multiplies the weights too": "|w, g| w - eta * g" => "|w, g| eta * (w - g)";
    sgd "decays the weights" says "weight decay": "|w, g| w - eta * g" => "|w, g| w - eta * (g + w)";
    sgd "uses the sign" says "only the sign": "|w, g| w - eta * g" => "|w, g| w - eta * g.signum()";
    sgd "hidden momentum" says "momentum":
        "learning_rate: f64, // η" => "learning_rate: f64,\n    velocity: Option<Matrix>,",
        "Sgd { learning_rate }\n" => "Sgd { learning_rate, velocity: None }\n",
        "weights.zip_map_in_place(gradient, |w, g| w - eta * g)" =>
            "let step = gradient * -eta;
             let velocity = match &self.velocity { Some(v) => &(v * 0.9) + &step, None => step };
             *weights += &velocity;
             self.velocity = Some(velocity)";
    sgd "learning rate decays" says "learning rate of the second step":
        "w - eta * g); // w − η ∇L(w)" => "w - eta * g); self.learning_rate *= 0.5;";
    sgd "sums up gradients" says "sum of both gradients":
        "learning_rate: f64, // η" => "learning_rate: f64,\n    sum: Option<Matrix>,",
        "Sgd { learning_rate }\n" => "Sgd { learning_rate, sum: None }\n",
        "weights.zip_map_in_place(gradient, |w, g| w - eta * g)" =>
            "let sum = match &self.sum { Some(sum) => sum + gradient, None => gradient.clone() };
             weights.zip_map_in_place(&sum, |w, g| w - eta * g);
             self.sum = Some(sum)";
    sgd "forgets the last row" says "last row":
        "weights.zip_map_in_place(gradient, |w, g| w - eta * g)" =>
            "for i in 0..weights.rows() - 1 {
                 for j in 0..weights.columns() { weights[(i, j)] -= eta * gradient[(i, j)]; }
             }";
    sgd "the copy has another η" says "different learning rate": "Box::new(self.clone())" => "Box::new(Sgd::new(0.1))";
    sgd "does nothing" says "unchanged":
        "weights.zip_map_in_place(gradient, |w, g| w - eta * g)" => "let _ = (weights, gradient, eta)";

    fully_connected "error with the new weights" says "weights after the update":
        "        self.backward_weights(error);\n        error_previous" => "        error_previous",
        "        let weights = &self.parameters.weights;\n" =>
            "        self.backward_weights(error.clone());\n        let weights = &self.parameters.weights;\n";
    fully_connected "ones left in the error" says "still has the column of the ones":
        "without_biases.t()" => "weights.t()",
        "let without_biases = weights.first_rows(weights.rows() - 1);" => "";
    fully_connected "no bias" says "bias is missing": "input.append_column(1.0)\n" => "input.append_column(0.0)\n";
    fully_connected "ones first" says "column of ones comes first":
        "input.append_column(1.0)\n" => "Matrix::from_fn(batch, n + 1, |i, j| if j == 0 { 1.0 } else { input[(i, j - 1)] })\n";
    fully_connected "biases learn nothing" says "gradient of the biases":
        "        if let Some(optimizer)" =>
            "        let mut gradient = gradient;
             let last = gradient.rows() - 1;
             gradient[last].fill(0.0);
             if let Some(optimizer)";
    fully_connected "gradient without biases" says "row of the biases is missing":
        "self.parameters.gradient = Some(gradient)" => "self.parameters.gradient = Some(gradient.first_rows(gradient.rows() - 1).to_matrix())";
    fully_connected "gradient averaged" says "divided by the batch size":
        "let gradient = input.t().matmul(&error);" => "let gradient = &input.t().matmul(&error) * (1.0 / error.rows() as f64);";
    fully_connected "updates without an optimizer" says "no optimizer is set":
        "        self.parameters.gradient = Some(gradient)" =>
            "        if self.parameters.optimizer.is_none() { self.parameters.weights -= &gradient; }
             self.parameters.gradient = Some(gradient)";
    fully_connected "gradient adds up" says "gradients of all batches are added":
        "        self.parameters.gradient = Some(gradient)" =>
            "        let gradient = match &self.parameters.gradient { Some(old) => old + &gradient, None => gradient };
             self.parameters.gradient = Some(gradient)";
    fully_connected "remembers the first input" says "first forward":
        "self.input = Some(input);" => "if self.input.as_ref().is_none_or(|old| old.rows() != input.rows()) { self.input = Some(input); }";
    fully_connected "starts in −1 to 1" says "negative": "random.uniform()))" => "2.0 * random.uniform() - 1.0))";
    fully_connected "starts normal" says "negative": "random.uniform()))" => "random.normal()))";
    fully_connected "starts at 0" says "All weights are 0": "|_, _| random.uniform()))" => "|_, _| 0.0 * random.uniform()))";
    fully_connected "starts equal" says "equal":
        "FullyConnected::from_weights(Matrix::from_fn(inputs + 1, outputs, |_, _| random.uniform()))" =>
            "FullyConnected::from_weights(Matrix::filled(inputs + 1, outputs, random.uniform()))";
    fully_connected "biases start at 0" says "biases are all equal":
        "|_, _| random.uniform()))" => "|i, _| if i < inputs { random.uniform() } else { 0.0 }))";
    fully_connected "weights in [0, 0.1)" says "not uniform": "random.uniform()))" => "0.1 * random.uniform()))";
    fully_connected "weights in [0.2, 0.8)" says "not uniform": "random.uniform()))" => "0.2 + 0.6 * random.uniform()))";
    fully_connected "a copy of the weights" says "before the change":
        "let output = input.matmul(&self.parameters.weights);" => "if self.copy.rows() == 0 || self.parameters.optimizer.is_some() { self.copy = self.start.clone(); }
             let output = if self.parameters.optimizer.is_some() { input.matmul(&self.parameters.weights) } else { input.matmul(&self.copy) };",
        "    pub parameters: Parameters,\n" => "    pub parameters: Parameters,\n    start: Matrix,\n    copy: Matrix,\n",
        "FullyConnected { parameters: Parameters::new(weights), input: None }" =>
            "FullyConnected { start: weights.clone(), copy: Matrix::default(), parameters: Parameters::new(weights), input: None }";
    fully_connected "rows repeat" says "equal":
        "FullyConnected::from_weights(Matrix::from_fn(inputs + 1, outputs, |_, _| random.uniform()))" =>
            "let row: Vec<f64> = (0..outputs).map(|_| random.uniform()).collect();
             FullyConnected::from_weights(Matrix::from_fn(inputs + 1, outputs, |i, j| if i < inputs { row[j] } else { random.uniform() }))";
    fully_connected "no row for biases" says "no row for the biases":
        "Matrix::from_fn(inputs + 1, outputs, |_, _| random" => "Matrix::from_fn(inputs, outputs, |_, _| random";
    fully_connected "starts transposed" says "stores W′ = Wᵀ":
        "Matrix::from_fn(inputs + 1, outputs, |_, _| random" => "Matrix::from_fn(outputs, inputs + 1, |_, _| random";
    fully_connected "updates twice" says "twice":
        "            optimizer.update(&mut self.parameters.weights, &gradient);" =>
            "            optimizer.update(&mut self.parameters.weights, &gradient);\n            optimizer.update(&mut self.parameters.weights, &gradient);";
    fully_connected "updates in forward" says "forward called the optimizer":
        "        self.input = Some(input);" =>
            "        let nothing = Matrix::zeros(self.parameters.weights.rows(), self.parameters.weights.columns());
             let gradient = self.parameters.gradient.as_ref().unwrap_or(&nothing);
             if let Some(optimizer) = &mut self.parameters.optimizer { optimizer.update(&mut self.parameters.weights, gradient); }
             self.input = Some(input);";
    fully_connected "weights not transposed" says "not transposed":
        "without_biases.t()" => "without_biases";
    fully_connected "error averaged" says "divided by the batch size":
        "        self.backward_weights(error);\n        error_previous" =>
            "        let size = 1.0 / error.rows() as f64;\n        self.backward_weights(error);\n        &error_previous * size";
    fully_connected "gradient of the wrong sign" says "sign of the gradient is wrong":
        "let gradient = input.t().matmul(&error);" => "let gradient = &input.t().matmul(&error) * -1.0;";
    fully_connected "updates a copy" says "The weights did not change":
        "optimizer.update(&mut self.parameters.weights, &gradient)" => "optimizer.update(&mut self.parameters.weights.clone(), &gradient)";
    fully_connected "updates all but the biases" says "without the biases":
        "optimizer.update(&mut self.parameters.weights, &gradient)" =>
            "let n = self.parameters.weights.rows() - 1;
             let mut first = self.parameters.weights.first_rows(n).to_matrix();
             optimizer.update(&mut first, &gradient.first_rows(n).to_matrix());
             for i in 0..n { self.parameters.weights[i].copy_from_slice(&first[i]); }";
    fully_connected "the first optimizer stays" says "first optimizer is still used":
        "if let Some(optimizer) = &mut self.parameters.optimizer {" =>
            "if self.first.is_none() { self.first = self.parameters.optimizer.clone(); }
             if let Some(optimizer) = &mut self.first {",
        "    pub parameters: Parameters,\n" => "    pub parameters: Parameters,\n    first: Option<Box<dyn crate::Optimizer>>,\n",
        "input: None }" => "input: None, first: None }";
    fully_connected "activation inside" says "ReLU is applied":
        "let output = input.matmul(&self.parameters.weights);" => "let mut output = input.matmul(&self.parameters.weights); output.map_in_place(|x| x.max(0.0));";
    fully_connected "no gradient to read" says "is None after backward. Store the gradient in `self.parameters.gradient`":
        "self.parameters.gradient = Some(gradient)" => "let _ = gradient";
    fully_connected "gradient only without optimizer" says "is None after backward with an optimizer":
        "self.parameters.gradient = Some(gradient)" => "self.parameters.gradient = Some(gradient).filter(|_| self.parameters.optimizer.is_none())";
    fully_connected "parameters returns None" says "`parameters` returns None": "        Some(&self.parameters)\n" => "        None\n";
    fully_connected "never calls the optimizer" says "did not call the optimizer":
        "if let Some(optimizer) = &mut self.parameters.optimizer {" => "if let (Some(optimizer), true) = (&mut self.parameters.optimizer, false) {";
    fully_connected "returns the gradient" says "gradient of the weights":
        "        self.backward_weights(error);\n        error_previous" =>
            "        let _ = error_previous;\n        self.backward_weights(error);\n        self.parameters.gradient.clone().unwrap()";
    fully_connected "predict without bias" says "":
        "self.extended(input).matmul(&self.parameters.weights) //" => "input.matmul(self.parameters.weights.first_rows(self.parameters.weights.rows() - 1)) //";
    fully_connected "parameters_mut returns None" says "`parameters_mut` returns None": "        Some(&mut self.parameters)\n" => "        None\n";
    fully_connected "gradient in a separate field" says "Store the gradient in `self.parameters.gradient`":
        "    pub parameters: Parameters,\n" => "    pub parameters: Parameters,\n    gradient: Option<Matrix>,\n",
        "input: None }" => "input: None, gradient: None }",
        "self.parameters.gradient = Some(gradient)" => "self.gradient = Some(gradient)";
    fully_connected "gradient of the first batch stays" says "previous batch":
        "self.parameters.gradient = Some(gradient)" => "self.parameters.gradient.get_or_insert(gradient)";
    fully_connected "optimizer taken and not put back" says "must stay in `self.parameters.optimizer`":
        "if let Some(optimizer) = &mut self.parameters.optimizer {" => "if let Some(mut optimizer) = self.parameters.optimizer.take() {";
    fully_connected "new parameters without an optimizer" says "must stay in `self.parameters.optimizer`":
        "        self.parameters.gradient = Some(gradient)" =>
            "        self.parameters = Parameters::new(self.parameters.weights.clone());
             self.parameters.gradient = Some(gradient)";
    fully_connected "a copy of the optimizer in every step" says "does not remember the earlier updates":
        "if let Some(optimizer) = &mut self.parameters.optimizer {" => "if let Some(mut optimizer) = self.parameters.optimizer.clone() {";
    fully_connected "backward_weights does not update" says "backward_weights did not update the weights":
        "        self.backward_weights(error);\n" => "        self.update(error);\n",
        "    #[track_caller]\n    fn backward_weights(&mut self, error: Matrix) {\n" =>
            "    fn backward_weights(&mut self, error: Matrix) {
                 self.parameters.gradient = self.input.as_ref().map(|input| input.t().matmul(&error));
             }

             fn parameters(&self) -> Option<&Parameters> {
                 Some(&self.parameters)
             }

             fn parameters_mut(&mut self) -> Option<&mut Parameters> {
                 Some(&mut self.parameters)
             }
         }

         impl FullyConnected {
             fn update(&mut self, error: Matrix) {\n",
        "    fn parameters(&self) -> Option<&Parameters> {\n        Some(&self.parameters)\n    }\n\n    fn parameters_mut(&mut self) -> Option<&mut Parameters> {\n        Some(&mut self.parameters)\n    }\n" => "";
    fully_connected "forward keeps nothing" says "Does forward keep what backward needs?":
        "        self.input = Some(input);\n" => "",
        ".expect(\"FullyConnected::backward: call forward first\")" => ".unwrap()";
    fully_connected "biases first in the gradient" says "biases comes first":
        "self.parameters.gradient = Some(gradient)" =>
            "let n = gradient.rows();
             self.parameters.gradient = Some(Matrix::from_fn(n, gradient.columns(), |i, j| gradient[((i + n - 1) % n, j)]))";
    fully_connected "uses the initial weights" says "weights from before the update were used":
        "let output = input.matmul(&self.parameters.weights);" => "let output = input.matmul(&*self.start.get_or_insert_with(|| self.parameters.weights.clone()));",
        "    pub parameters: Parameters,\n" => "    pub parameters: Parameters,\n    start: Option<Matrix>,\n",
        "input: None }" => "input: None, start: None }";

    relu "mask x ≥ 0" says "mask is x ≥ 0": "|e, x| if x <= 0.0 { 0.0 } else { e }" => "|e, x| if x < 0.0 { 0.0 } else { e }";
    relu "mask x > ε" says "treated as 0": "|e, x| if x <= 0.0" => "|e, x| if x <= f64::EPSILON";
    relu "mask on the error" says "sign of the error": "|e, x| if x <= 0.0" => "|e, _| if e <= 0.0";
    relu "mask without the error" says "without the error": "|e, x| if x <= 0.0 { 0.0 } else { e }" => "|_, x| if x <= 0.0 { 0.0 } else { 1.0 }";
    relu "leaky backward" says "leaky": "|e, x| if x <= 0.0 { 0.0 } else { e }" => "|e, x| if x <= 0.0 { 0.01 * e } else { e }";
    relu "leaky forward" says "leaky": "    if x <= 0.0 { 0.0 } else { x }" => "    if x <= 0.0 { 0.1 * x } else { x }";
    relu "absolute" says "|x|": "    if x <= 0.0 { 0.0 } else { x }" => "    x.abs()";
    relu "min" says "min(0, x)": "    if x <= 0.0 { 0.0 } else { x }" => "    x.min(0.0)";
    relu "identity" says "unchanged": "    if x <= 0.0 { 0.0 } else { x }" => "    x";
    relu "step" says "the derivative": "    if x <= 0.0 { 0.0 } else { x }" => "    f64::from(x > 0.0)";
    relu "capped" says "limited to 6": "    if x <= 0.0 { 0.0 } else { x }" => "    x.clamp(0.0, 6.0)";
    relu "sigmoid" says "sigmoid": "    if x <= 0.0 { 0.0 } else { x }" => "    1.0 / (1.0 + (-x).exp())";
    relu "passes everything" says "passes everywhere": "|e, x| if x <= 0.0 { 0.0 } else { e }" => "|e, _| e";
    relu "inverted" says "mask is inverted": "|e, x| if x <= 0.0 { 0.0 } else { e }" => "|e, x| if x > 0.0 { 0.0 } else { e }";
    relu "error times input" says "multiplied by max(0, x)": "|e, x| if x <= 0.0 { 0.0 } else { e }" => "|e, x| e * x.max(0.0)";
    relu "loses negative errors" says "Negative errors are lost": "|e, x| if x <= 0.0 { 0.0 } else { e }" => "|e, x| if x <= 0.0 { 0.0 } else { e.max(0.0) }";
    relu "remembers the first input" says "first forward":
        "self.input = Some(input);" => "if self.input.as_ref().is_none_or(|old| old.shape() != input.shape()) { self.input = Some(input); }";
    relu "predict replaces the input of forward" says "input of predict":
        "input: Option<Matrix>," => "input: std::cell::RefCell<Option<Matrix>>,",
        "        input.map_in_place(relu);" => "        *self.input.borrow_mut() = Some(input.clone());\n        input.map_in_place(relu);",
        "self.input = Some(input);" => "*self.input.borrow_mut() = Some(input);",
        "self.input.as_ref().expect" => "self.input.borrow(); let input = input.as_ref().expect";
    relu "forward keeps nothing" says "Does forward keep what backward needs?":
        "        self.input = Some(input);\n" => "",
        ".expect(\"Relu::backward: call forward first\")" => ".unwrap()";
    relu "half at the kink" says "Half of the error":
        "|e, x| if x <= 0.0 { 0.0 } else { e }" => "|e, x| if x == 0.0 { 0.5 * e } else if x < 0.0 { 0.0 } else { e }";
    relu "errors add up" says "earlier batches":
        "input: Option<Matrix>," => "input: Option<Matrix>, sum: Option<Matrix>,",
        "        error\n    }\n}" =>
            "        if let Some(sum) = &self.sum { if sum.shape() == error.shape() { error += sum; } }
             self.sum = Some(error.clone());
             error
         }
     }";

    softmax "no shift" says "shift each row by its maximum": "(*x - max).exp()" => "(*x - 0.0 * max).exp()";
    softmax "one maximum for the batch" says "maximum of the whole batch":
        "        for i in 0..input.rows() {" =>
            "        let max = input.row_maxima().into_iter().fold(f64::NEG_INFINITY, f64::max);\n        for i in 0..input.rows() {",
        "let max = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);" => "";
    softmax "maximum from 0" says "starts at 0": "fold(f64::NEG_INFINITY, f64::max)" => "fold(0.0, f64::max)";
    softmax "maximum from the smallest positive" says "starts at 0 or a positive number": "fold(f64::NEG_INFINITY, f64::max)" => "fold(f64::MIN_POSITIVE, f64::max)";
    softmax "largest absolute value" says "largest |x|": "fold(f64::NEG_INFINITY, f64::max)" => "fold(0.0, |m: f64, x: f64| m.max(x.abs()))";
    softmax "shifted by the minimum" says "minimum": "fold(f64::NEG_INFINITY, f64::max)" => "fold(f64::INFINITY, f64::min)";
    softmax "normalised over the batch" says "Each column is normalised":
        "    fn predict(&self, mut input: Matrix) -> Matrix {" => "    fn predict(&self, input: Matrix) -> Matrix {\n        let mut input = input.transpose();",
        "        }\n        input\n    }" => "        }\n        input.transpose()\n    }";
    softmax "not normalised" says "Divide it by the sum": "*x /= sum;" => "let _ = sum;";
    softmax "logarithm" says "ln ŷ": "*x /= sum;" => "*x = (*x / sum).ln();", "if *x < f64::MIN_POSITIVE" => "if *x == 0.5e-300";
    softmax "sigmoid" says "sigmoid": "(*x - max).exp()" => "1.0 / (1.0 + (-*x + 0.0 * max).exp())", "*x /= sum;" => "let _ = sum;";
    softmax "base 2" says "base of the power is 2": "(*x - max).exp()" => "(*x - max).exp2()";
    softmax "mean for sum" says "number of classes": "(*x - max).exp()" => "(*x + 0.0 * max).exp()", "let sum: f64 = row.iter().sum();" => "let sum = row.len() as f64;";
    softmax "sigmoid's derivative" says "ŷ (1 − ŷ) Eₙ": "*e = y * (*e - sum);" => "*e = y * (1.0 - y) * *e + 0.0 * sum;";
    softmax "passes the error" says "passes through unchanged": "*e = y * (*e - sum);" => "*e += 0.0 * sum * y;";
    softmax "fused with the loss" says "as if Eₙ were the label": "*e = y * (*e - sum);" => "*e = y - *e + 0.0 * sum;";
    softmax "sum without ŷ" says "Σⱼ Eₙ,ⱼ. In Eq. 14": "error.iter().zip(output).map(|(e, y)| e * y).sum()" => "error.iter().sum()";
    softmax "no factor" says "factor ŷ is missing": "*e = y * (*e - sum);" => "*e -= sum + 0.0 * y;";
    softmax "no sum" says "This is ŷ Eₙ": "*e = y * (*e - sum);" => "*e = y * *e + 0.0 * sum;";
    softmax "adds the sum" says "sum is added": "*e = y * (*e - sum);" => "*e = y * (*e + sum);";
    softmax "no parentheses" says "parentheses are missing": "*e = y * (*e - sum);" => "*e = y * *e - sum;";
    softmax "sign" says "sign is wrong": "*e = y * (*e - sum);" => "*e = y * (sum - *e);";
    softmax "sum of the batch" says "One sum over the whole batch":
        "        for i in 0..error.rows() {\n" =>
            "        let sum: f64 = error.as_slice().iter().zip(output.as_slice()).map(|(e, y)| e * y).sum();\n        for i in 0..error.rows() {\n",
        "            let sum: f64 = error.iter().zip(output).map(|(e, y)| e * y).sum();\n" => "";
    softmax "input for output" says "input x is used in place":
        "        let output = self.predict(input);\n        self.output = Some(output.clone());" =>
            "        self.output = Some(input.clone());\n        let output = self.predict(input);";
    softmax "remembers the first output" says "first forward":
        "self.output = Some(output.clone());" =>
            "if self.output.as_ref().is_none_or(|old| old.shape() != output.shape()) { self.output = Some(output.clone()); }";
    softmax "forward keeps nothing" says "Does forward keep what backward needs?":
        "output: Option<Matrix>," => "output: Matrix,",
        "        self.output = Some(output.clone());\n" => "",
        "self.output.as_ref().expect(\"Softmax::backward: call forward first\");\n        error.assert_same_shape(\"Softmax::backward\", output);" =>
            "&self.output;";
    softmax "divides by the batch" says "divided by the batch size": "*e = y * (*e - sum);" => "*e = y * (*e - sum) / rows as f64;",
        "        for i in 0..error.rows() {\n" => "        let rows = error.rows();\n        for i in 0..error.rows() {\n";
    softmax "only the largest" says "1 for the largest x": "(*x - max).exp()" => "f64::from(*x == max)";

    cross_entropy "averaged" says "averaged over the batch": "        }\n        loss\n" => "        }\n        loss / label.rows() as f64\n";
    cross_entropy "no ε" says "ε is missing": "(prediction[(i, k)] + f64::EPSILON).ln()" => "prediction[(i, k)].ln()";
    cross_entropy "ε in the gradient" says "ε is added in backward": "-y / y_hat }" => "-y / (y_hat + f64::EPSILON) }";
    cross_entropy "prediction minus label" says "ŷ − y": "if y == 0.0 { 0.0 } else { -y / y_hat }" => "y_hat - y";
    cross_entropy "negative loss" says "sign is wrong": "loss -= " => "loss += ";
    cross_entropy "sign of the error" says "sign is wrong": "else { -y / y_hat }" => "else { y / y_hat }";
    cross_entropy "0/0" says "0/0 is NaN": "if y == 0.0 { 0.0 } else { -y / y_hat }" => "-y / y_hat";
    cross_entropy "base 2" says "base 2": ".ln()" => ".log2()";
    cross_entropy "base 10" says "base 10": ".ln()" => ".log10()";
    cross_entropy "ε of 1e-7" says "ε": "f64::EPSILON).ln()" => "1e-7).ln()";
    cross_entropy "ε of 1e-12" says "ε has the wrong value": "f64::EPSILON).ln()" => "1e-12).ln()";
    cross_entropy "raised to at least ε" says "raised to at least ε": "(prediction[(i, k)] + f64::EPSILON).ln()" => "prediction[(i, k)].max(f64::EPSILON).ln()";
    cross_entropy "smallest positive ε" says "MIN_POSITIVE": "f64::EPSILON).ln()" => "f64::MIN_POSITIVE).ln()";
    cross_entropy "NaN in the loss" says "0 · ln 0":
        "            let k = labelled_class(label, i);\n" => "",
        "loss -= (prediction[(i, k)] + f64::EPSILON).ln();" =>
            "for k in 0..label.columns() { loss -= label[(i, k)] * prediction[(i, k)].ln(); }";
    cross_entropy "all classes" says "includes all classes":
        "loss -= (prediction[(i, k)] + f64::EPSILON).ln();" =>
            "let _ = k; loss -= prediction[i].iter().map(|y| (y + f64::EPSILON).ln()).sum::<f64>();";
    cross_entropy "binary" says "binary":
        "loss -= (prediction[(i, k)] + f64::EPSILON).ln();" =>
            "let _ = k;
             for (y, t) in prediction[i].iter().zip(&label[i]) {
                 loss -= t * (y + f64::EPSILON).ln() + (1.0 - t) * (1.0 - y + f64::EPSILON).ln();
             }";
    cross_entropy "error averaged" says "divided by the batch size":
        "label.zip_map(prediction, |y, y_hat|" => "let n = label.rows() as f64;\n        label.zip_map(prediction, |y, y_hat|",
        "-y / y_hat }" => "-y / y_hat / n }";
    cross_entropy "label ignored" says "−1/ŷ for every class": "if y == 0.0 { 0.0 } else { -y / y_hat }" => "-1.0 / y_hat + 0.0 * y";
    cross_entropy "product" says "−y·ŷ": "-y / y_hat }" => "-y * y_hat }";
    cross_entropy "losses add up" says "sum of the losses of both batches":
        "prediction: Option<Matrix>," => "prediction: Option<Matrix>, total: f64,",
        "        self.prediction = Some(prediction);\n        loss\n" =>
            "        self.prediction = Some(prediction);\n        self.total += loss;\n        self.total\n";
    cross_entropy "remembers the first prediction" says "first forward":
        "self.prediction = Some(prediction);" =>
            "if self.prediction.as_ref().is_none_or(|old| old.shape() != prediction.shape()) { self.prediction = Some(prediction); }";
    cross_entropy "squared" says "squared difference":
        "loss -= (prediction[(i, k)] + f64::EPSILON).ln();" =>
            "let _ = k; loss += prediction[i].iter().zip(&label[i]).map(|(y, t)| (y - t) * (y - t)).sum::<f64>();";
    cross_entropy "evaluate replaces the prediction of forward" says "evaluate must change nothing":
        "prediction: Option<Matrix>," => "prediction: std::cell::RefCell<Option<Matrix>>,",
        "        prediction.assert_same_shape(\"CrossEntropyLoss\", label);" =>
            "        *self.prediction.borrow_mut() = Some(prediction.clone());",
        "self.prediction = Some(prediction);" => "*self.prediction.borrow_mut() = Some(prediction);",
        "self.prediction.as_ref().expect" => "self.prediction.borrow(); let prediction = prediction.as_ref().expect";
    cross_entropy "forward keeps nothing" says "Does forward keep what backward needs?":
        "        self.prediction = Some(prediction);\n" => "",
        ".expect(\"CrossEntropyLoss::backward: call forward first\")" => ".unwrap()";
    cross_entropy "forward keeps the label" says "Divide it by the prediction":
        "self.prediction = Some(prediction);" => "self.prediction = Some(label.clone());";
    cross_entropy "evaluate without ε" says "ε is missing":
        "        let loss = self.evaluate(&prediction, label);\n" =>
            "        let mut loss = 0.0;
             for i in 0..label.rows() { loss -= (prediction[(i, labelled_class(label, i))] + f64::EPSILON).ln(); }\n",
        "(prediction[(i, k)] + f64::EPSILON).ln()" => "prediction[(i, k)].ln()";
    cross_entropy "evaluate returns the loss of forward" says "loss of the last forward":
        "prediction: Option<Matrix>," => "prediction: Option<Matrix>, last: Option<f64>,",
        "        let mut loss = 0.0;\n" => "        if let Some(last) = self.last { return last; }\n        let mut loss = 0.0;\n",
        "let loss = self.evaluate(&prediction, label);" =>
            "self.last = None;\n        let loss = self.evaluate(&prediction, label);\n        self.last = Some(loss);";
    cross_entropy "evaluate averaged" says "averaged over the batch":
        "let loss = self.evaluate(&prediction, label);" => "let loss = self.evaluate(&prediction, label) * label.rows() as f64;",
        "        }\n        loss\n" => "        }\n        loss / label.rows() as f64\n";
    cross_entropy "first sample only" says "first sample only": "for i in 0..label.rows()" => "for i in 0..1";
    cross_entropy "no logarithm" says "logarithm is missing": "(prediction[(i, k)] + f64::EPSILON).ln()" => "prediction[(i, k)]";

    network "one shared optimizer" says "share one optimizer":
        "optimizer: Box<dyn Optimizer>," => "optimizer: std::sync::Arc<std::sync::Mutex<Box<dyn Optimizer>>>,",
        "optimizer: Box::new(optimizer)," => "optimizer: std::sync::Arc::new(std::sync::Mutex::new(Box::new(optimizer))),",
        "self.optimizer.boxed_clone()" => "Box::new(Shared(self.optimizer.clone()))",
        "/// A list of layers between" =>
            "#[derive(Debug)]
             struct Shared(std::sync::Arc<std::sync::Mutex<Box<dyn Optimizer>>>);
             impl Optimizer for Shared {
                 fn update(&mut self, weights: &mut Matrix, gradient: &Matrix) { self.0.lock().unwrap().update(weights, gradient); }
                 fn boxed_clone(&self) -> Box<dyn Optimizer> { Box::new(Shared(self.0.clone())) }
             }
             /// A list of layers between";
    network "backward from the first layer" says "from the first to the last":
        "if let Some((first, others)) = self.layers.split_first_mut() {\n            for layer in others.iter_mut().rev() {\n                error = layer.backward(error);\n            }\n            first.backward_weights(error); // there is no previous layer\n        }" =>
            "for layer in &mut self.layers { error = layer.backward(error); }";
    network "asks the data again" says "asks the data source again":
        "let label = self.label.as_ref().expect(\"NeuralNetwork::backward: call forward first\");" => "let label = &self.data.next_batch().1;";
    network "returns the prediction" says "sum of the prediction":
        "let loss = self.loss.forward(output, &label);" => "let sum = output.as_slice().iter().sum();\n        self.loss.forward(output, &label);",
        "        self.label = Some(label);\n        loss" => "        self.label = Some(label);\n        sum";
    network "records in forward" says "forward recorded the loss":
        "        self.label = Some(label);" => "        self.label = Some(label);\n        self.losses.push(loss);",
        "            let loss = self.forward();\n            self.losses.push(loss);" => "            self.forward();";
    network "records twice" says "recorded":
        "        self.label = Some(label);" => "        self.label = Some(label);\n        self.losses.push(loss);";
    network "no optimizers" says "No layer has an optimizer": "if let Some(parameters) = layer.parameters_mut() {" => "if let (Some(parameters), true) = (layer.parameters_mut(), false) {";
    network "only the first gets one" says "first layer with parameters got an optimizer": "if let Some(parameters) = layer.parameters_mut() {" =>
            "if let (Some(parameters), true) = (layer.parameters_mut(), self.layers.is_empty()) {";
    network "optimizer set on a copy of the parameters" says "No layer has an optimizer":
        "if let Some(parameters) = layer.parameters_mut() {" => "if let Some(mut parameters) = layer.parameters().cloned() {";
    network "loss by evaluate" says "forward calls `loss.evaluate`":
        "let loss = self.loss.forward(output, &label);" => "let loss = self.loss.evaluate(&output, &label);";
    network "label not kept" says "Does forward keep what backward needs?":
        "        self.label = Some(label);\n" => "",
        ".expect(\"NeuralNetwork::backward: call forward first\")" => ".unwrap()";
    network "backward_weights for every layer" says "error of the loss":
        "error = layer.backward(error);" => "layer.backward_weights(error.clone());";
    network "inserts at the front" says "before the other layers": "self.layers.push(layer);" => "self.layers.insert(0, layer);";
    network "one iteration too many" says "two iterations": "for _ in 0..iterations {" => "for _ in 0..=iterations {";
    network "never backward" says "does not call backward": "            self.backward();\n" => "";
    network "backward at the end" says "": "            self.backward();\n        }" => "        }\n        self.backward();";
    network "predict reversed" says "wrong order": "self.layers.iter().fold(" => "self.layers.iter().rev().fold(";
    network "predict with one layer" says "output of the first layer": "self.layers.iter().fold(" => "self.layers.iter().take(1).fold(";
    network "predict without the last" says "second-to-last":
        "self.layers.iter().fold(" => "self.layers.iter().take(self.layers.len() - 1).fold(";
    network "loss averaged" says "divided by the batch size":
        "let loss = self.loss.forward(output, &label);" => "let loss = self.loss.forward(output, &label) / label.rows() as f64;";
    network "keeps the first label" says "label of the first": "self.label = Some(label);" => "self.label.get_or_insert(label);";
    network "forward with predict" says "calls predict of the layers": "output = layer.forward(output);" => "output = layer.predict(output);";
    network "train clears the losses" says "losses of the first call of train are missing": "        for _ in 0..iterations {" => "        self.losses.clear();\n        for _ in 0..iterations {";
    network "losses add up" says "sum of all losses so far": "self.losses.push(loss);" => "self.losses.push(loss + self.losses.last().unwrap_or(&0.0));";
    network "only the last loss" says "last loss": "self.losses.push(loss);" => "self.losses = vec![loss];";
    network "every layer gets the loss's error" says "error of the loss":
        "error = layer.backward(error);" => "layer.backward(error.clone());";
    network "first layer left out" says "leaves out the first layer": "first.backward_weights(error);" => "let _ = first;";
    network "first layer left out of forward" says "leaves out the first layer": "for layer in &mut self.layers {" => "for layer in self.layers.iter_mut().skip(1) {";
    network "exchanges prediction and label" says "exchanged":
        "let loss = self.loss.forward(output, &label);" => "let loss = self.loss.forward(label.clone(), &output);";
    network "loss of the input" says "input of the batch":
        "let loss = self.loss.forward(output, &label);" => "let loss = self.loss.forward(first_input, &label);",
        "let mut output = input;" => "let first_input = input.clone();\n        let mut output = input;";
    network "loss after the update" says "forward":
        "            self.losses.push(loss);\n            self.backward();" =>
            "            let _ = loss;\n            self.backward();\n            let loss = self.forward();\n            self.losses.push(loss);";
    network "returns 0" says "This is 0": "        self.label = Some(label);\n        loss" => "        self.label = Some(label);\n        0.0 * loss";
    network "forward also runs backward" says "also runs the backward pass":
        "        self.label = Some(label);\n        loss" => "        self.label = Some(label);\n        self.backward();\n        loss";
    network "every layer gets the input" says "Every layer got the input":
        "            output = layer.forward(output);" => "            output = layer.forward(first_input.clone());",
        "let mut output = input;" => "let first_input = input.clone();\n        let mut output = input;";
};

//! Correct solutions that differ from the plain solution.

use super::Solution;

macro_rules! unusual {
    ($($section:ident $name:literal: $($from:literal => $to:literal),+;)*) => {
        &[$(Solution { section: stringify!($section), name: $name, changes: &[$(($from, $to)),+], says: "" }),*]
    };
}

pub const UNUSUAL: &[Solution] = unusual! {
    sgd "element by element":
        "weights.zip_map_in_place(gradient, |w, g| w - eta * g)" =>
            "for (w, g) in weights.as_mut_slice().iter_mut().zip(gradient.as_slice()) { *w -= g * eta; }";
    sgd "with operators": "weights.zip_map_in_place(gradient, |w, g| w - eta * g)" => "*weights = &*weights - &(gradient * eta)";
    sgd "with the slide's formula":
        "weights.zip_map_in_place(gradient, |w, g| w - eta * g)" => "*weights = &*weights - eta * gradient";
    sgd "with indices and super":
        "use crate::{Matrix, Optimizer};" => "use super::framework::Optimizer;\nuse super::matrix::Matrix;",
        "weights.zip_map_in_place(gradient, |w, g| w - eta * g)" =>
            "for i in 0..weights.rows() { for j in 0..weights.columns() { weights[(i, j)] += -(eta * gradient[(i, j)]); } }";

    fully_connected "column dropped after the product":
        "let error_previous = error.matmul(without_biases.t());" =>
            "let full = error.matmul(weights.t());
             let error_previous = Matrix::from_fn(full.rows(), weights.rows() - 1, |i, j| full[(i, j)]);";
    fully_connected "a copy of the weights without biases":
        "let error_previous = error.matmul(without_biases.t());" =>
            "let rows: Vec<usize> = (0..weights.rows() - 1).collect();
             let error_previous = error.matmul(&weights.select_rows(&rows).transpose());";
    fully_connected "three loops":
        "let output = input.matmul(&self.parameters.weights);" =>
            "let w = &self.parameters.weights;
             let output = Matrix::from_fn(input.rows(), w.columns(), |i, j| {
                 let mut sum = 0.0;
                 for k in (0..w.rows()).rev() { sum += input[(i, k)] * w[(k, j)]; }
                 sum
             });";
    fully_connected "the bias added by hand":
        "let output = input.matmul(&self.parameters.weights);" =>
            "let n = self.parameters.weights.rows() - 1;
             let inner = Matrix::from_fn(input.rows(), n, |i, j| input[(i, j)]);
             let mut output = inner.matmul(self.parameters.weights.first_rows(n));
             for i in 0..output.rows() { for j in 0..output.columns() { output[(i, j)] += self.parameters.weights[(n, j)]; } }";
    fully_connected "the gradient as a transpose": "input.t().matmul(&error);" => "error.t().matmul(input).transpose();";
    fully_connected "input taken": "self.input.as_ref().expect" => "self.input.take().expect";
    fully_connected "update of a copy, then assigned":
        "optimizer.update(&mut self.parameters.weights, &gradient);" =>
            "let mut weights = self.parameters.weights.clone();
             optimizer.update(&mut weights, &gradient);
             self.parameters.weights = weights;";
    fully_connected "optimizer taken and put back":
        "        if let Some(optimizer) = &mut self.parameters.optimizer {" =>
            "        if let Some(mut optimizer) = self.parameters.optimizer.take() {",
        " // W′ − η · X′ᵀ E′ₙ (11)\n" => "\n            self.parameters.optimizer = Some(optimizer);\n";
    fully_connected "the parameters taken apart":
        "        let gradient = input.t().matmul(&error);" =>
            "        let Parameters { weights, gradient: kept, optimizer } = &mut self.parameters;
             let gradient = input.t().matmul(&error);",
        "        if let Some(optimizer) = &mut self.parameters.optimizer {" => "        if let Some(optimizer) = optimizer {",
        "optimizer.update(&mut self.parameters.weights, &gradient)" => "optimizer.update(weights, &gradient)",
        "self.parameters.gradient = Some(gradient);" => "*kept = Some(gradient);";
    fully_connected "the gradient stored first":
        "        self.parameters.gradient = Some(gradient);\n" => "",
        "        if let Some(optimizer) = &mut self.parameters.optimizer {" =>
            "        self.parameters.gradient = Some(gradient);
             if let (Some(optimizer), Some(gradient)) = (&mut self.parameters.optimizer, &self.parameters.gradient) {",
        "optimizer.update(&mut self.parameters.weights, &gradient)" => "optimizer.update(&mut self.parameters.weights, gradient)";
    fully_connected "its own generator":
        "FullyConnected::from_weights(Matrix::from_fn(inputs + 1, outputs, |_, _| random.uniform()))" =>
            "let mut state = random.bits();
             FullyConnected::from_weights(Matrix::from_fn(inputs + 1, outputs, |_, _| {
                 state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                 (state >> 40) as f64 / (1u64 << 24) as f64
             }))";
    fully_connected "weights column by column":
        "FullyConnected::from_weights(Matrix::from_fn(inputs + 1, outputs, |_, _| random.uniform()))" =>
            "let columns: Vec<Vec<f64>> = (0..outputs).map(|_| (0..=inputs).map(|_| random.uniform()).collect()).collect();
             FullyConnected::from_weights(Matrix::from_rows(columns).transpose())";
    fully_connected "its own seed":
        "random: &mut Random) -> FullyConnected {\n        FullyConnected::from_weights(Matrix::from_fn(inputs + 1, outputs, |_, _| random" =>
            "_: &mut Random) -> FullyConnected {
             let mut random = Random::new(42);
             FullyConnected::from_weights(Matrix::from_fn(inputs + 1, outputs, |_, _| random";

    relu "mask from the output":
        "        self.input = Some(input);\n        output" => "        self.input = Some(output.clone());\n        output";
    relu "f64::max": "    if x <= 0.0 { 0.0 } else { x }" => "    f64::max(0.0, x)";
    relu "half of x plus |x|": "    if x <= 0.0 { 0.0 } else { x }" => "    0.5 * (x + x.abs())";
    relu "times the mask, with −0":
        "    if x <= 0.0 { 0.0 } else { x }" => "    x * f64::from(x > 0.0)",
        "|e, x| if x <= 0.0 { 0.0 } else { e }" => "|e, x| e * f64::from(x > 0.0)";
    relu "a mask of bools":
        "input: Option<Matrix>, // X′: batch × inputs" => "mask: Vec<bool>,",
        "self.input = Some(input);" => "self.mask = input.as_slice().iter().map(|&x| x > 0.0).collect();",
        "        let input = self.input.as_ref().expect(\"Relu::backward: call forward first\");\n" => "",
        "        error.assert_same_shape(\"Relu::backward\", input);\n" => "",
        "error.zip_map_in_place(input, |e, x| if x <= 0.0 { 0.0 } else { e });" =>
            "for (e, &keep) in error.as_mut_slice().iter_mut().zip(&self.mask) { if !keep { *e = 0.0; } }";
    relu "a method added to Matrix":
        "fn relu(x: f64)" => "impl Matrix { fn positive(&self) -> Matrix { self.map(relu) } }\n\nfn relu(x: f64)",
        "let output = input.map(relu);" => "let output = input.positive();";
    relu "with a stack":
        "input: Option<Matrix>," => "input: Vec<Matrix>,",
        "self.input = Some(input);" => "self.input.push(input);",
        "self.input.as_ref().expect(\"Relu::backward: call forward first\")" => "&self.input.pop().expect(\"forward first\")";

    softmax "full Jacobian":
        "            let sum: f64 = error.iter().zip(output).map(|(e, y)| e * y).sum();\n            for (e, y) in error.iter_mut().zip(output) {\n                *e = y * (*e - sum); //                           ŷ (Eₙ − Σⱼ Eₙ,ⱼ ŷⱼ)   (14)\n            }" =>
            "            let n = output.len();
             let jacobian = Matrix::from_fn(n, n, |j, k| if j == k { output[j] - output[j] * output[j] } else { -output[j] * output[k] });
             let row = Matrix::from_rows([&error[..]]).matmul(&jacobian);
             error.copy_from_slice(&row[0]);";
    softmax "x minus logsumexp":
        "            for x in row.iter_mut() {\n                *x = (*x - max).exp();" =>
            "            let lse = max + row.iter().map(|x| (x - max).exp()).sum::<f64>().ln();\n            for x in row.iter_mut() {\n                *x = (*x - lse).exp();",
        "*x /= sum;" => "let _ = sum;",
        "if *x < f64::MIN_POSITIVE {" => "if *x < 0.0 {";
    softmax "0 where it underflows": "if *x < f64::MIN_POSITIVE {" => "if *x < 0.0 {";
    softmax "divided before multiplying":
        "                *e = y * (*e - sum);" => "                *e = y * *e - y * sum;";
    softmax "summed in reverse order": "let sum: f64 = row.iter().sum();" => "let sum: f64 = row.iter().rev().sum();";
    softmax "the input kept and the output computed again":
        "        let output = self.predict(input);\n        self.output = Some(output.clone());\n        output" =>
            "        self.output = Some(input.clone());\n        self.predict(input)",
        "        let output = self.output.as_ref().expect(\"Softmax::backward: call forward first\");" =>
            "        let output = &self.predict(self.output.clone().expect(\"forward first\"));";
    softmax "raised to the smallest normal number and normalised again":
        "        }\n        input\n    }" => "            let sum: f64 = input[i].iter().sum();\n            input[i].iter_mut().for_each(|x| *x /= sum);\n        }\n        input\n    }";

    cross_entropy "a product with the label":
        "            let k = labelled_class(label, i);\n" => "",
        "loss -= (prediction[(i, k)] + f64::EPSILON).ln();" =>
            "loss -= label[i].iter().zip(&prediction[i]).map(|(y, p)| y * (p + f64::EPSILON).ln()).sum::<f64>();";
    cross_entropy "logarithm of a product with the label":
        "            let k = labelled_class(label, i);\n" => "",
        "loss -= (prediction[(i, k)] + f64::EPSILON).ln();" =>
            "let p: f64 = label[i].iter().zip(&prediction[i]).map(|(y, p)| y * p).sum();\n            loss += -(p + f64::EPSILON).ln();";
    cross_entropy "the class by argmax":
        "let k = labelled_class(label, i);" => "let k = label.row_argmax()[i];";
    cross_entropy "the gradient by loops":
        "label.zip_map(prediction, |y, y_hat| if y == 0.0 { 0.0 } else { -y / y_hat })" =>
            "let mut error = Matrix::zeros(label.rows(), label.columns());
             for i in 0..label.rows() { let k = labelled_class(label, i); error[(i, k)] = -1.0 / prediction[(i, k)]; }
             error";
    cross_entropy "its own copy of the label":
        "prediction: Option<Matrix>," => "prediction: Option<(Matrix, Matrix)>,",
        "self.prediction = Some(prediction);" => "self.prediction = Some((prediction, label.clone()));",
        "let prediction = self.prediction.as_ref().expect" => "let (prediction, label) = self.prediction.as_ref().expect",
        "fn backward(&mut self, label: &Matrix)" => "fn backward(&mut self, _: &Matrix)";
    cross_entropy "evaluate by a copy's forward":
        "        prediction.assert_same_shape(\"CrossEntropyLoss\", label);" => "        self.clone().forward(prediction.clone(), label)\n    }\n\n    fn forward(&mut self, prediction: Matrix, label: &Matrix) -> f64 {",
        "        }\n        loss\n    }" => "        }\n        self.prediction = Some(prediction);\n        loss\n    }",
        "    #[track_caller]\n    fn forward(&mut self, prediction: Matrix, label: &Matrix) -> f64 {\n        let loss = self.evaluate(&prediction, label);\n        self.prediction = Some(prediction);\n        loss\n    }\n" => "";
    cross_entropy "−0 where the label is 0": "if y == 0.0 { 0.0 }" => "if y == 0.0 { -0.0 }";

    network "a clone of the box":
        "if let Some(parameters) = layer.parameters_mut() {\n            parameters.optimizer = Some(self.optimizer.boxed_clone());\n        }" =>
            "if layer.parameters().is_some() { layer.parameters_mut().unwrap().optimizer = Some(self.optimizer.clone()); }";
    network "backward for all":
        "if let Some((first, others)) = self.layers.split_first_mut() {\n            for layer in others.iter_mut().rev() {\n                error = layer.backward(error);\n            }\n            first.backward_weights(error); // there is no previous layer\n        }" =>
            "for layer in self.layers.iter_mut().rev() { error = layer.backward(error); }";
    network "with indices":
        "        for layer in &mut self.layers {\n            output = layer.forward(output);\n        }" =>
            "        for i in 0..self.layers.len() { output = self.layers[i].forward(output); }";
    network "recorded after backward":
        "            self.losses.push(loss);\n            self.backward();" => "            self.backward();\n            self.losses.push(loss);";
    network "label taken": "let label = self.label.as_ref().expect" => "let label = &self.label.take().expect";
    network "a copy of a copy": "self.optimizer.boxed_clone()" => "self.optimizer.boxed_clone().boxed_clone()";
    network "predict by recursion":
        "        self.layers.iter().fold(input, |output, layer| layer.predict(output))\n" =>
            "        fn through(layers: &[Box<dyn Layer>], x: Matrix) -> Matrix {
                 match layers { [] => x, [first, rest @ ..] => through(rest, first.predict(x)) }
             }
             through(&self.layers, input)\n";
    network "losses collected first":
        "        for _ in 0..iterations {\n            let loss = self.forward();\n            self.losses.push(loss);\n            self.backward();\n        }" =>
            "        let losses: Vec<f64> = (0..iterations).map(|_| { let loss = self.forward(); self.backward(); loss }).collect();
             self.losses.extend(losses);";
};

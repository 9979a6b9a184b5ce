use crate::support::{Check, golden, random_matrix};
use feedforward::{Layer, Matrix, Softmax};

const FORWARD: &str = "SoftMax, forward: ŷₖ = exp(xₖ) / Σⱼ exp(xⱼ) for each row (Eq. 13)";
const SHIFT: &str = "SoftMax, forward: exp(x̃ₖ) / Σⱼ exp(x̃ⱼ) with the shift x̃ₖ = xₖ − max(x) for each row (Eq. 13)";
const BACKWARD: &str = "SoftMax, backward: Eₙ₋₁ = ŷ (Eₙ − Σⱼ Eₙ,ⱼ ŷⱼ) for each row (Eq. 14)";

#[test]
fn forward_gives_the_probabilities_computed_by_hand() {
    let x = Matrix::from_rows([[0.0, 2f64.ln(), 5f64.ln()], [1.0, 1.0, 1.0]]); // exp: 1, 2, 5 (sum 8); all equal
    let third = 1.0 / 3.0;
    forward(&x, &Matrix::from_rows([[0.125, 0.25, 0.625], [third, third, third]]));
}

#[test]
fn forward_agrees_with_the_reference_values() {
    forward(&golden::softmax_input(), &golden::softmax_output());
}

#[test]
fn forward_works_for_every_shape() {
    for (rows, columns) in [(7, 4), (3, 3), (1, 5), (6, 1), (1, 1)] {
        let x = random_matrix(rows, columns, (10 * rows + columns) as u64);
        forward(&x, &softmax(&x));
    }
}

#[test]
fn forward_shifts_each_row_by_its_own_maximum() {
    let large = [[2000.0, 2001.0, 1999.0], [-2000.0, -2003.0, -2001.0]];
    let x = Matrix::from_rows([large[0], large[1], [0.0, 3.0, -800.0], [1.0, 2.0, 3.0]]);
    shifted(&x, &softmax(&x));
}

#[test]
fn forward_does_not_overflow_for_large_inputs() {
    let x = Matrix::from_rows([[1000.0, 1000.0 + 3f64.ln()], [800.0, 790.0], [1e300, -1e300]]);
    let y = 1.0 / (1.0 + (-10f64).exp());
    shifted(&x, &Matrix::from_rows([[0.25, 0.75], [y, 1.0 - y], [1.0, 0.0]]));
}

#[test]
fn forward_agrees_with_the_reference_values_for_large_inputs() {
    let x = golden::softmax_extreme_input();
    let check = Check::new(SHIFT)
        .given("X′", &x)
        .mistake("exp overflows. First shift each row by its maximum.", unstable(&x, |_, _| 0.0))
        .relative(1e-10);
    check.equal(&check.run(|| Softmax::new().forward(x.clone())), &golden::softmax_extreme_output());
}

#[test]
fn forward_returns_rows_that_sum_to_one() {
    let x = &random_matrix(9, 5, 3) * 20.0;
    let check = Check::new("SoftMax, forward: the elements of a row are in [0, 1], and their sum is 1").given("X′", &x);
    let received = check.run(|| Softmax::new().forward(x.clone()));
    check.that(
        received.as_slice().iter().all(|y| (0.0..=1.0).contains(y)),
        "Some elements are not in [0, 1]. Every element must be a probability.",
    );
    check.equal(&Matrix::from_rows([received.row_sums()]), &Matrix::ones(1, 9));
    check.equal(&received, &softmax(&x));
}

#[test]
fn backward_gives_the_error_computed_by_hand() {
    let x = Matrix::from_rows([[0.0, 2f64.ln(), 5f64.ln()]]); //  ŷ = 1/8, 2/8, 5/8
    let e = Matrix::from_rows([[8.0, -4.0, 1.6]]); //             Σⱼ eⱼŷⱼ = 1 − 1 + 1 = 1
    backward(&x, &e, &Matrix::from_rows([[0.875, -1.25, 0.375]]));
}

#[test]
fn backward_agrees_with_the_reference_values() {
    backward(&golden::softmax_input(), &golden::softmax_error(), &golden::softmax_error_previous());
}

#[test]
fn backward_agrees_with_the_reference_values_for_large_inputs() {
    let (x, e) = (golden::softmax_extreme_input(), golden::softmax_extreme_error());
    backward(&x, &e, &golden::softmax_extreme_error_previous());
}

#[test]
fn backward_works_for_every_shape() {
    for (rows, columns) in [(7, 4), (3, 3), (1, 5), (6, 1), (1, 1)] {
        let x = random_matrix(rows, columns, (20 * rows + columns) as u64);
        let e = random_matrix(rows, columns, (700 + 20 * rows + columns) as u64);
        backward(&x, &e, &error_previous(&softmax(&x), &e));
    }
}

#[test]
fn backward_uses_the_output_of_the_last_forward() {
    let (first, second) = (random_matrix(4, 3, 51), random_matrix(4, 3, 52));
    let (e1, e2) = (random_matrix(4, 3, 53), random_matrix(4, 3, 54));
    let (previous1, previous2) = (error_previous(&softmax(&first), &e1), error_previous(&softmax(&second), &e2));
    let mut layer = Softmax::new();
    let check = Check::new(BACKWARD)
        .given("X′ of the last forward", &second)
        .given("E′ₙ", &e2)
        .mistake("ŷ is the output of the first forward. Use the output of the last forward.", {
            error_previous(&softmax(&first), &e2)
        })
        .mistake("The errors of earlier batches are added. Return the error of the last batch only.", {
            &previous1 + &previous2
        });
    let error = check.run(|| {
        layer.forward(first.clone());
        layer.backward(e1);
        layer.forward(second.clone());
        layer.backward(e2.clone())
    });
    check.equal(&error, &previous2);

    let (smaller, e3) = (random_matrix(2, 3, 55), random_matrix(2, 3, 56)); // the last batch of an epoch may be smaller
    let check = Check::new(BACKWARD).given("X′ of a smaller batch", &smaller).given("E′ₙ", &e3);
    let error = check.run(|| {
        layer.forward(smaller.clone());
        layer.backward(e3.clone())
    });
    check.equal(&error, &error_previous(&softmax(&smaller), &e3));
}

#[test]
fn predict_returns_the_output_and_does_not_affect_backward() {
    let (x, other, e) = (random_matrix(3, 4, 61), random_matrix(3, 4, 62), random_matrix(3, 4, 63));
    let mut layer = Softmax::new();
    let check = Check::new("SoftMax, predict: the output of Eq. 13, without changing the layer").given("X′", &other);
    check.run(|| layer.forward(x.clone()));
    check.equal(&check.run(|| layer.predict(other.clone())), &softmax(&other));

    let of_predict = error_previous(&softmax(&other), &e);
    let check =
        Check::new(BACKWARD).given("X′ of forward", &x).given("X′ of predict", &other).given("E′ₙ", &e).mistake(
            "ŷ is the output of predict. Use the output of the last forward; predict must change nothing.",
            of_predict,
        );
    check.equal(&check.run(|| layer.backward(e.clone())), &error_previous(&softmax(&x), &e));
}

/// Eq. 13, for each row.
fn softmax(x: &Matrix) -> Matrix {
    let maxima = x.row_maxima();
    normalised(&Matrix::from_fn(x.rows(), x.columns(), |i, j| (x[(i, j)] - maxima[i]).exp()))
}

/// Divides each row by its sum.
fn normalised(x: &Matrix) -> Matrix {
    let sums = x.row_sums();
    Matrix::from_fn(x.rows(), x.columns(), |i, j| x[(i, j)] / sums[i])
}

/// Eq. 14, for each row.
fn error_previous(y: &Matrix, e: &Matrix) -> Matrix {
    let sums = y.zip_map(e, |y, e| y * e).row_sums();
    Matrix::from_fn(y.rows(), y.columns(), |i, j| y[(i, j)] * (e[(i, j)] - sums[i]))
}

/// Softmax with a shift other than the maximum of the row.
fn unstable(x: &Matrix, shift: impl Fn(&Matrix, usize) -> f64) -> Matrix {
    normalised(&Matrix::from_fn(x.rows(), x.columns(), |i, j| (x[(i, j)] - shift(x, i)).exp()))
}

/// Softmax with each column shifted by its maximum.
fn column_shift(x: &Matrix) -> Matrix {
    let maxima = x.transpose().row_maxima();
    normalised(&Matrix::from_fn(x.rows(), x.columns(), |i, j| (x[(i, j)] - maxima[j]).exp()))
}

fn row_min(x: &Matrix, i: usize) -> f64 {
    x[i].iter().copied().fold(f64::INFINITY, f64::min)
}

/// Checks the output that forward returns for inputs that need the right shift of each row.
fn shifted(x: &Matrix, expected: &Matrix) {
    let check = Check::new(SHIFT)
        .given("X′", x)
        .mistake(
            "All rows are shifted by the maximum of the whole batch. In a row of much smaller numbers every exp is 0, \
             and 0/0 is NaN. Shift each row by its own maximum.",
            unstable(x, |x, _| x.row_maxima().into_iter().fold(f64::NEG_INFINITY, f64::max)),
        )
        .mistake("exp overflows. First shift each row by its maximum.", unstable(x, |_, _| 0.0))
        .mistake("Each row is shifted by its largest |x|. Shift it by its largest x.", {
            unstable(x, |x, i| x[i].iter().fold(0.0, |max: f64, x| max.max(x.abs())))
        })
        .mistake(
            "The search for the maximum starts at 0 or a positive number, so a row of negative numbers is not shifted. \
             Start at `f64::NEG_INFINITY`.",
            unstable(x, |x, i| x[i].iter().copied().fold(0.0, f64::max)),
        )
        .mistake(
            "All rows are shifted by the maximum of the first row. Shift each row by its own maximum.",
            unstable(x, |x, _| x.row_maxima()[0]),
        )
        .mistake("Each row is shifted by its minimum, so exp overflows. Shift it by its maximum.", unstable(x, row_min))
        .mistake("Each row is shifted by its mean, so exp overflows. Shift it by its maximum.", {
            unstable(x, |x, i| x[i].iter().sum::<f64>() / x.columns() as f64)
        })
        .mistake("Each column is shifted by its maximum. A sample is a row, so shift each row.", column_shift(x))
        .tolerance(1e-10); // exp(x − ln Σ exp(x)) is correct too; its rounding error grows with x
    check.equal(&check.run(|| Softmax::new().forward(x.clone())), expected);
}

/// Checks the output that forward returns.
fn forward(x: &Matrix, expected: &Matrix) {
    let exp = x.map(f64::exp);
    let largest = Matrix::from_fn(x.rows(), x.columns(), |i, j| f64::from(x.row_argmax()[i] == j));
    let check = Check::new(FORWARD)
        .given("X′", x)
        .mistake("Each column is normalised. Normalise each row, which holds the classes of one sample.", {
            softmax(&x.transpose()).transpose()
        })
        .mistake(
            "The whole batch is normalised by one sum. Divide each row by its own sum.",
            &exp * (1.0 / exp.row_sums().iter().sum::<f64>()),
        )
        .mistake("This is ln ŷ, the logarithm of the softmax. Return ŷ.", softmax(x).map(f64::ln))
        .mistake("This is exp(x). Divide it by the sum of its row.", exp.clone())
        .mistake("This is exp(x − max(x)). Divide it by the sum of its row, not by the largest exp.", {
            Matrix::from_fn(x.rows(), x.columns(), |i, j| (x[(i, j)] - x.row_maxima()[i]).exp())
        })
        .mistake("Each column is shifted by its maximum. A sample is a row, so shift each row.", column_shift(x))
        .mistake(
            "This is the sigmoid of each x. In softmax every output depends on all inputs of its row.",
            x.map(|x| 1.0 / (1.0 + (-x).exp())),
        )
        .mistake("The sign of x is wrong. This uses exp(−x) where Eq. 13 has exp(x).", softmax(&x.map(|x| -x)))
        .mistake("The base of the power is 2. Use exp(x), e to the power of x.", normalised(&x.map(f64::exp2)))
        .mistake("This is x divided by the sum of its row. Apply exp to each x first.", normalised(x))
        .mistake("This is the shifted x. Apply exp, and divide by the sum of the row.", {
            Matrix::from_fn(x.rows(), x.columns(), |i, j| x[(i, j)] - x.row_maxima()[i])
        })
        .mistake("Softmax is applied twice. Apply it once.", softmax(&softmax(x)))
        .mistake(
            "This is 1 for the largest x of each row and 0 elsewhere. Softmax gives every class a probability above 0.",
            largest,
        )
        .mistake(
            "Each exp is divided by the number of classes. Divide it by the sum of its row.",
            &exp * (1.0 / x.columns() as f64),
        )
        .mistake(
            "The output is also divided by the batch size. Each row must sum to 1.",
            &softmax(x) * (1.0 / x.rows() as f64),
        );
    let received = check.run(|| Softmax::new().forward(x.clone()));
    check.equal(&received, expected);
}

/// Checks the error that backward returns after a forward.
fn backward(x: &Matrix, e: &Matrix, expected: &Matrix) {
    let y = &softmax(x);
    let ye = y.zip_map(e, |y, e| y * e);
    let (sums_ye, sums_e) = (ye.row_sums(), e.row_sums());
    let column_sums = ye.transpose().row_sums();
    let total: f64 = sums_ye.iter().sum();
    let rule = |f: &dyn Fn(usize, usize, f64, f64) -> f64| {
        Matrix::from_fn(y.rows(), y.columns(), |i, j| f(i, j, y[(i, j)], e[(i, j)]))
    };
    let log = y.map(f64::ln);
    let check = Check::new(BACKWARD)
        .given("X′", x)
        .given("Ŷ′", y)
        .given("E′ₙ", e)
        .tolerance(1e-12 * x.max_abs().max(1.0)) // exp(x − ln Σ exp(x)) is correct too; its rounding error grows with x
        .mistake("The error passes through unchanged. Apply Eq. 14, ŷ (Eₙ − Σⱼ Eₙ,ⱼ ŷⱼ).", e.clone())
        .mistake(
            "This is ŷ (1 − ŷ) Eₙ, the backward of a sigmoid. Every softmax output depends on all inputs of its row.",
            rule(&|_, _, y, e| y * (1.0 - y) * e),
        )
        .mistake("This is ŷ (1 − ŷ). The error Eₙ and the sum over the other outputs are missing.", {
            rule(&|_, _, y, _| y * (1.0 - y))
        })
        .mistake(
            "This is ŷ − Eₙ, as if Eₙ were the label and softmax part of the loss. Eₙ is an error, ∂L/∂Ŷ′.",
            rule(&|_, _, y, e| y - e),
        )
        .mistake(
            "This is Eₙ − ŷ, as if Eₙ were the label and softmax part of the loss. Eₙ is an error, ∂L/∂Ŷ′.",
            rule(&|_, _, y, e| e - y),
        )
        .mistake("The sum is Σⱼ Eₙ,ⱼ. In Eq. 14 it is Σⱼ Eₙ,ⱼ ŷⱼ.", rule(&|i, _, y, e| y * (e - sums_e[i])))
        .mistake("This is Eₙ − Σⱼ Eₙ,ⱼ ŷⱼ. The factor ŷ is missing.", rule(&|i, _, _, e| e - sums_ye[i]))
        .mistake("This is ŷ Eₙ. The sum Σⱼ Eₙ,ⱼ ŷⱼ is missing.", ye.clone())
        .mistake("The sum is added. Eq. 14 subtracts it.", rule(&|i, _, y, e| y * (e + sums_ye[i])))
        .mistake("The sign is wrong. This is ŷ (Σⱼ Eₙ,ⱼ ŷⱼ − Eₙ).", rule(&|i, _, y, e| y * (sums_ye[i] - e)))
        .mistake(
            "The parentheses are missing. ŷ multiplies the whole difference.",
            rule(&|i, _, y, e| y * e - sums_ye[i]),
        )
        .mistake("The sum runs over the batch. It must run over the classes of one row.", {
            rule(&|_, j, y, e| y * (e - column_sums[j]))
        })
        .mistake(
            "One sum over the whole batch is used. Compute a separate sum for each row.",
            rule(&|_, _, y, e| y * (e - total)),
        )
        .mistake("The mean over the classes is used. Eq. 14 has the sum over them.", {
            rule(&|i, _, y, e| y * (e - sums_ye[i] / x.columns() as f64))
        })
        .mistake("This is the sum Σⱼ Eₙ,ⱼ ŷⱼ alone. Eq. 14 is ŷ (Eₙ − sum).", rule(&|i, _, _, _| sums_ye[i]))
        .mistake("This is ŷ Σⱼ Eₙ,ⱼ ŷⱼ alone. Eq. 14 is ŷ (Eₙ − sum).", rule(&|i, _, y, _| y * sums_ye[i]))
        .mistake(
            "ŷ is squared. Eq. 14 has only one factor ŷ before the parentheses.",
            rule(&|i, _, y, e| y * y * (e - sums_ye[i])),
        )
        .mistake("The input x is used in place of the output ŷ. Keep ŷ in forward.", error_previous(x, e))
        .mistake("ln ŷ is used in place of ŷ. Use ŷ itself.", error_previous(&log, e))
        .mistake(
            "Softmax is applied to ŷ once more. ŷ is already the output of softmax.",
            error_previous(&softmax(y), e),
        )
        .mistake("Softmax is applied to the error. Eq. 14 is ŷ (Eₙ − Σⱼ Eₙ,ⱼ ŷⱼ).", softmax(e))
        .mistake("This is ŷ, the output of forward. Backward returns an error, ŷ (Eₙ − Σⱼ Eₙ,ⱼ ŷⱼ).", y.clone())
        .mistake(
            "This is ŷ (1 − ŷ) (Eₙ − 1). The products of ŷ with the errors of the other outputs are missing.",
            rule(&|_, _, y, e| y * (1.0 - y) * e - y * (1.0 - y)),
        )
        .mistake(
            "The error is divided by the batch size. Eq. 14 has no such factor.",
            &error_previous(y, e) * (1.0 / x.rows() as f64),
        );
    let received = check.run(|| {
        let mut layer = Softmax::new();
        layer.forward(x.clone());
        layer.backward(e.clone())
    });
    check.equal(&received, expected);
}

use crate::support::{Check, golden, random_matrix};
use feedforward::{Layer, Matrix, Softmax};

const FORWARD: &str = "SoftMax, forward: ŷₖ = exp(xₖ) / Σⱼ exp(xⱼ), for every row (Eq. 13)";
const NUMERIC: &str = "SoftMax, numeric: x̃ₖ = xₖ − max(x), for every row";
const BACKWARD: &str = "SoftMax, backward: Eₙ₋₁ = ŷ (Eₙ − Σⱼ Eₙ,ⱼ ŷⱼ), for every row (Eq. 14)";

#[test]
fn forward_by_hand() {
    let x = Matrix::from_rows([[0.0, 2f64.ln(), 5f64.ln()], [1.0, 1.0, 1.0]]); // exp: 1, 2, 5 of 8; three of three
    let third = 1.0 / 3.0;
    forward(&x, &Matrix::from_rows([[0.125, 0.25, 0.625], [third, third, third]]));
}

#[test]
fn forward_agrees_with_the_reference_values() {
    forward(&golden::softmax_input(), &golden::softmax_output());
}

#[test]
fn forward_takes_any_shape() {
    for (rows, columns) in [(1, 1), (1, 5), (6, 1), (3, 3), (7, 4)] {
        let x = random_matrix(rows, columns, (10 * rows + columns) as u64);
        forward(&x, &softmax(&x));
    }
}

#[test]
fn forward_shifts_every_row_by_its_own_maximum() {
    let large = [[2000.0, 2001.0, 1999.0], [-2000.0, -2003.0, -2001.0]];
    let x = Matrix::from_rows([large[0], large[1], [0.0, 3.0, -800.0], [1.0, 2.0, 3.0]]);
    numeric(&x, &softmax(&x));
}

#[test]
fn forward_does_not_overflow_with_large_inputs() {
    let x = Matrix::from_rows([[1000.0, 1000.0 + 3f64.ln()], [800.0, 790.0], [1e300, -1e300]]);
    let y = 1.0 / (1.0 + (-10f64).exp());
    numeric(&x, &Matrix::from_rows([[0.25, 0.75], [y, 1.0 - y], [1.0, 0.0]]));
}

#[test]
fn forward_agrees_with_the_reference_values_at_large_inputs() {
    let x = golden::softmax_extreme_input();
    let check = Check::new(NUMERIC).given("X′", &x).relative(1e-10);
    check.equal(&check.run(|| Softmax::new().forward(x.clone())), &golden::softmax_extreme_output());
}

#[test]
fn forward_gives_every_row_the_sum_one() {
    let x = &random_matrix(9, 5, 3) * 20.0;
    let check =
        Check::new("SoftMax, forward: the probabilities of a row are within 0 … 1, their sum is 1").given("X′", &x);
    let received = check.run(|| Softmax::new().forward(x.clone()));
    check.that(received.as_slice().iter().all(|y| (0.0..=1.0).contains(y)), "Some are outside of 0 … 1.");
    check.equal(&Matrix::from_rows([received.row_sums()]), &Matrix::ones(1, 9));
    check.equal(&received, &softmax(&x));
}

#[test]
fn backward_by_hand() {
    let x = Matrix::from_rows([[0.0, 2f64.ln(), 5f64.ln()]]); //  ŷ = 1/8, 2/8, 5/8
    let e = Matrix::from_rows([[8.0, -4.0, 1.6]]); //             Σⱼ eⱼŷⱼ = 1 − 1 + 1 = 1
    backward(&x, &e, &Matrix::from_rows([[0.875, -1.25, 0.375]]));
}

#[test]
fn backward_agrees_with_the_reference_values() {
    backward(&golden::softmax_input(), &golden::softmax_error(), &golden::softmax_error_previous());
}

#[test]
fn backward_agrees_with_the_reference_values_at_large_inputs() {
    let (x, e) = (golden::softmax_extreme_input(), golden::softmax_extreme_error());
    backward(&x, &e, &golden::softmax_extreme_error_previous());
}

#[test]
fn backward_takes_any_shape() {
    for (rows, columns) in [(1, 1), (1, 5), (6, 1), (3, 3), (7, 4)] {
        let x = random_matrix(rows, columns, (20 * rows + columns) as u64);
        let e = random_matrix(rows, columns, (700 + 20 * rows + columns) as u64);
        backward(&x, &e, &error_previous(&softmax(&x), &e));
    }
}

#[test]
fn backward_belongs_to_the_last_forward() {
    let (first, second) = (random_matrix(4, 3, 51), random_matrix(4, 3, 52));
    let (e1, e2) = (random_matrix(4, 3, 53), random_matrix(4, 3, 54));
    let (below1, below2) = (error_previous(&softmax(&first), &e1), error_previous(&softmax(&second), &e2));
    let mut layer = Softmax::new();
    let check = Check::new(BACKWARD)
        .given("X′ of the last forward", &second)
        .given("E′ₙ", &e2)
        .mistake("ŷ is of the first forward; backward belongs to the last.", error_previous(&softmax(&first), &e2))
        .mistake("Errors of earlier batches are added.", &below1 + &below2);
    let error = check.run(|| {
        layer.forward(first.clone());
        layer.backward(e1);
        layer.forward(second.clone());
        layer.backward(e2.clone())
    });
    check.equal(&error, &below2);

    let (smaller, e3) = (random_matrix(2, 3, 55), random_matrix(2, 3, 56)); // the last batch of an epoch may be smaller
    let check = Check::new(BACKWARD).given("X′ of a smaller batch", &smaller).given("E′ₙ", &e3);
    let error = check.run(|| {
        layer.forward(smaller.clone());
        layer.backward(e3.clone())
    });
    check.equal(&error, &error_previous(&softmax(&smaller), &e3));
}

#[test]
fn predict_is_forward_but_backward_does_not_notice() {
    let (x, other, e) = (random_matrix(3, 4, 61), random_matrix(3, 4, 62), random_matrix(3, 4, 63));
    let mut layer = Softmax::new();
    let check =
        Check::new("SoftMax, predict: as forward (Eq. 13), and nothing in the layer changes").given("X′", &other);
    check.run(|| layer.forward(x.clone()));
    check.equal(&check.run(|| layer.predict(other.clone())), &softmax(&other));

    let of_predict = error_previous(&softmax(&other), &e);
    let check = Check::new(BACKWARD)
        .given("X′ of forward", &x)
        .given("X′ of predict", &other)
        .given("E′ₙ", &e)
        .mistake("ŷ is the output of predict; backward belongs to the last forward.", of_predict);
    check.equal(&check.run(|| layer.backward(e.clone())), &error_previous(&softmax(&x), &e));
}

/// Eq. 13, row by row.
fn softmax(x: &Matrix) -> Matrix {
    let maxima = x.row_maxima();
    normalised(&Matrix::from_fn(x.rows(), x.columns(), |i, j| (x[(i, j)] - maxima[i]).exp()))
}

/// Every row divided by its sum.
fn normalised(x: &Matrix) -> Matrix {
    let sums = x.row_sums();
    Matrix::from_fn(x.rows(), x.columns(), |i, j| x[(i, j)] / sums[i])
}

/// Eq. 14, row by row.
fn error_previous(y: &Matrix, e: &Matrix) -> Matrix {
    let sums = y.zip_map(e, |y, e| y * e).row_sums();
    Matrix::from_fn(y.rows(), y.columns(), |i, j| y[(i, j)] * (e[(i, j)] - sums[i]))
}

/// Softmax with another shift than the row's maximum.
fn unstable(x: &Matrix, shift: impl Fn(&Matrix, usize) -> f64) -> Matrix {
    normalised(&Matrix::from_fn(x.rows(), x.columns(), |i, j| (x[(i, j)] - shift(x, i)).exp()))
}

fn column_shift(x: &Matrix) -> Matrix {
    let maxima = x.transpose().row_maxima();
    normalised(&Matrix::from_fn(x.rows(), x.columns(), |i, j| (x[(i, j)] - maxima[j]).exp()))
}

fn row_min(x: &Matrix, i: usize) -> f64 {
    x[i].iter().copied().fold(f64::INFINITY, f64::min)
}

/// Forward must give what is expected of numbers for which it matters how the rows are shifted.
fn numeric(x: &Matrix, expected: &Matrix) {
    let check = Check::new(NUMERIC)
        .given("X′", x)
        .mistake(
            "One maximum of the whole batch shifts all rows: in a row far below it all exp are 0, and 0/0 is NaN. \
             Each row has its own maximum.",
            unstable(x, |x, _| x.row_maxima().into_iter().fold(f64::NEG_INFINITY, f64::max)),
        )
        .mistake("exp overflows: shift each row by its maximum first.", unstable(x, |_, _| 0.0))
        .mistake("The rows are shifted by the largest |x|; it must be the largest x.", {
            unstable(x, |x, i| x[i].iter().fold(0.0, |max: f64, x| max.max(x.abs())))
        })
        .mistake("The maximum starts at 0 or a positive number, so that a row of negative numbers is not shifted.", {
            unstable(x, |x, i| x[i].iter().copied().fold(0.0, f64::max))
        })
        .mistake(
            "Every row is shifted by the first row's maximum; each has its own.",
            unstable(x, |x, _| x.row_maxima()[0]),
        )
        .mistake(
            "Each row is shifted by its minimum; what is large overflows. Shift by the maximum.",
            unstable(x, row_min),
        )
        .mistake("Each row is shifted by its mean; what is large overflows. Shift by the maximum.", {
            unstable(x, |x, i| x[i].iter().sum::<f64>() / x.columns() as f64)
        })
        .mistake("Each column is shifted by its maximum; a sample is a row.", column_shift(x))
        .tolerance(1e-10); // exp(x − ln Σ exp(x)) is right too, and rounds as x does
    check.equal(&check.run(|| Softmax::new().forward(x.clone())), expected);
}

/// Forward must give what is expected.
fn forward(x: &Matrix, expected: &Matrix) {
    let exp = x.map(f64::exp);
    let largest = Matrix::from_fn(x.rows(), x.columns(), |i, j| f64::from(x.row_argmax()[i] == j));
    let check = Check::new(FORWARD)
        .given("X′", x)
        .mistake("Normalised over the batch, column by column: the sum runs over the classes of one row.", {
            softmax(&x.transpose()).transpose()
        })
        .mistake(
            "Normalised over the whole batch: each row has its own sum.",
            &exp * (1.0 / exp.row_sums().iter().sum::<f64>()),
        )
        .mistake("This is ln ŷ, the logarithm of the softmax.", softmax(x).map(f64::ln))
        .mistake("This is exp(x), not yet divided by the sum.", exp.clone())
        .mistake("This is exp(x − max), not yet divided by the sum.", {
            Matrix::from_fn(x.rows(), x.columns(), |i, j| (x[(i, j)] - x.row_maxima()[i]).exp())
        })
        .mistake("Each row is shifted by the maximum of its column; a sample is a row.", column_shift(x))
        .mistake("This is the sigmoid of each x alone.", x.map(|x| 1.0 / (1.0 + (-x).exp())))
        .mistake("The sign of x is flipped: exp(x), not exp(−x).", softmax(&x.map(|x| -x)))
        .mistake("This is 2 to the power of x; exp is e to the power of x.", normalised(&x.map(f64::exp2)))
        .mistake("This is x divided by its sum: the exp is missing.", normalised(x))
        .mistake("This is the shifted x, without exp.", {
            Matrix::from_fn(x.rows(), x.columns(), |i, j| x[(i, j)] - x.row_maxima()[i])
        })
        .mistake("exp is divided by the row's largest exp, not by their sum.", {
            Matrix::from_fn(x.rows(), x.columns(), |i, j| (x[(i, j)] - x.row_maxima()[i]).exp())
        })
        .mistake("The softmax is applied twice.", softmax(&softmax(x)))
        .mistake("This is 1 for the largest x and 0 for the others: softmax is softer.", largest)
        .mistake("exp is divided by the number of classes, not by the sum.", &exp * (1.0 / x.columns() as f64))
        .mistake("The result is divided by the batch size as well.", &softmax(x) * (1.0 / x.rows() as f64));
    let received = check.run(|| Softmax::new().forward(x.clone()));
    check.equal(&received, expected);
}

/// Forward, then backward, must give what is expected.
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
        .tolerance(1e-12 * x.max_abs().max(1.0)) // exp(x − ln Σ exp(x)) is right too, and rounds as x does
        .mistake("The error passes through unchanged.", e.clone())
        .mistake("This is ŷ (1 − ŷ) Eₙ, the sigmoid's: in softmax every output depends on every input.", {
            rule(&|_, _, y, e| y * (1.0 - y) * e)
        })
        .mistake("This is ŷ (1 − ŷ), without the error Eₙ, and of one output alone.", rule(&|_, _, y, _| y * (1.0 - y)))
        .mistake("This is ŷ − Eₙ, as if Eₙ were the label and the loss one with softmax.", rule(&|_, _, y, e| y - e))
        .mistake("This is Eₙ − ŷ, as if Eₙ were the label and the loss one with softmax.", rule(&|_, _, y, e| e - y))
        .mistake("The sum is Σⱼ Eₙ,ⱼ; in Eq. 14 it is Σⱼ Eₙ,ⱼ ŷⱼ.", rule(&|i, _, y, e| y * (e - sums_e[i])))
        .mistake("The factor ŷ before the bracket is missing.", rule(&|i, _, _, e| e - sums_ye[i]))
        .mistake("This is ŷ Eₙ: the sum, which joins the outputs, is missing.", ye.clone())
        .mistake("The sum is added: Eq. 14 subtracts it.", rule(&|i, _, y, e| y * (e + sums_ye[i])))
        .mistake("The sign is flipped: Eₙ − Σ, not Σ − Eₙ.", rule(&|i, _, y, e| y * (sums_ye[i] - e)))
        .mistake("The bracket is missing: ŷ multiplies the difference.", rule(&|i, _, y, e| y * e - sums_ye[i]))
        .mistake("The sum runs over the batch; it runs over the classes of one row.", {
            rule(&|_, j, y, e| y * (e - column_sums[j]))
        })
        .mistake("One sum of the whole batch is used; each row has its own.", rule(&|_, _, y, e| y * (e - total)))
        .mistake("The sum is a mean over the classes: Eq. 14 sums.", {
            rule(&|i, _, y, e| y * (e - sums_ye[i] / x.columns() as f64))
        })
        .mistake("This is the sum Σⱼ Eₙ,ⱼ ŷⱼ alone.", rule(&|i, _, _, _| sums_ye[i]))
        .mistake("This is ŷ Σⱼ Eₙ,ⱼ ŷⱼ alone.", rule(&|i, _, y, _| y * sums_ye[i]))
        .mistake("ŷ is squared: one factor ŷ before the bracket.", rule(&|i, _, y, e| y * y * (e - sums_ye[i])))
        .mistake("The input x stands where the output ŷ should.", error_previous(x, e))
        .mistake("ln ŷ stands where ŷ should.", error_previous(&log, e))
        .mistake("Softmax is applied to ŷ once more.", error_previous(&softmax(y), e))
        .mistake("Softmax is applied to the error.", softmax(e))
        .mistake("This is ŷ, the output of forward: backward returns an error.", y.clone())
        .mistake("Only the diagonal is right: ŷ (1 − ŷ) Eₙ minus products of ŷ without the errors.", {
            rule(&|_, _, y, e| y * (1.0 - y) * e - y * (1.0 - y))
        })
        .mistake("The result is divided by the batch size.", &error_previous(y, e) * (1.0 / x.rows() as f64));
    let received = check.run(|| {
        let mut layer = Softmax::new();
        layer.forward(x.clone());
        layer.backward(e.clone())
    });
    check.equal(&received, expected);
}

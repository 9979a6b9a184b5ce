//! Tests of the matrix: its elements, its operations, and its messages for wrong shapes.

mod support;

use feedforward::Matrix;
use feedforward::data::{Dataset, Names, Scaling};
use feedforward::matrix::{View, kernel};
use feedforward::model::Model;
use proptest::prelude::*;
use std::cell::RefCell;
use std::ops::{AddAssign, SubAssign};
use support::{assert_near, panic_message};

/// Creates a matrix of small integers, so that every sum is exact.
fn integers(rows: usize, columns: usize, seed: usize) -> Matrix {
    Matrix::from_fn(rows, columns, |i, j| ((31 * i + 17 * j + 7 * seed) % 13) as f64 - 6.0)
}

#[test]
fn constructors_create_the_documented_elements() {
    assert_eq!(Matrix::zeros(2, 3), Matrix::from_rows([[0.0; 3]; 2]));
    assert_eq!(Matrix::ones(1, 2), Matrix::from_rows([[1.0, 1.0]]));
    assert_eq!(Matrix::filled(1, 2, 0.5), Matrix::from_rows([[0.5, 0.5]]));
    assert_eq!(Matrix::identity(2), Matrix::from_rows([[1.0, 0.0], [0.0, 1.0]]));
    assert_eq!(Matrix::from_vec(2, 2, vec![1.0, 2.0, 3.0, 4.0]), Matrix::from_rows([[1.0, 2.0], [3.0, 4.0]]));
    assert_eq!(Matrix::from_fn(2, 2, |i, j| (2 * i + j) as f64), Matrix::from_rows([[0.0, 1.0], [2.0, 3.0]]));
    assert_eq!(Matrix::from_rows(vec![vec![1.0], vec![2.0]]).into_vec(), [1.0, 2.0]);
    assert_eq!(Matrix::from_rows::<[f64; 3]>([]).shape(), (0, 0));
}

#[test]
fn rows_and_elements_can_be_read_and_changed() {
    let mut m = Matrix::from_rows([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    assert_eq!((m.rows(), m.columns(), m.shape()), (2, 3, (2, 3)));
    assert_eq!(m[1], [4.0, 5.0, 6.0]);
    assert_eq!(m[(1, 2)], 6.0);
    m[(0, 1)] = 20.0;
    m[1][0] = 40.0;
    m.as_mut_slice()[5] = 60.0;
    assert_eq!(m.as_slice(), [1.0, 20.0, 3.0, 40.0, 5.0, 60.0]);
    assert_eq!(m.iter_rows().map(|row| row[0]).collect::<Vec<_>>(), [1.0, 40.0]);
    assert_eq!(m.iter_rows().len(), 2);
    let mut large = Matrix::zeros(5, 7);
    large[3][2] = 1.0;
    large[(4, 5)] = 2.0;
    let expected = |i, j| match (i, j) {
        (3, 2) => 1.0,
        (4, 5) => 2.0,
        _ => 0.0,
    };
    assert_eq!(large, Matrix::from_fn(5, 7, expected));
    assert_eq!((large[3][2], large[(4, 5)]), (1.0, 2.0));
}

#[test]
fn the_iterators_return_the_rows_in_order() {
    let mut m = Matrix::from_rows([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    for (i, row) in m.iter_rows_mut().enumerate() {
        row[1] *= 10.0_f64.powi(i as i32);
    }
    assert_eq!(m, Matrix::from_rows([[1.0, 2.0], [3.0, 40.0], [5.0, 600.0]]));
    assert_eq!(m.iter_rows().collect::<Vec<_>>(), [[1.0, 2.0], [3.0, 40.0], [5.0, 600.0]]);
    let mut narrow = Matrix::zeros(3, 0);
    assert_eq!(narrow.iter_rows().len(), 3);
    assert_eq!(narrow.iter_rows_mut().map(|row| row.len()).collect::<Vec<_>>(), [0, 0, 0]);
    assert_eq!(Matrix::zeros(0, 3).iter_rows_mut().count(), 0);
}

#[test]
fn products_agree_with_values_worked_by_hand() {
    let a = Matrix::from_rows([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    let b = Matrix::from_rows([[7.0, 8.0], [9.0, 10.0], [11.0, 12.0]]);
    assert_eq!(a.matmul(&b), Matrix::from_rows([[58.0, 64.0], [139.0, 154.0]]));
    assert_eq!(b.t().matmul(a.t()), Matrix::from_rows([[58.0, 139.0], [64.0, 154.0]])); // (AB)ᵀ = BᵀAᵀ
    assert_eq!(a.matmul(a.t()), Matrix::from_rows([[14.0, 32.0], [32.0, 77.0]]));
    assert_eq!(a.first_rows(1).matmul(&b), Matrix::from_rows([[58.0, 64.0]]));
    assert_eq!(a.matmul(b.first_rows(3).t().t()), a.matmul(&b));
    assert_eq!(b.first_rows(2).t().matmul(&a), Matrix::from_rows([[43.0, 59.0, 75.0], [48.0, 66.0, 84.0]]));
}

#[test]
fn transposing_exchanges_rows_and_columns() {
    let m = integers(3, 5, 1);
    let t = m.transpose();
    assert_eq!(t.shape(), (5, 3));
    assert!((0..3).all(|i| (0..5).all(|j| m[(i, j)] == t[(j, i)])));
    assert_eq!(t.transpose(), m);
    assert_eq!(m.t().to_matrix(), t);
    assert_eq!(m.t().shape(), (5, 3));
    assert_eq!((m.t().rows(), m.t().columns()), (5, 3));
}

#[test]
fn matrices_without_elements_are_allowed() {
    assert_eq!(Matrix::zeros(0, 3).matmul(&Matrix::zeros(3, 2)).shape(), (0, 2));
    assert_eq!(Matrix::zeros(2, 0).matmul(&Matrix::zeros(0, 3)), Matrix::zeros(2, 3));
    assert_eq!(Matrix::zeros(2, 3).matmul(&Matrix::zeros(3, 0)).shape(), (2, 0));
    assert_eq!(Matrix::zeros(0, 3).transpose().shape(), (3, 0));
    assert_eq!(Matrix::zeros(2, 0).append_column(1.0), Matrix::ones(2, 1));
    assert_eq!(Matrix::zeros(2, 0).row_sums(), [0.0, 0.0]);
    assert_eq!(Matrix::zeros(1, 0).row_maxima(), [f64::NEG_INFINITY]);
    assert_eq!(Matrix::zeros(0, 0).max_abs(), 0.0);
    assert_eq!(Matrix::default().shape(), (0, 0));
}

#[test]
fn a_nan_or_an_infinity_appears_in_the_product() {
    let a = Matrix::from_rows([[0.0, 1.0]]);
    assert!(a.matmul(&Matrix::from_rows([[f64::NAN], [1.0]]))[(0, 0)].is_nan());
    assert!(a.matmul(&Matrix::from_rows([[f64::INFINITY], [1.0]]))[(0, 0)].is_nan()); // 0 · ∞
    assert_eq!(a.matmul(&Matrix::from_rows([[1.0], [f64::INFINITY]]))[(0, 0)], f64::INFINITY);
}

#[test]
fn elementwise_functions_agree_with_values_worked_by_hand() {
    let a = Matrix::from_rows([[1.0, -2.0], [3.0, 4.0]]);
    let b = Matrix::from_rows([[10.0, 20.0], [30.0, 40.0]]);
    assert_eq!(a.map(f64::abs), Matrix::from_rows([[1.0, 2.0], [3.0, 4.0]]));
    assert_eq!(a.zip_map(&b, |x, y| x * y), Matrix::from_rows([[10.0, -40.0], [90.0, 160.0]]));
    assert_eq!(a.zip_map(&b, |x, y| y - 2.0 * x), Matrix::from_rows([[8.0, 24.0], [24.0, 32.0]]));
    let mut c = a.clone();
    c.map_in_place(|x| 1.0 - x);
    assert_eq!(c, Matrix::from_rows([[0.0, 3.0], [-2.0, -3.0]]));
    c.zip_map_in_place(&b, |x, y| y - 2.0 * x);
    assert_eq!(c, Matrix::from_rows([[10.0, 14.0], [34.0, 46.0]]));
}

/// The operands of the operator tests. a − b and b − a differ in every element, so a test notices exchanged operands.
fn operands() -> (Matrix, Matrix) {
    (
        Matrix::from_rows([[1.0, -2.0, 0.5], [3.0, 4.0, -7.0]]),
        Matrix::from_rows([[10.0, 20.0, 30.0], [-40.0, 50.0, 0.25]]),
    )
}

#[test]
fn all_forms_of_plus_agree_with_the_sum_worked_by_hand() {
    let (a, b) = operands();
    let sum = Matrix::from_rows([[11.0, 18.0, 30.5], [-37.0, 54.0, -6.75]]);
    assert_eq!(&a + &b, sum);
    assert_eq!(a.clone() + &b, sum);
    assert_eq!(&a + b.clone(), sum);
    assert_eq!(a.clone() + b.clone(), sum);
    let mut with_borrowed = a.clone();
    with_borrowed += &b;
    assert_eq!(with_borrowed, sum);
    let mut with_owned = a.clone();
    with_owned += b.clone();
    assert_eq!(with_owned, sum);
    assert_eq!((a, b), operands(), "borrowed operands must not change");
}

#[test]
fn all_forms_of_minus_agree_with_the_difference_worked_by_hand() {
    let (a, b) = operands();
    let difference = Matrix::from_rows([[-9.0, -22.0, -29.5], [43.0, -46.0, -7.25]]);
    assert_eq!(&a - &b, difference);
    assert_eq!(a.clone() - &b, difference);
    assert_eq!(&a - b.clone(), difference);
    assert_eq!(a.clone() - b.clone(), difference);
    let mut without_borrowed = a.clone();
    without_borrowed -= &b;
    assert_eq!(without_borrowed, difference);
    let mut without_owned = a.clone();
    without_owned -= b.clone();
    assert_eq!(without_owned, difference);
    assert_eq!((a, b), operands(), "borrowed operands must not change");
}

#[test]
fn all_forms_of_a_matrix_times_a_number_agree_with_the_values_worked_by_hand() {
    let (a, _) = operands();
    let product = Matrix::from_rows([[-2.0, 4.0, -1.0], [-6.0, -8.0, 14.0]]);
    assert_eq!(-2.0 * &a, product);
    assert_eq!(-2.0 * a.clone(), product);
    assert_eq!(&a * -2.0, product);
    assert_eq!(a.clone() * -2.0, product);
    let mut in_place = a.clone();
    in_place *= -2.0;
    assert_eq!(in_place, product);
    assert_eq!(a, operands().0, "a borrowed operand must not change");
}

/// Applies `operation` to the operands. Returns whether the result is in the memory of the first and of the second one.
fn memory(operation: impl FnOnce(Matrix, Matrix) -> Matrix) -> (bool, bool) {
    let (a, b) = operands();
    let (first, second) = (a.as_slice().as_ptr(), b.as_slice().as_ptr());
    let result = operation(a, b);
    (result.as_slice().as_ptr() == first, result.as_slice().as_ptr() == second)
}

#[test]
fn an_operator_with_an_owned_matrix_uses_its_memory_for_the_result() {
    assert_eq!(memory(|a, b| a + &b), (true, false));
    assert_eq!(memory(|a, b| &a + b), (false, true));
    assert_eq!(memory(|a, b| a + b), (true, false));
    assert_eq!(memory(|a, b| a - &b), (true, false));
    assert_eq!(memory(|a, b| &a - b), (false, true));
    assert_eq!(memory(|a, b| a - b), (true, false));
    assert_eq!(memory(|a, _| 3.0 * a), (true, false));
    assert_eq!(memory(|a, _| a * 3.0), (true, false));
    let in_place = |change: fn(&mut Matrix, Matrix)| {
        memory(move |mut a, b| {
            change(&mut a, b);
            a
        })
    };
    assert_eq!(in_place(|a, b| *a += &b), (true, false));
    assert_eq!(in_place(|a, b| *a += b), (true, false));
    assert_eq!(in_place(|a, b| *a -= &b), (true, false));
    assert_eq!(in_place(|a, b| *a -= b), (true, false));
    assert_eq!(in_place(|a, _| *a *= 3.0), (true, false));
}

#[test]
fn a_panic_of_an_operator_names_the_operator_and_both_shapes() {
    let (a, b) = (Matrix::zeros(2, 3), Matrix::zeros(3, 2));
    for message in [
        panic_message(|| &a + &b),
        panic_message(|| a.clone() + &b),
        panic_message(|| &a + b.clone()),
        panic_message(|| a.clone() + b.clone()),
    ] {
        assert_eq!(message, "+: the shapes differ, 2×3 and 3×2");
    }
    for message in [
        panic_message(|| &a - &b),
        panic_message(|| a.clone() - &b),
        panic_message(|| &a - b.clone()),
        panic_message(|| a.clone() - b.clone()),
    ] {
        assert_eq!(message, "-: the shapes differ, 2×3 and 3×2");
    }
    let mut c = a.clone();
    assert_eq!(panic_message(|| c += &b), "+=: the shapes differ, 2×3 and 3×2");
    assert_eq!(panic_message(|| c += b.clone()), "+=: the shapes differ, 2×3 and 3×2");
    assert_eq!(panic_message(|| c -= &b), "-=: the shapes differ, 2×3 and 3×2");
    assert_eq!(panic_message(|| c -= b.clone()), "-=: the shapes differ, 2×3 and 3×2");
}

/// With `#[track_caller]`, a panic points at the caller's line and not at a line of the library.
#[test]
fn a_panic_names_the_line_of_the_caller() {
    thread_local! {
        static FILE: RefCell<Option<String>> = const { RefCell::new(None) };
    }
    let previous = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        FILE.set(panic.location().map(|location| location.file().to_string()));
        previous(panic);
    }));
    let (a, b) = (Matrix::zeros(2, 3), Matrix::zeros(4, 2));
    let calls: [(&str, &dyn Fn()); 34] = [
        ("&a + &b", &|| drop(&a + &b)),
        ("a + &b", &|| drop(a.clone() + &b)),
        ("&a + b", &|| drop(&a + b.clone())),
        ("a + b", &|| drop(a.clone() + b.clone())),
        ("&a - &b", &|| drop(&a - &b)),
        ("a - &b", &|| drop(a.clone() - &b)),
        ("&a - b", &|| drop(&a - b.clone())),
        ("a - b", &|| drop(a.clone() - b.clone())),
        ("a += &b", &|| a.clone().add_assign(&b)),
        ("a += b", &|| a.clone().add_assign(b.clone())),
        ("a -= &b", &|| a.clone().sub_assign(&b)),
        ("a -= b", &|| a.clone().sub_assign(b.clone())),
        ("zip_map", &|| drop(a.zip_map(&b, |x, _| x))),
        ("zip_map_in_place", &|| a.clone().zip_map_in_place(&b, |x, _| x)),
        ("matmul", &|| drop(a.matmul(&b))),
        ("matmul_into", &|| a.matmul_into(&b, &mut Matrix::default())),
        ("View::matmul", &|| drop(a.t().matmul(&b))),
        ("first_rows", &|| drop(a.first_rows(3).to_matrix())),
        ("select_rows", &|| drop(a.select_rows(&[2]))),
        ("row", &|| drop(a[2].to_vec())),
        ("element", &|| drop(a[(0, 3)].to_string())),
        ("from_vec", &|| drop(Matrix::from_vec(2, 2, vec![0.0]))),
        ("from_rows", &|| drop(Matrix::from_rows([vec![0.0], vec![]]))),
        ("row_argmax", &|| drop(Matrix::zeros(2, 0).row_argmax())),
        ("zeros", &|| drop(Matrix::zeros(usize::MAX, 2))),
        ("ones", &|| drop(Matrix::ones(usize::MAX, 2))),
        ("identity", &|| drop(Matrix::identity(usize::MAX))),
        ("from_fn", &|| drop(Matrix::from_fn(usize::MAX, 2, |_, _| 0.0))),
        ("append_column", &|| drop(Matrix::zeros(usize::MAX, 0).append_column(0.0))),
        ("a large product", &|| drop(Matrix::zeros(usize::MAX, 0).matmul(&Matrix::zeros(0, 2)))),
        ("a large matmul_into", &|| {
            Matrix::zeros(usize::MAX, 0).matmul_into(&Matrix::zeros(0, 2), &mut Matrix::default());
        }),
        ("Dataset::new", &|| {
            drop(Dataset::new(Matrix::zeros(0, 0), Matrix::zeros(0, 2), Names::of_classes(["a", "a"])))
        }),
        ("Model::new", &|| drop(Model::new(Vec::new(), Scaling::none(0), Names::default()))),
        ("a transposed product", &|| drop(Matrix::zeros(0, usize::MAX).t().matmul(&Matrix::zeros(0, 2)))),
    ];
    for (name, call) in calls {
        panic_message(call);
        let file = FILE.take().expect("the place of the panic");
        assert_eq!(file, file!(), "{name}");
    }
}

#[test]
fn operations_on_rows_agree_with_values_worked_by_hand() {
    let m = Matrix::from_rows([[1.0, -2.0, 0.5], [-3.0, -4.0, -3.0]]);
    assert_eq!(m.row_sums(), [-0.5, -10.0]);
    assert_eq!(m.row_maxima(), [1.0, -3.0]);
    assert_eq!(m.row_argmax(), [0, 0]); // column 0 of row 1 is the first of two equal ones
    assert_eq!(m.max_abs(), 4.0);
    assert_eq!(Matrix::from_rows([[f64::NEG_INFINITY, f64::NEG_INFINITY]]).row_argmax(), [0]);
    assert_eq!(Matrix::from_rows([[1.0, f64::NEG_INFINITY]]).max_abs(), f64::INFINITY);
    assert_eq!(m.select_rows(&[1, 0, 1]), Matrix::from_rows([m[1].to_vec(), m[0].to_vec(), m[1].to_vec()]));
    assert_eq!(m.select_rows(&[]).shape(), (0, 3));
    assert_eq!(m.append_column(7.0), Matrix::from_rows([[1.0, -2.0, 0.5, 7.0], [-3.0, -4.0, -3.0, 7.0]]));
}

#[test]
fn a_nan_is_the_largest_element_as_in_numpy() {
    let nan = f64::NAN;
    let m = Matrix::from_rows([[nan, 1.0, 2.0], [1.0, nan, f64::INFINITY], [3.0, 2.0, nan], [nan, nan, 9.0], [7.0; 3]]);
    assert_eq!(m.row_argmax(), [0, 1, 2, 0, 0]);
    let maxima = m.row_maxima();
    assert!(maxima[..4].iter().all(|maximum| maximum.is_nan()), "{maxima:?}");
    assert_eq!(maxima[4], 7.0);
    for row in 0..4 {
        assert!(m.select_rows(&[row]).max_abs().is_nan(), "row {row}");
    }
    assert_eq!(m.select_rows(&[4]).max_abs(), 7.0);
}

#[test]
fn every_function_ends_at_once_for_a_matrix_of_many_rows_without_columns() {
    let most = usize::MAX;
    let (tall, wide) = (Matrix::zeros(most, 0), Matrix::zeros(0, most));
    assert_eq!(Matrix::from_fn(most, 0, |_, _| 1.0), tall);
    assert_eq!(Matrix::from_fn(0, most, |_, _| 1.0), wide);
    assert_eq!((tall.transpose(), wide.transpose()), (wide.clone(), tall.clone()));
    assert_eq!(tall.first_rows(most - 1).to_matrix().shape(), (most - 1, 0));
    assert_eq!(tall.matmul(&Matrix::zeros(0, 0)), tall);
    assert_eq!(Matrix::zeros(0, 0).matmul(&wide), wide);
    assert_eq!(wide.matmul(&tall).shape(), (0, 0));
    assert_eq!(Matrix::zeros(3, 0).matmul(&Matrix::zeros(0, 2)), Matrix::zeros(3, 2));
    let mut product = Matrix::zeros(2, 2);
    tall.matmul_into(&Matrix::zeros(0, 0), &mut product);
    assert_eq!(product, tall);
    assert_eq!((-2.0 * &tall, &tall + &tall, &wide - &wide), (tall.clone(), tall.clone(), wide.clone()));
    assert_eq!((tall.max_abs(), tall.as_slice().len(), tall.iter_rows().len()), (0.0, 0, most));
    assert_eq!((wide.row_sums(), wide.row_maxima(), wide.row_argmax()), (vec![], vec![], vec![]));
    assert_eq!(
        (tall.to_string(), format!("{wide:?}")),
        (format!("[{most}×0 matrix]"), format!("0×{most}\n[0×{most} matrix]"))
    );
    assert_eq!(tall.select_rows(&[most - 1, 0]), Matrix::zeros(2, 0));
    assert_eq!(wide.select_rows(&[]), wide);
    assert_eq!(Matrix::zeros(0, 3).append_column(1.0).shape(), (0, 4));
    for (m, k, n) in [(most, 0, 0), (0, 0, most), (0, most, 0)] {
        let (a, b) = (Matrix::zeros(m, k), Matrix::zeros(k, n));
        for rung in [kernel::naive::multiply, kernel::loop_order::multiply, kernel::blocked::multiply, kernel::multiply]
        {
            rung(View::from(&a), View::from(&b), &mut []);
        }
    }
}

#[test]
fn a_matrix_that_no_machine_can_hold_is_refused_with_its_shape() {
    let most = usize::MAX;
    let (tall, wide) = (Matrix::zeros(most, 0), Matrix::zeros(0, most));
    let too_large = |rows: usize, columns: usize| format!("a {rows}×{columns} matrix is too large for this machine");
    let bytes = isize::MAX as usize;
    for (rows, columns) in [(most, 2), (2, most), (most, 1), (1, most), (bytes / 8, 1), (1 << 32, 1 << 32)] {
        assert_eq!(panic_message(|| Matrix::zeros(rows, columns)), too_large(rows, columns));
        assert_eq!(panic_message(|| Matrix::ones(rows, columns)), too_large(rows, columns));
        assert_eq!(panic_message(|| Matrix::from_fn(rows, columns, |_, _| 0.0)), too_large(rows, columns));
        assert_eq!(panic_message(|| Matrix::from_vec(rows, columns, vec![])), too_large(rows, columns));
    }
    assert_eq!(panic_message(|| Matrix::identity(1 << 32)), too_large(1 << 32, 1 << 32));
    assert_eq!(panic_message(|| tall.matmul(&Matrix::zeros(0, 2))), too_large(most, 2));
    assert_eq!(panic_message(|| tall.matmul_into(&Matrix::zeros(0, 2), &mut Matrix::default())), too_large(most, 2));
    assert_eq!(panic_message(|| tall.clone().append_column(1.0)), too_large(most, 1));
    assert_eq!(
        panic_message(|| wide.clone().append_column(1.0)),
        format!("append_column: a 0×{most} matrix cannot have another column")
    );
}

#[test]
fn a_column_is_appended_in_place_after_select_rows_and_otherwise_in_new_memory() {
    let m = Matrix::from_rows([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0], [10.0, 11.0, 12.0]]);
    let expected = Matrix::from_rows([[7.0, 8.0, 9.0, 0.5], [1.0, 2.0, 3.0, 0.5], [10.0, 11.0, 12.0, 0.5]]);
    let selected = m.select_rows(&[2, 0, 3]); // reserves memory for one more column
    let copy = Matrix::from_rows([m[2].to_vec(), m[0].to_vec(), m[3].to_vec()]);
    let memory = selected.as_slice().as_ptr();
    let longer = selected.append_column(0.5);
    assert_eq!(longer, expected);
    assert_eq!(longer.as_slice().as_ptr(), memory);
    assert_eq!(copy.append_column(0.5), expected);
}

/// A product takes up to an eighth longer if its rows do not start at a cache line.
#[test]
fn the_elements_of_a_large_matrix_start_at_a_cache_line() {
    let values: Vec<f64> = (0..40 * 30).map(f64::from).collect();
    let given = Matrix::from_vec(40, 30, values.clone());
    let rows: Vec<usize> = (0..40).collect();
    let mut product = Matrix::zeros(2, 2);
    given.matmul_into(given.t(), &mut product);
    let made = [
        Matrix::filled(40, 30, 2.0),
        Matrix::filled(3, 171, 2.0),
        Matrix::filled(40, 28, 2.0),
        Matrix::zeros(40, 30),
        Matrix::from_fn(40, 30, |i, j| given[(i, j)]),
        Matrix::from_rows(given.iter_rows().collect::<Vec<_>>()),
        given.clone(),
        given.map(|x| x),
        given.zip_map(&given, |x, _| x),
        given.transpose(),
        given.select_rows(&rows),
        given.select_rows(&rows).append_column(1.0),
        given.clone().append_column(1.0),
        given.matmul(given.t()),
        product.clone(),
        product,
        // The allocator puts vectors anywhere, so some of these must move to a cache line.
        Matrix::from_vec(40, 30, values.clone()),
        Matrix::from_vec(40, 29, values[40..].to_vec()),
        Matrix::from_vec(40, 28, values[80..].to_vec()),
        Matrix::from_vec(40, 27, values[120..].to_vec()),
    ];
    for matrix in &made {
        assert_eq!(matrix.as_slice().as_ptr() as usize % 64, 0, "a {}×{}", matrix.rows(), matrix.columns());
        assert_eq!(matrix.as_slice().len(), matrix.rows() * matrix.columns());
    }
    for same in [4, 5, 6, 7, 8, 10].map(|i| &made[i]).into_iter().chain([&given]) {
        assert_eq!(same, &given);
        assert_eq!(same.as_slice(), values);
    }
    assert_eq!(given.into_vec(), values);
}

#[test]
fn display_writes_aligned_rows_and_abbreviates_large_matrices() {
    let m = Matrix::from_rows([[1.0, -20.5], [1e-7, 3e12]]);
    assert_eq!(m.to_string(), "[   1.0000   -20.5000]\n[1.0000e-7  3.0000e12]");
    assert_eq!(format!("{m:.1}"), "[   1.0   -20.5]\n[1.0e-7  3.0e12]");
    assert_eq!(format!("{:.0?}", Matrix::identity(2)), "2×2\n[1  0]\n[0  1]");
    assert_eq!(Matrix::from_rows([[5e-5, 4.9e-5]]).to_string(), "[0.0001  4.9000e-5]"); // rounded, not all zeros
    // Halves are rounded to even, so 0.5 without digits is 0.
    assert_eq!(format!("{:.0}", Matrix::from_rows([[0.5, -0.5, 0.51, 1.5, 0.0]])), "[5e-1  -5e-1  1  2  0]");
    assert_eq!(format!("{:.2}", Matrix::from_rows([[0.005, 0.0049, 1e-300]])), "[0.01  4.90e-3  1.00e-300]");
    assert_eq!(format!("{:.320}", Matrix::from_rows([[1e-320]])).len(), 324); // [0. and 320 digits]
    assert_eq!(Matrix::zeros(0, 3).to_string(), "[0×3 matrix]");
    assert_eq!(Matrix::zeros(3, 0).to_string(), "[3×0 matrix]");
    let large = integers(40, 50, 0).to_string();
    assert_eq!(large.lines().count(), 11);
    assert!(large.lines().all(|line| line.chars().count() < 120 && line.contains('…')), "{large}");
    assert_eq!(Matrix::from_rows([[f64::NAN, f64::INFINITY, 0.0]]).to_string(), "[NaN  inf  0.0000]");
}

#[test]
fn debug_of_a_view_is_that_of_the_matrix_with_the_same_elements() {
    let m = Matrix::from_rows([[1.0, 2.0, 3.0], [4.0, 5.0, 6.5]]);
    assert_eq!(format!("{:?}", View::from(&m)), format!("{m:?}"));
    assert_eq!(format!("{:.1?}", m.t()), "3×2\n[1.0  4.0]\n[2.0  5.0]\n[3.0  6.5]");
    assert_eq!(format!("{:.0?}", m.first_rows(1)), "1×3\n[1  2  3]");
    assert_eq!(format!("{:.0?}", m.first_rows(1).t()), "3×1\n[1]\n[2]\n[3]");
}

#[test]
fn matmul_into_uses_the_memory_of_the_product_again() {
    let (a, b) = (integers(3, 4, 1), integers(4, 2, 2));
    let mut product = Matrix::filled(5, 2, f64::NAN);
    let memory = product.as_slice().as_ptr();
    a.matmul_into(&b, &mut product);
    assert_eq!(product, a.matmul(&b));
    assert_eq!(product.as_slice().as_ptr(), memory);
    b.t().matmul_into(a.t(), &mut product);
    assert_eq!(product, a.matmul(&b).transpose());
    assert_eq!(product.as_slice().as_ptr(), memory);
}

#[test]
fn a_panic_names_the_operation_and_both_shapes() {
    let (a, b) = (Matrix::zeros(2, 3), Matrix::zeros(4, 5));
    let says = |message: String, words: &[&str]| {
        for word in words {
            assert!(message.contains(word), "{message:?} does not say {word:?}");
        }
    };
    says(panic_message(|| a.matmul(&b)), &["matmul", "2×3", "4×5"]);
    says(panic_message(|| a.t().matmul(&b)), &["matmul", "3×2", "4×5"]);
    says(panic_message(|| a.matmul_into(&b, &mut Matrix::default())), &["matmul_into", "2×3", "4×5"]);
    says(panic_message(|| a.zip_map(&b, |x, _| x)), &["zip_map", "2×3", "4×5"]);
    says(panic_message(|| a.clone().zip_map_in_place(&b, |x, _| x)), &["zip_map_in_place", "2×3", "4×5"]);
    says(panic_message(|| Matrix::from_vec(2, 3, vec![0.0; 5])), &["from_vec", "5 values", "2×3"]);
    says(
        panic_message(|| Matrix::from_rows([vec![1.0, 2.0], vec![1.0]])),
        &["from_rows", "row 1 has 1", "row 0 has 2"],
    );
    says(panic_message(|| a[2].to_vec()), &["row 2", "2×3"]);
    says(panic_message(|| a[(0, 3)]), &["(0, 3)", "2×3"]);
    says(panic_message(|| a[(2, 0)]), &["(2, 0)", "2×3"]);
    says(panic_message(|| a.clone()[(0, 3)] = 1.0), &["(0, 3)", "2×3"]);
    says(panic_message(|| a.clone()[2][0] = 1.0), &["row 2", "2×3"]);
    says(panic_message(|| a.select_rows(&[0, 2])), &["row 2", "2×3"]);
    says(panic_message(|| a.first_rows(3).shape()), &["first_rows", "3 rows", "2×3"]);
    says(panic_message(|| Matrix::zeros(2, 0).row_argmax()), &["row_argmax", "2×0"]);
    says(panic_message(|| Matrix::zeros(usize::MAX, 2)), &["too large"]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_product_is_the_sum_that_defines_it(m in 0..40usize, k in 0..40usize, n in 0..40usize, seed in 0..100usize) {
        let (a, b) = (integers(m, k, seed), integers(k, n, seed + 1));
        let defined = Matrix::from_fn(m, n, |i, j| (0..k).map(|p| a[(i, p)] * b[(p, j)]).sum());
        let (at, bt) = (a.transpose(), b.transpose());
        prop_assert_eq!(&a.matmul(&b), &defined);
        prop_assert_eq!(&at.t().matmul(&b), &defined);
        prop_assert_eq!(&a.matmul(bt.t()), &defined);
        prop_assert_eq!(&at.t().matmul(bt.t()), &defined);
        prop_assert_eq!(&a.matmul(&Matrix::identity(k)), &a);
        prop_assert_eq!(&bt.t().t().matmul(at.t().t()), &defined.transpose());
    }

    #[test]
    fn a_product_is_associative_and_distributive_up_to_rounding(
        shape in prop::array::uniform4(1..20usize), values in prop::collection::vec(-1.0..1.0f64, 4),
    ) {
        let [m, k, l, n] = shape;
        let make = |rows, columns, p: usize| {
            Matrix::from_fn(rows, columns, |i, j| (values[(i + j + p) % 4] + (i * columns + j) as f64).sin())
        };
        let (a, b, c, d) = (make(m, k, 0), make(k, l, 1), make(l, n, 2), make(k, l, 3));
        assert_near(&a.matmul(&b).matmul(&c), &a.matmul(&b.matmul(&c)), 1e-12);
        assert_near(&a.matmul(&(&b + &d)), &(&a.matmul(&b) + &a.matmul(&d)), 1e-12);
    }

    #[test]
    fn appending_a_column_and_selecting_rows_keep_all_other_elements(
        m in 0..6usize, n in 0..6usize, value in -9.0..9.0f64,
    ) {
        let a = integers(m, n, 3);
        let longer = a.clone().append_column(value);
        prop_assert_eq!(longer.shape(), (m, n + 1));
        for i in 0..m {
            prop_assert_eq!(&longer[i][..n], &a[i]);
            prop_assert_eq!(longer[(i, n)], value);
        }
        let backward: Vec<usize> = (0..m).rev().collect();
        prop_assert_eq!(a.select_rows(&backward).select_rows(&backward), a);
    }
}

/// Copies the matrix to memory that starts `offset` numbers after a cache line. Only small matrices stay there.
fn at_offset(matrix: &Matrix, offset: usize) -> Option<Matrix> {
    let (rows, columns) = matrix.shape();
    // The allocator decides where the copy is, so this tries sizes until the address fits. Perhaps it never does.
    for extra in (0..64).cycle().take(64 * 64) {
        let mut values = Vec::with_capacity(matrix.as_slice().len() + extra);
        values.extend_from_slice(matrix.as_slice());
        let copy = Matrix::from_vec(rows, columns, values);
        if copy.as_slice().as_ptr() as usize / size_of::<f64>() % 8 == offset {
            return Some(copy);
        }
        std::mem::forget(copy); // so that the next copy is somewhere else
    }
    None
}

#[test]
fn a_product_has_the_same_bits_wherever_its_operands_are_in_memory() {
    let bits = |product: Matrix| product.into_vec().into_iter().map(f64::to_bits).collect::<Vec<_>>();
    let irrational = |rows, columns, p| Matrix::from_fn(rows, columns, |i, j| ((i * columns + j + p) as f64).sin());
    for (m, k, n) in [(1, 5, 4), (4, 5, 1), (1, 9, 1), (3, 70, 5), (1, 20, 20), (7, 7, 7)] {
        let (a, b) = (irrational(m, k, 0), irrational(k, n, 1));
        let (at, bt) = (a.transpose(), b.transpose());
        let products = |a: &Matrix, b: &Matrix, at: &Matrix, bt: &Matrix| {
            [a.matmul(b), at.t().matmul(b), a.matmul(bt.t()), at.t().matmul(bt.t())].map(bits)
        };
        let expected = products(&a, &b, &at, &bt);
        for offset in (0..8).step_by(2) {
            // The allocator aligns to 16 bytes, which are two numbers.
            let moved = [&a, &b, &at, &bt].map(|matrix| at_offset(matrix, offset));
            let [Some(a), Some(b), Some(at), Some(bt)] = &moved else { continue };
            let products = products(a, b, at, bt);
            assert_eq!(products, expected, "{m}×{k} times {k}×{n}, {offset} numbers after a cache line");
        }
    }
}

#[test]
fn memory_that_is_used_again_for_a_large_product_is_aligned_as_new_memory_is() {
    // Short vectors with a large capacity, which the products would fit into. Some of them are not at a cache line.
    let vectors: Vec<Vec<f64>> = (0..32).map(|extra| Vec::with_capacity(5000 + 2 * extra)).collect();
    for (n, mut values) in vectors.into_iter().enumerate() {
        if n % 2 == 0 {
            values.push(1.0);
            let mut product = Matrix::from_vec(1, 1, values);
            Matrix::ones(40, 3).matmul_into(&Matrix::ones(3, 40), &mut product);
            assert_eq!(product, Matrix::filled(40, 40, 3.0));
            assert_eq!(product.as_slice().as_ptr() as usize % 64, 0);
        } else {
            values.extend((0..511).map(f64::from));
            let longer = Matrix::from_vec(511, 1, values).append_column(1.0);
            assert_eq!(longer, Matrix::from_fn(511, 2, |i, j| if j == 0 { i as f64 } else { 1.0 }));
            assert_eq!(longer.as_slice().as_ptr() as usize % 64, 0);
        }
    }
}

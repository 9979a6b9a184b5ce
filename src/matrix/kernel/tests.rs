//! Compares every rung, path, instruction set and number of threads with the naive product, exactly: products and sums
//! of small integers are exact, so every order of summation gives the same bits.

use super::instruction_set::{VARIABLE, choose};
use super::*;
use crate::Matrix;
use std::cell::Cell;
use std::thread::Builder;

/// A rung of the ladder, which computes C = A B.
type Rung = fn(View<'_>, View<'_>, &mut [f64]);

fn integers(rows: usize, columns: usize) -> Matrix {
    Matrix::from_fn(rows, columns, |i, j| ((7 * i + 3 * j) % 11) as f64 - 5.0)
}

/// Returns the instruction sets to test: the one that the environment variable names, or else all that the machine has.
fn sets() -> Vec<InstructionSet> {
    match std::env::var_os(VARIABLE) {
        Some(_) => vec![InstructionSet::selected()],
        None => InstructionSet::available(),
    }
}

/// Calls `test` with an A of `m × k`, a B of `k × n` and their naive product, for every combination of layouts: as
/// stored, transposed, and the transpose of the first rows of a larger matrix.
fn with_all_layouts((m, k, n): (usize, usize, usize), mut test: impl FnMut(View<'_>, View<'_>, &[f64])) {
    let (a, b) = (integers(m, k), integers(k, n));
    let (a_transposed, b_transposed) = (a.transpose(), b.transpose());
    let (a_wide, b_wide) = (integers(k + 3, m), integers(n + 2, k));
    let mut expected = vec![f64::NAN; m * n];
    for a in [View::from(&a), a_transposed.t(), a_wide.first_rows(k).t()] {
        for b in [View::from(&b), b_transposed.t(), b_wide.first_rows(n).t()] {
            naive::multiply(a, b, &mut expected);
            test(a, b, &expected);
        }
    }
}

/// Returns shapes (m, k, n) at and around all limits: a tile's rows (4, 6, 8), a vector (4, 8), a tile's columns (4, 8,
/// 16, 24, 32), the blocks (64, 128, 256, 512; 192 columns at 512 rows and 32,760 at 3) and the paths (16, 64 and 256
/// rows of A, 25 and 512 columns of B).
fn shapes() -> Vec<(usize, usize, usize)> {
    if cfg!(miri) {
        return vec![
            (0, 2, 3),
            (3, 0, 2),
            (3, 2, 0),
            (1, 1, 1),
            (5, 3, 9),
            (1, 7, 6),
            (6, 7, 1),
            (17, 3, 4),
            (1, 514, 2),
        ];
    }
    let mut shapes = vec![(1, 785, 129), (129, 785, 1), (7, 63, 100), (8, 65, 257), (9, 256, 25), (10, 257, 33)];
    shapes.extend([(16, 64, 300), (17, 255, 31), (127, 129, 25), (128, 10, 385), (129, 257, 9), (130, 5, 385)]);
    shapes.extend([(9, 511, 191), (10, 512, 192), (11, 513, 193), (9, 1025, 385), (2, 3, 32_761)]);
    shapes.extend([(64, 9, 512), (65, 9, 511), (65, 9, 512), (256, 9, 40), (257, 9, 40)]);
    for m in [23, 24, 25, 50] {
        shapes.extend([(m, 5, 3), (m, 8, 8), (m, 9, 8), (m, 8, 9), (m, 1, 4)]); // the tall tile
    }
    for m in [0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17] {
        for n in [0, 1, 3, 4, 5, 8, 9, 12, 13, 16, 17, 24, 25, 33] {
            shapes.extend([0, 1, 9].map(|k| (m, k, n)));
        }
    }
    shapes
}

#[test]
fn every_rung_equals_the_naive_product() {
    let rungs: [(&str, Rung); 4] = [
        ("loop_order", loop_order::multiply),
        ("blocked", blocked::multiply),
        ("packed", packed::multiply),
        ("multiply", multiply),
    ];
    for shape in shapes() {
        with_all_layouts(shape, |a, b, expected| {
            for (name, rung) in rungs {
                let mut c = vec![f64::NAN; expected.len()];
                rung(a, b, &mut c);
                assert_eq!(c, expected, "{name}: {:?} times {:?}", a.shape(), b.shape());
            }
            assert_eq!(a.matmul(b).as_slice(), expected, "matmul: {:?} times {:?}", a.shape(), b.shape());
        });
    }
}

#[test]
fn every_instruction_set_equals_the_naive_product_on_every_path() {
    for set in sets() {
        for shape in shapes() {
            with_all_layouts(shape, |a, b, expected| {
                let direct = b.column_stride == 1;
                let dot = a.column_stride == 1 && b.row_stride == 1;
                let copied = b.rows * b.columns <= direct::COPIED;
                let paths =
                    [(Path::direct(a, b), direct), (Path::Copied, copied), (Path::Dot, dot), (Path::Packed, true)];
                for (path, _) in paths.into_iter().filter(|&(_, possible)| possible && b.columns != 1) {
                    let mut c = vec![f64::NAN; expected.len()];
                    product(set.tiles(), Some(1), Some(path), a, b, Window::new(&mut c, a.rows, b.columns));
                    assert_eq!(c, expected, "{set}, {path:?}: {:?} times {:?}", a.shape(), b.shape());
                }
                let mut c = vec![f64::NAN; expected.len()];
                multiply_with(Route::Chosen, set, 1, a, b, &mut c);
                assert_eq!(c, expected, "{set}: {:?} times {:?}", a.shape(), b.shape());
            });
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let shapes = [
        (260, 260, 260),
        (131, 257, 385),
        (16, 1000, 600),
        (128, 300, 600),
        (600, 900, 16),
        (1, 3000, 2000),
        (9, 262_145, 8),
    ];
    // Miri would take hours for these. It runs the threads in the next three tests.
    let shapes = if cfg!(miri) { &shapes[..0] } else { &shapes[..] };
    for &(m, k, n) in shapes {
        let rough = |rows, columns| Matrix::from_fn(rows, columns, |i, j| 1.0 / (1 + (7 * i + 3 * j) % 101) as f64);
        let (a, b) = (rough(m, k), rough(k, n));
        let (a_transposed, b_transposed) = (a.transpose(), b.transpose());
        for (a, b) in
            [(View::from(&a), View::from(&b)), (a_transposed.t(), View::from(&b)), (View::from(&a), b_transposed.t())]
        {
            for set in sets() {
                let mut alone = vec![f64::NAN; m * n];
                multiply_with(Route::Chosen, set, 1, a, b, &mut alone);
                for threads in [2, 3, 7, 16] {
                    let mut together = vec![f64::NAN; m * n];
                    multiply_with(Route::Chosen, set, threads, a, b, &mut together);
                    assert!(alone == together, "{set}, {threads} threads: {m}×{k} times {k}×{n}");
                    let mut in_small_pieces = vec![f64::NAN; m * n];
                    let c = Window::new(&mut in_small_pieces, m, n);
                    threads::multiply(Path::of(a, b), set.tiles(), threads, Builder::new, a, b, c);
                    assert!(alone == in_small_pieces, "{set}, {threads} pieces: {m}×{k} times {k}×{n}");
                }
            }
        }
    }
    assert_eq!(threads::most(260, 260, 260), 2, "no shape of this test is large enough for threads");
}

#[test]
fn the_pieces_of_all_threads_fill_the_product() {
    let shapes = [(24, 2, 10), (17, 5, 13), (3, 4, 70)];
    let counts = [16, 2, 1, 3, 7];
    let (shapes, counts) = if cfg!(miri) { (&shapes[..1], &counts[..2]) } else { (&shapes[..], &counts[..]) };
    for set in sets() {
        for &shape in shapes {
            with_all_layouts(shape, |a, b, expected| {
                for (&threads, path) in counts.iter().flat_map(|n| [(n, Path::Packed), (n, Path::of(a, b))]) {
                    let mut c = vec![f64::NAN; expected.len()];
                    let window = Window::new(&mut c, a.rows, b.columns);
                    threads::multiply(path, set.tiles(), threads, Builder::new, a, b, window);
                    assert_eq!(c, expected, "{set}, {threads} threads, {path:?}");
                }
            });
        }
    }
}

#[test]
fn a_thread_is_started_only_for_a_piece_that_is_worth_it() {
    // Fewer pieces than threads, because a piece is at least a tile high or a vector wide.
    for (m, n, most) in [(24, 10, 6), (16, 10, 4), (10, 25, 7), (3, 3, 1)] {
        let (a, b) = (integers(m, 2), integers(2, n));
        for count in [1, 2, 3, 16, 5000] {
            let mut c = vec![f64::NAN; m * n];
            let started = Cell::new(0);
            let new_thread = || {
                started.set(started.get() + 1);
                Builder::new()
            };
            let (a, b, window) = (View::from(&a), View::from(&b), Window::new(&mut c, m, n));
            threads::multiply(Path::of(a, b), InstructionSet::Portable.tiles(), count, new_thread, a, b, window);
            let started = started.get();
            let right = if count < most { started < count } else { started + 1 == most };
            assert!(right, "{m}×2 times 2×{n}: {started} threads started of {count}");
        }
    }
    // Products that take several hundred microseconds on one thread.
    let most = [(24, 70_000, 10), (256, 256, 255), (256, 256, 256), (256, 256, 384), (1024, 1024, 1024)]
        .map(|(m, k, n)| threads::most(m, k, n));
    assert_eq!(most, [2, 1, 2, 3, 128]);
    assert!(threads::most(usize::MAX, 2, 2) > 1000);
}

#[test]
fn without_further_threads_the_calling_thread_computes_the_whole_product() {
    let new_thread = || Builder::new().stack_size(1 << 60); // no machine has memory for this stack
    let refused = new_thread().spawn(|| ()).is_err();
    assert!(refused || cfg!(miri)); // Miri ignores the size of a stack
    with_all_layouts((17, 5, 13), |a, b, expected| {
        for path in [Path::Packed, Path::of(a, b)] {
            let mut c = vec![f64::NAN; expected.len()];
            let window = Window::new(&mut c, a.rows, b.columns);
            threads::multiply(path, InstructionSet::selected().tiles(), 3, new_thread, a, b, window);
            assert_eq!(c, expected, "{path:?}");
        }
    });
}

#[test]
fn a_value_that_is_not_finite_reaches_its_row_or_column_and_no_other() {
    let (m, k, n) = if cfg!(miri) { (5, 3, 6) } else { (19, 37, 29) };
    for set in sets() {
        for (i, j) in [(0, 0), (m - 1, k - 1), (3, 2)] {
            let mut a = integers(m, k).map(|x| x + 6.0);
            a[(i, j)] = f64::NAN;
            let (a_transposed, b) = (a.transpose(), integers(k, n).map(|x| x + 6.0));
            let b_transposed = b.transpose();
            for (a, b) in [(View::from(&a), View::from(&b)), (a_transposed.t(), b_transposed.t())] {
                let mut c = vec![0.0; m * n];
                multiply_with(Route::Chosen, set, 1, a, b, &mut c);
                let row = |r: usize| &c[r * n..][..n];
                assert!((0..m).all(|r| row(r).iter().all(|x| x.is_nan() == (r == i))), "{set}: NaN in row {i}");
            }
            let mut b = integers(k, n).map(|x| x + 6.0);
            b[(j, i)] = f64::INFINITY;
            let mut c = vec![0.0; m * n];
            let a = integers(m, k).map(|x| x + 6.0);
            multiply_with(Route::Chosen, set, 1, View::from(&a), View::from(&b), &mut c);
            let expected = |q: usize| (q % n == i).then_some(f64::INFINITY);
            let right = |(q, x): (usize, &f64)| expected(q).map_or(x.is_finite(), |inf| *x == inf);
            assert!(c.iter().enumerate().all(right), "{set}: ∞ in column {i}");
        }
    }
}

#[test]
fn matmul_into_reuses_the_memory_of_the_result_and_ignores_its_old_values() {
    let (a, b) = (integers(6, 3), integers(3, 4));
    let mut c = Matrix::filled(5, 7, f64::NAN);
    let memory = c.as_slice().as_ptr();
    a.matmul_into(&b, &mut c);
    assert_eq!(c, a.matmul(&b));
    assert_eq!(c.as_slice().as_ptr(), memory);
    integers(3, 0).matmul_into(&integers(0, 2), &mut c);
    assert_eq!(c, Matrix::zeros(3, 2));
}

#[test]
fn every_route_equals_the_naive_product() {
    let set = InstructionSet::selected();
    let large = if cfg!(miri) { 1 } else { 6 };
    for shape in [(5, 7, 9), (5 * large, 20, 7 * large), (0, 3, 4)] {
        with_all_layouts(shape, |a, b, expected| {
            for route in [Route::Chosen, Route::InPlace, Route::Packed] {
                if route == Route::InPlace && b.column_stride != 1 {
                    continue;
                }
                let mut c = vec![f64::NAN; expected.len()];
                multiply_with(route, set, 2, a, b, &mut c);
                assert_eq!(c, expected, "{route:?}: {:?} times {:?}", a.shape(), b.shape());
            }
        });
    }
}

#[test]
fn every_route_takes_its_path() {
    // In place adds 256 products at a time and packed 512, so their sums of 600 products round differently.
    let rough = |rows, columns| Matrix::from_fn(rows, columns, |i, j| 1.0 / (1 + (7 * i + 3 * j) % 101) as f64);
    let (m, n) = if cfg!(miri) { (1, 2) } else { (8, 8) };
    let (a, b) = (rough(m, 600), rough(600, n));
    let product = |route| {
        let mut c = vec![f64::NAN; m * n];
        multiply_with(route, InstructionSet::selected(), 1, View::from(&a), View::from(&b), &mut c);
        c
    };
    assert_eq!(product(Route::Chosen), product(Route::InPlace));
    assert_ne!(product(Route::Chosen), product(Route::Packed));
}

#[test]
#[should_panic(expected = "multiply_with: the rows of the right operand are not contiguous")]
fn a_transposed_right_operand_cannot_be_read_in_place() {
    let (a, b) = (integers(2, 3), integers(4, 3));
    multiply_with(Route::InPlace, InstructionSet::selected(), 1, View::from(&a), b.t(), &mut [0.0; 8]);
}

#[test]
fn every_route_accepts_operands_without_elements() {
    for (m, k, n) in [(2, 20, 0), (0, 20, 2), (0, 20, 0), (usize::MAX, 0, 0), (0, 0, usize::MAX), (0, usize::MAX, 0)] {
        let (a, b) = (Matrix::zeros(m, k), Matrix::zeros(k, n));
        for route in [Route::Chosen, Route::InPlace, Route::Packed] {
            multiply_with(route, InstructionSet::selected(), 2, View::from(&a), View::from(&b), &mut []);
        }
    }
    let mut c = [f64::NAN; 6];
    multiply_with(
        Route::InPlace,
        InstructionSet::Portable,
        2,
        View::from(&Matrix::zeros(2, 0)),
        View::from(&Matrix::zeros(0, 3)),
        &mut c,
    );
    assert_eq!(c, [0.0; 6]);
}

#[test]
fn the_fastest_available_instruction_set_is_chosen_unless_the_user_names_one() {
    use InstructionSet::{Avx2, Avx512, Portable};
    assert_eq!(choose(None, &[Portable]), Ok(Portable));
    assert_eq!(choose(None, &[Portable, Avx2]), Ok(Avx2));
    assert_eq!(choose(None, &[Portable, Avx2, Avx512]), Ok(Avx512));
    for set in InstructionSet::ALL {
        let name = set.to_string();
        for name in [name.to_lowercase(), name.to_uppercase(), name] {
            assert_eq!(choose(Some(&name), &InstructionSet::ALL), Ok(set), "{name}");
        }
    }
}

#[test]
fn an_instruction_set_that_is_unknown_or_missing_is_rejected_with_the_available_ones() {
    use InstructionSet::{Avx2, Avx512, Portable};
    let message = |name, available: &[InstructionSet]| choose(Some(name), available).unwrap_err();
    assert_eq!(
        message("SSE9", &[Portable, Avx2]),
        "FEEDFORWARD_INSTRUCTION_SET=SSE9: unknown instruction set; this machine has portable, AVX2"
    );
    assert_eq!(
        message("avx-512", &[Portable, Avx2]),
        "FEEDFORWARD_INSTRUCTION_SET=avx-512: this machine lacks AVX-512; it has portable, AVX2"
    );
    assert_eq!(
        message("AVX2", &[Portable]),
        "FEEDFORWARD_INSTRUCTION_SET=AVX2: this machine lacks AVX2; it has portable"
    );
    for name in ["", " AVX2", "AVX512", "AVX"] {
        let expected =
            format!("FEEDFORWARD_INSTRUCTION_SET={name}: unknown instruction set; this machine has portable, AVX-512");
        assert_eq!(message(name, &[Portable, Avx512]), expected);
    }
}

#[test]
fn products_use_the_instruction_set_that_the_environment_names_or_else_the_fastest() {
    let fastest = InstructionSet::ALL.into_iter().rfind(|set| set.is_available()).unwrap().to_string();
    let expected = std::env::var(VARIABLE).unwrap_or(fastest);
    assert!(InstructionSet::selected().to_string().eq_ignore_ascii_case(&expected));
}

#[test]
fn an_instruction_set_that_this_machine_lacks_is_rejected() {
    for set in InstructionSet::ALL {
        let accepted = std::panic::catch_unwind(|| set.tiles().lanes);
        assert_eq!(accepted.is_ok(), set.is_available());
    }
}

/// The figures of the documentation are those of `docs/performance/bench.csv`. (A copy of the library without that file
/// has nothing to compare.)
#[test]
fn the_documentation_states_the_measured_speed_of_every_rung() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/performance/bench.csv");
    if cfg!(miri) || !std::path::Path::new(path).exists() {
        return;
    }
    let bench = std::fs::read_to_string(path).unwrap();
    let speed = |rung: &str, size: usize| {
        let start = format!("ladder,{rung} {size}³,{size},");
        let line = bench.lines().find_map(|line| line.strip_prefix(&start)).expect(&start);
        line.split(',').next().unwrap().parse::<f64>().unwrap()
    };
    for (rung, row, file) in [
        ("naive", "| 1 [`naive`]", include_str!("naive.rs")),
        ("loop order", "| 2 [`loop_order`]", include_str!("loop_order.rs")),
        ("blocked", "| 3 [`blocked`]", include_str!("blocked.rs")),
        ("packed", "| 4 [`packed`]", include_str!("packed.rs")),
        ("AVX2", "| 5 [`InstructionSet`]: AVX2", ""),
        ("AVX-512", "| 5 [`InstructionSet`]: AVX-512", ""),
        ("2 threads", "| 6 [`set_threads`]: 2 threads", include_str!("threads.rs")),
    ] {
        let (small, large) = (format!("{:.1}", speed(rung, 256)), format!("{:.1}", speed(rung, 1024)));
        let row = include_str!("mod.rs").lines().find(|line| line.contains(row)).expect(row);
        assert!(row.ends_with(&format!("| {small} | {large} |")), "{rung}: {small} and {large} GFLOP/s, not {row}");
        let stated = file.contains(&format!("{small} GFLOP/s at 256³")) && file.contains(&format!("{large} at 1024³"));
        assert!(stated || file.is_empty(), "the documentation of {rung} does not state {small} and {large} GFLOP/s");
    }
}

#[test]
#[should_panic(expected = "matmul: 2×3 times 4×5: the left has 3 columns, the right 4 rows")]
fn the_panic_for_shapes_that_do_not_fit_names_both() {
    let _ = integers(2, 3).matmul(&integers(4, 5));
}

#[test]
#[should_panic(expected = "multiply: 2×3 times 3×5 into 9 elements: the shapes do not fit")]
fn a_result_of_the_wrong_size_is_rejected() {
    multiply(View::from(&integers(2, 3)), View::from(&integers(3, 5)), &mut [0.0; 9]);
}

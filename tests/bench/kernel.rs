//! Measures the matrix kernel and the training step.
//!
//! ```text
//! cargo bench                                  measures everything
//! cargo bench --bench kernel -- steps          measures one section: peak, ladder, sets, sizes, threads,
//!                                              steps or graph
//! cargo bench --bench kernel -- --csv          prints lines of section,name,x,value,unit for docs/performance/plot.rs
//! FEEDFORWARD_INSTRUCTION_SET=AVX2 cargo bench measures sizes, threads and steps with that instruction set
//! ```
//!
//! Every figure is the best of many runs, which shows the speed of an undisturbed machine. Functions that are compared
//! take turns.

mod graph;
mod peak;
mod steps;

use feedforward::Matrix;
use feedforward::matrix::{View, kernel};
use kernel::{InstructionSet, Route, multiply_with};
use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let csv = arguments.iter().any(|argument| argument == "--csv");
    let section = arguments.iter().find(|argument| !argument.starts_with("--"));
    let mut report = Report { csv, section: String::new() };
    let sets = InstructionSet::available();
    let peaks: Vec<f64> = sets.iter().map(|&set| peak::gflops(set)).collect();
    let peak = peaks.iter().copied().fold(0.0, f64::max);
    type Section<'a> = (&'a str, &'a dyn Fn(&mut Report));
    let sections: [Section<'_>; 7] = [
        ("peak", &|report| sets.iter().zip(&peaks).for_each(|(set, peak)| report.gflops(set, 0, *peak, *peak))),
        ("ladder", &|report| ladder(report, peak)),
        ("sets", &|report| instruction_sets(report, &peaks)),
        ("sizes", &|report| sizes(report, peak)),
        ("threads", &|report| threads(report)),
        ("steps", &|report| steps::all(report, peak)),
        ("graph", &|report| graph::all(report)),
    ];
    for (name, run) in sections {
        if section.is_none_or(|section| section == name) {
            report.begin(name);
            run(&mut report);
        }
    }
}

/// The output of figures, as text or as CSV.
struct Report {
    csv: bool,
    section: String,
}

impl Report {
    /// Starts a section.
    fn begin(&mut self, section: &str) {
        self.section = section.to_string();
        if !self.csv {
            println!("\n{section}");
        }
    }

    /// Prints one figure: `x` is its place on the x-axis of a plot, and `remark` is left out of CSV.
    fn line(&self, name: impl std::fmt::Display, x: usize, value: f64, unit: &str, remark: &str) {
        if self.csv {
            println!("{},{name},{x},{value:.4},{unit}", self.section);
        } else {
            println!("  {name:<44} {value:>10.2} {unit:<8} {remark}");
        }
    }

    /// Prints a speed and its share of the core's peak, both in GFLOP/s.
    fn gflops(&self, name: impl std::fmt::Display, x: usize, value: f64, peak: f64) {
        self.line(name, x, value, "GFLOP/s", &format!("{:5.1} % of the peak", 100.0 * value / peak));
    }
}

/// The shortest time that is measured, in seconds. A faster function is called several times in a row.
const SHORTEST: f64 = 20e-6;
/// Measurements of a function in one turn, after one call that warms up the caches.
const MEASUREMENTS: usize = 3;

/// Returns the shortest time of a call of each function, in seconds. The functions take turns for `seconds` seconds.
fn best<const N: usize>(seconds: f64, mut functions: [&mut dyn FnMut(); N]) -> [f64; N] {
    let begin = Instant::now();
    let mut best = functions.each_mut().map(|f| {
        let start = Instant::now();
        f();
        start.elapsed().as_secs_f64()
    });
    let calls = best.map(|time| (SHORTEST / time) as usize + 1);
    while begin.elapsed().as_secs_f64() < seconds {
        for i in 0..N {
            functions[i]();
            for _ in 0..MEASUREMENTS {
                let start = Instant::now();
                (0..calls[i]).for_each(|_| functions[i]());
                best[i] = best[i].min(start.elapsed().as_secs_f64() / calls[i] as f64);
            }
        }
    }
    best
}

/// Square products of this size and more are measured for longer, since other programs disturb most calls.
const LONG: usize = 512;

/// Returns operands of `m × k` and `k × n`, and the number of floating-point operations of their product in units of
/// 10⁹.
fn operands(m: usize, k: usize, n: usize) -> (Matrix, Matrix, f64) {
    let matrix = |rows, columns| Matrix::from_fn(rows, columns, |i, j| ((7 * i + 3 * j) % 11) as f64 - 5.0);
    (matrix(m, k), matrix(k, n), 2e-9 * (m * k * n) as f64)
}

/// Measures every rung at 256³, where all matrices fit into the level-2 cache, and at 1024³, where they do not.
fn ladder(report: &mut Report, peak: f64) {
    type Rung = fn(View<'_>, View<'_>, &mut [f64]);
    for (n, seconds) in [(256, 2.0), (1024, 5.0)] {
        let (a, b, operations) = operands(n, n, n);
        let (a, b) = (View::from(&a), View::from(&b));
        let mut c = vec![0.0; n * n];
        let mut rung = |name: &str, multiply: &dyn Fn(View<'_>, View<'_>, &mut [f64])| {
            let [time] = best(seconds, [&mut || multiply(a, b, &mut c)]);
            report.gflops(format!("{name} {n}³"), n, operations / time, peak);
        };
        let plain: [(&str, Rung); 4] = [
            ("naive", kernel::naive::multiply),
            ("loop order", kernel::loop_order::multiply),
            ("blocked", kernel::blocked::multiply),
            ("packed", kernel::packed::multiply),
        ];
        plain.iter().for_each(|(name, multiply)| rung(name, multiply));
        for set in InstructionSet::available().into_iter().filter(|set| *set != InstructionSet::Portable) {
            rung(&set.to_string(), &|a, b, c| multiply_with(Route::Chosen, set, 1, a, b, c));
        }
        rung(&format!("{} threads", kernel::threads()), &|a, b, c| kernel::multiply(a, b, c));
    }
}

/// Measures every instruction set at 256³, as a share of its own peak.
fn instruction_sets(report: &mut Report, peaks: &[f64]) {
    let (a, b, operations) = operands(256, 256, 256);
    let mut c = vec![0.0; 256 * 256];
    for (set, peak) in InstructionSet::available().into_iter().zip(peaks) {
        let (a, b) = (View::from(&a), View::from(&b));
        let [time] = best(0.5, [&mut || multiply_with(Route::Chosen, set, 1, a, b, &mut c)]);
        report.gflops(format!("{set} at 256³ (share of its own peak)"), 256, operations / time, *peak);
    }
}

/// Measures products on one thread: square ones from 2³ to 2048³, up to 512³ by each route, and the shapes of layers.
fn sizes(report: &mut Report, peak: f64) {
    let set = InstructionSet::selected();
    for n in [2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048] {
        let (a, b, operations) = operands(n, n, n);
        let (a, b) = (View::from(&a), View::from(&b));
        let (mut c, mut d, mut e) = (vec![0.0; n * n], vec![0.0; n * n], vec![0.0; n * n]);
        let mut chosen = || multiply_with(Route::Chosen, set, 1, a, b, &mut c);
        if n > LONG {
            let [chosen] = best(4.0, [&mut chosen]);
            report.gflops(format!("{n}³"), n, operations / chosen, peak);
            continue;
        }
        let [chosen, direct, packed] = best(
            1.5,
            [&mut chosen, &mut || multiply_with(Route::InPlace, set, 1, a, b, &mut d), &mut || {
                multiply_with(Route::Packed, set, 1, a, b, &mut e)
            }],
        );
        report.gflops(format!("{n}³"), n, operations / chosen, peak);
        report.gflops(format!("{n}³ in place"), n, operations / direct, peak);
        report.gflops(format!("{n}³ packed"), n, operations / packed, peak);
    }
    for (m, k, n) in [(128, 785, 128), (128, 129, 10), (50, 5, 3), (10, 1000, 1000), (1000, 10, 1000), (1, 785, 128)] {
        let (a, b, operations) = operands(m, k, n);
        let (at, bt) = (a.transpose(), b.transpose());
        let mut c = vec![0.0; m * n];
        for (name, a, b) in [
            ("A B", View::from(&a), View::from(&b)),
            ("Aᵀ B", at.t(), View::from(&b)),
            ("A Bᵀ", View::from(&a), bt.t()),
        ] {
            let [time] = best(0.3, [&mut || multiply_with(Route::Chosen, set, 1, a, b, &mut c)]);
            report.gflops(format!("{m}×{k} times {k}×{n} {name}"), 0, operations / time, peak);
        }
    }
}

/// Compares all threads with one thread.
fn threads(report: &mut Report) {
    let set = InstructionSet::selected();
    let count = kernel::threads();
    for n in [128, 192, 256, 512, 1024] {
        let (a, b, operations) = operands(n, n, n);
        let (a, b) = (View::from(&a), View::from(&b));
        let (mut c, mut d) = (vec![0.0; n * n], vec![0.0; n * n]);
        let [one, all] = best(
            if n < LONG { 1.0 } else { 4.0 },
            [&mut || multiply_with(Route::Chosen, set, 1, a, b, &mut c), &mut || {
                multiply_with(Route::Chosen, set, count, a, b, &mut d)
            }],
        );
        let remark = format!("{:.2} times one thread", one / all);
        report.line(format!("{n}³ {count} threads"), n, operations / all, "GFLOP/s", &remark);
    }
}

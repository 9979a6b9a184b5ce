//! Fuzzing of everything that reads a file: CSV, IDX, NPY and the description of a model.
//!
//! Each test starts from valid files and mutates them at random, always in the same way. Reading must not panic, and
//! its memory must stay in proportion to the file. What can be read must survive writing and reading again.
//! `cargo test --release --test fuzz -- --ignored --nocapture` tries 10 million files of each format.

#![allow(unsafe_code)] // `GlobalAlloc` is an unsafe trait; this allocator passes every call to the system's

mod support;

use feedforward::data::csv::{self, Features, Label, Options, Table};
use feedforward::data::{Names, Scaling, idx, npy};
use feedforward::model::Model;
use feedforward::random::Random;
use feedforward::{FullyConnected, Layer, Matrix};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::{fs, path::Path};
use support::Folder;

/// Files of each format that a plain run tries. A model takes longer, because it consists of files on the disk.
const FEW: usize = 100_000;
const FEW_MODELS: usize = 3_000;
/// Files of each format that the ignored tests try.
const MANY: usize = 10_000_000;

/// Bytes of memory that reading may need for each byte of the file. A field of one byte takes 24 bytes in the list of
/// the fields of its line, three times that while the list grows, and 24 bytes as the name of a column.
const CSV_BYTES: usize = 100;
/// An element of one byte becomes an `f64`, three times while it is moved to the start of a cache line.
const NPY_BYTES: usize = 24;
/// The elements are borrowed.
const IDX_BYTES: usize = 0;
/// As for CSV: a name of one byte is a string on a line of 7 bytes. The weights are NPY files.
const MODEL_BYTES: usize = 50;
/// Bytes of memory that reading may need for any file, above all for the text of an error.
const CONSTANT: usize = 8192;

/// The system's allocator, which also counts the bytes that this thread has in use and their maximum so far.
struct Counting;

thread_local! {
    static IN_USE: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: the system's allocator does all the work, and counting does not affect it: the counters need no memory.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let in_use = IN_USE.get().wrapping_add(layout.size()); // less than 0 if another thread allocated what was freed
        IN_USE.set(in_use);
        PEAK.set(PEAK.get().max(in_use));
        // SAFETY: the caller upholds the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        IN_USE.set(IN_USE.get().wrapping_sub(layout.size()));
        // SAFETY: the caller upholds the contract of `dealloc`, and `alloc` got this memory from the system.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Runs `read` and returns its result. Asserts that it needs at most `bytes` of memory for each of `length` bytes, plus
/// [`CONSTANT`]. No single allocation can exceed that either.
#[track_caller]
fn in_proportion<T>(bytes: usize, length: usize, read: impl FnOnce() -> T) -> T {
    let before = IN_USE.get();
    PEAK.set(before);
    let result = read();
    let (needed, bound) = (PEAK.get().wrapping_sub(before), bytes * length + CONSTANT);
    assert!(needed <= bound, "{needed} bytes of memory for {length} bytes; the bound is {bound}");
    result
}

/// Calls `check` with `count` mutations of the seeds. If it panics, names the mutation.
fn fuzz(count: usize, seeds: &[Vec<u8>], words: &[&[u8]], mut check: impl FnMut(&[u8], &mut Random) -> bool) {
    let mut random = Random::new(1);
    let mut valid = 0;
    for i in 0..count {
        let file = mutation(seeds, words, &mut random);
        match catch_unwind(AssertUnwindSafe(|| check(&file, &mut random))) {
            Ok(read) => valid += usize::from(read),
            Err(_) => panic!("mutation {i} is wrong: {}", file.escape_ascii()),
        }
    }
    println!("{count} files, {valid} of them valid");
    assert!(valid > count / 100 && valid < count, "the mutations are too wild or too tame: {valid} of {count} valid");
}

/// Returns one of the seeds with one to three changes. `words` are what a format may contain, and extreme numbers.
fn mutation(seeds: &[Vec<u8>], words: &[&[u8]], random: &mut Random) -> Vec<u8> {
    let mut file = seeds[random.below(seeds.len())].clone();
    for _ in 0..1 + random.below(3) {
        let (from, to) = (random.below(file.len() + 1), random.below(file.len() + 1));
        let (from, to) = (from.min(to), from.max(to).min(from.min(to) + 40));
        let word = words[random.below(words.len())];
        match random.below(9) {
            0 => file.iter_mut().skip(from).take(1).for_each(|byte| *byte ^= 1 << random.below(8)),
            1 => file.iter_mut().skip(from).take(1).for_each(|byte| *byte = random.bits() as u8),
            2 => file.insert(from, random.bits() as u8),
            3 => drop(file.drain(from..to)),
            4 => drop(file.splice(from..from, file[from..to].to_vec())),
            5 => {
                let other = &seeds[random.below(seeds.len())];
                file.splice(from.., other[random.below(other.len() + 1)..].iter().copied());
            }
            6 => file.truncate(to),
            7 => drop(file.splice(from..from, word.iter().copied())),
            _ => {
                // Replaces a number, or the bytes at `from`, by a word.
                let start = (from..file.len()).find(|&at| file[at].is_ascii_digit()).unwrap_or(from);
                let digits = file[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                let end = start + if digits > 0 { digits } else { word.len().min(file.len() - start) };
                file.splice(start..end, word.iter().copied());
            }
        }
    }
    file
}

/// Numbers that break careless readers.
const NUMBERS: [&[u8]; 14] = [
    b"0",
    b"-0",
    b"1",
    b"1.0",
    b"-1",
    b"255",
    b"65536",
    b"4294967296",
    b"18446744073709551615",
    b"1e308",
    b"1e-320",
    b"1e999",
    b"nan",
    b"inf",
];

fn csv_files() -> Vec<Vec<u8>> {
    [
        "sepal length,sepal width,species\n5.1,3.5,setosa\n7.0,3.2,versicolor\n6.3,3.3,setosa\n",
        "5.1,3.5,rose\r\n7,3.2,tulip\r\n6.3,-3.3e1,rose\r\n",
        "\u{feff}\"a,\"\"b\"\"\";\"two\nlines\";kind\n1;2;x\n3;4;y\n",
        "0,1,2,3\n5,6,7,1\n8,9,10,2\n",
        "\tb\tkind\n0\t5\tx\n1\t6\tx\n2\t7\ty\n\n",
        "5,0\n6,1\n7,10\n8,9\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

/// Different ways to read a table.
fn csv_options() -> Vec<Options> {
    let names = || ["sepal width", "kind", "b"].map(str::to_string);
    let mut all = vec![Options::default(); 4]; // what people use most
    for header in [None, Some(true), Some(false)] {
        let [width, kind, b] = names();
        for label in [Label::Last, Label::Column("2".to_string()), Label::IfAny(kind.clone()), Label::None] {
            all.push(Options { header, label, ..Options::default() });
        }
        let label = Label::NamedOrLast(kind);
        all.push(Options { header, features: Features::NamedOrOthers(vec![b.clone()]), label: label.clone() });
        all.push(Options { header, features: Features::Named(vec![width, b]), label });
    }
    all
}

/// Reads a table, writes what was read, and reads it again. Returns whether it is valid.
fn check_csv(file: &[u8], options: &Options) -> bool {
    let read = |bytes: &[u8], options: &Options| {
        in_proportion(CSV_BYTES, bytes.len(), || csv::parse(Path::new("t.csv"), bytes, options))
    };
    let table = match read(file, options) {
        Ok(table) => table,
        Err(error) => {
            assert_one_line(&error.to_string());
            return false;
        }
    };
    assert_one_line(&table.hints.iter().map(ToString::to_string).collect::<String>());
    let headed = !table.names.features.is_empty();
    let label = if table.classes.is_empty() { Label::None } else { Label::Last };
    let again = read(written(&table).as_bytes(), &Options { header: Some(headed), label, features: Features::Others });
    let again = again.unwrap_or_else(|error| panic!("written as {:?}: {error}", written(&table)));
    assert_eq!((&again.classes, &again.names), (&table.classes, &table.names));
    assert_eq!(bits(&again.features), bits(&table.features));
    true
}

/// Asserts that a message has no line break and is not longer than a person reads.
#[track_caller]
fn assert_one_line(message: &str) {
    assert!(!message.contains(['\n', '\r']) && message.chars().count() < 2000, "{message}");
}

fn written(table: &Table) -> String {
    let mut text = String::new();
    let mut line = |fields: Vec<String>| {
        text += &if fields == [""] { "\"\"".to_string() } else { fields.join(",") };
        text += "\n";
    };
    if !table.names.features.is_empty() {
        line(table.names.features.iter().chain(&table.names.label).map(|name| csv::field(name).into_owned()).collect());
    }
    for (i, row) in table.features.iter_rows().enumerate() {
        let class = table.classes.get(i).map(|&class| csv::field(&table.names.classes[class]).into_owned());
        line(row.iter().map(f64::to_string).chain(class).collect());
    }
    text
}

fn bits(matrix: &Matrix) -> (usize, usize, Vec<u64>) {
    (matrix.rows(), matrix.columns(), matrix.as_slice().iter().map(|x| x.to_bits()).collect())
}

fn fuzz_csv(count: usize) {
    let special: [&[u8]; 12] =
        [b",", b";", b"\t", b"\"", b"\"\"", b"\n", b"\r\n", b" ", b"\xff", b"kind", b"\xef\xbb\xbf", b"\xc2\xa0"];
    let options = csv_options();
    fuzz(count, &csv_files(), &[&special[..], &NUMBERS].concat(), |file, random| {
        check_csv(file, &options[random.below(options.len())])
    });
}

/// The files of NumPy in `tests/files/npy` that are small.
fn npy_files() -> Vec<Vec<u8>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/npy");
    let mut names: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    names.into_iter().map(|name| fs::read(name).unwrap()).filter(|bytes| bytes.len() < 1000).collect()
}

fn check_npy(file: &[u8]) -> bool {
    let read = |bytes: &[u8]| in_proportion(NPY_BYTES, bytes.len(), || npy::parse(Path::new("a.npy"), bytes));
    match read(file) {
        Ok(matrix) => assert_eq!(bits(&read(&npy::to_bytes(&matrix)).unwrap()), bits(&matrix)),
        Err(error) => {
            assert_one_line(&error.to_string());
            return false;
        }
    }
    true
}

fn fuzz_npy(count: usize) {
    let special: [&[u8]; 16] = [
        b"'descr'",
        b"'shape'",
        b"'fortran_order'",
        b"True",
        b"False",
        b"'<f8'",
        b"'|u1'",
        b"'>i8'",
        b"(",
        b")",
        b"(2, 3)",
        b"(0, 4294967296)",
        b",",
        b"}",
        b"\x93NUMPY\x02\x00",
        b"1, 1, 1, 1, ",
    ];
    fuzz(count, &npy_files(), &[&special[..], &NUMBERS].concat(), |file, _| check_npy(file));
}

fn check_idx(file: &[u8]) -> bool {
    match in_proportion(IDX_BYTES, file.len(), || idx::parse(Path::new("images"), file)) {
        Ok(array) => {
            let sizes = array.shape.iter().flat_map(|&size| (size as u32).to_be_bytes());
            let again: Vec<u8> = [0, 0, 8, array.shape.len() as u8].into_iter().chain(sizes).collect();
            assert_eq!([&again, array.elements].concat(), file);
            true
        }
        Err(error) => {
            assert_one_line(&error.to_string());
            false
        }
    }
}

fn fuzz_idx(count: usize) {
    let images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 250, 251, 252, 253, 254, 255];
    let seeds = [images.to_vec(), vec![0, 0, 8, 1, 0, 0, 0, 4, 0, 1, 2, 1], vec![0, 0, 8, 0, 7]];
    let words: [&[u8]; 8] =
        [&[0; 4], &[255; 4], &[0, 0, 0, 1], &[127, 255, 255, 255], &[128, 0, 0, 0], &[0, 1, 0, 0], &[0, 0, 8], &[255]];
    fuzz(count, &seeds, &words, |file, _| check_idx(file));
}

/// Mutates the descriptions of two models in files, because nothing but [`Model::load`] reads one.
fn fuzz_models(count: usize) {
    let mut random = Random::new(2);
    let text = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
    let named =
        Names { features: text(&["x", "y\nz"]), label: Some("kind".to_string()), classes: text(&["a", "\\n", "c"]) };
    let (folder, copy) = (Folder::new(), Folder::new());
    for (directory, names) in [("0", named), ("1", Names::of_classes(0..3))] {
        let mut layer = |inputs, outputs| {
            let layer = FullyConnected::he(inputs, outputs, &mut random);
            layer.parameters().unwrap().weights.clone()
        };
        Model::new(vec![layer(2, 4), layer(4, 3)], Scaling::none(2), names).save(folder.join(directory)).unwrap();
    }
    let description = |directory: usize| folder.join(directory.to_string()).join("model.txt");
    let seeds = [0, 1].map(|directory| fs::read(description(directory)).unwrap());
    let size =
        |path: &Path| fs::read_dir(path).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum::<u64>();
    let sizes = [0, 1].map(|directory| size(&folder.join(directory.to_string())) as usize);
    let words: [&[u8]; 12] = [
        b"weights ",
        b"scaling ",
        b"class ",
        b"feature ",
        b"label ",
        b"\n",
        b"\\",
        b"/",
        b"..",
        b"layer1-a.npy",
        b"x",
        b"# ",
    ];
    fuzz(count, &seeds, &[&words[..], &NUMBERS].concat(), |file, random| {
        let directory = random.below(2);
        fs::write(description(directory), file).unwrap();
        let directory_path = folder.join(directory.to_string());
        let model = in_proportion(MODEL_BYTES, sizes[directory] + file.len(), || Model::load(&directory_path));
        match &model {
            Ok(model) if random.below(500) == 0 => {
                model.save(&*copy).unwrap();
                assert_eq!(&Model::load(&*copy).unwrap(), model);
            }
            Ok(_) => {}
            Err(error) => assert_one_line(&error.to_string()),
        }
        model.is_ok()
    });
}

#[test]
fn damaged_tables_are_read_or_refused() {
    fuzz_csv(FEW);
}

#[test]
fn damaged_arrays_of_numpy_are_read_or_refused() {
    fuzz_npy(FEW);
}

#[test]
fn damaged_arrays_of_idx_are_read_or_refused() {
    fuzz_idx(FEW);
}

#[test]
fn damaged_models_are_read_or_refused() {
    fuzz_models(FEW_MODELS);
}

#[test]
#[ignore = "takes minutes"]
fn many_damaged_tables_are_read_or_refused() {
    fuzz_csv(MANY);
}

#[test]
#[ignore = "takes minutes"]
fn many_damaged_arrays_of_numpy_are_read_or_refused() {
    fuzz_npy(MANY);
}

#[test]
#[ignore = "takes minutes"]
fn many_damaged_arrays_of_idx_are_read_or_refused() {
    fuzz_idx(MANY);
}

#[test]
#[ignore = "takes minutes"]
fn many_damaged_models_are_read_or_refused() {
    fuzz_models(MANY);
}

/// Large files, each of one part repeated, cost the most memory or would take the square of the time.
#[test]
fn large_files_of_one_part_take_memory_and_time_in_proportion() {
    const LENGTH: usize = 60_000;
    let repeated = |part: &str| part.repeat(LENGTH / part.len());
    let parts = [
        ",", "a,", "0,", "\"\",", "\"", "\"\"", "\"\n", "\"a\n\",", "\n", " ", "\r", "\t", ";", "1\n", "1,x\n",
        "0,1\n", "x,\n", "\"x\"y", "é", "\u{a0}", "1\u{a0}",
    ];
    let mut tables: Vec<String> = parts.iter().map(|part| repeated(part)).collect();
    tables.extend(parts.iter().map(|part| format!("5,x\n{}", repeated(part))));
    let names: Vec<String> = (0..LENGTH / 6).map(|i| format!("{i:x}")).collect(); // all different
    tables.push(format!("{}\n{}\n", names.join(","), vec!["1"; names.len()].join(",")));
    tables.push((0..LENGTH / 8).map(|i| format!("1,{}\n", i % 256)).collect());
    tables.push(format!("{}\n{}", (0..10_000).map(|i| i.to_string()).collect::<Vec<_>>().join(","), repeated("1,")));
    for (table, options) in tables.iter().flat_map(|table| csv_options().into_iter().map(move |o| (table, o))) {
        check_csv(table.as_bytes(), &options);
    }

    let array = |kind: &str, order: &str, shape: &str, elements: usize| {
        let header = format!("{{'descr': '{kind}', 'fortran_order': {order}, 'shape': {shape}, }}");
        let length = (header.len() as u32).to_le_bytes();
        [b"\x93NUMPY\x02\x00", &length[..], header.as_bytes(), &vec![1; elements]].concat()
    };
    let axes = format!("({}{LENGTH})", "1, ".repeat(63));
    let headers = ["(", "[", "'", "1,", "0,", " ", "'descr': '<f8', ", "99999999999999999999"].map(repeated);
    let mut arrays: Vec<Vec<u8>> = headers.iter().map(|header| array("|u1", "True", header, 0)).collect();
    arrays.extend(headers.iter().map(|header| array("|u1", "True", &format!("({header}"), 0)));
    for order in ["True", "False"] {
        arrays.push(array("|u1", order, &axes, LENGTH));
        arrays.push(array("|u1", order, &format!("({}{})", "2, ".repeat(18), 1), 1 << 18));
        arrays.push(array("|b1", order, "(512, 512)", 1 << 18));
    }
    let valid = arrays.iter().filter(|array| check_npy(array)).count();
    assert_eq!(valid, 6);

    let ones: Vec<u8> = [0, 0, 8, 255].into_iter().chain([0, 0, 0, 1].repeat(255)).chain([9]).collect();
    assert!(check_idx(&ones));
    for sizes in [[0; 4], [255; 4], [0, 0, 0, 2]] {
        check_idx(&[&[0, 0, 8, 255], &sizes.repeat(255)[..], &[1; LENGTH]].concat());
    }
}

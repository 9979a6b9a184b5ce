//! Tests of `.npy` files: files that NumPy wrote (`tests/files/npy`), damaged files, and the bytes that we write.

use feedforward::Matrix;
use feedforward::data::{FileError, Place, npy};
use proptest::prelude::*;

/// The bytes of a file that NumPy 2.4 wrote.
fn bytes(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/files/npy/{name}.npy", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn parse(bytes: &[u8]) -> Result<Matrix, FileError> {
    npy::parse("a.npy".as_ref(), bytes)
}

#[track_caller]
fn read(name: &str) -> Matrix {
    parse(&bytes(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The bytes of the file, with the text `from` replaced by `to`, which must have the same length.
fn replaced(name: &str, from: &str, to: &str) -> Vec<u8> {
    let mut bytes = bytes(name);
    assert_eq!(from.len(), to.len());
    let at = bytes.windows(from.len()).position(|window| window == from.as_bytes()).expect(from);
    bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    bytes
}

#[test]
fn all_element_types_byte_orders_and_axis_orders_are_read() {
    let floats = Matrix::from_rows([[0.5, -1.0, 2.0], [3.25, 4.0, -5000.0]]);
    let signed = Matrix::from_rows([[0.0, 1.0, -2.0], [3.0, 4.0, -5.0]]);
    let unsigned = Matrix::from_rows([[0.0, 1.0, 2.0], [3.0, 4.0, 250.0]]);
    let booleans = Matrix::from_rows([[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]]);
    for order in ["c", "f"] {
        for endian in ["little", "big"] {
            for (kinds, expected) in
                [(&["f4", "f8"][..], &floats), (&["i2", "i4", "i8"], &signed), (&["u2", "u4", "u8"], &unsigned)]
            {
                for kind in kinds {
                    assert_eq!(&read(&format!("{kind}-{endian}-{order}")), expected, "{kind} {endian} {order}");
                }
            }
        }
        for (kind, expected) in [("i1", &signed), ("u1", &unsigned), ("b1", &booleans)] {
            assert_eq!(&read(&format!("{kind}-{order}")), expected, "{kind} {order}");
        }
    }
}

#[test]
fn versions_2_and_3_are_read() {
    for version in ["version2", "version3"] {
        assert_eq!(read(version), read("f8-little-c"), "{version}");
    }
}

#[test]
fn the_first_axis_becomes_the_rows_and_the_other_axes_become_the_columns() {
    assert_eq!(read("scalar"), Matrix::from_rows([[7.5]]));
    assert_eq!(read("vector"), Matrix::from_rows([[1.0], [2.0], [3.0]]));
    let cube = Matrix::from_fn(2, 6, |i, j| (6 * i + j) as f64);
    assert_eq!(read("cube-c"), cube);
    assert_eq!(read("cube-f"), cube);
    assert_eq!(read("no-rows").shape(), (0, 3));
}

#[test]
fn an_element_type_that_f64_cannot_represent_is_refused_by_its_name() {
    for (name, part) in [
        ("refused-complex", "<c16"),
        ("refused-text", "<U3"),
        ("refused-half", "<f2"),
        ("refused-object", "|O"),
        ("refused-fields", "several fields"),
        ("refused-large", "9007199254740992"),
    ] {
        let error = parse(&bytes(name)).expect_err(name);
        assert!(error.message.contains(part), "{name}: {error}");
        assert!(error.to_string().starts_with("a.npy, byte "), "{name}: {error}");
    }
}

#[test]
fn an_error_says_what_is_wrong() {
    let good = bytes("f8-little-c");
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        bytes
    };
    let longer = [&good[..], &[0]].concat();
    for (bytes, part) in [
        (Vec::new(), "starts with \\x93NUMPY"),
        (b"\x93NUMP".to_vec(), "starts with \\x93NUMPY"),
        (b"\x93NUMPY".to_vec(), "within its header"),
        (b"\x93NUMPY\x01\x00\x76".to_vec(), "within its header"),
        (with(6, 4), "version 4"),
        (with(9, 255), "within its header"),
        (good[..good.len() - 1].to_vec(), "47 bytes of elements follow; the shape (2, 3) asks for 48"),
        (longer, "49 bytes of elements follow; the shape (2, 3) asks for 48"),
        (replaced("f8-little-c", "(2, 3)", "(2,-3)"), "expected a size"),
        (replaced("f8-little-c", "(2, 3)", "(2  3)"), "expected )"),
        (replaced("f8-little-c", "(2, 3), }", "(2, 3), ]"), "in quotes"),
        (replaced("f8-little-c", "False", "Maybe"), "True or False"),
        (replaced("f8-little-c", "'shape'", "'shade'"), "the keys are"),
        (replaced("f8-little-c", "{'descr': '<f8', ", "{                "), "has no 'descr'"),
        (replaced("f8-little-c", "'<f8'", "'<q8'"), "<q8"),
    ] {
        let error = parse(&bytes).expect_err(part);
        assert!(error.message.contains(part), "{part:?} is not in: {error}");
    }
}

#[test]
fn a_shape_larger_than_the_file_is_refused_before_memory_is_allocated() {
    let claim = |shape: &str| {
        let header = format!("{{'descr': '<f8', 'fortran_order': True, 'shape': {shape}, }}");
        [b"\x93NUMPY\x01\x00", &(header.len() as u16).to_le_bytes()[..], header.as_bytes()].concat()
    };
    for shape in
        ["(1152921504606846976,)", "(4294967296, 4294967296)", "(99999999999999999999,)", "(0, 4294967296, 4294967296)"]
    {
        assert!(parse(&claim(shape)).is_err(), "{shape}"); // allocating this shape would take all memory or overflow
    }
    assert_eq!(parse(&claim("(0, 4294967296)")).unwrap().shape(), (0, 4294967296)); // no elements, so no memory
}

#[test]
fn an_array_has_at_most_64_axes() {
    let array = |axes: usize, order: &str| {
        let ones = "1, ".repeat(axes - 1);
        let header = format!("{{'descr': '|u1', 'fortran_order': {order}, 'shape': ({ones}3), }}");
        let length = (header.len() as u32).to_le_bytes();
        parse(&[b"\x93NUMPY\x02\x00", &length[..], header.as_bytes(), &[1, 2, 3]].concat())
    };
    for order in ["True", "False"] {
        assert_eq!(array(64, order).unwrap(), Matrix::from_rows([[1.0, 2.0, 3.0]]));
        assert_eq!(array(65, order).unwrap_err().message, "an array has at most 64 axes");
    }
}

#[test]
fn an_element_type_in_a_message_is_on_one_line() {
    let error = parse(&replaced("f8-little-c", "'<f8'", "'<\n8'")).unwrap_err();
    assert!(error.message.contains("of type <\\n8;"), "{error}");
}

#[test]
fn our_files_are_byte_for_byte_those_of_numpy() {
    assert_eq!(npy::to_bytes(&read("f8-little-c")), bytes("f8-little-c"));
    assert_eq!(npy::to_bytes(&read("no-rows")), bytes("no-rows"));
}

#[test]
fn a_matrix_is_bit_for_bit_the_same_after_writing_and_reading() {
    let matrix = Matrix::from_rows([[f64::MIN_POSITIVE, -0.0], [f64::INFINITY, f64::MAX], [1.0 / 3.0, 5e-324]]);
    let file = std::env::temp_dir().join(format!("feedforward-{}.npy", std::process::id()));
    npy::write(&file, &matrix).unwrap();
    let read = npy::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let bits = |matrix: &Matrix| matrix.as_slice().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!((read.shape(), bits(&read)), (matrix.shape(), bits(&matrix)));
    let error = npy::write("no/such/directory/a.npy", &matrix).unwrap_err();
    assert!(error.to_string().starts_with("no/such/directory/a.npy: "), "{error}");
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&[b"\x93NUMPY\x01\x00", &bytes[..]].concat());
        let _ = parse(&bytes);
    }

    #[test]
    fn a_changed_good_file_is_read_or_refused_without_a_panic(
        name in prop::sample::select(vec!["f8-little-f", "i2-big-c", "version3", "cube-f", "refused-fields"]),
        changes in proptest::collection::vec((0..200usize, any::<u8>()), 1..4),
        cut in 0..300usize,
    ) {
        let mut bytes = bytes(name);
        for (at, byte) in changes {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        bytes.truncate(bytes.len().max(cut) - if cut < 20 { cut } else { 0 });
        if let Ok(matrix) = parse(&bytes) {
            prop_assert!(matrix.as_slice().len() <= bytes.len());
        }
    }

    #[test]
    fn any_text_in_the_header_is_read_or_refused_without_a_panic(text in "[{}'a-z<>|0-9:,() TFL]{0,60}") {
        let _ = parse(&[b"\x93NUMPY\x01\x00", &[text.len() as u8, 0][..], text.as_bytes()].concat());
    }
}

#[test]
fn the_header_fills_the_fewest_multiples_of_64_bytes() {
    for shape in [(0, 0), (1, 1), (12, 3), (123, 1), (1234, 0), (0, 123_456), (0, usize::MAX)] {
        let bytes = npy::to_bytes(&Matrix::zeros(shape.0, shape.1));
        let length = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        assert_eq!(length % 64, 0, "{shape:?}");
        assert!(bytes[length - 64..length - 1].iter().any(|&byte| byte != b' ') && bytes[length - 1] == b'\n');
        assert_eq!(bytes.len(), length + 8 * shape.0 * shape.1);
    }
}

#[test]
fn an_error_names_the_byte_in_the_header_or_the_elements() {
    let file = |header: &str, elements: &[u8]| {
        let length = (header.len() as u16).to_le_bytes();
        [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), elements].concat()
    };
    let byte = |bytes: &[u8]| npy::parse("a.npy".as_ref(), bytes).unwrap_err().place;
    let header = "{'descr': '<i8', 'fortran_order': False, 'shape': (3,)}";
    let elements = [5i64, -7, i64::MAX].map(i64::to_le_bytes).concat();
    assert_eq!(byte(&file(header, &elements)), Place::Byte(10 + header.len() + 2 * 8));
    assert_eq!(byte(&file("{'descr': '<i8', 'order': 1}", &[])), Place::Byte(10 + 17));
    let truth = file("{'descr': '|b1', 'fortran_order': False, 'shape': (3,)}", &[0, 1, 2]);
    assert_eq!(npy::parse("a.npy".as_ref(), &truth).unwrap().as_slice(), [0.0, 1.0, 1.0]);
}

//! Tests of IDX files: a small set of images that NumPy wrote (`tests/files/idx`), bytes written by hand, and damaged
//! files.

mod support;

use feedforward::data::idx::{self, Array};
use feedforward::data::{FileError, Place};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use support::Folder;

fn parse(bytes: &[u8]) -> Result<Array<'_>, FileError> {
    idx::parse("images".as_ref(), bytes)
}

/// The directory with 60 training images and 30 test images of 4 × 3 pixels, in 3 classes.
fn small() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/idx")
}

/// Copies the directory, so that a test can damage the copy.
fn copy() -> Folder {
    let folder = Folder::new();
    for entry in fs::read_dir(small()).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
    }
    folder
}

/// Two images of 2 × 3 pixels, byte by byte.
const IMAGES: [u8; 28] =
    [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 250, 251, 252, 253, 254, 255];

#[test]
fn sizes_and_elements_are_read_from_bytes_written_by_hand() {
    let array = parse(&IMAGES).unwrap();
    assert_eq!((array.shape, array.elements), (vec![2, 2, 3], &IMAGES[16..]));
    assert_eq!(
        parse(&[0, 0, 8, 1, 0, 0, 1, 0].iter().copied().chain([7; 256]).collect::<Vec<_>>()).unwrap().shape,
        [256]
    );
    assert_eq!(parse(&[0, 0, 8, 0, 9]).unwrap().elements, [9]); // no dimensions: one number
}

#[test]
fn a_directory_gives_training_and_test_images_with_labels_and_the_image_size() {
    let images = idx::read_directory(small()).unwrap();
    assert_eq!((images.train.inputs.shape(), images.test.inputs.shape(), images.image), ((60, 12), (30, 12), (4, 3)));
    assert_eq!(images.train.names.classes, ["0", "1", "2"]);
    assert_eq!(images.train.labels.row_argmax()[..4], [0, 1, 2, 0]);
    let first = &images.train.inputs[0]; // an image of class 0, which has a bright second row
    assert!((3..6).all(|j| first[j] >= 200.0) && (0..3).chain(6..12).all(|j| first[j] < 40.0), "{first:?}");
    assert!(idx::is_directory(small()) && !idx::is_directory(env!("CARGO_MANIFEST_DIR")));
}

#[test]
fn other_spellings_of_the_file_names_are_found() {
    let folder = copy();
    for (from, to) in [
        ("train-images-idx3-ubyte", "train-images.idx3-ubyte"),
        ("train-labels-idx1-ubyte", "emnist-letters-train-labels-idx1-ubyte"),
        ("t10k-images-idx3-ubyte", "emnist-letters-test-images-idx3-ubyte"),
    ] {
        fs::rename(folder.join(from), folder.join(to)).unwrap();
    }
    assert_eq!(idx::read_directory(&*folder).unwrap(), idx::read_directory(small()).unwrap());
}

#[test]
fn an_error_in_the_bytes_names_the_byte_and_what_is_wrong() {
    let with = |at: usize, byte: u8| {
        let mut bytes = IMAGES;
        bytes[at] = byte;
        bytes.to_vec()
    };
    for (bytes, place, part) in [
        (Vec::new(), 0, "the file ends here; its header needs 4 bytes"),
        (IMAGES[..15].to_vec(), 15, "its header needs 16 bytes"),
        (with(0, 1), 0, "two bytes 0, not 1 and 0"),
        (with(2, 0x0d), 2, "type 0x0d; only unsigned bytes"),
        (with(3, 255), 28, "its header needs 1024 bytes"),
        (with(7, 3), 16, "12 elements follow; the sizes 3 × 2 × 3 ask for 18"),
        (with(7, 1), 16, "12 elements follow; the sizes 1 × 2 × 3 ask for 6"),
        (IMAGES[..27].to_vec(), 16, "11 elements follow"),
    ] {
        let error = parse(&bytes).expect_err(part);
        assert_eq!(error.place, Place::Byte(place), "{error}");
        assert!(error.message.contains(part), "{part:?} is not in: {error}");
    }
}

#[test]
fn sizes_larger_than_the_file_are_refused_before_memory_is_allocated() {
    let mut huge = vec![0, 0, 8, 4];
    huge.extend([255; 16]); // (2³² − 1)⁴ elements
    let error = parse(&huge).unwrap_err();
    assert!(error.message.contains("more than any machine can hold"), "{error}");
    assert!(parse(&huge[..8]).is_err());
    let many = parse(&[&[0, 0, 8, 255], &[0, 0, 0, 2].repeat(255)[..]].concat()).unwrap_err();
    assert!(many.message.contains("the sizes 2 × 2 × 2 × 2 × 2 × 2 × 2 × 2 × … ask for more"), "{many}");
}

#[test]
fn an_error_in_the_directory_names_the_file_and_what_is_wrong() {
    type Damage = fn(&Folder);
    let cases: [(Damage, &str); 8] = [
        (
            |f| fs::remove_file(f.join("t10k-labels-idx1-ubyte")).unwrap(),
            "has no file t10k-labels-idx1-ubyte or test-labels",
        ),
        (
            |f| fs::rename(f.join("train-images-idx3-ubyte"), f.join("train-images-idx3-ubyte.gz")).unwrap(),
            "unpack it first: gzip -d ",
        ),
        (|f| fs::write(f.join("train-images-idx3-ubyte"), [0x1f, 0x8b, 8]).unwrap(), "unpack it first: gzip -d "),
        (|f| fs::write(f.join("x-train-images-idx3-ubyte"), IMAGES).unwrap(), "more than one set of images"),
        (
            |f| fs::write(f.join("t10k-images-idx3-ubyte"), IMAGES).unwrap(),
            "images of 2×3, but the training images are 4×3",
        ),
        (|f| fs::write(f.join("t10k-labels-idx1-ubyte"), IMAGES).unwrap(), "3 dimensions; labels have 1"),
        (
            |f| fs::write(f.join("train-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 1, 2]).unwrap(),
            "1 labels, but there are 60",
        ),
        (
            |f| fs::write(f.join("train-images-idx3-ubyte"), [0, 0, 8, 1, 0, 0, 0, 1, 2]).unwrap(),
            "1 dimensions; images have 3",
        ),
    ];
    for (damage, part) in cases {
        let folder = copy();
        damage(&folder);
        let error = idx::read_directory(&*folder).expect_err(part).to_string();
        assert!(
            error.contains(part) && error.starts_with(&folder.display().to_string()),
            "{part:?} is not in: {error}"
        );
    }
    assert!(idx::read_directory("no/such/directory").is_err());
    let empty = copy();
    fs::write(empty.join("train-images-idx3-ubyte"), [0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 3]).unwrap();
    assert!(idx::read_directory(&*empty).unwrap_err().message.contains("has no pixels"));
}

#[cfg(unix)]
#[test]
fn a_pipe_in_a_directory_of_images_is_refused_and_never_opened() {
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

    for name in ["train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"] {
        let folder = copy();
        let pipe = folder.join(name);
        fs::remove_file(&pipe).unwrap();
        support::make_pipe(&pipe);
        let opened = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let writer = fs::File::create(&pipe).unwrap(); // waits until someone opens the pipe to read
                opened.store(true, SeqCst);
                drop(writer);
            });
            let error = idx::read_directory(&*folder).unwrap_err();
            assert!(!opened.load(SeqCst), "{name} was opened");
            assert_eq!(error.file, pipe);
            assert_eq!(error.message, "is not a regular file; expected one that holds data");
            fs::read(&pipe).unwrap(); // lets the writer go on
        });
    }
    let folder = copy();
    let labels = folder.join("train-labels-idx1-ubyte");
    fs::remove_file(&labels).unwrap();
    fs::create_dir(&labels).unwrap();
    let error = idx::read_directory(&*folder).unwrap_err();
    assert_eq!(error.message, "is not a regular file; expected one that holds data");
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        let _ = parse(&bytes);
        let _ = parse(&[&[0, 0, 8], &bytes[..]].concat());
    }

    #[test]
    fn a_changed_good_file_is_read_or_refused_without_a_panic(
        changes in proptest::collection::vec((0..28usize, any::<u8>()), 1..4),
        length in 0..=28usize,
    ) {
        let mut bytes = IMAGES;
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        if let Ok(array) = parse(&bytes[..length]) {
            prop_assert_eq!(array.shape.iter().product::<usize>(), array.elements.len());
        }
    }
}

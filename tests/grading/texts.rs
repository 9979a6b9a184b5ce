//! Files in other encodings and with other line endings, as editors on other systems write them.

use super::class::{Class, SECTIONS};
use super::{file, reference};

#[test]
#[ignore = "compiles solutions"]
fn a_file_is_graded_whatever_its_line_endings_or_refused_with_what_to_do() {
    let mut class = Class::new("texts");
    for (section, _) in SECTIONS {
        for (name, text) in [("handed out", reference(section)), ("plain", file("tests/grading/plain", section))] {
            class.add(&format!("{name} crlf"), section, &text.replace('\n', "\r\n"));
            class.add(&format!("{name} cr"), section, &text.replace('\n', "\r"));
        }
    }
    let sgd = reference("sgd");
    let tabs = sgd.replace("    ", "\t");
    assert!(tabs.contains("\n\tfn update"), "{tabs}");
    let utf16 =
        |order: fn(u16) -> [u8; 2]| format!("\u{feff}{sgd}").encode_utf16().flat_map(order).collect::<Vec<u8>>();
    for (name, bytes) in [
        ("bom", format!("\u{feff}{sgd}").into_bytes()),
        ("bom and crlf", format!("\u{feff}{}", sgd.replace('\n', "\r\n")).into_bytes()),
        ("tabs", tabs.into_bytes()),
        ("no newline at the end", sgd.trim_end().into()),
    ] {
        class.add_bytes(name, "src/sgd.rs", &bytes);
        class.add(name, "relu", &reference("relu"));
    }
    let refused = [
        ("nul", format!("{sgd}\0\0\0").into_bytes(), "src/sgd.rs is damaged: it has a NUL character in line "),
        ("utf-16le", utf16(u16::to_le_bytes), "src/sgd.rs is UTF-16; save it as UTF-8"),
        ("utf-16be", utf16(u16::to_be_bytes), "src/sgd.rs is UTF-16; save it as UTF-8"),
        ("latin-1", [b"// \xfc\n", sgd.as_bytes()].concat(), "src/sgd.rs is not UTF-8 (line 1); save it as UTF-8"),
    ];
    for (name, bytes, _) in &refused {
        class.add_bytes(name, "src/sgd.rs", bytes);
    }
    let grades = class.grade(&[]);
    for name in ["handed out crlf", "handed out cr", "plain crlf", "plain cr"] {
        assert_eq!(grades.total(name), 100.0, "{name}: {}", grades.output);
    }
    for name in ["bom", "bom and crlf", "tabs", "no newline at the end"] {
        assert_eq!(grades.total(name), 10.0, "{name}: {}", grades.why(name, "sgd"));
    }
    for (name, _, why) in &refused {
        assert!(grades.why(name, "sgd").starts_with(why), "{name}: {}", grades.why(name, "sgd"));
    }
}

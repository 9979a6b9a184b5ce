//! Tests of CSV files: tables written in different ways, and the error messages for damaged ones.

mod support;

use feedforward::Matrix;
use feedforward::data::csv::{self, Features, Hint, Label, Options, Table};
use feedforward::data::{FileError, Names, Place};
use proptest::prelude::*;
use std::error::Error;

fn parse(text: &str, options: &Options) -> Result<Table, FileError> {
    csv::parse("table.csv".as_ref(), text.as_bytes(), options)
}

fn table(text: &str) -> Table {
    parse(text, &Options::default()).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

fn with(label: Label) -> Options {
    Options { label, ..Options::default() }
}

/// Asserts that a table holds these three flowers.
fn assert_flowers(table: &Table) {
    assert_eq!(table.features, Matrix::from_rows([[5.1, 3.5], [7.0, 3.2], [6.3, -3.3e1]]));
    assert_eq!(table.classes, [0, 1, 0]);
    assert_eq!(table.names.classes, ["rose", "tulip"]);
}

#[test]
fn different_ways_to_write_a_table_give_the_same_table() {
    for text in [
        "5.1,3.5,rose\n7,3.2,tulip\n6.3,-33,rose\n",
        "5.1,3.5,rose\n7,3.2,tulip\n6.3,-33,rose", // no line break at the end
        "5.1,3.5,rose\r\n7,3.2,tulip\r\n6.3,-33,rose\r\n", // CRLF
        "\n5.1,3.5,rose\n\n  \n7,3.2,tulip\n6.3,-33,rose\n\n\n", // blank lines
        "\u{feff}5.1,3.5,rose\n7,3.2,tulip\n6.3,-33,rose\n", // a byte order mark
        " 5.1 , 3.5,\trose\n7, 3.2 ,tulip \n+6.3,-3.3e1,rose\n", // blanks and exponents
        "\"5.1\",3.5,\"rose\"\n7,\"3.2\" ,tulip\n6.3,-33,rose\n", // quotes
        "5.1;3.5;rose\n7;3.2;tulip\n6.3;-33;rose\n", // semicolons
        "5.1\t3.5\trose\r\n7\t3.2\ttulip\r\n6.3\t-33\trose", // tabs
    ] {
        let table = table(text);
        assert_flowers(&table);
        assert!(table.names.features.is_empty() && table.names.label.is_none(), "{text:?}");
    }
}

#[test]
fn a_first_line_without_numbers_is_a_header_unless_the_options_decide() {
    let headed = table("length,width,kind\n5.1,3.5,rose\n7,3.2,tulip\n6.3,-33,rose\n");
    assert_flowers(&headed);
    assert_eq!(headed.names.features, ["length", "width"]);
    assert_eq!(headed.names.label.as_deref(), Some("kind"));

    let years = "2020,2021,kind\n5.1,3.5,rose\n";
    let stated = |header| parse(years, &Options { header: Some(header), ..Options::default() }).unwrap();
    assert_eq!(table(years).features.rows(), 2); // a header with a number is read as a sample
    assert_eq!(stated(true).names.features, ["2020", "2021"]);
    assert_eq!(stated(false).names.classes, ["kind", "rose"]);
}

/// The names of the columns that the header gives, or nothing if the first line is read as a sample.
fn names(table: &Table) -> Vec<&str> {
    table.names.features.iter().chain(&table.names.label).map(String::as_str).collect()
}

#[test]
fn a_first_line_that_counts_its_columns_is_a_header_exactly_if_no_other_line_has_its_label() {
    let column = |name: &str| Label::Column(name.to_string());
    let (last, named) = (&Label::Last, |name: &str| Label::NamedOrLast(name.to_string()));
    let if_any = |name: &str| Label::IfAny(name.to_string());
    for (text, label, expected) in [
        ("0,1,2,3,4\n5.1,3.5,1.4,0.2,rose\n7.0,3.2,4.7,1.4,tulip\n", last, "0 1 2 3 4"), // pandas' names
        ("0,1,2,kind\n5.1,3.5,1.4,rose\n", last, "0 1 2 kind"),
        ("1,2,3\n5,6,0\n7,8,1\n", last, "1 2 3"),                  // from 1
        ("\"0\",\"1\"\n5,0\n7,2\n7,0\n", last, "0 1"),             // quotes make no difference
        ("\n ,0,1,2\n0,5.1,3.5,6\n1,7.0,3.2,8\n", last, " 0 1 2"), // an index without a name
        ("kind,1,2\nrose,5,6\ntulip,7,8\n", &column("kind"), "1 2 kind"),
        ("kind,1,2\n9,5,6\n9,7,8\n", &column("1"), "kind 2 1"), // a name takes precedence over a number
        ("0,1,2\n5,6,x\n7,8,y\n", &column("3"), "0 1 2"),
        ("0,1,2\n5,6,x\n7,8,y\n", &named("2"), "0 1 2"),
        ("0,1,2\n5,6,x\n7,8,y\n", &if_any("2"), "0 1 2"),
        // samples:
        ("0,1,x\n5,6,x\n", last, ""), // another line has the label
        ("1,2,3\n5,6,1\n7,8,3\n", last, ""),
        ("0,1,x\n5,6,x\n", &named("kind"), ""),
        ("0,2,x\n5,6,y\n", last, ""),     // no count
        ("1,1,x\n5,6,y\n", last, ""),     // from 1, then from 0
        ("-0,1,x\n5,6,y\n", last, ""),    // not as a count is written
        ("0,1.0,x\n5,6,y\n", last, ""),   // not as a count is written
        ("0,1,2,x\n", last, ""),          // the only line
        ("0,1,2\n", &Label::None, ""),    // the only line
        ("0\n1\n", &Label::None, ""),     // a single field
        ("a,0\n3,4\n", &column("1"), ""), // counts neither from 0 nor from 1
    ] {
        let table = parse(text, &with(label.clone())).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert_eq!(names(&table).join(" "), expected, "{text:?}");
        let perhaps_sample = table.hints.iter().any(|hint| matches!(hint, Hint::PerhapsSample { .. }));
        assert_eq!(perhaps_sample, !expected.is_empty() && !label_decides(label), "{text:?}");
    }
    // A label that is not in the header is an error of the header.
    let error = parse("0,1,kind\n5,6,x\n", &with(named("species"))).unwrap_err();
    assert_eq!(
        error.message,
        "there is no column \"species\"; the columns are 0, 1, kind; if this line is a sample, say so with the option header"
    );
}

/// Whether the name of the label alone makes a first line that contains it a header.
fn label_decides(label: &Label) -> bool {
    matches!(label, Label::Column(name) if name.parse::<usize>().is_err())
}

#[test]
fn a_first_line_that_counts_its_columns_and_has_no_label_is_refused_unless_the_options_decide() {
    for label in [Label::None, Label::IfAny("kind".to_string())] {
        let error = parse("\n0,1,2\n5,6,7\n", &with(label.clone())).unwrap_err();
        let expected =
            "may be a header or a sample, because its fields count the columns; say which with the option header";
        assert_eq!((error.place, error.message.as_str()), (Place::Line(2), expected));
        for header in [true, false] {
            let table = parse("0,1,2\n5,6,7\n", &Options { header: Some(header), ..with(label.clone()) }).unwrap();
            assert_eq!((table.features.rows(), table.hints), (if header { 1 } else { 2 }, vec![]));
        }
    }
}

#[test]
fn a_first_line_with_the_names_that_the_options_ask_for_is_a_header() {
    let wanted = |names: &[&str]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
    let text = "2020,width,2021,kind\n5,1,6,x\n7,2,8,y\n";
    for features in [Features::Named(wanted(&["2021", "2020"])), Features::NamedOrOthers(wanted(&["2021", "2020"]))] {
        let table = parse(text, &Options { features, ..with(Label::IfAny("kind".to_string())) }).unwrap();
        assert_eq!((table.features, table.classes), (Matrix::from_rows([[6.0, 5.0], [8.0, 7.0]]), vec![0, 1]));
        assert_eq!(table.hints, []);
    }
    assert_eq!(
        names(&parse(text, &with(Label::Column("kind".to_string()))).unwrap()),
        ["2020", "width", "2021", "kind"]
    );
    // One name is missing: the line is read as a sample.
    let features = Features::Named(wanted(&["2021", "2022"]));
    let error = parse(text, &Options { features, ..with(Label::None) }).unwrap_err();
    assert_eq!(error.message, "the features are chosen by name, but the table has no header");
    // Every line has the names: these are ranks, and the first line is a sample.
    let features = Features::NamedOrOthers(wanted(&["0", "1", "2"]));
    let ranks = parse("2,0,1\n0,2,1\n1,2,0\n", &Options { features, ..with(Label::None) }).unwrap();
    assert_eq!((ranks.features.rows(), names(&ranks)), (3, vec![]));
}

#[test]
fn a_first_line_or_a_column_that_is_probably_misread_gives_a_hint() {
    let hints = |text: &str, options: &Options| -> Vec<String> {
        parse(text, options).unwrap().hints.iter().map(Hint::to_string).collect()
    };
    let detect = Options::default();
    let samples = "5,6,x\n7,8,y\n5,6,y\n7,8,x\n";
    assert_eq!(hints(samples, &detect), [""; 0]);
    assert_eq!(hints("5,6,x\n", &detect), [""; 0]); // the only line
    assert_eq!(hints("5,6\n7,9\n", &with(Label::None)), [""; 0]);
    let alone = "line 2 is read as a sample, but no other line has its class, \"kind\"; is it a header?";
    assert_eq!(hints(&format!("\n2020,2021,kind\n{samples}"), &detect), [alone]);
    for header in [true, false] {
        let stated = Options { header: Some(header), ..Options::default() };
        assert_eq!(hints(&format!("2020,2021,kind\n{samples}"), &stated), [""; 0]);
    }
    let by_label = "line 1 is read as a header, because no other line has its label; is it a sample?";
    assert_eq!(hints(&format!("0,1,kind\n{samples}"), &detect), [by_label]);
    let counts = "line 1 is read as a sample, but its fields count the columns; is it a header?";
    assert_eq!(hints(&format!("0,1,y\n{samples}"), &detect), [counts]);

    let index = |column: &str| {
        format!("column {column} counts the samples; if it is an index, remove it, because it may give the class away")
    };
    assert_eq!(hints(",a,kind\n0,6,x\n1,5,x\n2,5,y\n", &detect), [index("1, \"\",")]);
    assert_eq!(hints("a,Unnamed: 0,kind\n6,1,x\n5,2,x\n5,3,y\n", &detect), [index("2, \"Unnamed: 0\",")]);
    assert_eq!(hints("x,9,0\nx,5,1\ny,5,2\n", &with(Label::Column("1".to_string()))), [index("3")]);
    assert_eq!(hints("a,b,kind\n6,1,x\n5,2,x\n", &detect), [""; 0]); // two lines count too easily
    assert_eq!(hints("a,b,kind\n6,2,x\n5,3,x\n5,4,y\n", &detect), [""; 0]); // from 2
    assert_eq!(hints("a,b,kind\n6,0,x\n5,2,x\n5,3,y\n", &detect), [""; 0]); // a gap
    let labels = Options { features: Features::Named(vec!["a".to_string()]), ..Options::default() };
    assert_eq!(hints("a,b,kind\n6,0,1\n5,1,2\n5,2,3\n", &labels), [""; 0]); // neither is a feature

    let twice = "\"1\" and \"1.0\" are the same number, but two classes; write equal labels in the same way";
    assert_eq!(hints("a,kind\n6,1\n5,1.0\n5,NA\n6,nan\n", &detect), [twice]);
    assert_eq!(hints("a,kind\n6,1\n5,11\n5,NaN\n6,nan\n", &detect), [""; 0]);
}

#[test]
fn two_columns_with_the_same_name_are_refused_if_one_of_them_is_used() {
    let text = "a,b,a,kind\n1,2,3,x\n4,5,6,y\n";
    let named = |names: &[&str]| Features::Named(names.iter().map(|name| name.to_string()).collect());
    let refusal = |text: &str, features, label| parse(text, &Options { features, ..with(label) }).unwrap_err();
    let same = "columns 1 and 3 have the same name, \"a\"; give each column its own name";
    for (features, label) in [
        (Features::Others, Label::Last),
        (Features::Others, Label::None),
        (Features::Others, Label::IfAny("a".to_string())),
        (named(&["b"]), Label::Column("a".to_string())),
        (named(&["b"]), Label::NamedOrLast("a".to_string())),
        (named(&["b", "a"]), Label::Last),
    ] {
        let error = refusal(text, features, label);
        assert_eq!((error.place, error.message.as_str()), (Place::Line(1), same));
    }
    assert_eq!(
        refusal("a,kind,kind\n1,2,x\n", Features::Others, Label::Last).message,
        "columns 2 and 3 have the same name, \"kind\"; give each column its own name"
    );
    assert_eq!(
        refusal(",a,,kind\n1,2,3,x\n", Features::Others, Label::Last).message,
        "columns 1 and 3 have the same name, \"\"; give each column its own name"
    );
    let thrice = refusal("a,b,a,a\n1,2,3,4\n", named(&["b"]), Label::Column("a".to_string()));
    assert_eq!(thrice.message, same);
    let unused = Options { features: named(&["b"]), ..Options::default() };
    assert_eq!(parse(text, &unused).unwrap().features, Matrix::from_rows([[2.0], [5.0]]));
    let unnamed = parse("5,5,5,x\n4,5,6,y\n", &Options { header: Some(false), ..Options::default() }).unwrap();
    assert_eq!(unnamed.features.columns(), 3); // values, not names
}

#[test]
fn a_column_that_is_chosen_twice_is_refused() {
    let text = "a,b,kind\n1,2,3\n4,5,6\n";
    for (names, twice) in [(["a", "a"], "column 1, \"a\""), (["a", "kind"], "column 3, \"kind\"")] {
        let features = Features::Named(names.map(str::to_string).to_vec());
        let error = parse(text, &Options { features, ..Options::default() }).unwrap_err();
        assert_eq!(error.message, format!("{twice}, is chosen twice; choose it once"));
    }
}

#[test]
fn the_label_is_a_column_by_name_or_by_number_or_no_column() {
    let text = "kind,length,2\nrose,5,1\ntulip,7,2\n";
    let lengths = Matrix::from_rows([[5.0, 1.0], [7.0, 2.0]]);
    for name in ["kind", "1"] {
        let headed = Options { header: Some(true), ..with(Label::Column(name.to_string())) };
        let table = parse(text, &headed).unwrap();
        assert_eq!(
            (&table.features, &table.names.classes[..]),
            (&lengths, &["rose".to_string(), "tulip".to_string()][..])
        );
        assert_eq!(table.names.features, ["length", "2"]);
    }
    let features = Features::Named(vec!["length".to_string()]);
    let last = Options { header: Some(true), features, ..with(Label::Column("2".to_string())) };
    let table = parse(text, &last).unwrap(); // a name takes precedence over a number
    assert_eq!((table.names.label.as_deref(), table.features), (Some("2"), Matrix::from_rows([[5.0], [7.0]])));

    let none = parse("5,2\n3,4\n", &with(Label::None)).unwrap();
    assert_eq!((none.features.shape(), none.classes.len()), ((2, 2), 0));
    let absent = parse("a,b\n3,4\n", &with(Label::IfAny("kind".to_string()))).unwrap();
    assert_eq!((absent.features.shape(), absent.names.label), ((1, 2), None));
}

#[test]
fn chosen_features_are_in_the_order_of_the_options() {
    let features = Features::Named(vec!["b".to_string(), "a".to_string()]);
    let options = Options { features, ..with(Label::IfAny("kind".to_string())) };
    let table = parse("a,note,kind,b\n1,hello,x,2\n3,there,y,4\n", &options).unwrap();
    assert_eq!(table.features, Matrix::from_rows([[2.0, 1.0], [4.0, 3.0]]));
    assert_eq!(table.classes, [0, 1]);
}

#[test]
fn features_by_name_need_a_header_unless_the_options_allow_the_other_columns() {
    let names = vec!["b".to_string(), "a".to_string()];
    let options = |features| Options { features, ..with(Label::NamedOrLast("kind".to_string())) };
    let (named, or_others) = (options(Features::Named(names.clone())), options(Features::NamedOrOthers(names)));
    for options in [&named, &or_others] {
        let table = parse("a,kind,b,note\n1,x,2,?\n3,y,4,!\n", options).unwrap();
        assert_eq!(table.features, Matrix::from_rows([[2.0, 1.0], [4.0, 3.0]]));
        assert_eq!((table.classes, table.names.label.as_deref()), (vec![0, 1], Some("kind")));
        let error = parse("a,b\n1,2\n", options).unwrap_err();
        assert_eq!(error.message, "there is no column \"kind\"; the columns are a, b");
    }
    let error = parse("5,6,x\n7,8,y\n", &named).unwrap_err();
    assert_eq!(error.message, "the features are chosen by name, but the table has no header");
    let table = parse("5,6,x\n7,8,y\n", &or_others).unwrap();
    assert_eq!((table.features, table.classes), (Matrix::from_rows([[5.0, 6.0], [7.0, 8.0]]), vec![0, 1]));
}

#[test]
fn the_separator_is_found_outside_quotes() {
    for (text, features) in [
        ("\"a,b\";c\n\"5\";x\n", ["a,b"].as_slice()),
        ("\"a;\n\",b,c\n5,6,x\n", &["a;\n", "b"]),
        ("\"a \"\",\"\"\"\tc\n5\tx\n", &["a \",\""]),
        ("a\";b,c\n5,x\n", &["a\";b"]), // a quote inside a field opens nothing
        ("\tc\n5\tx\n", &[""]),
    ] {
        assert_eq!(table(text).names.features, features, "{text:?}");
    }
}

#[test]
fn decimal_commas_separate_no_fields_and_are_refused() {
    for (text, place, field) in [
        ("5,1;a\n3,5;b\n", Place::Field(1, 1), "5,1"),
        ("5,1\ta\n3,5\tb\n", Place::Field(1, 1), "5,1"),
        ("5,1;a\n3;b\n", Place::Field(1, 1), "5,1"), // no header, although neither field can be read as a number
        ("\n1;-5,1e3;a\n", Place::Field(2, 2), "-5,1e3"),
        ("length, mm;kind\n5,1;a\n", Place::Field(2, 1), "5,1"),
        ("length;kind\n5,1;a\n", Place::Field(2, 1), "5,1"),
        ("1,2,a\n\"1,234.5\",3,b\n", Place::Field(2, 1), "1,234.5"), // a separator of thousands
    ] {
        let error = parse(text, &Options::default()).expect_err(text);
        let message = format!("\"{field}\" is not a finite number; write a decimal point, and no comma");
        assert_eq!((error.place, error.message), (place, message), "{text:?}");
    }
    // Here the commas separate: no semicolon divides the numbers, or the only one is in quotes.
    for text in ["u,\";\"\n1,1\n7,2\n", "u,v;w\n1,1\n7,2\n", "u,\"a;\n1,1;b\"\n1,1\n7,2\n"] {
        assert_eq!(table(text).features, Matrix::from_rows([[1.0], [7.0]]), "{text:?}");
    }
    for text in ["1,2,a;b\n3,4,c\n", "x,y,k\n1,2,3;4\n", "x,y;z,k\n1,2,a\n"] {
        assert_eq!(table(text).features.columns(), 2, "{text:?}");
    }
}

#[test]
fn long_fields_and_names_with_line_breaks_do_not_flood_a_message() {
    let error = parse(&format!("5,6,x\n{},6,y\n", "é".repeat(100_000)), &Options::default()).unwrap_err();
    assert_eq!(error.message, format!("\"{}…\" is not a finite number", "é".repeat(60)));
    let error = parse("\"a\nb\",c\n5,x\n", &with(Label::Column("k\n".to_string()))).unwrap_err();
    assert_eq!(error.message, "there is no column \"k\\n\"; the columns are a\\nb, c");
}

#[cfg(unix)]
#[test]
fn a_pipe_that_the_user_names_is_read() {
    let folder = support::Folder::new();
    let pipe = folder.join("pipe.csv");
    support::make_pipe(&pipe);
    let writer = std::thread::spawn({
        let (pipe, text) = (pipe.clone(), "5,6,x\n7,8,y\n".repeat(10_000)); // more than a pipe holds at a time
        move || std::fs::write(pipe, text)
    });
    let table = csv::read(&pipe, &Options::default()).unwrap();
    writer.join().unwrap().unwrap();
    assert_eq!(table.features.rows(), 20_000);
}

#[test]
fn quoted_fields_can_contain_separators_quotes_and_line_breaks() {
    let text = "5,\"a, \"\"b\"\"\"\n2,\"two\nlines\"\n\n3,\"c\"\nx,d\n";
    let options = Options { header: Some(false), ..Options::default() };
    let error = parse(text, &options).unwrap_err();
    assert_eq!(error.place, Place::Field(6, 1), "the line breaks in quotes count as well: {error}");
    let good = table(&text.replace('x', "4"));
    assert_eq!(good.names.classes, ["a, \"b\"", "c", "d", "two\nlines"]);
}

#[test]
fn classes_are_sorted_numerically_if_all_are_numbers_and_otherwise_alphabetically() {
    assert_eq!(table("1,10\n1,9\n1,-1\n").names.classes, ["-1", "9", "10"]);
    assert_eq!(table("1,10\n1,9\n1,x\n").names.classes, ["10", "9", "x"]);
    assert_eq!(table("1,10\n1,9\n1,10\n").classes, [1, 0, 1]);
    for _ in 0..20 {
        // Equal numbers that are written differently are different classes. Their order is always the same.
        assert_eq!(table("1,1.0\n1,1\n1,01\n1,1e0\n").names.classes, ["01", "1", "1.0", "1e0"]);
    }
}

#[test]
fn an_error_names_the_line_and_the_column_and_what_is_wrong() {
    for (text, place, message) in [
        ("", Place::Whole, "has no line with fields"),
        ("\n \n\r\n", Place::Whole, "has no line with fields"),
        ("a,b\n", Place::Line(1), "is a header, but no sample follows"),
        ("1,2,a\n3,b\n", Place::Line(2), "has 2 fields, but the first line has 3"),
        ("1,2,a\n\n3,4,5,b\n", Place::Line(3), "has 4 fields, but the first line has 3"),
        ("x,y,z\n1,2,a\n3,?,b\n", Place::Field(3, 2), "\"?\" is not a finite number"),
        ("1,2,a\n3,,b\n", Place::Field(2, 2), "\"\" is not a finite number"),
        ("1,2,a\n3,NaN,b\n", Place::Field(2, 2), "\"NaN\" is not a finite number"),
        ("1,2,a\n3,1e999,b\n", Place::Field(2, 2), "\"1e999\" is not a finite number"),
        ("1,2,a\n3,4,\n", Place::Field(2, 3), "the label is empty"),
        ("1,2,a\n3,\"4,b\n", Place::Field(2, 2), "never closed"),
        ("1,2,a\n3,\"4\"5,b\n", Place::Field(2, 2), "must be doubled"),
        ("kind,1,3\n3,4,5\n", Place::Field(1, 1), "number; if this line is a header, or this column the label, say so"),
        ("kind,x\na,3\nb,5\n", Place::Field(2, 1), "\"a\" is not a finite number; if this column is the label, say so"),
        ("x,y,z,\n1,2,a,\n", Place::Field(2, 4), "the label is empty"), // a separator ends each line
        ("x y z\n1 2 a\n", Place::Line(1), "commas, semicolons or tabs separate columns"),
        ("1\n2\n", Place::Line(1), "there are no features; a table needs at least one column beside the label"),
        ("\n\n1\n2\n", Place::Line(3), "there are no features"), // the first line that is not blank
    ] {
        let error = parse(text, &Options::default()).expect_err(text);
        assert_eq!(error.place, place, "{text:?}: {error}");
        assert!(error.to_string().starts_with("table.csv") && error.message.contains(message), "{text:?}: {error}");
    }
}

#[test]
fn an_error_about_a_missing_column_names_the_existing_columns() {
    let error = parse("a,b\n1,2\n", &with(Label::Column("kind".to_string()))).unwrap_err();
    assert!(error.message.contains("\"kind\"") && error.message.contains("a, b"), "{error}");
    for number in ["0", "3", "-1"] {
        let error = parse("1,2\n3,4\n", &with(Label::Column(number.to_string()))).unwrap_err();
        assert!(error.message.contains("2 columns and no header"), "{error}");
    }
    let header: Vec<String> = (0..785).map(|i| format!("pixel {i}")).collect();
    let text = format!("{}\n{}\n", header.join(","), vec!["1"; 785].join(","));
    let message = parse(&text, &with(Label::NamedOrLast("kind".to_string()))).unwrap_err().message;
    assert!(message.contains("the first 20 of 785 columns are pixel 0, pixel 1, "), "{message}");
    assert!(message.ends_with(", pixel 18, pixel 19"), "{message}");
}

#[test]
fn bytes_that_are_not_utf_8_are_refused_with_their_line() {
    let error = csv::parse("t".as_ref(), b"1,2\n3,\xff\n", &Options::default()).unwrap_err();
    assert_eq!((error.place, error.message.as_str()), (Place::Line(2), "is not UTF-8 text"));
}

#[test]
fn a_label_column_with_too_many_different_values_is_refused() {
    let text: String = (0..10_000).map(|i| format!("1,{i}.5\n")).collect();
    let error = parse(&text, &Options::default()).unwrap_err();
    assert_eq!(error.place, Place::Field(csv::MOST_CLASSES + 1, 2));
    assert!(error.message.contains("is this the label column?"), "{error}");
}

#[test]
fn a_missing_file_a_directory_and_a_compressed_file_are_refused_with_the_reason() {
    let absent = csv::read("no/such/file.csv", &Options::default()).unwrap_err();
    assert!(absent.to_string().starts_with("no/such/file.csv: "), "{absent}");
    let directory = csv::read(env!("CARGO_MANIFEST_DIR"), &Options::default()).unwrap_err();
    assert!(directory.message.contains("is a directory; expected a file"), "{directory}");
    let file = std::env::temp_dir().join(format!("feedforward-{}.csv.gz", std::process::id()));
    std::fs::write(&file, [0x1f, 0x8b, 8, 0, 0]).unwrap();
    let compressed = csv::read(&file, &Options::default()).unwrap_err();
    std::fs::remove_file(&file).unwrap();
    assert!(compressed.message.contains("gzip -d "), "{compressed}");
}

#[test]
fn a_table_with_a_header_names_features_label_and_classes_and_its_dataset_keeps_the_names() {
    let names = Names {
        features: vec!["length".to_string(), "width".to_string()],
        label: Some("kind".to_string()),
        classes: vec!["rose".to_string(), "tulip".to_string()],
    };
    let text = "length,kind,width\n5,tulip,1\n7,rose,2\n6,tulip,3\n";
    let table = parse(text, &with(Label::Column("kind".to_string()))).unwrap();
    assert_eq!(table.names, names);
    let dataset = table.into_dataset();
    assert_eq!(dataset.names, names);
    assert_eq!(dataset.inputs, Matrix::from_rows([[5.0, 1.0], [7.0, 2.0], [6.0, 3.0]]));
    assert_eq!(dataset.labels, Matrix::from_rows([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]));
}

#[test]
fn a_table_without_a_header_names_the_classes_alone() {
    assert_eq!(table("5,1,tulip\n7,2,rose\n").names, Names::of_classes(["rose", "tulip"]));
}

#[test]
#[should_panic(expected = "Table::into_dataset: the table has no labels")]
fn a_table_without_labels_makes_no_dataset() {
    let _ = parse("5,2\n3,4\n", &with(Label::None)).unwrap().into_dataset();
}

#[test]
fn a_label_column_with_exactly_the_most_classes_is_accepted() {
    let text: String = (0..2 * csv::MOST_CLASSES).map(|i| format!("1,{}\n", i % csv::MOST_CLASSES)).collect();
    let table = table(&text);
    assert_eq!(table.names, Names::of_classes(0..csv::MOST_CLASSES));
    assert_eq!(table.classes[csv::MOST_CLASSES..], (0..csv::MOST_CLASSES).collect::<Vec<_>>());
}

#[test]
fn an_error_of_the_system_is_the_source_of_the_file_error_and_other_errors_have_no_source() {
    let missing = csv::read("no/such/file.csv", &Options::default()).unwrap_err();
    assert_eq!(missing.place, Place::Whole);
    let source = missing.source().and_then(|source| source.downcast_ref::<std::io::Error>()).expect("an io::Error");
    assert_eq!(source.kind(), std::io::ErrorKind::NotFound);
    assert_eq!(missing.to_string(), format!("no/such/file.csv: {source}"));
    let copy = missing.clone();
    assert_eq!(copy.source().map(ToString::to_string), Some(source.to_string()));

    let directory = csv::read(env!("CARGO_MANIFEST_DIR"), &Options::default()).unwrap_err();
    assert!(directory.source().is_none(), "{directory}");
    let damaged = parse("1,2,a\n3,x,b\n", &Options::default()).unwrap_err();
    assert!(damaged.source().is_none(), "{damaged}");
}

#[test]
fn a_file_error_writes_the_place_after_the_file() {
    for (text, expected) in [
        ("", "table.csv: has no line with fields; a table has at least one sample"),
        ("1,2,a\n3,b\n", "table.csv, line 2: has 2 fields, but the first line has 3"),
        ("5,2,a\n3,x,b\n", "table.csv, line 2, column 2: \"x\" is not a finite number"),
    ] {
        assert_eq!(parse(text, &Options::default()).unwrap_err().to_string(), expected);
    }
}

#[test]
fn a_file_error_is_one_line_whatever_the_name_of_the_file_is() {
    let error = csv::parse("two\nlines\u{1b}.csv".as_ref(), b"", &Options::default()).unwrap_err().to_string();
    assert!(error.starts_with("two\\nlines\\u{1b}.csv: has no line"), "{error}");
}

#[test]
fn a_field_is_quoted_only_if_necessary() {
    for plain in ["rose", "5.1", "two words", "ä", ""] {
        assert_eq!(csv::field(plain), plain);
    }
    for text in [" blank", "blank ", "a,b", "a;b", "a\tb", "a\nb", "a\rb", "\u{feff}a"] {
        assert_eq!(csv::field(text), format!("\"{text}\""));
    }
    assert_eq!(csv::field("a \"b\""), "\"a \"\"b\"\"\"");
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = csv::parse("t".as_ref(), &bytes, &Options::default());
    }

    #[test]
    fn any_text_of_special_characters_is_read_or_refused_without_a_panic(text in "[0-9a-b,;\t\"\r\n .-]{0,80}") {
        if let Ok(table) = parse(&text, &Options::default()) {
            prop_assert_eq!(table.classes.len(), table.features.rows());
            prop_assert!(table.features.as_slice().iter().all(|x| x.is_finite()));
        }
    }

    #[test]
    fn names_and_numbers_are_unchanged_after_writing_and_reading(
        rows in proptest::collection::vec((any::<f64>().prop_filter("finite", |x| x.is_finite()), "\\PC{0,8}"), 1..20)
    ) {
        let name = |name: &str| format!("c{name}\n\"x"); // not a number, and no blank at either end
        let text: String = rows.iter().map(|(x, n)| format!("{x},{}\n", csv::field(&name(n)))).collect();
        let table = parse(&text, &Options { header: Some(false), ..Options::default() }).unwrap();
        for (i, (x, n)) in rows.iter().enumerate() {
            prop_assert_eq!(table.features[(i, 0)].to_bits(), x.to_bits());
            prop_assert_eq!(&table.names.classes[table.classes[i]], &name(n));
        }
    }
}

#[test]
fn a_message_lists_at_most_20_columns() {
    let message = |count: usize| {
        let header: Vec<String> = (1..=count).map(|i| format!("c{i}")).collect();
        let text = format!("{}\n{}\n", header.join(","), vec!["1"; count].join(","));
        parse(&text, &with(Label::Column("kind".to_string()))).unwrap_err().message
    };
    assert!(message(20).contains("; the columns are c1, c2, ") && message(20).ends_with("c19, c20"));
    assert!(message(21).contains("; the first 20 of 21 columns are c1, ") && message(21).ends_with("c19, c20"));
}

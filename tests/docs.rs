//! The documentation keeps its promises: every equation and picture of the slides is on its page, every formula is drawn
//! from the TeX beside it, every picture has a text alternative and cannot break a page, and *next* leads from the first
//! page to the last.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The pages in the order of the slides: source, title, and the figures and formulas that must be there.
const PAGES: [(&str, &str, &[&str]); 9] = [
    ("matrix/mod.rs", "Flexibility vs. Abstraction", &["figures/abstraction"]),
    ("neuron.rs", "Artificial Neural Networks", &["figures/neuron", "neuron"]),
    ("network.rs", "Neural Network", &["figures/network"]),
    (
        "fully_connected.rs",
        "Fully Connected Layer",
        &[
            "figures/one-neuron",
            "figures/fully-connected",
            "figures/fully-connected-bias",
            "figures/backpropagation",
            "bias-apart-short",
            "bias-inside-short",
            "one-sample-short",
            "01",
            "02",
            "03",
            "09",
            "10",
            "11",
            "error",
            "error-previous",
            "chain-rule",
            "path-product",
            "why-02-03",
        ],
    ),
    (
        "memory_layout.rs",
        "Memory Layout",
        &["figures/memory-layout", "04", "05", "06", "07", "08", "09", "09-matrices", "10", "11", "why-10-11"],
    ),
    ("sgd.rs", "Basic Optimization", &["sgd", "figures/descent"]),
    ("relu.rs", "ReLU Activation Function", &["figures/relu", "relu", "12", "why-12"]),
    ("softmax.rs", "SoftMax Activation Function", &["figures/softmax", "13", "shift", "why-shift", "14", "why-14"]),
    ("cross_entropy.rs", "Cross Entropy Loss", &["figures/cross-entropy", "15", "16", "why-16", "why-16-14"]),
];

/// Pages that are documentation alone.
const AFTERWORDS: [&str; 3] = ["contents.md", "whole_step.md", "crosswalk.md"];

/// A file of the project.
fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The names of the files in a folder that end so, without that ending.
fn files(folder: &str, ending: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(path(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter_map(|name| name.strip_suffix(ending).map(String::from)).collect()
}

/// The documentation at the head of a module: its text, with that of `docs/walk` in its place, and the names of the
/// pictures that it includes, such as `formulas/12`.
struct Head {
    text: String,
    pictures: Vec<String>,
}

fn head(module: &str) -> Head {
    let mut head = Head { text: String::new(), pictures: Vec::new() };
    for line in read(&format!("src/{module}")).lines() {
        if let Some(text) = line.strip_prefix("//!") {
            head.text += text.strip_prefix(' ').unwrap_or(text);
        } else if let Some(file) = line.strip_prefix("#![doc = include_str!(\"") {
            let (_, file) = file.trim_end_matches("\")]").split_once("docs/").expect("an include of docs");
            match file.strip_suffix(".svg") {
                Some(picture) => head.pictures.push(picture.to_string()),
                None => head.text += &read(&format!("docs/{file}")),
            }
        } else {
            break;
        }
        head.text += "\n";
    }
    head
}

/// Every picture: its file, and what stands in it.
fn pictures() -> Vec<(String, String)> {
    let folders = ["docs/formulas", "docs/figures"].into_iter();
    let names =
        folders.flat_map(|folder| files(folder, ".svg").into_iter().map(move |name| format!("{folder}/{name}")));
    names.map(|name| (format!("{name}.svg"), read(&format!("{name}.svg")))).collect()
}

/// The value of an attribute of the picture itself, unescaped.
fn attribute(svg: &str, name: &str) -> Option<String> {
    let tag = svg.trim_start().lines().next().unwrap_or_default();
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    let value = value.split('"').next()?;
    Some(value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

/// A formula of formulas.tex.
struct Formula {
    name: String,
    label: String,
    tex: String,
}

fn formulas() -> Vec<Formula> {
    let source = read("docs/formulas/formulas.tex");
    let blocks = source.split("\n%% ").skip(1);
    let join = |lines: Vec<&str>| lines.into_iter().map(str::trim).collect::<Vec<_>>().join(" ");
    let formula = |block: &str| {
        let mut lines = block.trim().lines();
        let (name, number) = match lines.next().unwrap().split_once(" (") {
            Some((name, number)) => (name, number.trim_end_matches(')')),
            None => (block.lines().next().unwrap(), ""),
        };
        let (words, tex): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with('%'));
        let words = join(words.into_iter().map(|line| line.trim_start_matches('%')).collect());
        let label = if number.is_empty() { words } else { format!("Equation {number}: {words}") };
        Formula { name: name.to_string(), label, tex: join(tex) }
    };
    blocks.map(formula).collect()
}

#[test]
fn every_formula_is_drawn_from_the_tex_beside_it() {
    let formulas = formulas();
    for Formula { name, label, tex } in &formulas {
        let svg = read(&format!("docs/formulas/{name}.svg"));
        let redraw = "draw it anew: cd docs/formulas && npm install && npm run draw";
        assert_eq!(attribute(&svg, "data-tex").as_ref(), Some(tex), "{name}.svg was drawn from other TeX; {redraw}");
        assert_eq!(attribute(&svg, "aria-label").as_ref(), Some(label), "{name}.svg has other words; {redraw}");
    }
    let named: BTreeSet<String> = formulas.into_iter().map(|formula| formula.name).collect();
    assert_eq!(named, files("docs/formulas", ".svg"), "formulas.tex names the one, docs/formulas holds the other");
}

#[test]
fn every_picture_has_a_text_alternative() {
    for (file, svg) in pictures() {
        assert_eq!(attribute(&svg, "role").as_deref(), Some("img"), "{file}");
        let words = attribute(&svg, "aria-label").unwrap_or_default();
        assert!(words.split(' ').count() >= 4, "{file}: the text alternative is {words:?}");
    }
}

#[test]
fn every_picture_can_stand_in_a_page_of_rustdoc() {
    for (file, svg) in pictures() {
        // rustdoc drops a first and a last line that are blank. One more of each ends the paragraph before and the block
        // of HTML after it; between them a blank line would end the block too early.
        assert!(svg.starts_with("\n\n<svg "), "{file}: two blank lines, and then the picture");
        assert!(svg.ends_with("\n</svg>\n\n\n"), "{file}: the end of the picture, and then two blank lines");
        let lines: Vec<&str> = svg.trim().lines().collect();
        assert!(lines[0].ends_with('>') && lines[0].matches('<').count() == 1, "{file}: the first tag is not alone");
        assert!(lines.iter().all(|line| !line.trim().is_empty()), "{file}: a blank line inside");

        // It brings all that it needs, touches nothing else, and takes the colour of the page.
        let drawing = svg.replacen("http://www.w3.org/2000/svg", "", 1);
        for foreign in ["http", "<?xml", "<!", "<script", "<image", "<foreignObject", "@import", "url("] {
            assert!(!drawing.contains(foreign), "{file}: {foreign}");
        }
        let (_, style) = svg.split_once("<style>").unwrap_or_else(|| panic!("{file}: no style"));
        let (style, rest) = style.split_once("</style>").unwrap();
        let rules = style.matches('{').count() - style.matches("@media").count();
        assert_eq!(rules, style.matches("svg:root {").count(), "{file}: a style that reaches beyond the picture");
        assert!(!rest.contains("<style"), "{file}: more than one style");
        assert!(svg.contains("currentColor"), "{file}: does not follow the theme");
        assert!(svg.contains("max-width:96%;height:auto"), "{file}: does not shrink on a narrow screen");

        // Many pictures share a page: each keeps to ids of its own, and finds all that it refers to.
        let name = Path::new(&file).file_stem().unwrap().to_str().unwrap();
        let prefix = format!("{}-{name}-", if file.contains("formulas") { "formula" } else { "figure" });
        let after = |mark: &str| -> BTreeSet<String> {
            let parts = svg.split(mark).skip(1);
            parts.map(|part| part.split('"').next().unwrap().to_string()).collect()
        };
        let ids = after(" id=\"");
        assert!(ids.iter().all(|id| id.starts_with(&prefix)), "{file}: an id that does not begin with {prefix}");
        assert!(after(" href=\"#").is_subset(&ids), "{file}: refers to what it does not have");
    }
}

#[test]
fn every_equation_and_every_figure_stands_on_the_page_of_its_section() {
    let mut numbers = BTreeSet::new();
    for (module, title, required) in PAGES {
        let Head { text, pictures } = head(module);
        assert!(text.starts_with(&format!("**{title}**")), "{module} does not begin with its title");
        for name in required {
            let picture = if name.contains('/') { name.to_string() } else { format!("formulas/{name}") };
            assert!(pictures.contains(&picture), "{module}: {picture} is missing");
            numbers.extend(name.parse::<u32>());
        }
    }
    assert_eq!(numbers, (1..=16).collect());
}

#[test]
fn every_formula_and_every_figure_is_on_a_page() {
    let modules = PAGES.iter().map(|(module, ..)| *module).chain(["gradient_check.rs"]);
    let shown: BTreeSet<String> = modules.flat_map(|module| head(module).pictures).collect();
    for (file, _) in pictures() {
        let name = file.trim_start_matches("docs/").trim_end_matches(".svg");
        assert!(shown.contains(name), "{file} is on no page");
    }
}

#[test]
fn every_equation_has_its_number_at_a_line_of_code_and_a_link_back() {
    let code: Vec<String> = PAGES.iter().map(|(module, ..)| read(&format!("src/{module}"))).collect();
    let holds = |test: &dyn Fn(&str) -> bool| code.iter().any(|source| source.lines().map(str::trim).any(test));
    for n in [1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 16] {
        let at_its_line = |line: &str| {
            let comment = line.split_once("// ").filter(|(code, _)| !code.is_empty() && !line.starts_with("//"));
            comment.is_some_and(|(_, comment)| comment.ends_with(&format!(" ({n})")))
        };
        assert!(holds(&at_its_line), "no line of code ends with // … ({n})");
        let linked = |line: &str| line.starts_with("///") && line.contains(&format!("[({n})]("));
        assert!(holds(&linked), "no function's documentation links to ({n})");
    }
}

#[test]
fn next_leads_from_the_first_page_to_the_last_and_previous_back() {
    let name = |module: &str| module.trim_end_matches(".rs").trim_end_matches("/mod").to_string();
    let mut names: Vec<(String, &str)> = PAGES.iter().map(|(module, title, _)| (name(module), *title)).collect();
    names.push(("whole_step".to_string(), "the whole step"));
    for (i, (page, _)) in names.iter().enumerate() {
        let text = PAGES.get(i).map_or_else(|| read("docs/walk/whole_step.md"), |(module, ..)| head(module).text);
        let (_, foot) = text.rsplit_once("\n---\n").unwrap_or_else(|| panic!("{page}: no line above the links"));
        let link = |word: &str, (to, title): &(String, &str)| format!("{word}: [{title}](crate::{to})");
        let mut links = vec!["[contents](crate)".to_string()];
        links.splice(0..0, (i > 0).then(|| link("previous", &names[i - 1])));
        links.extend(names.get(i + 1).map(|after| link("next", after)));
        assert_eq!(foot.split_whitespace().collect::<Vec<_>>().join(" "), links.join(" · "), "{page}");
    }
}

#[test]
fn every_section_has_an_example_on_paper_and_its_pitfalls() {
    for (module, ..) in PAGES {
        let text = head(module).text;
        let (_, paper) = text.split_once("\n## On paper\n").unwrap_or_else(|| panic!("{module}: nothing on paper"));
        let (example, pitfalls) =
            paper.split_once("\n## Pitfalls\n").unwrap_or_else(|| panic!("{module}: no pitfalls"));
        assert!(
            example.contains("\n```\nuse feedforward::") && example.contains("assert"),
            "{module}: no example that runs"
        );
        assert!(pitfalls.matches("\n- **").count() >= 3, "{module}: too few pitfalls");
    }
}

#[test]
fn every_code_block_of_the_pages_runs() {
    let mut texts: Vec<(&str, String)> = PAGES.iter().map(|(module, ..)| (*module, head(module).text)).collect();
    texts.extend(AFTERWORDS.map(|file| (file, read(&format!("docs/walk/{file}")))));
    for (page, text) in texts {
        let fences: Vec<&str> = text.lines().filter(|line| line.trim_start().starts_with("```")).collect();
        assert!(fences.len().is_multiple_of(2), "{page}: a code block without an end");
        for opening in fences.iter().step_by(2) {
            assert!(["```", "```text"].contains(opening), "{page}: {opening} is neither run nor plain text");
        }
        let mut code = false;
        for line in text.lines() {
            code ^= line.starts_with("```");
            assert!(!code || line.chars().count() <= 94, "{page}: wider than a page shows: {line}");
        }
    }
}

#[test]
fn the_contents_name_every_section_and_equation() {
    let contents = read("docs/walk/contents.md");
    let rows: Vec<&str> = contents.lines().filter(|line| line.starts_with("| ")).collect();
    for (i, (module, title, pictures)) in PAGES.iter().enumerate() {
        let start = format!("| {}. {title}", i + 1);
        let row = rows.iter().find(|row| row.starts_with(&start)).unwrap_or_else(|| panic!("no row {start}"));
        let name = module.trim_end_matches(".rs").trim_end_matches("/mod");
        assert!(row.contains(&format!("[`{name}`]")), "{row}: does not link to {name}");
        let mut numbers = pictures.iter().filter_map(|name| name.parse::<u32>().ok());
        let first = numbers.next().map_or(String::new(), |n| format!("({n})"));
        assert!(row.contains(&first), "{row}: {first} is missing");
    }
}

#[test]
fn the_contents_explain_every_symbol() {
    let contents = read("docs/walk/contents.md");
    let (_, legend) = contents.split_once("## Symbols").expect("a legend");
    for symbol in ["b", "n, m", "X′", "W′", "Ŷ′", "L", "E′ₙ", "E′ₙ₋₁", "η", "ε", "N"] {
        assert!(legend.contains(&format!("\n| {symbol} | ")), "{symbol} is not in the legend");
    }
}

//! Checks the documentation: every equation and picture of the slides is on its page, every formula agrees with its
//! TeX, its words and its comment in the source, every picture has a text alternative and cannot break a page, and the
//! *next* links lead from the first page to the last.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The sections in the order of the slides: source, title, and the figures and formulas that the page must have.
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

/// The pages after the sections, in the order of their *next* links: module, title, and the file with the text.
const AFTERWORDS: [(&str, &str, &str); 6] = [
    ("whole_step", "The Whole Step", "docs/walk/whole_step.md"),
    ("graph", "Graphs of Operations", "src/graph/mod.rs"),
    ("three_levels", "One Network, Three Levels", "docs/walk/three_levels.md"),
    ("gradient_check", "Checking Gradients", "src/gradient_check.rs"),
    ("crosswalk", "NumPy Crosswalk", "docs/walk/crosswalk.md"),
    ("exercise", "The Exercise", "docs/exercise.md"),
];

/// Returns the path of a file of the project.
fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Returns the text of a file of the project, with LF even if the checkout has CRLF.
fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}")).replace("\r\n", "\n")
}

/// Returns the names of the files in a folder that have this ending, without the ending.
fn files(folder: &str, ending: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(path(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter_map(|name| name.strip_suffix(ending).map(String::from)).collect()
}

/// The documentation at the beginning of a module.
struct Head {
    /// The text, including the files of `docs/walk` that the module includes.
    text: String,
    /// The included pictures, such as `formulas/12`, each with the comment that follows it.
    pictures: Vec<(String, String)>,
}

impl Head {
    fn shows(&self, picture: &str) -> bool {
        self.pictures.iter().any(|(name, _)| name == picture)
    }
}

fn head(module: &str) -> Head {
    let mut head = Head { text: String::new(), pictures: Vec::new() };
    for line in read(&format!("src/{module}")).lines() {
        if let Some(text) = line.strip_prefix("//!") {
            head.text += text.strip_prefix(' ').unwrap_or(text);
        } else if let Some(include) = line.strip_prefix("#![doc = include_str!(\"") {
            let (file, comment) = include.split_once("\")]").expect("the end of an include");
            let (_, file) = file.split_once("docs/").expect("an include of docs");
            match file.strip_suffix(".svg") {
                Some(picture) => {
                    let comment = comment.trim_start().trim_start_matches("// ");
                    head.pictures.push((picture.to_string(), comment.to_string()));
                }
                None => head.text += &read(&format!("docs/{file}")),
            }
        } else if let (Some(comment), Some((_, whole))) = (line.strip_prefix("// "), head.pictures.last_mut()) {
            *whole += comment;
        } else {
            break;
        }
        head.text += "\n";
    }
    head
}

/// Returns all text of a page of [`AFTERWORDS`]. If its module has no code, the documentation is in `src/lib.rs`.
fn afterword(module: &str, file: &str) -> String {
    if let Some(module) = file.strip_prefix("src/") {
        return head(module).text;
    }
    let mut text = String::new();
    for line in read("src/lib.rs").lines() {
        if let Some(line) = line.strip_prefix("///") {
            text += line.strip_prefix(' ').unwrap_or(line);
        } else if let Some(include) = line.strip_prefix("#[doc = include_str!(\"../") {
            text += &read(include.trim_end_matches("\")]"));
        } else if line == format!("pub mod {module} {{}}") {
            return text;
        } else {
            text.clear();
            continue;
        }
        text += "\n";
    }
    panic!("src/lib.rs has no `pub mod {module} {{}}` with documentation");
}

/// Returns the name of the module in a file.
fn name(module: &str) -> &str {
    module.trim_end_matches(".rs").trim_end_matches("/mod")
}

/// Returns all pages in the order of their *next* links: module, title and text.
fn pages() -> Vec<(&'static str, &'static str, String)> {
    let sections = PAGES.iter().map(|&(file, title, _)| (name(file), title, head(file).text));
    let afterwords = AFTERWORDS.iter().map(|&(module, title, file)| (module, title, afterword(module, file)));
    sections.chain(afterwords).collect()
}

/// Returns every picture: its file and its content.
fn pictures() -> Vec<(String, String)> {
    let folders = ["docs/formulas", "docs/figures"].into_iter();
    let names =
        folders.flat_map(|folder| files(folder, ".svg").into_iter().map(move |name| format!("{folder}/{name}")));
    names.map(|name| (format!("{name}.svg"), read(&format!("{name}.svg")))).collect()
}

/// Returns the value of an attribute of the `<svg>` tag, unescaped.
fn attribute(svg: &str, name: &str) -> Option<String> {
    let tag = svg.trim_start().lines().next().unwrap_or_default();
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    let value = value.split('"').next()?;
    Some(value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

/// A formula of formulas.tex.
#[derive(Clone)]
struct Formula {
    name: String,
    number: String, // on the slides; empty if it has none
    words: String,
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
        Formula { name: name.to_string(), number: number.to_string(), words, tex: join(tex) }
    };
    blocks.map(formula).collect()
}

#[test]
fn every_formula_is_drawn_from_the_tex_beside_it() {
    let formulas = formulas();
    for Formula { name, number, words, tex } in &formulas {
        let svg = read(&format!("docs/formulas/{name}.svg"));
        let redraw = "draw it again with: cd docs/formulas && npm install && npm run draw";
        let label = if number.is_empty() { words.clone() } else { format!("Equation {number}: {words}") };
        assert_eq!(
            attribute(&svg, "data-tex").as_ref(),
            Some(tex),
            "{name}.svg was drawn from TeX that has changed; {redraw}"
        );
        assert_eq!(attribute(&svg, "aria-label"), Some(label), "{name}.svg has words that have changed; {redraw}");
    }
    let named: BTreeSet<String> = formulas.into_iter().map(|formula| formula.name).collect();
    assert_eq!(
        named,
        files("docs/formulas", ".svg"),
        "every formula of formulas.tex needs a drawing in docs/formulas, and the reverse"
    );
}

#[test]
fn every_picture_has_a_text_alternative() {
    for (file, svg) in pictures() {
        assert_eq!(attribute(&svg, "role").as_deref(), Some("img"), "{file}");
        let words = attribute(&svg, "aria-label").unwrap_or_default();
        assert!(
            words.split(' ').count() >= 4,
            "{file}: the text alternative must have at least four words, but it is “{words}”"
        );
    }
}

#[test]
fn every_picture_fits_into_a_page_of_rustdoc() {
    for (file, svg) in pictures() {
        // rustdoc drops a blank first line and a blank last line. Another blank line at the start ends the paragraph
        // before the picture, and another one at the end ends the block of HTML. A blank line inside would end the
        // block too early.
        assert!(svg.starts_with("\n\n<svg "), "{file}: must start with two blank lines");
        assert!(svg.ends_with("\n</svg>\n\n\n"), "{file}: must end with two blank lines");
        let lines: Vec<&str> = svg.trim().lines().collect();
        assert!(
            lines[0].ends_with('>') && lines[0].matches('<').count() == 1,
            "{file}: the <svg> tag must be the only tag on its line"
        );
        assert!(lines.iter().all(|line| !line.trim().is_empty()), "{file}: must have no blank line inside");

        // The picture is self-contained, styles only itself, and takes the colour of the page.
        let drawing = svg.replacen("http://www.w3.org/2000/svg", "", 1);
        for foreign in ["http", "<?xml", "<!", "<script", "<image", "<foreignObject", "@import", "url("] {
            assert!(!drawing.contains(foreign), "{file}: must not contain {foreign}");
        }
        let (_, style) = svg.split_once("<style>").unwrap_or_else(|| panic!("{file}: must have a <style>"));
        let (style, rest) = style.split_once("</style>").unwrap();
        let rules = style.matches('{').count() - style.matches("@media").count();
        assert_eq!(
            rules,
            style.matches("svg:root {").count(),
            "{file}: every rule must begin with svg:root, or it applies to the whole page"
        );
        assert!(!rest.contains("<style"), "{file}: must have only one <style>");
        assert!(svg.contains("currentColor"), "{file}: must use currentColor to follow the theme");
        assert!(
            svg.contains("max-width:96%;height:auto"),
            "{file}: must have max-width:96%;height:auto to shrink on a narrow screen"
        );

        // Many pictures share a page, so the ids of a picture are unique, and it refers only to them.
        let name = Path::new(&file).file_stem().unwrap().to_str().unwrap();
        let prefix = format!("{}-{name}-", if file.contains("formulas") { "formula" } else { "figure" });
        let after = |mark: &str| -> BTreeSet<String> {
            let parts = svg.split(mark).skip(1);
            parts.map(|part| part.split('"').next().unwrap().to_string()).collect()
        };
        let ids = after(" id=\"");
        assert!(ids.iter().all(|id| id.starts_with(&prefix)), "{file}: every id must begin with {prefix}");
        assert!(after(" href=\"#").is_subset(&ids), "{file}: must refer only to ids that it has");
    }
}

#[test]
fn every_equation_and_every_figure_is_on_the_page_of_its_section() {
    let mut numbers = BTreeSet::new();
    for (module, title, required) in PAGES {
        let head = head(module);
        assert!(head.text.starts_with(&format!("**{title}**")), "{module} must begin with **{title}**");
        for name in required {
            let picture = if name.contains('/') { name.to_string() } else { format!("formulas/{name}") };
            assert!(head.shows(&picture), "{module}: {picture} is missing");
            numbers.extend(name.parse::<u32>());
        }
    }
    assert_eq!(numbers, (1..=16).collect());
}

/// Returns the modules whose documentation has pictures.
fn modules() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(|(module, ..)| *module).chain(["gradient_check.rs", "graph/mod.rs"])
}

#[test]
fn every_formula_and_every_figure_is_on_a_page() {
    let shown: Vec<Head> = modules().map(head).collect();
    for (file, _) in pictures() {
        let name = file.trim_start_matches("docs/").trim_end_matches(".svg");
        assert!(shown.iter().any(|head| head.shows(name)), "{file} is on no page");
    }
}

#[test]
fn every_equation_has_its_number_at_a_line_of_code_and_a_link_back() {
    let code: Vec<String> = PAGES.iter().map(|(module, ..)| read(&format!("src/{module}"))).collect();
    let holds = |test: &dyn Fn(&str) -> bool| code.iter().any(|source| source.lines().map(str::trim).any(test));
    for n in [1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 16] {
        let at_its_line = |line: &str| {
            let comment = line.split_once("// ").filter(|(code, _)| !code.is_empty() && !line.starts_with(['/', '#']));
            comment.is_some_and(|(_, comment)| comment.ends_with(&format!(" ({n})")))
        };
        assert!(holds(&at_its_line), "some line of code must end with // … ({n})");
        let linked = |line: &str| line.starts_with("///") && line.contains(&format!("[({n})]("));
        assert!(holds(&linked), "the documentation of some function must link to ({n})");
    }
}

#[test]
fn next_leads_from_the_first_page_to_the_last_and_previous_back() {
    let pages = pages();
    for (i, (page, title, text)) in pages.iter().enumerate() {
        assert!(text.starts_with(&format!("**{title}**")), "{page} must begin with **{title}**");
        let (_, foot) = text.rsplit_once("\n---\n").unwrap_or_else(|| panic!("{page}: no line --- before the links"));
        let link = |word: &str, (to, title, _): &(&str, &str, String)| format!("{word}: [{title}](crate::{to})");
        let previous = (i > 0).then(|| link("previous", &pages[i - 1]));
        let next = pages.get(i + 1).map(|page| link("next", page));
        let links: Vec<String> = previous.into_iter().chain(["[contents](crate)".to_string()]).chain(next).collect();
        assert_eq!(foot.split_whitespace().collect::<Vec<_>>().join(" "), links.join(" · "), "{page}");
    }
}

#[test]
fn every_section_has_its_first_example_in_the_module_and_its_pitfalls() {
    for (module, ..) in PAGES {
        let source = read(&format!("src/{module}"));
        let (_, paper) =
            source.split_once("\n//! ## On paper\n").unwrap_or_else(|| panic!("{module}: no heading ## On paper"));
        let (example, _) =
            paper.split_once("#![doc").unwrap_or_else(|| panic!("{module}: no include after ## On paper"));
        assert!(
            example.contains("\n//! ```\n//! use feedforward::"),
            "{module}: ## On paper must have an example that runs"
        );
        assert!(example.contains("\n//! assert"), "{module}: the example must assert something");
        let text = head(module).text;
        let (_, pitfalls) =
            text.split_once("\n## Pitfalls\n").unwrap_or_else(|| panic!("{module}: no heading ## Pitfalls"));
        assert!(pitfalls.matches("\n- **").count() >= 3, "{module}: must have at least three pitfalls");
    }
}

#[test]
fn the_front_page_opens_with_an_example() {
    let head = head("lib.rs").text;
    let (before, rest) = head.split_once("```\n").expect("an example");
    let (example, rest) = rest.split_once("```\n").expect("the end of the example");
    assert!(before.lines().count() <= 6, "the example must start within seven lines");
    assert!(
        example.lines().count() <= 24 && example.contains("assert!"),
        "the example must have at most 24 lines and assert something"
    );
    assert!(rest.contains("\n## Contents\n"), "the contents must follow the example");
}

#[test]
fn every_code_block_of_the_pages_runs() {
    let mut texts: Vec<(&str, String)> = pages().into_iter().map(|(page, _, text)| (page, text)).collect();
    texts.retain(|(page, _)| *page != "exercise"); // its commands are for the shell
    texts.push(("lib", head("lib.rs").text));
    for (page, text) in texts {
        let fences: Vec<&str> = text.lines().filter(|line| line.trim_start().starts_with("```")).collect();
        assert!(fences.len().is_multiple_of(2), "{page}: a code block without an end");
        for opening in fences.iter().step_by(2) {
            assert!(["```", "```text"].contains(opening), "{page}: {opening} must be ``` (a test) or ```text");
        }
        let mut code = false;
        for line in text.lines() {
            code ^= line.starts_with("```");
            assert!(
                !code || line.chars().count() <= 94,
                "{page}: a line of code must have at most 94 characters: {line}"
            );
        }
    }
}

#[test]
fn no_line_of_a_paragraph_is_taken_for_a_list() {
    let mut texts: Vec<(&str, String)> = pages().into_iter().map(|(page, _, text)| (page, text)).collect();
    texts.push(("lib", head("lib.rs").text));
    for (page, text) in texts {
        let lines: Vec<&str> = text.lines().collect();
        for pair in lines.windows(2).filter(|pair| !pair[0].is_empty()) {
            let number = pair[1].split_once(". ").is_some_and(|(number, _)| number.parse::<u32>().is_ok());
            assert!(!number, "{page}: Markdown starts a list with this line of a paragraph: {}", pair[1]);
        }
    }
}

#[test]
fn no_page_links_to_a_file_that_rustdoc_would_not_copy() {
    for (page, _, text) in pages() {
        for link in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            let file = link.contains('/') || link.ends_with(".md") || link.ends_with(".rs");
            assert!(!file || link.starts_with("https://"), "{page}: must not link to the file {link}");
        }
    }
}

#[test]
fn the_contents_name_every_page_and_the_equations_as_the_readme_does() {
    let rows = |text: &str| -> Vec<Vec<String>> {
        let rows = text.lines().filter(|line| line.starts_with("| "));
        rows.map(|row| row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_string()).collect()).collect()
    };
    let (contents, readme) = (rows(&read("docs/walk/contents.md")), rows(&read("README.md")));
    for (i, (module, title, _)) in PAGES.iter().enumerate() {
        let start = format!("{}. {title}", i + 1);
        let row = contents
            .iter()
            .find(|row| row[0].starts_with(&start))
            .unwrap_or_else(|| panic!("contents.md: no row {start}"));
        assert!(
            row[0].ends_with(&format!("[`{}`]", name(module))),
            "contents.md: the row {start} must link to {module}"
        );
        let same = readme.iter().find(|row| row[0] == *title).unwrap_or_else(|| panic!("README: no row {title}"));
        let equations = row[2].split("*exercise:*").next().unwrap().trim_end_matches("<br>");
        assert_eq!(equations, same[2], "{title}: the equations in contents.md and the README must be the same");
        let expected = equations_of(module);
        assert_eq!(numbers(equations), expected, "{title}: contents.md must name the equations of {module}");
    }
    for (module, ..) in AFTERWORDS {
        let links = contents.iter().any(|row| row[0].ends_with(&format!("[`{module}`]")));
        assert!(links, "contents.md must link to {module}");
    }
}

/// Returns the equations that a module shows on its page or computes: those drawn, and those at the end of a line of
/// code.
fn equations_of(module: &str) -> BTreeSet<u32> {
    let drawn = head(module).pictures.into_iter().filter_map(|(name, _)| name.strip_prefix("formulas/")?.parse().ok());
    let source = read(&format!("src/{module}"));
    let code = source.lines().map(str::trim).filter(|line| !line.starts_with(['/', '#']));
    let computed = code.filter_map(|line| line.strip_suffix(')')?.rsplit_once(" (")?.1.parse().ok());
    drawn.chain(computed).collect()
}

/// Returns the numbers that a list such as "(1) to (3), (9)" names.
fn numbers(list: &str) -> BTreeSet<u32> {
    let words: Vec<&str> = list.split([' ', ',', '<', '>']).filter(|word| !word.is_empty()).collect();
    let number = |word: &str| word.strip_prefix('(')?.strip_suffix(')')?.parse::<u32>().ok();
    let single = words.iter().filter_map(|word| number(word)).map(|n| n..=n);
    let range = |w: &[&str]| if w[1] == "to" { Some(number(w[0])?..=number(w[2])?) } else { None };
    single.chain(words.windows(3).filter_map(range)).flatten().collect()
}

#[test]
fn a_list_of_equations_is_understood() {
    assert_eq!(numbers("(1) to (3), used as (9) to (11)"), BTreeSet::from([1, 2, 3, 9, 10, 11]));
    assert_eq!(numbers("(13), (14)"), BTreeSet::from([13, 14]));
    assert_eq!(numbers("w⁽ᵏ⁺¹⁾ = w⁽ᵏ⁾ − η ∇L(w⁽ᵏ⁾)"), BTreeSet::new());
}

#[test]
fn the_contents_explain_every_symbol() {
    let contents = read("docs/walk/contents.md");
    let (_, legend) = contents.split_once("## Symbols").expect("a legend");
    for symbol in ["b", "n, m", "X′", "W′", "Ŷ′", "L", "E′ₙ", "E′ₙ₋₁", "η", "ε", "N"] {
        assert!(legend.contains(&format!("\n| {symbol} | ")), "the legend of contents.md must explain {symbol}");
    }
}

#[test]
fn every_formula_agrees_with_its_comment_and_its_words() {
    let formulas = formulas();
    let mut wrong = Vec::new();
    for module in modules() {
        for (picture, comment) in head(module).pictures {
            let Some(name) = picture.strip_prefix("formulas/") else { continue };
            let formula = formulas.iter().find(|formula| formula.name == name).expect("a formula of formulas.tex");
            if let Some(disagreement) = disagreement(formula, &comment) {
                wrong.push(format!("src/{module}, {picture}.svg: {disagreement}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Says how the three forms of a formula disagree (its TeX, the comment in the source, and its words), if they do.
///
/// The comment must be the TeX in Unicode, except for spaces and the semicolons between its lines. The words must name
/// the same letters and operations. The words of a numbered equation must name them equally often and, if the equation
/// has no sum, in the same order.
fn disagreement(formula: &Formula, comment: &str) -> Option<String> {
    let Formula { number, words, tex, .. } = formula;
    let mut sums = Vec::new();
    let text = unicode(tex, &mut sums);
    sums.dedup();

    let bounds: String = sums.iter().map(|Sum { index, from, to }| format!(", {index} = {from} … {to}")).collect();
    let number_beside = if number.is_empty() { String::new() } else { format!("   ({number})") };
    let expected = text.clone() + &bounds + &number_beside;
    let squeezed = |text: &str| text.replace(|c: char| c.is_whitespace() || c == ';', "");
    if squeezed(comment) != squeezed(&expected) {
        return Some(format!("the comment is // {comment}\nthe TeX says    // {expected}"));
    }

    let said: Vec<&str> = words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let operations = text.replace("/∂", "∂"); // a derivative is not a division
    for (symbols, word) in SPOKEN {
        let written: usize = symbols.iter().map(|symbol| operations.matches(symbol).count()).sum();
        let spoken = said.iter().filter(|said| said.starts_with(word)).count();
        let agree = if number.is_empty() { (written > 0) == (spoken > 0) } else { written == spoken };
        if !agree {
            return Some(format!("{text} has {written} of {symbols:?}, but {words:?} has {spoken} of {word:?}"));
        }
    }
    let ends: String = sums.iter().map(|Sum { from, to, .. }| format!(" {from} {to}")).collect();
    let mut written = letters(&(text + &ends));
    let variable = |word: &&&str| word.parse::<u32>().is_ok() || (word.len() == 1 && **word != "a");
    let mut spoken: Vec<char> = said.iter().filter(variable).flat_map(|word| word.chars()).collect();
    if number.is_empty() || !sums.is_empty() {
        written.sort_unstable();
        spoken.sort_unstable();
    }
    if number.is_empty() {
        written.dedup();
        spoken.dedup();
    }
    (written != spoken).then(|| format!("the formula has the letters {written:?}, but {words:?} has {spoken:?}"))
}

/// Symbols of the formulas, and the beginning of the word for each.
const SPOKEN: [(&[&str], &str); 20] = [
    (&["=", "≈"], "equal"),
    (&["+", "₊", "⁺"], "plus"),
    (&["−", "₋", "⁻"], "minus"),
    (&["/"], "divided"),
    (&["′"], "prime"),
    (&["ŷ", "Ŷ"], "hat"),
    (&["\u{303}"], "tilde"),
    (&["ᵀ"], "transpose"),
    (&["η"], "eta"),
    (&["ε"], "epsilon"),
    (&["Σ"], "sum"),
    (&["exp"], "exponential"),
    (&["ln"], "logarithm"),
    (&["max"], "maximum"),
    (&["∂"], "derivative"),
    (&["∇"], "gradient"),
    (&["≤"], "most"),
    (&["if"], "if"),
    (&["else"], "otherwise"),
    (&["where"], "where"),
];

/// Returns the variables and numbers in a formula, in order.
fn letters(formula: &str) -> Vec<char> {
    let mut formula = formula.replace('ŷ', "y").replace('Ŷ', "Y").replace('ᵀ', "");
    for word in ["exp", "ln", "max", "loss", "if", "else", "where", "because"] {
        formula = formula.replace(word, "");
    }
    let moved = || [LOWERED, RAISED].into_iter().flat_map(|[plain, moved]| plain.chars().zip(moved.chars()));
    let plain = |c: char| moved().find(|&(_, moved)| moved == c).map_or(c, |(plain, _)| plain);
    formula.chars().map(plain).filter(char::is_ascii_alphanumeric).collect()
}

/// The index and the bounds of a sum, as in Σⱼ, j = 1 … N.
#[derive(PartialEq)]
struct Sum {
    index: String,
    from: String,
    to: String,
}

/// Translates TeX to Unicode, in the spelling of the comments in the source. Collects the bounds of sums.
///
/// # Panics
/// If [`COMMANDS`] has no translation of a command.
fn unicode(mut tex: &str, sums: &mut Vec<Sum>) -> String {
    let mut text = String::new();
    while let Some(token) = token(&mut tex) {
        text += &match token {
            "\\mathbf" | "\\mathsf" | "\\text" => argument(&mut tex, sums),
            "\\hat" => argument(&mut tex, sums).replace('y', "ŷ").replace('Y', "Ŷ"),
            "\\tilde" => argument(&mut tex, sums) + "\u{303}",
            "\\frac" => {
                let (above, below) = (argument(&mut tex, sums), argument(&mut tex, sums));
                format!("{}/{}", part(above, false), part(below, true))
            }
            "\\sum" => {
                let below = script(&mut tex, sums);
                let (index, from) = below.split_once('=').unwrap_or((&below, ""));
                if !from.is_empty() {
                    let to = script(&mut tex, sums);
                    sums.push(Sum { index: index.to_string(), from: from.to_string(), to });
                }
                "Σ".to_string() + &moved('_', index, LOWERED)
            }
            "\\underbrace" => {
                let (body, label) = (argument(&mut tex, sums), script(&mut tex, sums));
                if body.starts_with('(') { label } else { body } // a matrix is written as its shape
            }
            "\\underset" => {
                let below = argument(&mut tex, sums);
                argument(&mut tex, sums) + &moved('_', &below, LOWERED)
            }
            "\\begin" => environment(&mut tex, sums),
            "_" => moved('_', &argument(&mut tex, sums), LOWERED),
            "^" => moved('^', &argument(&mut tex, sums), RAISED),
            "-" => "−".to_string(),
            "'" => "′".to_string(),
            group if group.starts_with('{') => unicode(&group[1..group.len() - 1], sums),
            command if command.starts_with('\\') => {
                let known = COMMANDS.iter().find(|(name, _)| *name == &command[1..]);
                known.unwrap_or_else(|| panic!("TeX: {command} has no translation; add it to COMMANDS")).1.to_string()
            }
            other => other.to_string(),
        };
    }
    text
}

const COMMANDS: [(&str, &str); 25] = [
    ("eta", "η"),
    ("epsilon", "ε"),
    ("partial", "∂"),
    ("nabla", "∇"),
    ("cdot", "·"),
    ("cdots", "⋯"),
    ("vdots", "⋮"),
    ("ddots", "⋱"),
    ("times", "×"),
    ("le", "≤"),
    ("ne", "≠"),
    ("approx", "≈"),
    ("to", "→"),
    ("Rightarrow", "⇒"),
    ("lVert", "‖"),
    ("rVert", "‖"),
    ("exp", "exp"),
    ("ln", "ln"),
    ("max", "max"),
    ("big", ""),
    ("Big", ""),
    (",", ""),
    (" ", " "),
    ("quad", " "),
    ("qquad", " "),
];

/// Characters, and the same characters as subscripts and superscripts.
const LOWERED: [&str; 2] = ["012+−ijkmns,", "₀₁₂₊₋ᵢⱼₖₘₙₛ,"];
const RAISED: [&str; 2] = ["012+−()ckntxT", "⁰¹²⁺⁻⁽⁾ᶜᵏⁿᵗˣᵀ"];

/// Returns the text as a subscript or superscript. If Unicode lacks one of the characters, puts the text after `mark`.
fn moved(mark: char, text: &str, [plain, moved]: [&str; 2]) -> String {
    let one = |c: char| moved.chars().nth(plain.chars().position(|known| known == c)?);
    let in_parentheses = text.chars().count() > 1;
    text.chars().map(one).collect::<Option<String>>().unwrap_or_else(|| match in_parentheses {
        true => format!("{mark}({text})"),
        false => format!("{mark}{text}"),
    })
}

/// Takes the next token off the TeX: a command, a group in braces, or a character.
fn token<'a>(tex: &mut &'a str) -> Option<&'a str> {
    let mut depth = 0;
    let closing = |c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        depth == 0
    };
    let length = match tex.chars().next()? {
        '\\' => match tex[1..].find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tex.len() - 1) {
            0 => 2, // a command of one character, such as \,
            letters => 1 + letters,
        },
        '{' => tex.find(closing).expect("a closing brace") + 1,
        c => c.len_utf8(),
    };
    let (token, rest) = tex.split_at(length);
    *tex = if length > 2 && token.starts_with('\\') { rest.trim_start() } else { rest };
    Some(token)
}

/// Takes the argument of a command off the TeX and translates it.
fn argument(tex: &mut &str, sums: &mut Vec<Sum>) -> String {
    let token = token(tex).expect("an argument");
    unicode(token.strip_prefix('{').and_then(|group| group.strip_suffix('}')).unwrap_or(token), sums)
}

/// Takes an index or exponent off the TeX and translates it, but not into subscripts or superscripts.
fn script(tex: &mut &str, sums: &mut Vec<Sum>) -> String {
    assert!(matches!(token(tex), Some("_" | "^")), "TeX: no index or exponent before {tex}");
    argument(tex, sums)
}

/// Returns a part of a fraction, in parentheses if a single line of text needs them.
fn part(text: String, below: bool) -> String {
    let mut depth = 0;
    let mut outside = text.clone(); // of parentheses
    outside.retain(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0
    });
    let sum = outside.contains(" + ") || outside.contains(" − ");
    let product = below && outside.contains(' ') && !outside.starts_with('Σ');
    if sum || product { format!("({text})") } else { text }
}

/// Takes the rest of an environment off the TeX, from its name on, and translates it.
fn environment(tex: &mut &str, sums: &mut Vec<Sum>) -> String {
    let name = token(tex).expect("the name of an environment");
    let (body, rest) = tex.split_once(&format!("\\end{name}")).expect("the end of the environment");
    *tex = rest;
    let mut row = |row: &str| -> Vec<String> {
        let row = row.trim_start();
        let cells = row.strip_prefix('[').map_or(row, |row| row.split_once(']').expect("a distance").1);
        cells.split('&').map(|cell| unicode(cell, sums).trim().to_string()).collect()
    };
    let rows: Vec<Vec<String>> = body.split("\\\\").map(&mut row).collect();
    let join = |cells: &str, lines: &str| rows.iter().map(|row| row.join(cells)).collect::<Vec<_>>().join(lines);
    match name {
        "{aligned}" => join(" ", "; "),
        "{pmatrix}" => format!("({})", join(" ", "; ")),
        "{cases}" => {
            let case = |row: &Vec<String>| match row[1].as_str() {
                "else" => format!("else {}", row[0]),
                condition if condition.starts_with("if ") => format!("{} {condition}", row[0]),
                condition => format!("{} if {condition}", row[0]),
            };
            rows.iter().map(case).collect::<Vec<_>>().join(", ")
        }
        _ => panic!("TeX: the environment {name} has no translation; add it to `environment`"),
    }
}

#[test]
fn tex_becomes_unicode() {
    let examples = [
        (r"\mathbf{E}'_{n-1} = \mathbf{W}'^{\mathsf{T}}", "E′ₙ₋₁ = W′ᵀ"),
        (r"\hat{y}_k + \tilde{x}_k", "ŷₖ + x\u{303}ₖ"),
        (r"-\frac{y}{x}", "−y/x"),
        (r"\frac{a + b}{2h}", "(a + b)/2h"),
        (r"\frac{f(a + b)}{c \exp(x)}", "f(a + b)/(c exp(x))"),
        (r"\frac{x}{\sum_{j=1}^{N} \exp(x_j)}", "x/Σⱼ exp(xⱼ)"),
        (r"\mathbf{w}^{(k+1)}", "w⁽ᵏ⁺¹⁾"),
        (r"\hat{y}_{N-1} \cdots \hat{y}_N", "ŷ_(N−1) ⋯ŷ_N"),
        (r"\begin{cases} 0 & \text{if } x \le 0 \\ e_n & \text{else} \end{cases}", "0 if  x ≤0, else eₙ"),
        (r"\begin{pmatrix} x_1 \\[2pt] \vdots \\ 1 \end{pmatrix}", "(x₁; ⋮; 1)"),
        (r"\underbrace{w_{n+1}}_{\text{bias}}", "wₙ₊₁"),
    ];
    for (tex, expected) in examples {
        assert_eq!(unicode(tex, &mut Vec::new()), expected, "{tex}");
    }
    let mut sums = Vec::new();
    unicode(r"\sum_{j=1}^{N} x_j + \sum_i x_i", &mut sums);
    assert!(sums == [Sum { index: "j".to_string(), from: "1".to_string(), to: "N".to_string() }]);
}

#[test]
fn any_change_of_a_numbered_equation_in_comment_tex_or_words_is_noticed() {
    let heads: Vec<Head> = modules().map(head).collect();
    for formula in formulas().into_iter().filter(|formula| !formula.number.is_empty()) {
        let picture = format!("formulas/{}", formula.name);
        let mut comments = heads.iter().flat_map(|head| &head.pictures).filter(|(name, _)| *name == picture);
        let (_, comment) = comments.next().expect("on a page");
        assert_eq!(disagreement(&formula, comment), None);
        for (at, c) in comment.char_indices().filter(|(_, c)| !c.is_whitespace()) {
            let changed = comment[..at].to_string() + &comment[at + c.len_utf8()..];
            assert!(disagreement(&formula, &changed).is_some(), "{changed}");
        }
        for (at, _) in formula.tex.match_indices(|c| "'+-=()XWEYNBnkj01".contains(c)) {
            let command = formula.tex[..at].trim_end_matches(|c: char| c.is_ascii_alphabetic()).ends_with('\\');
            if command {
                continue;
            }
            let mut changed = formula.clone();
            changed.tex.replace_range(at..=at, "Z");
            assert!(disagreement(&changed, comment).is_some(), "{}", changed.tex);
        }
        let words: Vec<&str> = formula.words.split(' ').collect();
        for (i, word) in words.iter().enumerate() {
            let letter = word.len() == 1 && *word != "a";
            if letter || SPOKEN.iter().any(|(_, spoken)| word.starts_with(spoken)) {
                let changed = Formula { words: [&words[..i], &words[i + 1..]].concat().join(" "), ..formula.clone() };
                assert!(disagreement(&changed, comment).is_some(), "{}", changed.words);
            }
        }
    }
}

//! Finds functions and fields in Rust source, and replaces or removes them. It knows enough of Rust's grammar to tell
//! code from comments, strings and characters.

/// The position of a function in the source, in bytes.
struct Function {
    /// The start of its documentation, at the beginning of a line.
    start: usize,
    /// The start of its signature: the `fn`.
    signature: usize,
    /// The opening and the closing brace of its body.
    body: (usize, usize),
}

/// Replaces the body of the function with one statement, and removes `mut` from its parameters, which would be unused.
///
/// # Panics
/// If the source does not have exactly one function of this name.
pub(crate) fn replace_body(source: &str, name: &str, statement: &str) -> String {
    let Function { signature, body: (open, close), .. } = function(source, name);
    let indent = indent(source, signature);
    let parameters = source[signature..open].replace("(mut ", "(").replace(", mut ", ", ");
    format!("{}{parameters}{{\n{indent}    {statement}\n{indent}{}", &source[..signature], &source[close..])
}

/// Removes the function, its documentation and the empty line before it.
///
/// # Panics
/// If the source does not have exactly one function of this name.
pub(crate) fn remove_function(source: &str, name: &str) -> String {
    let Function { start, body: (_, close), .. } = function(source, name);
    let end = source[close..].find('\n').map_or(source.len(), |newline| close + newline + 1);
    let start = if source[..start].ends_with("\n\n") { start - 1 } else { start };
    format!("{}{}", &source[..start], &source[end..])
}

/// Replaces the line of the struct field.
///
/// # Panics
/// If the source does not have exactly one such field.
pub(crate) fn replace_field(source: &str, name: &str, line: &str) -> String {
    let field = format!("    {name}: ");
    let ends = |line: &str| line.split("//").next().is_some_and(|code| code.trim_end().ends_with(','));
    let is_field = |line: &&str| line.starts_with(&field) && ends(line);
    assert_eq!(source.lines().filter(is_field).count(), 1, "one field {name}");
    source.lines().map(|old| if is_field(&old) { line } else { old }).flat_map(|line| [line, "\n"]).collect()
}

/// The only function of this name.
fn function(source: &str, name: &str) -> Function {
    let found: Vec<Function> = code(source)
        .filter(|&at| source[at..].starts_with("fn ") && !source[..at].ends_with(is_word))
        .filter(|&at| source[at + 3..].strip_prefix(name).is_some_and(|rest| rest.starts_with(['(', '<'])))
        .map(|signature| parse(source, signature))
        .collect();
    assert_eq!(found.len(), 1, "one function {name}");
    found.into_iter().next().expect("one")
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The function whose `fn` is at `signature`.
fn parse(source: &str, signature: usize) -> Function {
    let mut depth = 0;
    let mut open = 0;
    let mut close = source.len();
    for at in code(source).filter(|&at| at > signature) {
        match source.as_bytes()[at] {
            b'{' => {
                if depth == 0 {
                    open = at;
                }
                depth += 1;
            }
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    close = at;
                    break;
                }
            }
            _ => {}
        }
    }
    let mut start = line_start(source, signature);
    while start > 0 {
        let previous = line_start(source, start - 1);
        let line = source[previous..start].trim_start();
        if !(line.starts_with("///") || line.starts_with("#[")) {
            break;
        }
        start = previous;
    }
    Function { start, signature, body: (open, close) }
}

fn line_start(source: &str, at: usize) -> usize {
    source[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// The indentation of the line at this position.
fn indent(source: &str, at: usize) -> &str {
    let line = &source[line_start(source, at)..at];
    &line[..line.len() - line.trim_start().len()]
}

/// The positions of all ASCII characters that are code.
fn code(source: &str) -> impl Iterator<Item = usize> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = &source[at..];
            let length = rest.chars().next()?.len_utf8();
            match no_code(rest) {
                0 if length == 1 => {
                    at += 1;
                    return Some(at - 1);
                }
                0 => at += length,
                skipped => at += skipped,
            }
        }
    })
}

/// The length of the comment, string or character at the start of `rest`; 0 if it starts with code.
fn no_code(rest: &str) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return comment(rest);
    }
    if let Some(raw) = rest.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if let Some(text) = raw[hashes..].strip_prefix('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            return text.find(&end).map_or(rest.len(), |length| 1 + hashes + 1 + length + end.len());
        }
    }
    if let Some(text) = rest.strip_prefix('"') {
        return 1 + closing(text, '"');
    }
    match rest.strip_prefix('\'') {
        Some(text) if text.starts_with('\\') => 1 + closing(text, '\''),
        Some(text) if text.chars().nth(1) == Some('\'') => 2 + text.chars().next().map_or(0, char::len_utf8),
        _ => 0, // no quote, or the quote of a lifetime
    }
}

/// The length of a block comment, which may contain others.
fn comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// The length of a text up to and including its closing quote. A backslash escapes the next character.
fn closing(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = r####"
/// fn one() { in a comment }
fn one<'a>(mut x: &'a str, mut y: char) -> usize {
    // } here /* and
    let s = "fn two() { \" }"; /* } /* { */ fn two( */
    let r = r#"} fn three() "}"#;
    if y == '}' || y == '\'' || y == '{' { 1 } else { s.len() }
}

impl X {
    /// Documentation.
    #[inline]
    fn two(&mut self, mut z: f64) { z; }
}
"####;

    #[test]
    fn a_body_is_replaced_up_to_its_own_brace() {
        let replaced = replace_body(SOURCE, "one", "todo!()");
        assert!(
            replaced.contains("fn one<'a>(x: &'a str, y: char) -> usize {\n    todo!()\n}\n\nimpl X"),
            "{replaced}"
        );
        let replaced = replace_body(SOURCE, "two", "todo!()");
        assert!(replaced.ends_with("    fn two(&mut self, z: f64) {\n        todo!()\n    }\n}\n"), "{replaced}");
        assert!(replaced.contains("fn two() { \\\" }"), "{replaced}");
    }

    #[test]
    fn a_function_is_removed_with_its_documentation() {
        assert!(remove_function(SOURCE, "two").ends_with("impl X {\n}\n"));
        assert!(remove_function(SOURCE, "one").trim_start().starts_with("impl X {"));
    }

    #[test]
    #[should_panic(expected = "one function three")]
    fn a_function_in_a_string_is_not_found() {
        remove_function(SOURCE, "three");
    }

    #[test]
    fn a_field_is_replaced_only_in_the_struct() {
        let source = "struct X {\n    a: Y, // of X\n    b: Z,\n}\nfn f(\n    a: Y) {}\n";
        assert_eq!(
            replace_field(source, "a", "    // none"),
            "struct X {\n    // none\n    b: Z,\n}\nfn f(\n    a: Y) {}\n"
        );
        assert_eq!(replace_field(source, "b", "    c: Z,"), source.replace("b: Z", "c: Z"));
    }
}

//! The lines and fields of a CSV text.

use super::error::Place;
use std::borrow::Cow;

/// The lines of a CSV text, each split into its fields.
#[derive(Clone)]
pub(super) struct Records<'a> {
    rest: &'a str,
    line: usize, // the number of the first line of the rest, counted from 1
    separator: char,
}

impl<'a> Records<'a> {
    pub(super) fn new(text: &'a str) -> Records<'a> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text); // the byte order mark that some programs write
        Records { rest: text, line: 1, separator: separator(text) }
    }

    /// Reads the next line that is not blank into `fields` and returns its number; `None` after the last line.
    pub(super) fn next(&mut self, fields: &mut Vec<Cow<'a, str>>) -> Result<Option<usize>, (Place, String)> {
        fields.clear();
        loop {
            if self.rest.is_empty() {
                return Ok(None);
            }
            let (line, after) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
            if !line.chars().all(|c| c.is_whitespace() && c != self.separator) {
                break;
            }
            self.rest = after;
            self.line += 1;
        }
        let line = self.line;
        while self.field(line, fields)? {}
        Ok(Some(line))
    }

    /// Reads one field. Returns whether another field follows on the same line.
    fn field(&mut self, line: usize, fields: &mut Vec<Cow<'a, str>>) -> Result<bool, (Place, String)> {
        let blank = |c: char| c.is_whitespace() && c != '\n' && c != self.separator;
        let trimmed = self.rest.trim_start_matches(blank);
        let Some(quoted) = trimmed.strip_prefix('"') else {
            let end = trimmed.find([self.separator, '\n']).unwrap_or(trimmed.len());
            fields.push(Cow::Borrowed(trimmed[..end].trim_end()));
            return Ok(self.end_of_field(&trimmed[end..]));
        };
        let wrong = |message: &str| Err((Place::Field(line, fields.len() + 1), message.to_string()));
        let Some(end) = closing_quote(quoted) else {
            return wrong("a quote opens here and is never closed");
        };
        let (inside, after) = (&quoted[..end], quoted[end + 1..].trim_start_matches(blank));
        if !(after.is_empty() || after.starts_with([self.separator, '\n'])) {
            return wrong("text follows the closing quote; a quote inside a field must be doubled");
        }
        self.line += inside.matches('\n').count();
        fields.push(if inside.contains('"') { inside.replace("\"\"", "\"").into() } else { inside.into() });
        Ok(self.end_of_field(after))
    }

    /// Skips the separator or line break at the start of `after`. Returns whether it was a separator.
    fn end_of_field(&mut self, after: &'a str) -> bool {
        let mut characters = after.chars();
        let end = characters.next();
        self.rest = characters.as_str();
        self.line += usize::from(end == Some('\n'));
        end == Some(self.separator)
    }
}

/// Returns the index of the first quote that is not doubled.
fn closing_quote(text: &str) -> Option<usize> {
    let mut start = 0;
    loop {
        let quote = start + text[start..].find('"')?;
        if !text[quote + 1..].starts_with('"') {
            return Some(quote);
        }
        start = quote + 2;
    }
}

/// Returns the separator: of comma, semicolon and tab, the first that the first line with fields contains outside quotes.
/// Decimal commas do not count.
fn separator(text: &str) -> char {
    let line = text.len() - text.trim_start().len(); // tabs may start the line
    let text = &text[text[..line].rfind('\n').map_or(0, |end| end + 1)..];
    let (mut comma, mut semicolon, mut tab) = (false, false, false);
    let (mut quoted, mut opens) = (false, true); // `opens`: whether a quote here would open
    for c in text.chars() {
        match c {
            '"' if quoted || opens => quoted = !quoted,
            _ if quoted => {}
            '\n' => break,
            ',' => (comma, opens) = (true, true),
            ';' => (semicolon, opens) = (true, true),
            '\t' => (tab, opens) = (true, true),
            _ => opens = opens && c.is_whitespace(),
        }
    }
    let found = [(semicolon, ';'), (tab, '\t')].into_iter().filter(|(found, _)| *found).map(|(_, separator)| separator);
    let decimals = found.clone().find(|&separator| text.lines().take(2).any(|line| has_decimals(line, separator)));
    decimals.or(comma.then_some(',')).or_else(|| found.clone().next()).unwrap_or(',')
}

/// Returns whether the separator divides the line, and all commas in it are decimal commas, as in `5,1;3,5;a`.
fn has_decimals(line: &str, separator: char) -> bool {
    let decimal = |field: &str| field.trim().replacen(',', ".", 1).parse::<f64>().is_ok();
    let mut fields = line.split(separator).filter(|field| field.contains(',')).peekable();
    line.contains(separator) && fields.peek().is_some() && fields.all(decimal)
}

//! A line of progress that is written in place, on a terminal.

use std::ffi::OsStr;
use std::io::IsTerminal;

/// Returns to the start of the line and clears it.
pub(crate) const CLEAR: &str = "\r\x1b[2K";

/// Whether the stream is a terminal that can show a line in place.
pub(crate) fn is_possible(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && understands_escapes(std::env::var_os("TERM").as_deref(), cfg!(unix))
}

/// Whether a terminal with this `TERM` understands escape codes. Only Unix must set the variable.
fn understands_escapes(term: Option<&OsStr>, unix: bool) -> bool {
    match term.filter(|term| !term.is_empty()) {
        Some(term) => term != "dumb",
        None => !unix,
    }
}

/// Returns what shows the line in place of the previous one. The terminal does not wrap a line that is too long, but
/// cuts it off at the right edge. It writes the characters that do not fit over each other in the last column, and the
/// space at the end clears that column.
/// Write the text in one call, so that the terminal wraps lines again even if the program is stopped.
pub(crate) fn show(line: &str) -> String {
    format!("{CLEAR}\x1b[?7l{line} \x1b[?7h")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_never_wraps_and_later_lines_do() {
        assert_eq!(show("epoch 1"), "\r\x1b[2K\x1b[?7lepoch 1 \x1b[?7h");
    }

    #[test]
    fn a_dumb_or_unknown_terminal_gets_no_escapes() {
        let term = |term: &'static str| Some(OsStr::new(term));
        for (name, unix, expected) in [
            (term("xterm-256color"), true, true),
            (term("xterm"), false, true),
            (term("dumb"), true, false),
            (term("dumb"), false, false),
            (term(""), true, false),
            (None, true, false),
            (None, false, true), // a console of Windows
        ] {
            assert_eq!(understands_escapes(name, unix), expected, "{name:?} {unix}");
        }
    }
}

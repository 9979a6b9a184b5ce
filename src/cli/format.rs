//! Formats numbers, names and lists for people.

use std::time::Duration;

/// A number with its noun: `1 batch`, `3 batches`.
pub(crate) fn plural(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A fraction as a percentage with `digits` after the point: `97.3 %`.
pub(crate) fn percent(fraction: f64, digits: usize) -> String {
    format!("{:.digits$} %", 100.0 * fraction)
}

/// An accuracy measured on `samples` samples. From 1000 samples on, the second digit after the point is significant,
/// and rounding it away could turn a near miss into a hit. Only if no sample is wrong, it is 100 %, and only if all are,
/// 0 %.
pub(crate) fn accuracy(fraction: f64, samples: usize) -> String {
    let digits = if samples < 1000 { 1 } else { 2 };
    let exact =
        |digits| [0.0, 1.0].iter().all(|&end| fraction == end || percent(fraction, digits) != percent(end, digits));
    percent(fraction, (digits..18).find(|&digits| exact(digits)).unwrap_or(digits))
}

/// The number with the fewest digits that read back as the same number, and with an exponent if it is very small or
/// very large: `0.003`, `1e-7`.
pub(crate) fn number(number: f64) -> String {
    match number.abs() {
        0.0 | 1e-4..1e7 => number.to_string(),
        _ => format!("{number:e}"),
    }
}

/// The number with two significant digits, thousands as `k` and millions as `M`.
pub(crate) fn rounded(number: f64) -> String {
    match number {
        n if n >= 9.95e6 => format!("{:.0} M", n / 1e6),
        n if n >= 9.995e5 => format!("{:.1} M", n / 1e6),
        n if n >= 9.95e3 => format!("{:.0} k", n / 1e3),
        n if n >= 1e3 => format!("{:.1} k", n / 1e3),
        n => format!("{n:.0}"),
    }
}

/// A time: `0.4 s`, `12 s`, `3 min 05 s` or `2 h 03 min`.
pub(crate) fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds.round() as u64 {
        0..10 => format!("{seconds:.1} s"),
        s @ 0..60 => format!("{s} s"),
        s @ 60..3600 => format!("{} min {:02} s", s / 60, s % 60),
        s => format!("{} h {:02} min", s / 3600, s / 60 % 60),
    }
}

/// Points with at most two digits after the point: `5`, `3.89`.
pub(crate) fn points(points: f64) -> String {
    let text = format!("{points:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// All names if there are at most ten, otherwise the first two and the last: `0, 1, …, 46`.
pub(crate) fn few(names: &[String]) -> String {
    match names {
        [first, second, .., last] if names.len() > 10 => escaped(&format!("{first}, {second}, …, {last}")),
        _ => escaped(&names.join(", ")),
    }
}

/// Alternatives: `uniform, xavier or he`.
pub(crate) fn or(names: &[&str]) -> String {
    match names {
        [others @ .., last] if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => names.concat(),
    }
}

/// The text with its control characters escaped, so that it stays on one line and does not control a terminal.
pub(crate) fn escaped(text: &str) -> String {
    let escape = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(escape).collect()
}

/// A word that the user typed, escaped and in quotes.
pub(crate) fn quoted(word: &str) -> String {
    format!("\"{}\"", escaped(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_takes_the_singular_and_every_other_number_the_plural() {
        for (number, text) in [(0, "0 batches"), (1, "1 batch"), (2, "2 batches")] {
            assert_eq!(plural(number, "batch", "batches"), text);
        }
    }

    #[test]
    fn percentages_have_the_digits_that_the_samples_support() {
        assert_eq!(percent(0.5, 0), "50 %");
        assert_eq!(accuracy(0.97345, 999), "97.3 %");
        assert_eq!(accuracy(0.97345, 1000), "97.34 %");
        for (right, samples, text) in [
            (49_999, 50_000, "99.998 %"),
            (2_000, 2_001, "99.95 %"),
            (1, 60_000, "0.002 %"),
            (60_000, 60_000, "100.00 %"),
            (0, 60_000, "0.00 %"),
        ] {
            assert_eq!(accuracy(f64::from(right) / f64::from(samples), 1000), text);
        }
    }

    #[test]
    fn times_and_numbers_are_short_at_any_size() {
        for (seconds, text) in
            [(0.04, "0.0 s"), (9.4, "9.4 s"), (9.96, "10 s"), (59.9, "1 min 00 s"), (7384.0, "2 h 03 min")]
        {
            assert_eq!(duration(Duration::from_secs_f64(seconds)), text);
        }
        for (number, text) in [(7.0, "7"), (1234.0, "1.2 k"), (12345.0, "12 k"), (999_600.0, "1.0 M"), (12e6, "12 M")] {
            assert_eq!(rounded(number), text);
        }
        for (x, text) in [(0.0, "0"), (0.003, "0.003"), (12.5, "12.5"), (2.2e-308, "2.2e-308"), (-1e300, "-1e300")] {
            assert_eq!(number(x), text);
        }
        for (number, text) in [(5.0, "5"), (0.0, "0"), (35.0 / 9.0, "3.89"), (2.5, "2.5")] {
            assert_eq!(points(number), text);
        }
    }

    #[test]
    fn long_lists_are_shortened_and_alternatives_end_with_or() {
        let names = |count: usize| (0..count).map(|i| i.to_string()).collect::<Vec<_>>();
        assert_eq!(few(&names(10)), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9");
        assert_eq!(few(&names(11)), "0, 1, …, 10");
        assert_eq!(few(&["a\nb".to_string(), "\x1b[31m".to_string()]), "a\\nb, \\u{1b}[31m");
        assert_eq!(or(&["yes", "no"]), "yes or no");
        assert_eq!(or(&["uniform", "xavier", "he"]), "uniform, xavier or he");
        assert_eq!(or(&["one"]), "one");
    }

    #[test]
    fn a_quoted_word_stays_on_one_line() {
        assert_eq!(quoted("η=\"1\""), "\"η=\"1\"\"");
        assert_eq!(quoted("a\nb\x1b"), "\"a\\nb\\u{1b}\"");
    }
}

//! Draws the plots of `docs/performance.md` from the figures of `cargo bench`:
//!
//! ```text
//! cargo bench -q --bench kernel -- --csv > docs/performance/bench.csv && cargo run -q --example plot
//! ```

use std::fmt::Write;

/// A line of the benchmark's output: `section,name,x,value,unit`.
struct Figure {
    section: String,
    name: String,
    x: f64,
    value: f64,
}

fn main() -> Result<(), String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/performance");
    let path = format!("{folder}/bench.csv");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("cannot read {path}: {error}"))?;
    let figures = text.lines().enumerate().map(|(i, line)| {
        parse(line).ok_or(format!("{path}:{}: not a line of section,name,x,value,unit: {line}", i + 1))
    });
    let figures: Vec<Figure> = figures.collect::<Result<_, _>>()?;
    let peak = section(&figures, "peak").map(|figure| figure.value).fold(0.0, f64::max);
    for (name, svg) in [("ladder.svg", ladder(&figures, peak)), ("sizes.svg", sizes(&figures, peak))] {
        std::fs::write(format!("{folder}/{name}"), svg)
            .map_err(|error| format!("cannot write {folder}/{name}: {error}"))?;
    }
    Ok(())
}

/// Parses a line, or returns `None` if it is not a figure.
fn parse(line: &str) -> Option<Figure> {
    let mut fields = line.split(',');
    let mut next = || fields.next();
    let (section, name) = (next()?.to_string(), next()?.to_string());
    Some(Figure { section, name, x: next()?.parse().ok()?, value: next()?.parse().ok()? })
}

/// Returns the figures of one section.
fn section<'f>(figures: &'f [Figure], name: &'f str) -> impl Iterator<Item = &'f Figure> {
    figures.iter().filter(move |figure| figure.section == name)
}

/// The width of both pictures, in the units of their coordinates.
const WIDTH: f64 = 720.0;

/// Wraps SVG elements in a picture. Its colours follow the reader's light or dark theme.
fn picture(title: &str, height: f64, elements: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\n\
         <title>{title}</title>\n\
         <style>\n\
         svg {{ color: #222; font: 13px sans-serif }}\n\
         @media (prefers-color-scheme: dark) {{ svg {{ color: #ddd }} }}\n\
         text {{ fill: currentColor }}\n\
         .axis {{ stroke: currentColor; opacity: .25 }}\n\
         .a {{ fill: #2a78c8; stroke: #2a78c8 }} .b {{ fill: #d98318; stroke: #d98318 }}\n\
         .c {{ fill: #3a9a4b; stroke: #3a9a4b }}\n\
         polyline {{ fill: none !important; stroke-width: 2 }}\n\
         </style>\n{elements}</svg>\n"
    )
}

/// Appends a text. `anchor` says which point of the text is at (x, y): `start`, `middle` or `end`.
fn text(svg: &mut String, x: f64, y: f64, anchor: &str, text: &str) {
    writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>").unwrap();
}

/// Appends a thin line of an axis or a grid.
fn axis(svg: &mut String, from: (f64, f64), to: (f64, f64)) {
    let ((x1, y1), (x2, y2)) = (from, to);
    writeln!(svg, "<line class=\"axis\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>").unwrap();
}

/// Draws two bars for each rung, for 256³ and 1024³. The scale is logarithmic, so equal factors have equal lengths.
fn ladder(figures: &[Figure], peak: f64) -> String {
    let (left, top, bar) = (110.0, 30.0, 14.0);
    let rungs: Vec<&Figure> = section(figures, "ladder").collect();
    let names: Vec<&str> =
        rungs.iter().filter(|rung| rung.x == 256.0).map(|rung| rung.name.trim_end_matches(" 256³")).collect();
    let bottom = top + names.len() as f64 * 40.0;
    let x = |value: f64| left + (WIDTH - left - 60.0) * (value.max(0.1) / 0.1).log10() / (300.0f64 / 0.1).log10();
    let mut svg = String::new();
    for tick in [0.1, 1.0, 10.0, 100.0] {
        axis(&mut svg, (x(tick), top), (x(tick), bottom));
        text(&mut svg, x(tick), bottom + 18.0, "middle", &format!("{tick}"));
    }
    axis(&mut svg, (x(peak), top), (x(peak), bottom));
    text(&mut svg, x(peak), top - 8.0, "middle", &format!("peak of one core: {peak:.0}"));
    text(&mut svg, WIDTH - 10.0, bottom + 18.0, "end", "GFLOP/s");
    for (i, name) in names.iter().enumerate() {
        let y = top + 40.0 * i as f64 + 5.0;
        text(&mut svg, left - 8.0, y + bar + 4.0, "end", name);
        for (j, (class, size)) in [("a", "256³"), ("b", "1024³")].into_iter().enumerate() {
            let Some(rung) = rungs.iter().find(|rung| rung.name == format!("{name} {size}")) else { continue };
            let (y, width) = (y + bar * j as f64, x(rung.value) - left);
            writeln!(
                svg,
                "<rect class=\"{class}\" x=\"{left}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{:.1}\"/>",
                bar - 2.0
            )
            .unwrap();
            text(&mut svg, left + width + 5.0, y + 11.0, "start", &format!("{:.1} at {size}", rung.value));
        }
    }
    picture("GFLOP/s of each rung of the ladder", bottom + 30.0, &svg)
}

/// Draws the GFLOP/s of square products over their size: in place, packed, and by the path that the kernel chooses.
fn sizes(figures: &[Figure], peak: f64) -> String {
    let (left, right, top, bottom) = (50.0, WIDTH - 20.0, 30.0, 360.0);
    let squares: Vec<&Figure> = section(figures, "sizes").filter(|figure| figure.x > 0.0).collect();
    let largest = squares.iter().map(|figure| figure.x).fold(2.0, f64::max);
    let x = |size: f64| left + (right - left) * (size / 2.0).log2() / (largest / 2.0).log2();
    let y = |value: f64| bottom - (bottom - top) * value / (1.05 * peak);
    let mut svg = String::new();
    for i in (1..).take_while(|&i| 2f64.powi(i) <= largest) {
        let size = 2f64.powi(i);
        axis(&mut svg, (x(size), top), (x(size), bottom));
        text(&mut svg, x(size), bottom + 18.0, "middle", &format!("{size}³"));
    }
    for tick in (0..).map(|i| 20.0 * i as f64).take_while(|&tick| tick <= peak) {
        axis(&mut svg, (left, y(tick)), (right, y(tick)));
        text(&mut svg, left - 6.0, y(tick) + 4.0, "end", &format!("{tick}"));
    }
    axis(&mut svg, (left, y(peak)), (right, y(peak)));
    text(&mut svg, left, y(peak) - 6.0, "start", &format!("GFLOP/s; peak of one core: {peak:.0}"));
    for (i, (class, ending, label)) in
        [("b", " in place", "in place"), ("c", " packed", "packed"), ("a", "", "chosen")].into_iter().enumerate()
    {
        let line = squares.iter().filter(|figure| figure.name == format!("{}³{ending}", figure.x));
        let points: Vec<String> = line.map(|figure| format!("{:.1},{:.1}", x(figure.x), y(figure.value))).collect();
        writeln!(svg, "<polyline class=\"{class}\" points=\"{}\"/>", points.join(" ")).unwrap();
        let y = bottom - 70.0 + 20.0 * i as f64;
        let from = right - 330.0;
        writeln!(svg, "<rect class=\"{class}\" x=\"{from}\" y=\"{:.1}\" width=\"12\" height=\"12\"/>", y - 11.0)
            .unwrap();
        text(&mut svg, from + 18.0, y, "start", label);
    }
    picture("GFLOP/s of square products by size, on one thread", bottom + 30.0, &svg)
}

//! Draws graphs as SVG: the values above, from left to right, and under each value the nodes of its derivative.

use super::operation::Operation;
use super::{Graph, print};
use std::fmt::Write;

/// The height of a box, and the distances between boxes.
const HEIGHT: f64 = 38.0;
const ROW_GAP: f64 = 14.0;
const COLUMN_GAP: f64 = 30.0;
/// The width of a letter, generously.
const LETTER: f64 = 7.4;
/// The margin around the drawing, and the height of a heading.
const MARGIN: f64 = 12.0;
const HEADING: f64 = 34.0;

/// Colours with enough contrast on light and on dark pages.
const VALUE: &str = "#2b8fd6";
const DERIVATIVE: &str = "#e0641e";
const PARAMETER: &str = "#2e9e5b";

/// Draws graphs one below the other, each with its heading, as one SVG. The drawing has a text alternative, and follows
/// the theme of the page that contains it.
#[must_use]
pub fn draw(graphs: &[(&str, &Graph)]) -> String {
    let layouts: Vec<Layout> = graphs.iter().map(|(_, graph)| Layout::new(graph)).collect();
    let headings: Vec<f64> = graphs.iter().map(|(heading, _)| if heading.is_empty() { 0.0 } else { HEADING }).collect();
    let width = layouts.iter().map(|layout| layout.width).fold(0.0, f64::max);
    let height: f64 = layouts.iter().map(|layout| layout.height).sum::<f64>() + headings.iter().sum::<f64>();

    let alternative: Vec<String> = graphs.iter().map(|(heading, graph)| graph.in_words(heading)).collect();
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"{}\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" fill=\"currentColor\" font-family=\"Fira Sans, Helvetica, Arial, sans-serif\" \
         font-size=\"13\" text-anchor=\"middle\" style=\"display:block;margin:1.3em 0 1.3em min(2em,4%);\
         min-width:{:.0}px;max-width:96%;height:auto\">\n\
         <style>svg:root {{ margin: 0 !important; max-width: none !important; background: #fff }} @media (prefers-color-scheme: dark) \
         {{ svg:root {{ color: #ddd; background: #111 }} }}</style>\n",
        escaped(&alternative.join(" ")),
        0.7 * width // the words stay readable; a narrow page must scroll
    );
    let mut top = 0.0;
    for (((heading, graph), layout), space) in graphs.iter().zip(&layouts).zip(headings) {
        if !heading.is_empty() {
            let (x, y) = (MARGIN, top + 24.0);
            let heading = escaped(heading);
            add(
                &mut svg,
                format_args!("<text x=\"{x}\" y=\"{y}\" text-anchor=\"start\" font-weight=\"600\">{heading}</text>"),
            );
        }
        add(&mut svg, format_args!("<g transform=\"translate(0 {})\">", top + space));
        layout.draw(graph, &mut svg);
        add(&mut svg, format_args!("</g>"));
        top += space + layout.height;
    }
    svg + "</svg>\n"
}

fn add(svg: &mut String, line: std::fmt::Arguments) {
    writeln!(svg, "{line}").expect("a string takes every line");
}

/// Escapes the characters that have a meaning in XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Where the boxes of a graph are.
struct Layout {
    boxes: Vec<Box>, // of each node
    width: f64,
    height: f64,
}

/// The box of a node.
struct Box {
    column: usize,
    row: usize,
    left: f64,
    top: f64,
    width: f64,
    words: [String; 2],
    colour: &'static str,
}

impl Layout {
    fn new(graph: &Graph) -> Layout {
        let labels = graph.labels();
        let columns = graph.columns();
        let count = columns.iter().max().map_or(0, |column| column + 1);
        let words: Vec<[String; 2]> = (0..graph.len()).map(|node| graph.words(node, &labels[node])).collect();
        let width =
            |node: usize| 20.0 + LETTER * words[node].iter().map(|line| line.chars().count()).max().unwrap_or(0) as f64;
        let mut widths = vec![0.0; count];
        (0..graph.len()).for_each(|node| widths[columns[node]] = f64::max(widths[columns[node]], width(node)));
        let lefts: Vec<f64> = (0..count)
            .map(|column| MARGIN + widths[..column].iter().sum::<f64>() + COLUMN_GAP * column as f64)
            .collect();

        let rows = graph.rows(&columns);
        let boxes = words.into_iter().enumerate().map(|(node, words)| Box {
            column: columns[node],
            row: rows[node],
            left: lefts[columns[node]],
            top: MARGIN + (HEIGHT + ROW_GAP) * rows[node] as f64,
            width: widths[columns[node]],
            words,
            colour: match graph.nodes[node].operation {
                Operation::Parameter(_) => PARAMETER,
                _ if graph.nodes[node].under.is_some() => DERIVATIVE,
                _ => VALUE,
            },
        });
        let boxes: Vec<Box> = boxes.collect();
        let width = boxes.iter().map(|b| b.left + b.width).fold(0.0, f64::max) + MARGIN;
        let height = boxes.iter().map(|b| b.top + HEIGHT).fold(0.0, f64::max) + MARGIN;
        Layout { boxes, width, height }
    }

    /// Draws the arrows and then the boxes.
    fn draw(&self, graph: &Graph, svg: &mut String) {
        for (node, entry) in graph.nodes.iter().enumerate() {
            let mut inputs = entry.inputs.clone();
            inputs.dedup();
            inputs.into_iter().for_each(|input| self.arrow(&self.boxes[input], &self.boxes[node], svg));
        }
        for Box { left, top, width, words: [upper, lower], colour, .. } in &self.boxes {
            add(
                svg,
                format_args!(
                    "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{HEIGHT}\" rx=\"6\" stroke=\"{colour}\" \
                 stroke-width=\"1.5\" fill=\"{colour}\" fill-opacity=\"0.12\"/>"
                ),
            );
            let (x, y) = (left + width / 2.0, top + 16.0);
            let (label, shape) = upper.split_once("  ").expect("a name and a shape");
            add(
                svg,
                format_args!(
                    "<text x=\"{x:.1}\" y=\"{y:.1}\"><tspan font-weight=\"600\">{}</tspan> {shape}</text>",
                    escaped(label)
                ),
            );
            add(
                svg,
                format_args!("<text x=\"{x:.1}\" y=\"{:.1}\" font-size=\"12\">{}</text>", y + 16.0, escaped(lower)),
            );
        }
    }

    /// Draws the arrow from an operand to the node that uses it: between the sides that face each other.
    fn arrow(&self, from: &Box, to: &Box, svg: &mut String) {
        let (middle_from, middle_to) = (from.top + HEIGHT / 2.0, to.top + HEIGHT / 2.0);
        let bend = COLUMN_GAP * 0.8;
        let colour = to.colour;
        let (x, y, head) = if from.column == to.column && from.row.abs_diff(to.row) == 1 {
            let x = from.left + from.width / 2.0;
            let (start, end, back) =
                if from.row < to.row { (from.top + HEIGHT, to.top, -1.0) } else { (from.top, to.top + HEIGHT, 1.0) };
            add(
                svg,
                format_args!(
                    "<path d=\"M{x:.1} {start:.1}V{:.1}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.3\"/>",
                    end + back * 5.0
                ),
            );
            (x, end, (0.0, back))
        } else {
            let rightward = from.column < to.column;
            let leftward = from.column > to.column;
            let start = if leftward { from.left } else { from.left + from.width };
            let end = if rightward { to.left } else { to.left + to.width };
            let (out, back) = (if leftward { -bend } else { bend }, if rightward { -1.0 } else { 1.0 });
            add(
                svg,
                format_args!(
                    "<path d=\"M{start:.1} {middle_from:.1}C{:.1} {middle_from:.1} {:.1} {middle_to:.1} {:.1} {middle_to:.1}\" fill=\"none\" \
                 stroke=\"{colour}\" stroke-width=\"1.3\"/>",
                    start + out,
                    end + back * bend,
                    end + back * 5.0
                ),
            );
            (end, middle_to, (back, 0.0))
        };
        let (u, v) = head; // the direction back from the tip
        add(
            svg,
            format_args!(
                "<path d=\"M{x:.1} {y:.1}L{:.1} {:.1}L{:.1} {:.1}Z\" fill=\"{colour}\"/>",
                x + 7.0 * u + 3.5 * v,
                y + 7.0 * v + 3.5 * u,
                x + 7.0 * u - 3.5 * v,
                y + 7.0 * v - 3.5 * u
            ),
        );
    }
}

impl Graph {
    /// Returns the column of each node: for a value, the length of the longest path that leads to it; for the nodes of
    /// a derivative, the column of the value. Inputs, parameters and constants are one column before the first value
    /// that uses them, or one column after the derivatives that do.
    fn columns(&self) -> Vec<usize> {
        let mut columns: Vec<usize> = Vec::new();
        for entry in &self.nodes {
            let after = entry.inputs.iter().map(|&input| columns[input] + 1).max().unwrap_or(0);
            columns.push(entry.under.map_or(after, |value| columns[value]));
        }
        for leaf in (0..self.len()).filter(|&node| self.nodes[node].inputs.is_empty()) {
            let users = |derivatives: bool| {
                let users = self.nodes.iter().enumerate().filter(move |(_, user)| user.under.is_some() == derivatives);
                users.filter(move |(_, user)| user.inputs.contains(&leaf)).map(|(user, _)| columns[user])
            };
            if self.nodes[leaf].under.is_none() {
                let before = users(false).min().map(|column| column - 1);
                columns[leaf] = before.or_else(|| users(true).max().map(|column| column + 1)).unwrap_or(0);
            }
        }
        for (node, entry) in self.nodes.iter().enumerate() {
            columns[node] = entry.under.map_or(columns[node], |value| columns[value]);
        }
        columns
    }

    /// Returns the row of each node: computed values first, then inputs and parameters, and below all of these the
    /// derivatives.
    fn rows(&self, columns: &[usize]) -> Vec<usize> {
        let kind = |node: usize| match &self.nodes[node] {
            entry if entry.under.is_some() => 2,
            entry => usize::from(entry.inputs.is_empty()),
        };
        let row = |node: usize| {
            let earlier = |&other: &usize| columns[other] == columns[node] && (kind(other), other) < (kind(node), node);
            (0..self.len()).filter(earlier).filter(|&other| kind(other) / 2 == kind(node) / 2).count()
        };
        let values = (0..self.len()).filter(|&node| kind(node) < 2).map(|node| row(node) + 1).max().unwrap_or(0);
        (0..self.len()).map(|node| if kind(node) < 2 { row(node) } else { values + row(node) }).collect()
    }

    /// Returns the two lines in the box of a node: its name and shape, and its operation with the number of its
    /// equation.
    fn words(&self, node: usize, label: &str) -> [String; 2] {
        let operation = format!("{} {}", self.operation_words(node), self.equation(node));
        [format!("{label}  {}", self.nodes[node].shape), operation.trim_end().to_string()]
    }

    /// Describes the graph for readers who do not see the drawing.
    fn in_words(&self, heading: &str) -> String {
        let list = |derivatives: bool| {
            let lines = print::lines(self).into_iter().enumerate();
            let lines = lines.filter(|(node, _)| self.nodes[*node].under.is_some() == derivatives);
            lines.map(|(_, line)| line).collect::<Vec<_>>().join("; ")
        };
        let (colon, derivatives) = (if heading.is_empty() { "" } else { ": " }, list(true));
        let below = if derivatives.is_empty() { String::new() } else { format!(" Below, derivatives: {derivatives}.") };
        format!("{heading}{colon}a graph with {} nodes. Above, values: {}.{below}", self.len(), list(false))
    }
}

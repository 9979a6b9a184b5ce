//! Draws graphs as SVG: the values above, from left to right, and under each value the nodes of its derivative.

use super::Graph;
use super::operation::Operation;

/// The height of a box, and the distances between boxes.
const HEIGHT: f64 = 38.0;
const ROW_GAP: f64 = 14.0;
const COLUMN_GAP: f64 = 30.0;
/// The width of a letter, generously.
const LETTER: f64 = 7.4;
/// The margin around the drawing, and the height of a heading.
const MARGIN: f64 = 12.0;
const HEADING: f64 = 34.0;

const BOLD: &str = "font-weight=\"600\"";
/// Colours with enough contrast on light and on dark pages.
const VALUE: &str = "#2b8fd6";
const DERIVATIVE: &str = "#e0641e";
const PARAMETER: &str = "#2e9e5b";

/// Draws graphs one below the other, each with its heading, as one SVG. The drawing has a text alternative, and follows
/// the theme of the page that contains it.
#[must_use]
pub fn draw(graphs: &[(&str, &Graph)]) -> String {
    let (mut width, mut height, mut words, mut body) = (0.0, 0.0, Vec::new(), String::new());
    for (heading, graph) in graphs {
        if !heading.is_empty() {
            let (y, heading) = (height + 24.0, escaped(heading));
            body += &format!("<text x=\"{MARGIN}\" y=\"{y}\" text-anchor=\"start\" {BOLD}>{heading}</text>\n");
            height += HEADING;
        }
        let boxes = graph.boxes();
        body += &format!("<g transform=\"translate(0 {height})\">\n{}</g>\n", graph.drawing(&boxes));
        width = boxes.iter().map(|b| b.left + b.width + MARGIN).fold(width, f64::max);
        height += boxes.iter().map(|b| b.top + HEIGHT + MARGIN).fold(0.0, f64::max);
        words.push(graph.in_words(heading));
    }
    let (words, narrowest) = (escaped(&words.join(" ")), 0.7 * width); // narrower, the words would be too small to read
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"{words}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\" fill=\"currentColor\" \
         font-family=\"Fira Sans, Helvetica, Arial, sans-serif\" font-size=\"13\" text-anchor=\"middle\" \
         style=\"display:block;margin:1.3em 0 1.3em min(2em,4%);min-width:{narrowest:.0}px;max-width:96%;height:auto\">\n\
         <style>svg:root {{ margin: 0 !important; max-width: none !important; background: #fff }} \
         @media (prefers-color-scheme: dark) {{ svg:root {{ color: #ddd; background: #111 }} }}</style>\n{body}</svg>\n"
    )
}

/// Escapes the characters that have a meaning in XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The box of a node.
struct Box {
    column: usize,
    row: usize,
    left: f64,
    top: f64,
    width: f64,
    colour: &'static str,
    name: String,
    shape: String,
    operation: String, // with the number of its equation
}

impl Box {
    /// Returns the width that the words need.
    fn words(&self) -> f64 {
        let letters = |text: &String| text.chars().count();
        let longest = (letters(&self.name) + 1 + letters(&self.shape)).max(letters(&self.operation));
        20.0 + LETTER * longest as f64
    }

    fn drawing(&self) -> String {
        let Box { left, top, width, colour, shape, .. } = self;
        let (x, y, lower) = (left + width / 2.0, top + 16.0, top + 32.0);
        let (name, operation) = (escaped(&self.name), escaped(&self.operation));
        format!(
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{HEIGHT}\" rx=\"6\" stroke=\"{colour}\" \
             stroke-width=\"1.5\" fill=\"{colour}\" fill-opacity=\"0.12\"/>\n\
             <text x=\"{x:.1}\" y=\"{y:.1}\"><tspan {BOLD}>{name}</tspan> {shape}</text>\n\
             <text x=\"{x:.1}\" y=\"{lower:.1}\" font-size=\"12\">{operation}</text>\n"
        )
    }

    /// Draws an arrow to the box of a node that uses this one, between the sides that face each other. In the same
    /// column, it is straight between neighbours, and leaves and enters on the right otherwise.
    fn arrow(&self, to: &Box) -> String {
        let (centre, bend, tip) = (self.left + self.width / 2.0, 0.8 * COLUMN_GAP, 5.0);
        let (y1, y2) = (self.top + HEIGHT / 2.0, to.top + HEIGHT / 2.0);
        let right = |b: &Box| b.left + b.width;
        // The path, and its end with the direction back from there.
        let (path, (x, y), (u, v)) = if self.column == to.column && self.row + 1 == to.row {
            (format!("M{centre:.1} {:.1}V{:.1}", self.top + HEIGHT, to.top - tip), (centre, to.top), (0.0, -1.0))
        } else {
            let (x1, out) = if self.column > to.column { (self.left, -bend) } else { (right(self), bend) };
            let (x2, back) = if self.column < to.column { (to.left, -1.0) } else { (right(to), 1.0) };
            let (c1, c2, end) = (x1 + out, x2 + back * bend, x2 + back * tip);
            (format!("M{x1:.1} {y1:.1}C{c1:.1} {y1:.1} {c2:.1} {y2:.1} {end:.1} {y2:.1}"), (x2, y2), (back, 0.0))
        };
        let colour = to.colour;
        let (x3, y3, x4, y4) =
            (x + 7.0 * u + 3.5 * v, y + 7.0 * v + 3.5 * u, x + 7.0 * u - 3.5 * v, y + 7.0 * v - 3.5 * u);
        format!(
            "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.3\"/>\n\
             <path d=\"M{x:.1} {y:.1}L{x3:.1} {y3:.1}L{x4:.1} {y4:.1}Z\" fill=\"{colour}\"/>\n"
        )
    }
}

impl Graph {
    /// Returns the box of each node.
    fn boxes(&self) -> Vec<Box> {
        let (columns, labels) = (self.columns(), self.labels());
        let rows = self.rows(&columns);
        let of_node = |(node, name): (usize, String)| Box {
            column: columns[node],
            row: rows[node],
            left: MARGIN,
            top: MARGIN + (HEIGHT + ROW_GAP) * rows[node] as f64,
            width: 0.0,
            colour: match self.nodes[node].operation {
                Operation::Parameter(_) => PARAMETER,
                _ if self.nodes[node].under.is_some() => DERIVATIVE,
                _ => VALUE,
            },
            name,
            shape: self.nodes[node].shape.to_string(),
            operation: format!("{} {}", self.operation_words(node), self.equation(node)).trim_end().to_string(),
        };
        let mut boxes: Vec<Box> = labels.into_iter().enumerate().map(of_node).collect();
        let mut left = MARGIN;
        for column in 0..=columns.into_iter().max().unwrap_or(0) {
            let width = boxes.iter().filter(|b| b.column == column).map(Box::words).fold(0.0, f64::max);
            boxes.iter_mut().filter(|b| b.column == column).for_each(|b| (b.left, b.width) = (left, width));
            left += width + COLUMN_GAP;
        }
        boxes
    }

    /// Draws the arrows and over them the boxes.
    fn drawing(&self, boxes: &[Box]) -> String {
        let mut svg = String::new();
        for (entry, to) in self.nodes.iter().zip(boxes) {
            let mut inputs = entry.inputs.clone();
            inputs.dedup();
            inputs.into_iter().for_each(|input| svg += &boxes[input].arrow(to));
        }
        svg + &boxes.iter().map(Box::drawing).collect::<String>()
    }

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

    /// Describes the graph for readers who do not see the drawing.
    fn in_words(&self, heading: &str) -> String {
        let list = |derivatives: bool| {
            let lines = self.lines().into_iter().zip(&self.nodes);
            let lines = lines.filter(|(_, entry)| entry.under.is_some() == derivatives);
            let lines =
                lines.map(|([result, computation, equation], _)| format!("{result} = {computation} {equation}"));
            lines.map(|line| line.trim_end().to_string()).collect::<Vec<_>>().join("; ")
        };
        let (colon, derivatives) = (if heading.is_empty() { "" } else { ": " }, list(true));
        let below = if derivatives.is_empty() {
            String::new()
        } else {
            format!(" Below, derivatives and updates: {derivatives}.")
        };
        format!("{heading}{colon}a graph with {} nodes. Above, values: {}.{below}", self.len(), list(false))
    }
}

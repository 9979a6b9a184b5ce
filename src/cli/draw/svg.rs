//! The page of an SVG drawing: its colours for a light and a dark theme, its title and caption.

use crate::cli::format::escaped;

/// The style sheet of all drawings. `currentColor` is the colour of the text.
const STYLE: &str = "\
<style>
svg{color:#1f2328;font-family:system-ui,'Segoe UI',Helvetica,Arial,sans-serif;font-size:14px}
text{fill:currentColor}.paper{fill:#fff}.title{font-size:21px;font-weight:600}.quiet{fill:#59636e}
.axis{stroke:#59636e;fill:none}.grid{stroke:#d1d9e0}.end{text-anchor:end}.middle{text-anchor:middle}
.loss{stroke:#bc4c00;fill:none;stroke-width:2}.range{fill:#bc4c00;opacity:.25}
.accuracy{stroke:#0969da;fill:none;stroke-width:2}.point{fill:#0969da}.right{fill:#1a7f37}.wrong{fill:#cf222e}
@media (prefers-color-scheme:dark){svg{color:#f0f6fc}.paper{fill:#0d1117}.quiet{fill:#9198a1}
.axis{stroke:#9198a1}.grid{stroke:#3d444d}.loss{stroke:#ff9f5a}.range{fill:#ff9f5a}
.accuracy{stroke:#58a6ff}.point{fill:#58a6ff}.right{fill:#3fb950}.wrong{fill:#ff7b72}}
</style>
";

/// The start of a drawing: the background, the title, and the caption under it. The drawing ends with `</svg>`.
pub(crate) fn start((width, height): (f64, f64), title: &str, caption: &str) -> String {
    let (title, caption) = (escape(title), escape(caption));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\">\n<title>{title}</title>\n{STYLE}\
         <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n\
         <text class=\"title\" x=\"30\" y=\"42\">{title}</text>\n<text class=\"quiet\" x=\"30\" y=\"68\">{caption}</text>\n"
    )
}

/// The text with the special characters of XML escaped, and the control characters, which XML does not allow.
pub(crate) fn escape(text: &str) -> String {
    escaped(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

//! Drawings of plain data: in the terminal and as SVG.

pub(crate) mod curves;
pub(crate) mod mistakes;
mod svg;
pub(crate) mod terminal;

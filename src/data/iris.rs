//! The Iris data set.

use super::Dataset;
use super::csv::{self, Options};

/// The file: a line of column names, then one flower per line.
const CSV: &str = include_str!("iris.csv");

impl Dataset {
    /// Returns the Iris data set: 150 flowers, 50 of each of 3 species, with the length and width of sepal and petal in
    /// centimetres (`150 × 4`).
    ///
    /// The flowers were measured by Edgar Anderson and published by R. A. Fisher, "The use of multiple measurements in
    /// taxonomic problems", Annals of Eugenics 7 (1936), with the values of the article. Distributed by the UCI Machine
    /// Learning Repository (doi:10.24432/C56C76) under the licence CC BY 4.0.
    #[must_use]
    pub fn iris() -> Dataset {
        csv::parse("iris.csv".as_ref(), CSV.as_bytes(), &Options::default()).expect("a good table").into_dataset()
    }
}

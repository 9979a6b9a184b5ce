use super::Dataset;
use super::csv::{self, Choice, Table};

/// The file itself: a line of column names, then a flower a line.
const CSV: &str = include_str!("iris.csv");

impl Dataset {
    /// Iris: 150 flowers, of each the length and width of sepal and petal in centimetres, 50 of each of 3 species.
    ///
    /// Measured by Edgar Anderson, published by R. A. Fisher, "The use of multiple measurements in taxonomic problems",
    /// Annals of Eugenics 7 (1936); values as in the article. Distributed by the UCI Machine Learning Repository
    /// (doi:10.24432/C56C76) under the licence CC BY 4.0.
    pub fn iris() -> Dataset {
        iris().into_dataset()
    }
}

/// Iris with the names of its columns.
fn iris() -> Table {
    csv::parse("iris.csv".as_ref(), CSV.as_bytes(), &Choice::default()).expect("a good table")
}

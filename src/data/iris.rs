use super::{Dataset, one_hot};
use crate::Matrix;

/// The file itself: a line of column names, then a flower a line.
const CSV: &str = include_str!("iris.csv");

impl Dataset {
    /// Iris: 150 flowers, of each the length and width of sepal and petal in centimetres, 50 of each of 3 species.
    ///
    /// Measured by Edgar Anderson, published by R. A. Fisher, "The use of multiple measurements in taxonomic problems",
    /// Annals of Eugenics 7 (1936); values as in the article. Distributed by the UCI Machine Learning Repository
    /// (doi:10.24432/C56C76) under the licence CC BY 4.0.
    pub fn iris() -> Dataset {
        let mut values = Vec::new();
        let mut classes = Vec::new();
        let mut class_names: Vec<String> = Vec::new();
        for line in CSV.lines().skip(1) {
            let (features, species) = line.rsplit_once(',').expect("a flower a line");
            values.extend(features.split(',').map(|x| x.parse::<f64>().expect("a length in centimetres")));
            if class_names.last().is_none_or(|last| last != species) {
                class_names.push(species.to_string()); // the file is sorted by species
            }
            classes.push(class_names.len() - 1);
        }
        Dataset {
            inputs: Matrix::from_vec(classes.len(), 4, values),
            labels: one_hot(&classes, class_names.len()),
            class_names,
        }
    }
}

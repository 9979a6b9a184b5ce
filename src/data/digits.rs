//! The digits data set.

use super::{Dataset, Names, one_hot};
use crate::Matrix;

/// The file: one image per line. Its class comes first, then its pixels row after row, each as a digit 0 … g of base
/// 17.
const TEXT: &str = include_str!("digits.txt");

impl Dataset {
    /// Returns the digits data set: 1797 handwritten digits by 13 people, as images of 8 × 8 pixels with values 0 … 16
    /// (`1797 × 64`).
    ///
    /// It is the test set of "Optical Recognition of Handwritten Digits" by E. Alpaydin and C. Kaynak (1998),
    /// distributed by the UCI Machine Learning Repository (doi:10.24432/C50P49) under the licence CC BY 4.0, with the
    /// published values in another notation.
    ///
    /// ```
    /// let digits = feedforward::data::Dataset::digits();
    /// assert_eq!(digits.inputs.shape(), (1797, 64));
    /// ```
    #[must_use]
    pub fn digits() -> Dataset {
        let pixel = |c: char| f64::from(c.to_digit(17).expect("a digit of base 17"));
        let (mut pixels, mut classes) = (Vec::new(), Vec::new());
        for line in TEXT.lines() {
            let (class, image) = line.split_once(' ').expect("a class and an image");
            classes.push(class.parse().expect("a class"));
            pixels.extend(image.chars().map(pixel));
        }
        let inputs = Matrix::from_vec(classes.len(), 64, pixels);
        Dataset::new(inputs, one_hot(&classes, 10), Names::of_classes(0..10))
    }
}

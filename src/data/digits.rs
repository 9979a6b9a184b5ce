use super::{Dataset, one_hot};
use crate::Matrix;

/// The data set itself: a digit a line, its class, and its pixels row after row, each a digit 0 … g of base 17.
const TEXT: &str = include_str!("digits.txt");

impl Dataset {
    /// Digits: 1797 handwritten digits of 13 people, images of 8 × 8 pixels whose values are 0 … 16.
    ///
    /// The test part of "Optical Recognition of Handwritten Digits" by E. Alpaydin and C. Kaynak (1998), distributed by
    /// the UCI Machine Learning Repository (doi:10.24432/C50P49) under the licence CC BY 4.0; the values as published,
    /// written in another form.
    ///
    /// ```
    /// let digits = feedforward::data::Dataset::digits();
    /// assert_eq!(digits.inputs.shape(), (1797, 64));
    /// ```
    pub fn digits() -> Dataset {
        let pixel = |c: char| f64::from(c.to_digit(17).expect("a digit of base 17"));
        let (mut pixels, mut classes) = (Vec::new(), Vec::new());
        for line in TEXT.lines() {
            let (class, image) = line.split_once(' ').expect("a class and an image");
            classes.push(class.parse().expect("a class"));
            pixels.extend(image.chars().map(pixel));
        }
        Dataset {
            inputs: Matrix::from_vec(classes.len(), 64, pixels),
            labels: one_hot(&classes, 10),
            class_names: (0..10).map(|class| class.to_string()).collect(),
        }
    }
}

//! The names of features and classes.

/// The names of the features, the label and the classes of a data set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// A name for each feature, or an empty list if the features have no names.
    pub features: Vec<String>,
    /// The name of the label column, such as `species`, if it has a name.
    pub label: Option<String>,
    /// A name for each class.
    pub classes: Vec<String>,
}

impl Names {
    /// Creates names for the classes alone.
    ///
    /// ```
    /// use feedforward::data::Names;
    ///
    /// assert_eq!(Names::of_classes(["no", "yes"]).classes, ["no", "yes"]);
    /// ```
    #[must_use]
    pub fn of_classes(classes: impl IntoIterator<Item = impl ToString>) -> Names {
        Names { classes: classes.into_iter().map(|class| class.to_string()).collect(), ..Names::default() }
    }
}

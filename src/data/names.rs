//! The names of features and classes.

use super::error::quoted;
use std::collections::HashMap;

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

    /// Checks that no two features and no two classes have the same name. Returns a message about the first two that
    /// do, counted from 0.
    pub(crate) fn check_distinct(&self) -> Result<(), String> {
        for (what, names) in [("features", &self.features), ("classes", &self.classes)] {
            let mut known = HashMap::new();
            for (i, name) in names.iter().enumerate() {
                if let Some(other) = known.insert(name, i) {
                    return Err(format!("{what} {other} and {i} have the same name, {}", quoted(name)));
                }
            }
        }
        Ok(())
    }
}

//! The weights that a run starts with.

use super::data::Data;
use super::options::HIDDEN;
use super::settings::Settings;
use crate::cli::failure::Failure;
use feedforward::Matrix;
use feedforward::random::Random;

/// The most weights that a network may have. They take 800 MB, and their gradient as much again. A larger number is
/// taken for a typing mistake.
const MOST_WEIGHTS: usize = 100_000_000;

/// The initial weights of each layer, `(inputs + 1) × outputs`.
pub(super) fn initial_weights(data: &Data, settings: &Settings, random: &mut Random) -> Result<Vec<Matrix>, Failure> {
    let mut sizes = vec![data.train.inputs.columns()];
    sizes.extend(&settings.hidden);
    sizes.push(data.classes().len());
    let number = sizes.windows(2).try_fold(0usize, |sum, size| size[1].checked_mul(size[0] + 1)?.checked_add(sum));
    if number.is_none_or(|number| number > MOST_WEIGHTS) {
        let sizes = sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(" → ");
        let message = format!("{}: a network {sizes} has more than {MOST_WEIGHTS} weights", HIDDEN.name);
        return Err(Failure::usage(message));
    }
    Ok(sizes.windows(2).map(|size| settings.start.weights(size[0], size[1], random)).collect())
}

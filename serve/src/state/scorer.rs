//! Scoring of positions.

use ndarray::Array2;
use plimsoll_features::feature_count;
use plimsoll_model::{Model, ModelError};

use crate::state::probabilities::Probabilities;
use crate::state::valued_position::ValuedPosition;

/// Scores positions, in order; `None` for positions without features.
///
/// # Errors
/// [`ModelError`] if the net fails.
pub(crate) fn score(
    model: &Model,
    positions: &[ValuedPosition],
) -> Result<Vec<Option<Probabilities>>, ModelError> {
    let rows: Vec<&[f32]> = positions.iter().filter_map(ValuedPosition::features).collect();
    let features = Array2::from_shape_vec((rows.len(), feature_count()), rows.concat())
        .expect("the kernel writes every feature of every row");
    let forecasts = model.forecast(features.view())?;
    let mut row = 0..rows.len();
    let next = |position: &ValuedPosition| {
        position
            .features()
            .and_then(|_| row.next())
            .map(|row| Probabilities::from_forecasts(&forecasts, row))
    };
    Ok(positions.iter().map(next).collect())
}

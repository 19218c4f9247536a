//! Scoring of positions.

use ndarray::Array2;
use plimsoll_features::feature_count;
use plimsoll_lake::tables::MarketAsset;
use plimsoll_model::{Model, ModelError};

use crate::state::score::Score;
use crate::state::valued_position::ValuedPosition;

/// Scores positions of a market, `<chain>/<protocol>/<market>`, of these assets, in order; `None` for
/// positions without features.
///
/// # Errors
/// [`ModelError`] if the net fails.
pub(crate) fn score(
    model: &Model,
    (market, assets): (&str, &[MarketAsset]),
    positions: &[ValuedPosition],
) -> Result<Vec<Option<Score>>, ModelError> {
    let rows: Vec<&[f32]> = positions.iter().filter_map(ValuedPosition::features).collect();
    let features = Array2::from_shape_vec((rows.len(), feature_count()), rows.concat())
        .expect("the kernel writes every feature of every row");
    let forecasts = model.forecast_market(features.view(), market)?;
    let mut row = 0..rows.len();
    let next = |position: &ValuedPosition| {
        let features = position.feature_row.as_ref()?;
        row.next().map(|row| Score::from_forecasts(&forecasts, row, features, assets))
    };
    Ok(positions.iter().map(next).collect())
}

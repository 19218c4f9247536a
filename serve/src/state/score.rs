//! The forecast of one position.

use plimsoll_features::AccountFeatures;
use plimsoll_lake::tables::MarketAsset;
use plimsoll_model::{CumulativeIncidence, Forecasts, PositionState as ModelState};

use crate::state::halt::Halt;
use crate::state::liquidation_outlook::LiquidationOutlook;
use crate::state::probabilities::Probabilities;

/// The forecast of one position.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Score {
    /// Its probabilities at the standard horizons.
    pub(crate) probabilities: Probabilities,
    /// Both curves, for any horizon.
    pub(crate) incidence: CumulativeIncidence,
    /// Whether it is below the threshold.
    pub(crate) state: ModelState,
    /// Whether and when a liquidator takes it.
    pub(crate) outlook: LiquidationOutlook,
}

impl Score {
    /// Reads one row of forecasts.
    pub(crate) fn from_forecasts(
        forecasts: &Forecasts,
        row: usize,
        features: &AccountFeatures,
        assets: &[MarketAsset],
    ) -> Self {
        let states = forecasts.states.as_ref().expect("a model forecasts states");
        let incidence = forecasts.incidence(row);
        let halt = features.halt.as_ref().map(|halt| Halt::new(halt, assets));
        Self {
            probabilities: Probabilities::from_forecasts(forecasts, row),
            incidence,
            state: states.state[row],
            outlook: LiquidationOutlook::new(
                &features.features,
                &incidence,
                states.state[row],
                (states.p_taken[row], halt),
            ),
        }
    }
}

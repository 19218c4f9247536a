//! Steps along a ray, and what may raise a probability in them.

use plimsoll_features::{AccountFeatures, feature_index};
use plimsoll_model::{Model, PositionState};

use crate::market::forecast;

/// Inputs of liquidation that describe the assets rather than the health: they change with the
/// shares of the collateral assets only.
const OF_ASSETS: [&str; 8] = [
    "volatility_6h",
    "volatility_24h",
    "volatility_72h",
    "volatility_720h",
    "volatility_ratio",
    "return_1h",
    "return_24h",
    "return_72h",
];

/// Why a probability may rise in a step; each of these is a deviation from physics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deviation {
    /// With its larger debt the account would have been below the threshold for a day or more, and
    /// would have been passed over.
    Stuck,
    /// Health factors of past hours are rounded to hundredths, so that fewer hours count as lower.
    FewerLowerHours,
    /// A liquidator can seize more of the collateral, up to what the debt is worth.
    LargerMargin,
    /// The shares of the collateral assets change, and with them volatility and returns.
    OtherAssets,
}

/// The steps of some rays.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct StepCounts {
    /// All steps.
    pub(crate) steps: usize,
    /// Steps without a deviation; no probability rises in them.
    pub(crate) strict: usize,
    /// Steps with one other than stuck positions in which a probability rises, and the largest ratio.
    pub(crate) risen: usize,
    pub(crate) largest_ratio: f64,
    /// The same from or to a stuck position.
    pub(crate) risen_stuck: usize,
    pub(crate) largest_stuck_ratio: f64,
}

impl StepCounts {
    /// Checks each step along a ray, at every edge of the grid.
    pub(crate) fn check(&mut self, model: &Model, rows: &[AccountFeatures]) {
        let forecasts = forecast(model, rows);
        let states = &forecasts.states.as_ref().expect("states").state;
        for (step, pair) in rows.windows(2).enumerate() {
            let curves =
                forecasts.liquidated.row(step).into_iter().zip(forecasts.liquidated.row(step + 1));
            let ratio = curves.map(|(before, after)| after / before).fold(0.0, f64::max);
            let is_stuck = states[step..=step + 1].contains(&PositionState::Stuck);
            self.steps += 1;
            match deviation(&pair[0], &pair[1], is_stuck) {
                None => {
                    self.strict += 1;
                    let [before, after] = [pair[0].health_factor, pair[1].health_factor];
                    assert!(ratio <= 1.0, "{before} to {after}: a probability rises by {ratio}");
                }
                Some(Deviation::Stuck) => {
                    self.risen_stuck += usize::from(ratio > 1.0);
                    self.largest_stuck_ratio = self.largest_stuck_ratio.max(ratio);
                }
                Some(_) => {
                    self.risen += usize::from(ratio > 1.0);
                    self.largest_ratio = self.largest_ratio.max(ratio);
                }
            }
        }
    }
}

fn deviation(
    before: &AccountFeatures,
    after: &AccountFeatures,
    is_stuck: bool,
) -> Option<Deviation> {
    let rise = |name: &str| {
        let column = feature_index(name).expect("a feature");
        after.features[column] - before.features[column]
    };
    if is_stuck {
        Some(Deviation::Stuck)
    } else if OF_ASSETS.into_iter().any(|name| rise(name).abs() > 1e-6) {
        Some(Deviation::OtherAssets)
    } else if rise("log_liquidator_margin_over_gas") > 0.0 {
        Some(Deviation::LargerMargin)
    } else {
        (rise("log_hours_lower_720h") < 0.0).then_some(Deviation::FewerLowerHours)
    }
}

//! What the net sees of an account.

use ndarray::{Array2, ArrayView2};
use plimsoll_features::feature_index;

use crate::anchor::Anchor;
use crate::scaler::Scaler;

/// The features that the net corrects first passage by.
///
/// Left out are those that tell the date rather than the account: rates that the protocol sets and
/// returns of the whole market over long horizons are the same for all accounts, so with a handful
/// of crashes to learn from a net remembers by them when the crashes were.
pub(crate) const INPUTS: [&str; 25] = [
    "log_health_factor",
    "log_health_factor_spot",
    "sigmas_to_liquidation_1h",
    "sigmas_to_liquidation_24h",
    "first_passage_24h",
    "first_passage_7d",
    "volatility_6h",
    "volatility_24h",
    "volatility_72h",
    "volatility_ratio",
    "parkinson_24h",
    "return_1h",
    "return_6h",
    "return_24h",
    "position_age_days",
    "hours_since_action",
    "actions",
    "actions_7d",
    "actions_30d",
    "actions_per_day",
    "liquidations",
    "rescues",
    "log_health_since_action",
    "log_health_raised",
    "log_debt_usd",
];

/// The columns of the inputs, from rows of all features.
pub(crate) fn select(features: ArrayView2<'_, f32>) -> Array2<f32> {
    let places = INPUTS.map(|name| feature_index(name).expect("the kernel computes every input"));
    features.select(ndarray::Axis(1), &places)
}

/// Scaled inputs and anchor of rows of all features, as a trained net takes them.
pub(crate) fn prepare(
    scaler: &Scaler,
    features: ArrayView2<'_, f32>,
) -> (Array2<f32>, Array2<f32>) {
    (scaler.transform(select(features).view()), Anchor::new().log_odds(features))
}

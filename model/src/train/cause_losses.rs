//! The two factors of a row's likelihood, by cause.

use plimsoll_features::{CLOSED, LIQUIDATED};

use crate::input::grid::{Exposure, INTERVALS};

use plimsoll_numerics::softplus;

/// The liquidation part of a row's loss.
pub(crate) fn liquidation_loss(log_odds: &[f32], exposure: &Exposure) -> f64 {
    let event = matches!(exposure.event, Some((_, LIQUIDATED))).then(|| exposure.event.map_or(0, |(k, _)| k));
    (0..INTERVALS).map(|k| f64::from(exposure.at_risk[k]) * softplus(f64::from(log_odds[k]))).sum::<f64>()
        - event.map_or(0.0, |k| f64::from(log_odds[k]))
}

/// The closing part of a row's loss.
pub(crate) fn closing_loss(log_odds: &[f32], exposure: &Exposure) -> f64 {
    let event = matches!(exposure.event, Some((_, CLOSED))).then(|| exposure.event.map_or(0, |(k, _)| k));
    (0..INTERVALS).map(|k| f64::from(exposure.at_risk[k]) * softplus(f64::from(log_odds[k]))).sum::<f64>()
        - event.map_or(0.0, |k| f64::from(log_odds[k]))
}

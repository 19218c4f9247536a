//! The state of a position relative to the liquidation threshold.

use serde::{Deserialize, Serialize};

use crate::input::covariate_index::covariate_index;

/// Hours below the threshold after which a position counts as stuck. Liquidators act within
/// minutes, so one that is passed over for a day is either not worth taking, or its data is wrong.
const STUCK_AFTER_HOURS: f32 = 24.0;

/// The state of a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PositionState {
    /// The health factor is at least 1.
    Open,
    /// The health factor at the protocol's price is below 1: it can be liquidated now.
    Liquidatable,
    /// It has been below 1 for a day or more: unprofitable to liquidate, or suspect data. Such
    /// positions are kept out of training and of rankings.
    Stuck,
}

impl PositionState {
    /// Its name, as in the column `state` of the table `forecasts`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Liquidatable => "liquidatable",
            Self::Stuck => "stuck",
        }
    }
}

/// Reads the state and what decides on it from covariates.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ThresholdColumns {
    log_health: usize,
    hours_below: usize,
    margin: usize,
    blocked_hours: usize,
}

impl ThresholdColumns {
    pub(crate) fn new() -> Self {
        Self {
            log_health: covariate_index("log_health_factor"),
            hours_below: covariate_index("hours_below_threshold"),
            margin: covariate_index("log_liquidator_margin_over_gas"),
            blocked_hours: covariate_index("liquidation_blocked_hours"),
        }
    }

    pub(crate) fn state(&self, covariates: &[f32]) -> PositionState {
        let is_below = covariates[self.log_health] < 0.0;
        match (is_below, covariates[self.hours_below] < STUCK_AFTER_HOURS) {
            (false, _) => PositionState::Open,
            (true, true) => PositionState::Liquidatable,
            (true, false) => PositionState::Stuck,
        }
    }

    /// Hours since the position was last at or above the threshold; 0 if it is now.
    pub(crate) fn hours_below(&self, covariates: &[f32]) -> f64 {
        f64::from(covariates[self.hours_below]).max(0.0)
    }

    /// ln of a liquidator's profit before gas over the cost of gas.
    pub(crate) fn margin(&self, covariates: &[f32]) -> f64 {
        f64::from(covariates[self.margin])
    }

    /// Hours until the protocol allows a liquidation.
    pub(crate) fn blocked_hours(&self, covariates: &[f32]) -> f64 {
        f64::from(covariates[self.blocked_hours]).max(0.0)
    }

    /// ln HF at the protocol's price.
    pub(crate) fn log_health(&self, covariates: &[f32]) -> f64 {
        f64::from(covariates[self.log_health])
    }
}

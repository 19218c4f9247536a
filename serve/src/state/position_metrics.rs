//! Health and value of a position.

use plimsoll_lending::{safety_buffer, safety_buffer_sigmas};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::state::valued_position::ValuedPosition;

const YEARS_PER_DAY: f64 = 1.0 / 365.0;

/// Value of a position and its distance to liquidation, at the prices that the protocol uses.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PositionMetrics {
    /// Collateral weighted by liquidation thresholds over debt; below 1 it can be liquidated. Null
    /// without debt.
    #[schema(required)]
    pub health_factor: Option<f64>,
    /// Debt with interest, USD.
    pub debt_usd: f64,
    /// Collateral, USD.
    pub collateral_usd: f64,
    /// Relative drop of all collateral at which the health factor is 1; negative if it is already
    /// below 1. Null without debt or without collateral.
    #[schema(required)]
    pub safety_buffer: Option<f64>,
    /// The log health factor in standard deviations of its change over one day. Null without a
    /// probability or without volatility.
    #[schema(required)]
    pub safety_buffer_sigmas_1d: Option<f64>,
}

impl PositionMetrics {
    /// Computes the metrics of a valued position.
    pub(crate) fn from_valued(valued: &ValuedPosition) -> Self {
        let health = finite(valued.health_factor);
        let sigmas =
            |volatility| safety_buffer_sigmas(valued.health_factor, volatility, YEARS_PER_DAY);
        Self {
            health_factor: health,
            debt_usd: valued.debt_usd,
            collateral_usd: valued.collateral_usd,
            safety_buffer: health.map(safety_buffer).and_then(finite),
            safety_buffer_sigmas_1d: valued.volatility().map(sigmas).and_then(finite),
        }
    }
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

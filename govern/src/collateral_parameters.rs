//! The parameters of a collateral that governance sets.

use serde::{Deserialize, Serialize};

/// What a collateral is worth to its lender, in basis points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollateralParameters {
    /// Share of its value that may be borrowed against.
    pub max_ltv_bps: u16,
    /// Share of its value that counts towards health.
    pub liquidation_threshold_bps: u16,
    /// Liquidator's bonus alone: 5 % is 500, which Aave v3 stores as 10,500.
    pub liquidation_bonus_bps: u16,
}

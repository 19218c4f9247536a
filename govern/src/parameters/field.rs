//! One of a collateral's three parameters.

use std::fmt;

use super::collateral::CollateralParameters;

/// A parameter of a collateral.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CollateralField {
    /// Share of the collateral's value that may be borrowed.
    MaxLtv,
    /// Share of the collateral's value that counts in the health factor.
    LiquidationThreshold,
    /// Liquidator's bonus alone.
    LiquidationBonus,
}

impl CollateralField {
    /// All fields, in the order of contract arguments.
    pub const ALL: [Self; 3] = [Self::MaxLtv, Self::LiquidationThreshold, Self::LiquidationBonus];

    /// The field's value, basis points.
    #[must_use]
    pub const fn get(self, parameters: &CollateralParameters) -> u16 {
        match self {
            Self::MaxLtv => parameters.max_ltv_bps,
            Self::LiquidationThreshold => parameters.liquidation_threshold_bps,
            Self::LiquidationBonus => parameters.liquidation_bonus_bps,
        }
    }

    /// Sets the field, basis points.
    pub const fn set(self, parameters: &mut CollateralParameters, bps: u16) {
        match self {
            Self::MaxLtv => parameters.max_ltv_bps = bps,
            Self::LiquidationThreshold => parameters.liquidation_threshold_bps = bps,
            Self::LiquidationBonus => parameters.liquidation_bonus_bps = bps,
        }
    }
}

impl fmt::Display for CollateralField {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::MaxLtv => "max LTV",
            Self::LiquidationThreshold => "liquidation threshold",
            Self::LiquidationBonus => "liquidation bonus",
        })
    }
}

//! New values of a collateral's parameters, as set by one call.

use alloy_primitives::Address;
use serde::{Deserialize, Serialize};

use crate::parameters::CollateralField;

/// New values of a collateral's parameters; a `None` keeps the current value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollateralUpdate {
    /// Its symbol.
    pub asset: String,
    /// Its token; without it there is no call.
    pub address: Option<Address>,
    /// The new max LTV, basis points.
    pub max_ltv_bps: Option<u16>,
    /// The new liquidation threshold, basis points.
    pub liquidation_threshold_bps: Option<u16>,
    /// The new bonus alone, basis points.
    pub liquidation_bonus_bps: Option<u16>,
}

impl CollateralUpdate {
    /// The fields that are set, with their values in basis points.
    pub fn changes(&self) -> impl Iterator<Item = (CollateralField, u16)> {
        let set = |field| self.get(field).map(|bps| (field, bps));
        CollateralField::ALL.into_iter().filter_map(set)
    }

    /// The new value of a field, if it is set.
    #[must_use]
    pub const fn get(&self, field: CollateralField) -> Option<u16> {
        match field {
            CollateralField::MaxLtv => self.max_ltv_bps,
            CollateralField::LiquidationThreshold => self.liquidation_threshold_bps,
            CollateralField::LiquidationBonus => self.liquidation_bonus_bps,
        }
    }
}

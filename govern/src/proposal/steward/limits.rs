//! How far and how often a risk steward may change a parameter.

use serde::{Deserialize, Serialize};

use crate::parameters::CollateralField;
use crate::policy::StewardPolicy;

/// Limits of one parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Most that it may change at once, basis points.
    pub max_change_bps: u16,
    /// Least time between two changes, seconds.
    pub min_delay_s: u64,
}

/// Limits of a reserve's collateral side; changes are measured in absolute terms.
///
/// Source: `RiskSteward._validateParamUpdate` of `aave-dao/aave-v3-risk-stewards`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StewardLimits {
    /// Of the max LTV.
    pub max_ltv: Limit,
    /// Of the liquidation threshold.
    pub liquidation_threshold: Limit,
    /// Of the liquidation bonus.
    pub liquidation_bonus: Limit,
}

impl StewardLimits {
    pub(super) const fn get(&self, field: CollateralField) -> Limit {
        match field {
            CollateralField::MaxLtv => self.max_ltv,
            CollateralField::LiquidationThreshold => self.liquidation_threshold,
            CollateralField::LiquidationBonus => self.liquidation_bonus,
        }
    }
}

impl From<&StewardPolicy> for StewardLimits {
    fn from(policy: &StewardPolicy) -> Self {
        let StewardPolicy { max_change_bps, min_delay_s, .. } = *policy;
        let limit = Limit { max_change_bps, min_delay_s };
        Self { max_ltv: limit, liquidation_threshold: limit, liquidation_bonus: limit }
    }
}

/// Times of a steward's last changes of a reserve's parameters, Unix seconds; 0 is never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LastChange {
    /// The max LTV.
    pub max_ltv_s: u64,
    /// The liquidation threshold.
    pub liquidation_threshold_s: u64,
    /// The liquidation bonus.
    pub liquidation_bonus_s: u64,
}

impl LastChange {
    pub(super) const fn get(&self, field: CollateralField) -> u64 {
        match field {
            CollateralField::MaxLtv => self.max_ltv_s,
            CollateralField::LiquidationThreshold => self.liquidation_threshold_s,
            CollateralField::LiquidationBonus => self.liquidation_bonus_s,
        }
    }

    pub(super) const fn set(&mut self, field: CollateralField, time_s: u64) {
        match field {
            CollateralField::MaxLtv => self.max_ltv_s = time_s,
            CollateralField::LiquidationThreshold => self.liquidation_threshold_s = time_s,
            CollateralField::LiquidationBonus => self.liquidation_bonus_s = time_s,
        }
    }
}

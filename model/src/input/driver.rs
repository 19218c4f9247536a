//! Groups of features that can raise a probability.

use plimsoll_features::FEATURES;
use serde::{Deserialize, Serialize};

/// The group of a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Driver {
    /// Distance to the liquidation price.
    PriceDistance,
    /// Price volatility.
    Volatility,
    /// Market depth, accounts with nearby liquidation prices, and the size of the account.
    Liquidity,
    /// Past actions of the owner, and the history of the account's health.
    Behaviour,
    /// Interest cost.
    Carry,
}

impl Driver {
    /// Every driver.
    pub const ALL: [Self; 5] =
        [Self::PriceDistance, Self::Volatility, Self::Liquidity, Self::Behaviour, Self::Carry];

    /// Returns the group of a feature; `None` for one derived from several groups, which is recomputed.
    #[must_use]
    pub fn from_feature(feature: &str) -> Option<Self> {
        let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| feature.starts_with(prefix));
        if starts(&["sigmas_to_liquidation", "first_passage"]) {
            None
        } else if starts(&["log_health_factor", "log_health_after_fall"]) {
            Some(Self::PriceDistance)
        } else if starts(&VOLATILITY_PREFIXES) {
            Some(Self::Volatility)
        } else if starts(&CARRY_PREFIXES) {
            Some(Self::Carry)
        } else if starts(&LIQUIDITY_PREFIXES) {
            Some(Self::Liquidity)
        } else {
            Some(Self::Behaviour)
        }
    }

    /// Columns of its features in a row.
    pub(crate) fn feature_columns(self) -> Vec<usize> {
        let names = FEATURES.iter().flat_map(|group| group.iter()).map(|feature| feature.name);
        let columns = names.enumerate().filter(|(_, name)| Self::from_feature(name) == Some(self));
        columns.map(|(column, _)| column).collect()
    }
}

const VOLATILITY_PREFIXES: [&str; 8] = [
    "volatility",
    "parkinson",
    "return_",
    "drawdown",
    "fall_from_high",
    "oracle_updates",
    "jump_share",
    "downside_share",
];
const CARRY_PREFIXES: [&str; 5] =
    ["drift_per_year", "borrow_rate", "supply_rate", "debt_supply", "days_to_liquidation"];
const LIQUIDITY_PREFIXES: [&str; 14] = [
    "log_debt_usd",
    "log_collateral_usd",
    "debt_over_minimum",
    "selling_cost",
    "log_nearer_debt",
    "crowd_",
    "market_",
    "log_liquidated",
    "utilisation",
    "log_base_fee",
    "log_liquidator_margin",
    "log_liquidation_gas",
    "liquidation_blocked",
    "log_depth",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_driver_has_features() {
        assert!(Driver::ALL.iter().all(|driver| !driver.feature_columns().is_empty()));
        assert_eq!(Driver::from_feature("volatility_24h"), Some(Driver::Volatility));
        assert_eq!(Driver::from_feature("health_dwell"), Some(Driver::Behaviour));
        assert_eq!(Driver::from_feature("first_passage_7d"), None);
        for name in ["log_liquidator_margin_over_gas", "log_liquidation_gas_cost_usd"] {
            assert_eq!(Driver::from_feature(name), Some(Driver::Liquidity));
        }
        assert_eq!(Driver::from_feature("log_depth_over_168h"), Some(Driver::Liquidity));
        assert_eq!(Driver::from_feature("return_now"), Some(Driver::Volatility));
        assert_eq!(Driver::from_feature("fall_from_high_6h"), Some(Driver::Volatility));
        for name in ["hours_below_threshold", "log_health_gap", "log_hours_lower_720h"] {
            assert_eq!(Driver::from_feature(name), Some(Driver::Behaviour));
        }
    }
}

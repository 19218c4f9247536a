//! Max LTV, liquidation threshold and bonus of a collateral.

use plimsoll_lending::ReserveParameters;
use serde::{Deserialize, Serialize};

use super::basis_points::BPS_PER_ONE;

/// Max LTV, liquidation threshold and bonus of a collateral, in basis points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollateralParameters {
    /// Share of the collateral's value that may be borrowed.
    pub max_ltv_bps: u16,
    /// Share of the collateral's value that counts in the health factor.
    pub liquidation_threshold_bps: u16,
    /// Liquidator's bonus alone: 5 % is 500, which Aave v3 stores as 10,500.
    pub liquidation_bonus_bps: u16,
}

impl CollateralParameters {
    /// A reserve's parameters, rounded to whole basis points.
    #[must_use]
    pub fn from_reserve(reserve: &ReserveParameters) -> Self {
        let bps = |fraction: f64| (fraction * BPS_PER_ONE).round() as u16;
        Self {
            max_ltv_bps: bps(reserve.max_ltv),
            liquidation_threshold_bps: bps(reserve.liquidation_threshold),
            liquidation_bonus_bps: bps(reserve.liquidation_bonus),
        }
    }

    /// A reserve with these parameters instead of its own; a parameter that equals the reserve's
    /// rounded value keeps its exact value.
    #[must_use]
    pub fn applied_to(&self, reserve: &ReserveParameters) -> ReserveParameters {
        let own = Self::from_reserve(reserve);
        let set = |bps: u16, own_bps: u16, exact: f64| {
            if bps == own_bps { exact } else { f64::from(bps) / BPS_PER_ONE }
        };
        ReserveParameters {
            max_ltv: set(self.max_ltv_bps, own.max_ltv_bps, reserve.max_ltv),
            liquidation_threshold: set(
                self.liquidation_threshold_bps,
                own.liquidation_threshold_bps,
                reserve.liquidation_threshold,
            ),
            liquidation_bonus: set(
                self.liquidation_bonus_bps,
                own.liquidation_bonus_bps,
                reserve.liquidation_bonus,
            ),
            ..*reserve
        }
    }

    /// The greatest absolute difference of the three parameters, basis points.
    #[must_use]
    pub fn max_difference_bps(&self, other: &Self) -> u16 {
        let apart = [
            self.max_ltv_bps.abs_diff(other.max_ltv_bps),
            self.liquidation_threshold_bps.abs_diff(other.liquidation_threshold_bps),
            self.liquidation_bonus_bps.abs_diff(other.liquidation_bonus_bps),
        ];
        apart.into_iter().max().unwrap_or(0)
    }

    /// Share of a collateral's value that debt and bonus claim at the threshold, `LT (1 + LB)`.
    pub(crate) fn threshold_with_bonus(&self) -> f64 {
        f64::from(self.liquidation_threshold_bps) / BPS_PER_ONE
            * (1.0 + f64::from(self.liquidation_bonus_bps) / BPS_PER_ONE)
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_lending::CloseFactorRule;

    use super::*;

    #[test]
    fn unchanged_parameters_stay_exact() {
        let mat = 1.0 / 1.3;
        let reserve = ReserveParameters::new(mat, mat, 0.13, CloseFactorRule::Full).unwrap();
        let parameters = CollateralParameters::from_reserve(&reserve);
        assert_eq!(parameters.liquidation_threshold_bps, 7_692);
        assert_eq!(parameters.applied_to(&reserve), reserve);
        let lower = CollateralParameters { liquidation_threshold_bps: 7_000, ..parameters };
        assert_eq!(lower.applied_to(&reserve).liquidation_threshold, 0.7);
        assert_eq!(lower.applied_to(&reserve).max_ltv, mat);
        assert_eq!(lower.max_difference_bps(&parameters), 692);
    }
}

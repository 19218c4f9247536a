//! Consistency of a collateral's three parameters.

use crate::parameters::{CollateralParameters, MAX_PRODUCT, WHOLE_BPS};

/// Parameters that are each valid, but not together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InconsistentParameters {
    /// A new loan could be liquidated at once.
    #[error(
        "max LTV {max_ltv_bps} bps is above the liquidation threshold {liquidation_threshold_bps} bps"
    )]
    LtvAboveThreshold {
        /// The max LTV.
        max_ltv_bps: u16,
        /// The threshold.
        liquidation_threshold_bps: u16,
    },
    /// A liquidation could take more than the collateral.
    #[error(
        "liquidation threshold {liquidation_threshold_bps} bps with a bonus of {liquidation_bonus_bps} bps comes to {product}, above {MAX_PRODUCT}"
    )]
    Insolvent {
        /// The threshold.
        liquidation_threshold_bps: u16,
        /// The bonus.
        liquidation_bonus_bps: u16,
        /// Threshold times one plus the bonus.
        product: u64,
    },
    /// Liquidation would pay nothing, or nothing would count as collateral.
    #[error("the liquidation threshold and its bonus must be above 0")]
    Zero,
}

/// Checks that parameters are consistent: `ltv <= LT`, `LT * (1 + LB) <= 1` and both above zero.
///
/// Aave's `PercentageMath.percentMul` rounds half up, so its contracts treat products up to
/// 100,004,999 as at most one; here the product is exact.
///
/// # Errors
/// [`InconsistentParameters`] names the fields at fault.
pub(crate) fn check_consistency(
    parameters: &CollateralParameters,
) -> Result<(), InconsistentParameters> {
    let CollateralParameters { max_ltv_bps, liquidation_threshold_bps, liquidation_bonus_bps } =
        *parameters;
    if liquidation_threshold_bps == 0 || liquidation_bonus_bps == 0 {
        return Err(InconsistentParameters::Zero);
    }
    if max_ltv_bps > liquidation_threshold_bps {
        return Err(InconsistentParameters::LtvAboveThreshold {
            max_ltv_bps,
            liquidation_threshold_bps,
        });
    }
    let product = product(parameters);
    if product > u64::from(MAX_PRODUCT) {
        return Err(InconsistentParameters::Insolvent {
            liquidation_threshold_bps,
            liquidation_bonus_bps,
            product,
        });
    }
    Ok(())
}

fn product(parameters: &CollateralParameters) -> u64 {
    let with_bonus = u64::from(WHOLE_BPS) + u64::from(parameters.liquidation_bonus_bps);
    u64::from(parameters.liquidation_threshold_bps) * with_bonus
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ltv: u16, threshold: u16, bonus: u16) -> Result<(), InconsistentParameters> {
        check_consistency(&CollateralParameters {
            max_ltv_bps: ltv,
            liquidation_threshold_bps: threshold,
            liquidation_bonus_bps: bonus,
        })
    }

    #[test]
    fn product_hidden_by_half_up_rounding_is_rejected() {
        assert_eq!(check(9_000, 9_500, 526), Ok(()));
        assert!(check(9_000, 9_500, 527).is_err());
        // 0.93 * 1.0753 is above 1, but percentMul rounds it to 10,000 of 10,000.
        let refused = check(9_000, 9_300, 753).unwrap_err();
        assert!(matches!(refused, InconsistentParameters::Insolvent { product: 100_002_900, .. }));
    }

    #[test]
    fn max_ltv_may_equal_but_not_exceed_the_threshold() {
        assert_eq!(check(8_000, 8_000, 500), Ok(()));
        assert!(matches!(
            check(8_001, 8_000, 500),
            Err(InconsistentParameters::LtvAboveThreshold { .. })
        ));
        assert_eq!(check(0, 8_000, 500), Ok(()));
        assert_eq!(check(0, 0, 0), Err(InconsistentParameters::Zero));
    }
}

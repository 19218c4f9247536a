//! Validation rules of Aave v3 for the parameters of a collateral.

use ruint::aliases::U256;
use thiserror::Error;

use crate::fixed_point::aave_v3::{PERCENTAGE_FACTOR, percent_mul};

const WHOLE_BPS: u64 = 10_000;
/// `MAX_VALID_LTV`, `MAX_VALID_LIQUIDATION_THRESHOLD`, `MAX_VALID_LIQUIDATION_BONUS`: 16 bits each.
const MAX_VALID_BPS: u64 = 65_535;

/// The parameters of a collateral, or of an e-mode category, in basis points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CollateralParametersBps {
    /// Maximum loan-to-value when borrowing (`ltv`).
    pub ltv_bps: u64,
    /// Liquidation threshold (`liquidationThreshold`); 0 if not usable as collateral.
    pub liquidation_threshold_bps: u64,
    /// The bonus without principal, 5_00 for 5 %, as in proposals (`liqBonus`); stored on chain as
    /// 105_00.
    pub liquidation_bonus_bps: u64,
}

/// A violated rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CollateralRuleError {
    /// The loan-to-value exceeds the threshold: a new loan could be liquidated immediately.
    #[error("ltv {ltv_bps} bps exceeds liquidation threshold {liquidation_threshold_bps} bps")]
    LtvAboveThreshold {
        /// Maximum loan-to-value when borrowing.
        ltv_bps: u64,
        /// Liquidation threshold.
        liquidation_threshold_bps: u64,
    },
    /// A collateral without a bonus gives liquidators no incentive.
    #[error("liquidation bonus is 0 bps at a liquidation threshold of {liquidation_threshold_bps}")]
    NoBonus {
        /// Liquidation threshold.
        liquidation_threshold_bps: u64,
    },
    /// A bonus on an asset that is not usable as collateral.
    #[error("liquidation bonus is {liquidation_bonus_bps} bps at a liquidation threshold of 0")]
    BonusWithoutThreshold {
        /// Bonus without principal.
        liquidation_bonus_bps: u64,
    },
    /// An e-mode category with a loan-to-value or a threshold of 0.
    #[error("{parameter} of an e-mode category is 0")]
    ZeroInEMode {
        /// The parameter.
        parameter: &'static str,
    },
    /// At the threshold, debt and bonus exceed the collateral.
    #[error(
        "liquidation threshold {liquidation_threshold_bps} bps times 10000 + bonus \
         {liquidation_bonus_bps} bps is {product}, above {limit}"
    )]
    InsolventAtThreshold {
        /// Liquidation threshold.
        liquidation_threshold_bps: u64,
        /// Bonus without principal.
        liquidation_bonus_bps: u64,
        /// Their product as computed by the rule.
        product: u64,
        /// Maximum of the product.
        limit: u64,
    },
    /// A parameter that does not fit in 16 bits.
    #[error("{parameter} is {value_bps} bps, above 65535")]
    TooLarge {
        /// The parameter.
        parameter: &'static str,
        /// Value as stored on chain.
        value_bps: u64,
    },
}

impl CollateralParametersBps {
    /// Checks the rules of `PoolConfigurator.configureReserveAsCollateral` and of the config engine
    /// (`INVALID_LT_LB_RATIO`).
    ///
    /// `percentMul` rounds half up, so `LT (10000 + LB)` can be as large as 100_004_999. A threshold
    /// of 93_00 with a bonus of 7_53 passes, although debt and bonus at the threshold are 1.000029
    /// times the collateral. [`check_solvent_at_threshold`](Self::check_solvent_at_threshold) rejects it.
    ///
    /// # Errors
    /// [`CollateralRuleError`] for the first violated rule.
    pub fn check_reserve_rules(&self) -> Result<(), CollateralRuleError> {
        let Self { liquidation_threshold_bps, liquidation_bonus_bps, .. } = *self;
        self.check_ltv_within_threshold()?;
        if liquidation_threshold_bps > 0 {
            self.check_contract_ratio()?;
        } else if liquidation_bonus_bps > 0 {
            return Err(CollateralRuleError::BonusWithoutThreshold { liquidation_bonus_bps });
        }
        self.check_fits_16_bits()
    }

    /// Checks the rules of `PoolConfigurator.setEModeCategory`.
    ///
    /// # Errors
    /// [`CollateralRuleError`] for the first violated rule.
    pub fn check_e_mode_rules(&self) -> Result<(), CollateralRuleError> {
        let named =
            [("ltv", self.ltv_bps), ("liquidation threshold", self.liquidation_threshold_bps)];
        for (parameter, value) in named {
            if value == 0 {
                return Err(CollateralRuleError::ZeroInEMode { parameter });
            }
        }
        self.check_ltv_within_threshold()?;
        self.check_contract_ratio()?;
        self.check_fits_16_bits()
    }

    /// Checks the exact rule, without rounding: `LT (10000 + LB) <= 100_000_000`.
    ///
    /// # Errors
    /// [`CollateralRuleError::InsolventAtThreshold`] if it is violated.
    pub fn check_solvent_at_threshold(&self) -> Result<(), CollateralRuleError> {
        let product = self.threshold_times_principal_and_bonus();
        self.check_product(product, WHOLE_BPS * WHOLE_BPS, product <= WHOLE_BPS * WHOLE_BPS)
    }

    fn check_ltv_within_threshold(&self) -> Result<(), CollateralRuleError> {
        let Self { ltv_bps, liquidation_threshold_bps, .. } = *self;
        if ltv_bps <= liquidation_threshold_bps {
            return Ok(());
        }
        Err(CollateralRuleError::LtvAboveThreshold { ltv_bps, liquidation_threshold_bps })
    }

    fn check_contract_ratio(&self) -> Result<(), CollateralRuleError> {
        let Self { liquidation_threshold_bps, liquidation_bonus_bps, .. } = *self;
        if liquidation_bonus_bps == 0 {
            return Err(CollateralRuleError::NoBonus { liquidation_threshold_bps });
        }
        let with_bonus_bps = U256::from(WHOLE_BPS) + U256::from(liquidation_bonus_bps);
        let product_bps = percent_mul(U256::from(liquidation_threshold_bps), with_bonus_bps)
            .expect("two numbers of 65 bits have a product below 256");
        let accepted = product_bps <= PERCENTAGE_FACTOR;
        self.check_product(product_bps.saturating_to(), WHOLE_BPS, accepted)
    }

    fn check_fits_16_bits(&self) -> Result<(), CollateralRuleError> {
        let kept = [
            ("ltv", self.ltv_bps),
            ("liquidation threshold", self.liquidation_threshold_bps),
            (
                "liquidation bonus with the principal",
                WHOLE_BPS.saturating_add(self.liquidation_bonus_bps),
            ),
        ];
        match kept.into_iter().find(|(_, value_bps)| *value_bps > MAX_VALID_BPS) {
            Some((parameter, value_bps)) => {
                Err(CollateralRuleError::TooLarge { parameter, value_bps })
            }
            None => Ok(()),
        }
    }

    fn threshold_times_principal_and_bonus(&self) -> u64 {
        let with_bonus_bps = WHOLE_BPS.saturating_add(self.liquidation_bonus_bps);
        self.liquidation_threshold_bps.saturating_mul(with_bonus_bps)
    }

    fn check_product(
        &self,
        product: u64,
        limit: u64,
        kept: bool,
    ) -> Result<(), CollateralRuleError> {
        if kept {
            return Ok(());
        }
        let Self { liquidation_threshold_bps, liquidation_bonus_bps, .. } = *self;
        Err(CollateralRuleError::InsolventAtThreshold {
            liquidation_threshold_bps,
            liquidation_bonus_bps,
            product,
            limit,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(ltv: u64, threshold: u64, bonus: u64) -> CollateralParametersBps {
        CollateralParametersBps {
            ltv_bps: ltv,
            liquidation_threshold_bps: threshold,
            liquidation_bonus_bps: bonus,
        }
    }

    #[test]
    fn the_contract_rounds_the_product_half_up() {
        let accepted = |threshold, bonus| {
            let parameters = parameters(threshold, threshold, bonus);
            assert_eq!(
                parameters.check_reserve_rules().is_ok(),
                parameters.check_e_mode_rules().is_ok()
            );
            parameters.check_reserve_rules().is_ok()
        };
        assert!(accepted(95_00, 5_26) && !accepted(95_00, 5_27));
        assert!(
            accepted(93_00, 7_53)
                && parameters(0, 93_00, 7_53).check_solvent_at_threshold().is_err()
        );
        assert!(parameters(0, 95_00, 5_26).check_solvent_at_threshold().is_ok());
        assert!(accepted(9_999, 1) && !accepted(10_000, 1));
    }

    #[test]
    fn the_bound_is_100_004_999() {
        for threshold in 1..=99_99 {
            let bonus = 100_004_999 / threshold - WHOLE_BPS;
            for (bonus, accepted) in [(bonus, true), (bonus + 1, false)] {
                if WHOLE_BPS + bonus <= MAX_VALID_BPS {
                    let found = parameters(0, threshold, bonus).check_reserve_rules();
                    assert_eq!(found.is_ok(), accepted, "{threshold} {bonus}");
                }
            }
        }
    }

    #[test]
    fn each_broken_rule_is_reported() {
        use CollateralRuleError as Error;
        let refused =
            |ltv, threshold, bonus| parameters(ltv, threshold, bonus).check_reserve_rules();
        let above = Error::LtvAboveThreshold { ltv_bps: 8_001, liquidation_threshold_bps: 8_000 };
        assert_eq!(refused(8_001, 8_000, 500), Err(above));
        assert_eq!(refused(0, 0, 0), Ok(()));
        let bonus = Error::BonusWithoutThreshold { liquidation_bonus_bps: 1 };
        assert_eq!(refused(0, 0, 1), Err(bonus));
        assert_eq!(refused(0, 8_000, 0), Err(Error::NoBonus { liquidation_threshold_bps: 8_000 }));
        assert!(matches!(refused(0, 1, 55_536), Err(Error::TooLarge { value_bps: 65_536, .. })));
        let e_mode = parameters(0, 9_000, 100).check_e_mode_rules();
        assert_eq!(e_mode, Err(Error::ZeroInEMode { parameter: "ltv" }));
        assert!(refused(u64::MAX, u64::MAX, u64::MAX).is_err());
        assert_eq!(
            refused(0, 9_500, 527).unwrap_err().to_string(),
            "liquidation threshold 9500 bps times 10000 + bonus 527 bps is 10001, above 10000"
        );
    }
}

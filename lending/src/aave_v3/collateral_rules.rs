//! What Aave v3 demands of the parameters of a collateral.

use ruint::aliases::U256;
use thiserror::Error;

use super::percentage_math::{PERCENTAGE_FACTOR, percent_mul};

const WHOLE_BPS: u64 = 10_000;
/// `MAX_VALID_LTV`, `MAX_VALID_LIQUIDATION_THRESHOLD`, `MAX_VALID_LIQUIDATION_BONUS`: 16 bits each.
const MAX_VALID_BPS: u64 = 65_535;

/// The parameters of a collateral, or of an e-mode category, in basis points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CollateralParametersBps {
    /// Greatest loan-to-value when borrowing (`ltv`).
    pub ltv_bps: u64,
    /// Loan-to-value of liquidation (`liquidationThreshold`); 0 if it is no collateral.
    pub liquidation_threshold_bps: u64,
    /// The bonus alone, 5_00 for 5 %, as proposals state it (`liqBonus`); the chain keeps 105_00.
    pub liquidation_bonus_bps: u64,
}

/// Why parameters are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CollateralRuleError {
    /// The loan-to-value exceeds the threshold: a new loan could be liquidated at once.
    #[error("ltv {ltv_bps} bps exceeds liquidation threshold {liquidation_threshold_bps} bps")]
    LtvAboveThreshold {
        /// Greatest loan-to-value when borrowing.
        ltv_bps: u64,
        /// Loan-to-value of liquidation.
        liquidation_threshold_bps: u64,
    },
    /// A collateral without a bonus, which nobody would liquidate.
    #[error("liquidation bonus is 0 bps at a liquidation threshold of {liquidation_threshold_bps}")]
    NoBonus {
        /// Loan-to-value of liquidation.
        liquidation_threshold_bps: u64,
    },
    /// A bonus on what is no collateral.
    #[error("liquidation bonus is {liquidation_bonus_bps} bps at a liquidation threshold of 0")]
    BonusWithoutThreshold {
        /// Bonus alone.
        liquidation_bonus_bps: u64,
    },
    /// An e-mode category with a loan-to-value or a threshold of 0.
    #[error("{parameter} of an e-mode category is 0")]
    ZeroInEMode {
        /// The parameter.
        parameter: &'static str,
    },
    /// At the threshold, debt and bonus are worth more than the collateral.
    #[error(
        "liquidation threshold {liquidation_threshold_bps} bps times 10000 + bonus \
         {liquidation_bonus_bps} bps is {product}, above {limit}"
    )]
    InsolventAtThreshold {
        /// Loan-to-value of liquidation.
        liquidation_threshold_bps: u64,
        /// Bonus alone.
        liquidation_bonus_bps: u64,
        /// Their product as the rule takes it.
        product: u64,
        /// The most it may be.
        limit: u64,
    },
    /// A parameter that its 16 bits cannot hold.
    #[error("{parameter} is {value_bps} bps, above 65535")]
    TooLarge {
        /// The parameter.
        parameter: &'static str,
        /// Value as the chain would keep it.
        value_bps: u64,
    },
}

impl CollateralParametersBps {
    /// What `PoolConfigurator.configureReserveAsCollateral` accepts of an asset, and the config
    /// engine before it (`INVALID_LT_LB_RATIO`).
    ///
    /// `percentMul` rounds half up, so that `LT (10000 + LB)` may reach 100_004_999: a threshold of
    /// 93_00 with a bonus of 7_53 passes, though at it debt and bonus are worth 1.000029 times the
    /// collateral. [`solvent_at_threshold`](Self::solvent_at_threshold) does not let it pass.
    ///
    /// # Errors
    /// [`CollateralRuleError`] for the first rule that is broken.
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

    /// What `PoolConfigurator.setEModeCategory` accepts of a category.
    ///
    /// # Errors
    /// [`CollateralRuleError`] for the first rule that is broken.
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

    /// The exact rule that a careful proposal keeps: `LT (10000 + LB) <= 100_000_000`.
    ///
    /// # Errors
    /// [`CollateralRuleError::InsolventAtThreshold`] if it is broken.
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

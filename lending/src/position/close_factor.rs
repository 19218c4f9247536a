//! The close factor: how much of a debt one liquidation may repay.

use crate::error::{LendingError, check_range};

/// The largest health factor below 1.
const JUST_UNHEALTHY: f64 = 1.0 - f64::EPSILON / 2.0;

/// A protocol's rule for how much of a debt one liquidation may repay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CloseFactorRule {
    /// The whole debt: Maker `bark`, Morpho Blue `liquidate`, Compound v3 `absorb`.
    Full,
    /// A fraction of the debt in the repaid asset: Aave v2 and Compound v2, .5.
    Fixed(f64),
    /// A fraction of the debt in the repaid asset, and all of it at or below a health factor: Aave
    /// v3 up to release 3.2, .5 and .95.
    FixedAboveHealthFactor {
        /// `DEFAULT_LIQUIDATION_CLOSE_FACTOR`.
        fraction: f64,
        /// `CLOSE_FACTOR_HF_THRESHOLD`.
        full_at_health_factor: f64,
    },
    /// A fraction of the account's whole debt, or the full debt if the health factor is low or the
    /// position small.
    AaveV3(AaveV3CloseFactor),
}

/// Constants of `LiquidationLogic` in Aave v3.3 and later. Earlier releases applied the fraction to
/// the debt in the repaid asset, whatever its size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AaveV3CloseFactor {
    /// `DEFAULT_LIQUIDATION_CLOSE_FACTOR`: fraction of the account's whole debt in USD.
    pub default_close_factor: f64,
    /// `CLOSE_FACTOR_HF_THRESHOLD`: no limit at or below this health factor.
    pub full_at_health_factor: f64,
    /// `MIN_BASE_MAX_CLOSE_FACTOR_THRESHOLD`: no limit if the debt or the collateral in the
    /// reserve is worth less, USD.
    pub full_below_usd: f64,
    /// `MIN_LEFTOVER_BASE`: minimum debt and minimum collateral, USD, that a partial liquidation
    /// must leave in its two reserves.
    pub minimum_leftover_usd: f64,
}

/// Input of a close factor rule: one debt asset repaid for one collateral asset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CloseFactorInput {
    /// Health factor of the account.
    pub health_factor: f64,
    /// Debt of the account in all assets, USD.
    pub account_debt_usd: f64,
    /// Debt in the asset that is repaid, USD.
    pub debt_usd: f64,
    /// Collateral in the asset that is seized, USD.
    pub collateral_usd: f64,
    /// Bonus of the collateral asset, a fraction (.05 = 5 %).
    pub liquidation_bonus: f64,
}

impl Default for AaveV3CloseFactor {
    fn default() -> Self {
        Self {
            default_close_factor: 0.5,
            full_at_health_factor: 0.95,
            full_below_usd: 2_000.0,
            minimum_leftover_usd: 1_000.0,
        }
    }
}

impl Default for CloseFactorRule {
    fn default() -> Self {
        Self::AaveV3(AaveV3CloseFactor::default())
    }
}

impl CloseFactorRule {
    /// The largest debt, USD, that the call may repay: 0 while the health factor is 1 or more,
    /// and at most what the seized collateral covers.
    #[must_use]
    pub fn max_repayable_usd(&self, call: &CloseFactorInput) -> f64 {
        self.repayable_usd(call, f64::INFINITY)
    }

    /// The largest debt, USD, that the call may repay out of `offered_usd`. It can be less than
    /// offered, since Aave from release 3.3 on does not permit dust to be left.
    #[must_use]
    pub fn repayable_usd(&self, call: &CloseFactorInput, offered_usd: f64) -> f64 {
        // A health factor that is NaN does not permit a liquidation.
        if call.health_factor.is_nan() || call.health_factor >= 1.0 {
            return 0.0;
        }
        let part = |fraction: f64| (fraction * call.debt_usd).min(call.covered_usd());
        match self {
            Self::Full => part(1.0).min(offered_usd),
            Self::Fixed(fraction) => part(*fraction).min(offered_usd),
            Self::FixedAboveHealthFactor { fraction, full_at_health_factor } => {
                let deep = call.health_factor <= *full_at_health_factor;
                part(if deep { 1.0 } else { *fraction }).min(offered_usd)
            }
            Self::AaveV3(rule) => rule.repayable_usd(call, offered_usd),
        }
    }

    /// The largest debt, USD, that the call may repay once the account is unhealthy: a healthy one is
    /// treated as if its health factor had just fallen below 1.
    ///
    /// It never falls as debts and collateral grow in proportion: where Aave from release 3.3 on
    /// permits less for a larger account, it is what the largest such smaller account permits, and
    /// the minimum of what must be left is disregarded.
    #[must_use]
    pub fn repayable_once_unhealthy_usd(&self, call: &CloseFactorInput) -> f64 {
        let health_factor = call.health_factor.min(JUST_UNHEALTHY);
        match self {
            Self::AaveV3(rule) if health_factor > rule.full_at_health_factor => {
                let share_usd = rule.default_close_factor * call.account_debt_usd;
                share_usd.max(rule.full_below_usd).min(call.debt_usd).min(call.covered_usd())
            }
            Self::AaveV3(_) => call.debt_usd.min(call.covered_usd()),
            _ => self.max_repayable_usd(&CloseFactorInput { health_factor, ..*call }),
        }
    }

    /// Checks that fractions lie in \[0, 1\] and amounts are finite and not negative.
    ///
    /// # Errors
    /// [`LendingError::OutOfRange`] for the first value that does not.
    pub fn validate(&self) -> Result<(), LendingError> {
        match self {
            Self::Full => Ok(()),
            Self::Fixed(fraction) => check_range("close_factor", *fraction, 0.0, 1.0),
            Self::FixedAboveHealthFactor { fraction, full_at_health_factor } => {
                check_range("close_factor", *fraction, 0.0, 1.0)?;
                check_range("full_at_health_factor", *full_at_health_factor, 0.0, 1.0)
            }
            Self::AaveV3(rule) => rule.validate(),
        }
    }
}

impl AaveV3CloseFactor {
    fn repayable_usd(&self, call: &CloseFactorInput, offered_usd: f64) -> f64 {
        let limit_usd = self.limit_usd(call).min(offered_usd);
        if limit_usd >= call.debt_usd.min(call.covered_usd()) {
            return call.debt_usd.min(call.covered_usd());
        }
        let leaves_debt_usd = call.debt_usd - self.minimum_leftover_usd;
        let leaves_collateral_usd =
            (call.collateral_usd - self.minimum_leftover_usd) / (1.0 + call.liquidation_bonus);
        limit_usd.min(leaves_debt_usd).min(leaves_collateral_usd).max(0.0)
    }

    fn limit_usd(&self, call: &CloseFactorInput) -> f64 {
        let small =
            call.collateral_usd < self.full_below_usd || call.debt_usd < self.full_below_usd;
        if small || call.health_factor <= self.full_at_health_factor {
            call.debt_usd
        } else {
            self.default_close_factor * call.account_debt_usd
        }
    }

    fn validate(&self) -> Result<(), LendingError> {
        check_range("default_close_factor", self.default_close_factor, 0.0, 1.0)?;
        check_range("full_at_health_factor", self.full_at_health_factor, 0.0, 1.0)?;
        check_range("full_below_usd", self.full_below_usd, 0.0, f64::MAX)?;
        check_range("minimum_leftover_usd", self.minimum_leftover_usd, 0.0, f64::MAX)
    }
}

impl CloseFactorInput {
    fn covered_usd(&self) -> f64 {
        self.collateral_usd / (1.0 + self.liquidation_bonus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: CloseFactorInput = CloseFactorInput {
        health_factor: 0.97,
        account_debt_usd: 10_000.0,
        debt_usd: 8_000.0,
        collateral_usd: 12_000.0,
        liquidation_bonus: 0.05,
    };

    fn aave(call: CloseFactorInput) -> f64 {
        CloseFactorRule::default().max_repayable_usd(&call)
    }

    #[test]
    fn a_healthy_account_repays_nothing() {
        for health_factor in [1.0, f64::INFINITY, f64::NAN] {
            let call = CloseFactorInput { health_factor, ..CALL };
            assert_eq!(CloseFactorRule::Full.max_repayable_usd(&call), 0.0);
        }
    }

    #[test]
    fn aave_v3_repays_half_of_the_whole_debt_in_one_asset() {
        assert_eq!(aave(CALL), 5_000.0);
        assert_eq!(CloseFactorRule::Fixed(0.5).max_repayable_usd(&CALL), 4_000.0);
        assert_eq!(CloseFactorRule::Full.max_repayable_usd(&CALL), 8_000.0);
    }

    #[test]
    fn older_aave_v3_ignores_position_size() {
        let rule =
            CloseFactorRule::FixedAboveHealthFactor { fraction: 0.5, full_at_health_factor: 0.95 };
        assert_eq!(rule.max_repayable_usd(&CALL), 4_000.0);
        let small = CloseFactorInput { debt_usd: 10.0, ..CALL };
        assert_eq!(rule.max_repayable_usd(&small), 5.0);
        let deep = CloseFactorInput { health_factor: 0.95, ..CALL };
        assert_eq!(rule.max_repayable_usd(&deep), 8_000.0);
    }

    #[test]
    fn a_liquidator_may_offer_less_but_leave_no_dust() {
        let rule = CloseFactorRule::default();
        assert_eq!(rule.repayable_usd(&CALL, 3_000.0), 3_000.0);
        let deep = CloseFactorInput { health_factor: 0.9, ..CALL };
        assert_eq!(rule.repayable_usd(&deep, 7_500.0), 7_000.0);
        assert_eq!(rule.repayable_usd(&deep, 8_000.0), 8_000.0);
        assert_eq!(CloseFactorRule::Full.repayable_usd(&deep, 7_500.0), 7_500.0);
    }

    #[test]
    fn deep_or_small_position_is_repaid_in_full() {
        assert_eq!(aave(CloseFactorInput { health_factor: 0.95, ..CALL }), 8_000.0);
        assert_eq!(aave(CloseFactorInput { debt_usd: 1_999.0, ..CALL }), 1_999.0);
        assert_eq!(aave(CloseFactorInput { collateral_usd: 1_890.0, ..CALL }), 1_800.0);
    }

    #[test]
    fn a_partial_liquidation_leaves_no_dust() {
        let call = CloseFactorInput { account_debt_usd: 4_000.0, debt_usd: 2_001.0, ..CALL };
        assert_eq!(aave(call), 1_001.0);
        let call = CloseFactorInput { collateral_usd: 5_935.0, ..CALL };
        assert_eq!(aave(call), 4_700.0);
    }

    #[test]
    fn repayment_is_limited_by_the_collateral() {
        let call = CloseFactorInput { health_factor: 0.5, collateral_usd: 4_200.0, ..CALL };
        assert_eq!(aave(call), 4_000.0);
        assert_eq!(CloseFactorRule::Full.max_repayable_usd(&call), 4_000.0);
    }

    #[test]
    fn a_healthy_account_is_repaid_as_one_just_below_the_threshold() {
        for rule in [CloseFactorRule::Full, CloseFactorRule::Fixed(0.5), CloseFactorRule::default()]
        {
            let just_below = rule.max_repayable_usd(&CALL);
            for health_factor in [0.999, 1.0, 3.0, f64::INFINITY] {
                let call = CloseFactorInput { health_factor, ..CALL };
                assert_eq!(rule.repayable_once_unhealthy_usd(&call), just_below, "{rule:?}");
            }
        }
        let deep = CloseFactorInput { health_factor: 0.95, ..CALL };
        assert_eq!(CloseFactorRule::default().repayable_once_unhealthy_usd(&deep), 8_000.0);
    }

    #[test]
    fn a_larger_account_never_permits_less_once_unhealthy() {
        let repayable = |debt_usd: f64| {
            let collateral_usd = 1.3 * debt_usd;
            let call =
                CloseFactorInput { account_debt_usd: debt_usd, debt_usd, collateral_usd, ..CALL };
            CloseFactorRule::default().repayable_once_unhealthy_usd(&call)
        };
        let (small, same, half) = (repayable(1_999.0), repayable(3_999.0), repayable(10_000.0));
        assert_eq!((small, same, half), (1_999.0, 2_000.0, 5_000.0));
        let sizes = (0..400).map(|i| 1.05_f64.powi(i));
        assert!(sizes.map(repayable).collect::<Vec<_>>().is_sorted());
    }

    #[test]
    fn fraction_above_one_is_rejected() {
        let refused = CloseFactorRule::Fixed(1.5).validate();
        let [lower, upper] = [0.0, 1.0];
        let parameter = "close_factor";
        assert_eq!(refused, Err(LendingError::OutOfRange { parameter, value: 1.5, lower, upper }));
        assert_eq!(CloseFactorRule::default().validate(), Ok(()));
    }
}

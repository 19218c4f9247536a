//! The most profitable split of a liquidation in two under a close factor.

use crate::error::{LendingError, check_range};

/// A loan with one collateral that can be liquidated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiquidatableLoan {
    /// Collateral, USD.
    pub collateral_usd: f64,
    /// Debt, USD.
    pub debt_usd: f64,
    /// Liquidation threshold, a fraction.
    pub liquidation_threshold: f64,
    /// Bonus to the liquidator, a fraction.
    pub liquidation_bonus: f64,
    /// Fraction of the debt that one liquidation may repay.
    pub close_factor: f64,
}

/// Repayments of a liquidator in each of two liquidations, USD.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwoStepRepayment {
    /// First repayment, after which the loan is just unhealthy.
    pub first_usd: f64,
    /// Second repayment, as much as the close factor permits.
    pub second_usd: f64,
}

impl LiquidatableLoan {
    /// The repayments with the largest total: the first leaves the loan at a health factor of 1,
    /// `(D - LT C) / (1 - LT (1 + LB))`, the second repays `CF (D - first)` (Qin et al., An Empirical
    /// Study of DeFi Liquidations, arXiv 2106.06389, section 5.2).
    ///
    /// At a health factor of 1 the contracts do not liquidate, so in practice the first repayment is
    /// one unit smaller. If the first exceeds the close factor, both are limited by it, and the loan
    /// stays unhealthy in between.
    ///
    /// # Errors
    /// [`LendingError::OutOfRange`] for a healthy loan, a loan whose liquidation does not lower
    /// its loan-to-value (`LT (1 + LB) >= 1`), or one whose collateral does not cover debt and bonus.
    pub fn two_step_repayment(&self) -> Result<TwoStepRepayment, LendingError> {
        let Self { collateral_usd, debt_usd, liquidation_threshold, liquidation_bonus, .. } = *self;
        let capacity_usd = liquidation_threshold * collateral_usd;
        let covered_usd = collateral_usd / (1.0 + liquidation_bonus);
        check_range("close_factor", self.close_factor, 0.0, 1.0)?;
        check_range("debt_usd", debt_usd, capacity_usd, covered_usd)?;
        let healing = 1.0 - liquidation_threshold * (1.0 + liquidation_bonus);
        check_range("LT (1 + LB)", 1.0 - healing, 0.0, 1.0 - f64::EPSILON)?;
        let to_health_usd = (debt_usd - capacity_usd) / healing;
        let first_usd = to_health_usd.min(self.close_factor * debt_usd);
        let second_usd = self.close_factor * (debt_usd - first_usd);
        Ok(TwoStepRepayment { first_usd, second_usd })
    }
}

impl TwoStepRepayment {
    /// Sum of both, USD; the profit is the bonus on it.
    #[must_use]
    pub fn total_usd(&self) -> f64 {
        self.first_usd + self.second_usd
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOAN: LiquidatableLoan = LiquidatableLoan {
        collateral_usd: 10_000.0,
        debt_usd: 8_400.0,
        liquidation_threshold: 0.8,
        liquidation_bonus: 0.1,
        close_factor: 0.5,
    };

    #[test]
    fn the_first_step_leaves_a_health_factor_of_one() {
        let steps = LOAN.two_step_repayment().unwrap();
        let collateral_usd = LOAN.collateral_usd - 1.1 * steps.first_usd;
        let debt_usd = LOAN.debt_usd - steps.first_usd;
        assert!((0.8 * collateral_usd / debt_usd - 1.0).abs() < 1e-12);
        assert!((steps.second_usd - 0.5 * debt_usd).abs() < 1e-9);
        assert!((steps.first_usd - 400.0 / 0.12).abs() < 1e-9);
    }

    #[test]
    fn two_steps_repay_more_than_one() {
        let steps = LOAN.two_step_repayment().unwrap();
        assert!(steps.total_usd() > 0.5 * LOAN.debt_usd);
    }

    #[test]
    fn loans_without_two_steps_are_rejected() {
        let refused = |loan: LiquidatableLoan| loan.two_step_repayment().is_err();
        assert!(refused(LiquidatableLoan { debt_usd: 7_999.0, ..LOAN }));
        assert!(refused(LiquidatableLoan { debt_usd: 9_100.0, ..LOAN }));
        assert!(refused(LiquidatableLoan { liquidation_threshold: 0.95, ..LOAN }));
        assert!(refused(LiquidatableLoan { close_factor: 1.1, ..LOAN }));
    }
}

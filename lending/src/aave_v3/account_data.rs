//! Account values and health factor. Source: `GenericLogic.calculateUserAccountData`.

use ruint::aliases::U256;

use super::borrower::{Borrower, Position};
use super::release::Release;
use crate::fixed_point::aave_v3::{PERCENTAGE_FACTOR, percent_mul, wad_div};
use crate::fixed_point::{ArithmeticError, Rounding, add, div, mul, mul_div, pow10};

/// Values and health factor of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountData {
    /// All collateral, base currency.
    pub collateral_base: U256,
    /// All debt, base currency.
    pub debt_base: U256,
    /// Max loan-to-value, averaged by collateral value and floored.
    pub average_ltv_bps: U256,
    /// Liquidation threshold, averaged by collateral value and floored.
    pub average_liquidation_threshold_bps: U256,
    /// Health factor, wad; the largest integer without debt.
    pub health_factor_wad: U256,
}

#[derive(Default)]
struct AccountTotals {
    collateral: U256,
    /// Collateral weighted by its thresholds in basis points.
    threshold_weighted: U256,
    /// Collateral weighted by its max loan-to-value, in basis points.
    ltv_weighted: U256,
    debt: U256,
}

impl Borrower<'_> {
    /// Values and health factor of the account.
    ///
    /// # Errors
    /// [`ArithmeticError`] on overflow.
    pub fn account_data(&self) -> Result<AccountData, ArithmeticError> {
        let mut sums = AccountTotals::default();
        for position in self.positions {
            self.add_position(position, &mut sums)?;
        }
        Ok(AccountData {
            collateral_base: sums.collateral,
            debt_base: sums.debt,
            average_ltv_bps: sums.average(sums.ltv_weighted),
            average_liquidation_threshold_bps: sums.average(sums.threshold_weighted),
            health_factor_wad: sums.health_factor(self.release)?,
        })
    }

    fn add_position(
        &self,
        position: &Position,
        sums: &mut AccountTotals,
    ) -> Result<(), ArithmeticError> {
        let reserve = &position.reserve;
        let e_mode = self.position_e_mode(position);
        let price = self.e_mode_price(e_mode).unwrap_or(reserve.price);
        let unit = pow10(reserve.decimals)?;
        // Release 3.6 is the first to count a collateral without a threshold, with threshold 0.
        let counted = self.release >= Release::V3_6 || reserve.liquidation_threshold_bps > 0;
        if counted && position.used_as_collateral {
            let held = self
                .release
                .collateral_balance(position.scaled_collateral, reserve.liquidity_index)?;
            let value = mul_div(held, price, unit, Rounding::Down)?;
            let threshold = e_mode
                .map_or(reserve.liquidation_threshold_bps, |mode| mode.liquidation_threshold_bps);
            sums.collateral = add(sums.collateral, value)?;
            sums.threshold_weighted =
                add(sums.threshold_weighted, mul(value, U256::from(threshold))?)?;
            let ltv = U256::from(self.position_ltv_bps(position));
            sums.ltv_weighted = add(sums.ltv_weighted, mul(value, ltv)?)?;
        }
        let owed =
            self.release.debt_balance(position.scaled_debt, reserve.variable_borrow_index)?;
        sums.debt = add(sums.debt, mul_div(owed, price, unit, debt_rounding(self.release))?)?;
        Ok(())
    }
}

impl AccountTotals {
    /// An average by collateral value, without its fraction; 0 without collateral.
    fn average(&self, weighted: U256) -> U256 {
        weighted.checked_div(self.collateral).unwrap_or_default()
    }

    fn health_factor(&self, release: Release) -> Result<U256, ArithmeticError> {
        if self.debt.is_zero() {
            return Ok(U256::MAX);
        }
        if release.has_directed_rounding() {
            return div(wad_div(self.threshold_weighted, self.debt)?, PERCENTAGE_FACTOR);
        }
        // The average threshold is floored to a basis point.
        let average = self.average(self.threshold_weighted);
        wad_div(percent_mul(self.collateral, average)?, self.debt)
    }
}

/// Rounding of a debt's value in the base currency.
pub(super) fn debt_rounding(release: Release) -> Rounding {
    if release.has_directed_rounding() { Rounding::Up } else { Rounding::Down }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aave_v3::{EMode, Reserve};
    use crate::fixed_point::aave_v3::RAY;

    fn position(collateral: u64, debt: u64, price: u64, threshold_bps: u64) -> Position {
        let reserve = Reserve {
            liquidity_index: RAY,
            variable_borrow_index: RAY,
            price: U256::from(price),
            decimals: 0,
            ltv_bps: threshold_bps.saturating_sub(250),
            liquidation_threshold_bps: threshold_bps,
            liquidation_bonus_bps: 10_500,
            liquidation_protocol_fee_bps: 0,
        };
        Position {
            reserve,
            scaled_collateral: U256::from(collateral),
            scaled_debt: U256::from(debt),
            used_as_collateral: true,
            in_e_mode: false,
            ltv_zero_in_e_mode: false,
        }
    }

    fn health_factor_at(release: Release, positions: &[Position]) -> f64 {
        let data = Borrower { release, positions, e_mode: None }.account_data().unwrap();
        f64::from(data.health_factor_wad) / 1e18
    }

    #[test]
    fn older_release_floors_the_average_threshold() {
        // (100 * 8250 + 50 * 7777) / 150 = 8092.33 basis points.
        let positions = [position(100, 0, 1, 8250), position(50, 100, 1, 7777)];
        let (old, new) = (
            health_factor_at(Release::V3_0, &positions),
            health_factor_at(Release::V3_6, &positions),
        );
        assert!((new - 1.213_85).abs() < 1e-12, "{new}");
        // 150 * 0.8092 = 121.38, floored to whole units.
        assert!((old - 1.21).abs() < 1e-12, "{old}");
    }

    #[test]
    fn health_without_debt_is_the_largest_integer() {
        for release in Release::ALL {
            let positions = [position(1, 0, 1, 1)];
            let data = Borrower { release, positions: &positions, e_mode: None }.account_data();
            assert_eq!(data.unwrap().health_factor_wad, U256::MAX);
        }
    }

    #[test]
    fn averages_are_weighted_by_value_and_floored() {
        let positions = [position(100, 0, 1, 8250), position(50, 100, 1, 7777)];
        for release in Release::ALL {
            let data = Borrower { release, positions: &positions, e_mode: None }.account_data();
            let data = data.unwrap();
            let averages = [data.average_ltv_bps, data.average_liquidation_threshold_bps];
            assert_eq!(averages, [7842, 8092].map(U256::from));
            assert_eq!(data.collateral_base, U256::from(150));
        }
    }

    /// Release 3.0 tests the reserve's own threshold, before that of the e-mode.
    #[test]
    fn older_release_skips_collateral_without_a_threshold_of_its_own() {
        let mut without = position(100, 50, 1, 0);
        without.in_e_mode = true;
        let positions = [without];
        let mode = EMode {
            ltv_bps: 9_000,
            liquidation_threshold_bps: 9_300,
            liquidation_bonus_bps: 10_100,
            price: U256::ZERO,
        };
        let data = |release| {
            let borrower = Borrower { release, positions: &positions, e_mode: Some(mode) };
            borrower.account_data().unwrap()
        };
        assert_eq!(data(Release::V3_0).collateral_base, U256::ZERO);
        assert_eq!(data(Release::V3_6).collateral_base, U256::from(100));
        assert_eq!(data(Release::V3_6).average_liquidation_threshold_bps, U256::from(9_300));
    }

    #[test]
    fn newer_release_rounds_fractional_debt_up() {
        let mut owed = position(0, 1, 1, 8_000);
        owed.reserve.decimals = 1;
        let positions = [position(100, 0, 1, 8_000), owed];
        let data = |release| Borrower { release, positions: &positions, e_mode: None };
        assert_eq!(data(Release::V3_0).account_data().unwrap().debt_base, U256::ZERO);
        assert_eq!(data(Release::V3_6).account_data().unwrap().debt_base, U256::ONE);
    }
}

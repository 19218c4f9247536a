//! Interest accrual.

use ruint::aliases::U256;

use super::market::Market;
use crate::fixed_point::morpho_blue::{WAD, to_uint128, w_mul_down};
use crate::fixed_point::{ArithmeticError, Rounding, add, mul, mul_div, uint};

/// Result of an interest accrual (`AccrueInterest`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accrual {
    /// Interest, smallest units of the loan asset.
    pub interest: U256,
    /// Supply shares minted to the fee recipient.
    pub fee_shares: U256,
    /// The market afterwards.
    pub market: Market,
}

impl Market {
    /// Accrues interest over `elapsed_s` at a rate per second and a fee on the interest, both in wad:
    /// `Morpho._accrueInterest`.
    ///
    /// # Errors
    /// [`ArithmeticError`] on overflow.
    pub fn accrue(
        &self,
        rate_per_second_wad: U256,
        fee_wad: U256,
        elapsed_s: u64,
    ) -> Result<Accrual, ArithmeticError> {
        let growth = taylor_compounded(rate_per_second_wad, U256::from(elapsed_s))?;
        let interest = to_uint128(w_mul_down(self.total_borrow_assets, growth)?)?;
        let mut market = *self;
        market.total_borrow_assets = to_uint128(add(self.total_borrow_assets, interest)?)?;
        market.total_supply_assets = to_uint128(add(self.total_supply_assets, interest)?)?;
        let fee_shares = market.supply_shares_down(w_mul_down(interest, fee_wad)?)?;
        market.total_supply_shares = to_uint128(add(self.total_supply_shares, fee_shares)?)?;
        Ok(Accrual { interest, fee_shares, market })
    }
}

/// `wTaylorCompounded`: three terms of `exp(rate n) - 1`.
fn taylor_compounded(rate_wad: U256, n: U256) -> Result<U256, ArithmeticError> {
    let first = mul(rate_wad, n)?;
    let second = mul_div(first, first, mul(uint(2), WAD)?, Rounding::Down)?;
    let third = mul_div(second, first, mul(uint(3), WAD)?, Rounding::Down)?;
    add(add(first, second)?, third)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKET: Market = Market {
        total_supply_assets: uint(2_000_000_000_000),
        total_supply_shares: uint(2_000_000_000_000_000_000),
        total_borrow_assets: uint(1_000_000_000_000),
        total_borrow_shares: uint(1_000_000_000_000_000_000),
        lltv_wad: uint(860_000_000_000_000_000),
    };

    #[test]
    fn a_year_at_ten_per_cent_compounds_to_the_third_term() {
        let rate = uint(100_000_000_000_000_000 / 31_536_000);
        let accrual = MARKET.accrue(rate, U256::ZERO, 31_536_000).unwrap();
        let grown = f64::from(accrual.interest) / 1e12;
        assert!((grown - (0.1 + 0.005 + 0.001 / 6.0)).abs() < 1e-9, "{grown}");
        assert!(accrual.fee_shares.is_zero());
    }

    #[test]
    fn the_fee_is_a_share_of_the_interest() {
        let rate = uint(3_170_979_198);
        let accrual = MARKET.accrue(rate, WAD / uint(10), 86_400).unwrap();
        let share = f64::from(accrual.fee_shares) / f64::from(accrual.market.total_supply_shares);
        let fee = 0.1 * f64::from(accrual.interest);
        assert!((share * f64::from(accrual.market.total_supply_assets) / fee - 1.0).abs() < 1e-6);
    }

    #[test]
    fn no_time_adds_nothing() {
        let accrual = MARKET.accrue(uint(3_170_979_198), WAD / uint(10), 0).unwrap();
        assert_eq!(accrual.market, MARKET);
    }
}

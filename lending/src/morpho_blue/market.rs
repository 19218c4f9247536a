//! Totals of a market, positions of borrowers, and their health.

use ruint::aliases::U256;

use crate::fixed_point::morpho_blue::w_mul_down;
use crate::fixed_point::{ArithmeticError, Rounding, add, mul_div, uint};

/// `ORACLE_PRICE_SCALE`: scale of oracle prices.
pub(super) const ORACLE_PRICE_SCALE: U256 = uint(1_000_000_000_000_000_000_000_000_000_000_000_000);
/// `VIRTUAL_SHARES` of `SharesMathLib`.
const VIRTUAL_SHARES: U256 = uint(1_000_000);
/// `VIRTUAL_ASSETS` of `SharesMathLib`.
const VIRTUAL_ASSETS: U256 = uint(1);

/// Totals of a market, with interest accrued up to the call ([`Market::accrue`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Market {
    /// `totalSupplyAssets`.
    pub total_supply_assets: U256,
    /// `totalSupplyShares`.
    pub total_supply_shares: U256,
    /// `totalBorrowAssets`.
    pub total_borrow_assets: U256,
    /// `totalBorrowShares`.
    pub total_borrow_shares: U256,
    /// Liquidation loan-to-value (`lltv`), wad.
    pub lltv_wad: U256,
}

/// A borrower's position in a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Debt in shares.
    pub borrow_shares: U256,
    /// Collateral, smallest units.
    pub collateral: U256,
}

impl Market {
    /// Whether a position is healthy at a price of the collateral in the loan asset, scaled by
    /// 1e36: `Morpho._isHealthy`.
    ///
    /// # Errors
    /// [`ArithmeticError`] on overflow.
    pub fn is_healthy(&self, position: &Position, price: U256) -> Result<bool, ArithmeticError> {
        if position.borrow_shares.is_zero() {
            return Ok(true);
        }
        let borrowed = self.borrow_assets(position.borrow_shares, Rounding::Up)?;
        let collateral_value =
            mul_div(position.collateral, price, ORACLE_PRICE_SCALE, Rounding::Down)?;
        Ok(w_mul_down(collateral_value, self.lltv_wad)? >= borrowed)
    }

    /// Converts borrow shares to assets: `toAssetsUp`, `toAssetsDown`.
    pub(super) fn borrow_assets(
        &self,
        shares: U256,
        rounding: Rounding,
    ) -> Result<U256, ArithmeticError> {
        let assets = add(self.total_borrow_assets, VIRTUAL_ASSETS)?;
        mul_div(shares, assets, add(self.total_borrow_shares, VIRTUAL_SHARES)?, rounding)
    }

    /// Converts assets to borrow shares: `toSharesUp`.
    pub(super) fn borrow_shares_up(&self, assets: U256) -> Result<U256, ArithmeticError> {
        let shares = add(self.total_borrow_shares, VIRTUAL_SHARES)?;
        mul_div(assets, shares, add(self.total_borrow_assets, VIRTUAL_ASSETS)?, Rounding::Up)
    }

    /// Converts a fee to supply shares: `toSharesDown`.
    pub(super) fn supply_shares_down(&self, fee: U256) -> Result<U256, ArithmeticError> {
        let shares = add(self.total_supply_shares, VIRTUAL_SHARES)?;
        let others = self.total_supply_assets.saturating_sub(fee);
        mul_div(fee, shares, add(others, VIRTUAL_ASSETS)?, Rounding::Down)
    }
}

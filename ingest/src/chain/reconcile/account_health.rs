//! An account's value and health factor as its pool computes them.

use alloy_primitives::{U256, uint};
use plimsoll_lending::aave_v3::AccountData;

/// A health factor of one, 18 decimals.
const WAD: U256 = uint!(1_000_000_000_000_000_000_U256);

/// What `getUserAccountData` returns of an account, except what it may still borrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountHealth {
    /// Its collateral, in the oracle's unit.
    pub collateral: U256,
    /// Its debt, in the oracle's unit.
    pub debt: U256,
    /// Average max LTV, hundredths of a per cent.
    pub max_ltv_bps: U256,
    /// Average liquidation threshold, hundredths of a per cent.
    pub liquidation_threshold_bps: U256,
    /// Health factor with 18 decimals; the largest integer without debt.
    pub health_factor: U256,
}

impl AccountHealth {
    /// Whether the account may be liquidated.
    #[must_use]
    pub fn is_liquidatable(&self) -> bool {
        self.health_factor < WAD
    }
}

impl From<AccountData> for AccountHealth {
    fn from(data: AccountData) -> Self {
        Self {
            collateral: data.collateral_base,
            debt: data.debt_base,
            max_ltv_bps: data.average_ltv_bps,
            liquidation_threshold_bps: data.average_liquidation_threshold_bps,
            health_factor: data.health_factor_wad,
        }
    }
}

//! Which contracts, and how they round balances.

use ruint::aliases::U256;

use super::wad_ray_math::{ray_div, ray_mul};
use crate::error::ArithmeticError;
use crate::integers::{Rounding, uint};

/// The release whose contracts a market runs.
///
/// The two differ in how balances are rounded, how much of a debt a liquidation may repay, what it
/// may leave behind, and what becomes of debt without collateral.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Release {
    /// `aave/core-v3` 1.19.3, release 3.0.2: half up; half of the debt in one asset, or all of it;
    /// whatever is left is left.
    V3_0,
    /// `aave-dao/aave-v3-origin` 3.6.0: against the user; half of the whole debt, or all of the debt
    /// in one asset; no dust; debt without collateral is written off.
    V3_6,
}

/// `PoolInstance.POOL_REVISION` of release 3.5, the first whose rounding is directed.
const FIRST_DIRECTED_REVISION: U256 = uint(9);

impl Release {
    /// The release whose rounding a pool of this `POOL_REVISION` has: up to 3.4, or from 3.5 on.
    #[must_use]
    pub fn from_pool_revision(revision: U256) -> Self {
        if revision >= FIRST_DIRECTED_REVISION { Self::V3_6 } else { Self::V3_0 }
    }

    /// What a scaled balance of an aToken is worth at an index, smallest units: `AToken.balanceOf`.
    ///
    /// # Errors
    /// [`ArithmeticError`] if it does not fit.
    pub fn collateral_balance(self, scaled: U256, index: U256) -> Result<U256, ArithmeticError> {
        ray_mul(scaled, index, self.rounding(Rounding::Down))
    }

    /// What a scaled debt has grown to at an index, smallest units: `VariableDebtToken.balanceOf`.
    ///
    /// # Errors
    /// [`ArithmeticError`] if it does not fit.
    pub fn debt_balance(self, scaled: U256, index: U256) -> Result<U256, ArithmeticError> {
        ray_mul(scaled, index, self.rounding(Rounding::Up))
    }

    /// The scaled balance that goes with an amount of an aToken burnt or sent.
    pub(super) fn scaled_collateral(
        self,
        amount: U256,
        index: U256,
    ) -> Result<U256, ArithmeticError> {
        ray_div(amount, index, self.rounding(Rounding::Up))
    }

    /// The scaled debt that goes with an amount repaid.
    pub(super) fn scaled_debt(self, amount: U256, index: U256) -> Result<U256, ArithmeticError> {
        ray_div(amount, index, self.rounding(Rounding::Down))
    }

    /// The rounding that release 3.5 directed, where before all was rounded half up.
    pub(super) const fn rounding(self, directed: Rounding) -> Rounding {
        match self {
            Self::V3_0 => Rounding::HalfUp,
            Self::V3_6 => directed,
        }
    }
}

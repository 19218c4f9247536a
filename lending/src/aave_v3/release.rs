//! Releases of the contracts and their rounding of balances.

use ruint::aliases::U256;

use crate::fixed_point::aave_v3::{ray_div, ray_mul};
use crate::fixed_point::{ArithmeticError, Rounding, uint};

/// The release of a market's contracts.
///
/// They differ in the rounding of balances, the close factor, the dust rule and the treatment of bad
/// debt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Release {
    /// `aave/core-v3` 1.19.3, release 3.0.2: rounding half up; close factor on the debt in one
    /// asset; no dust rule; bad debt remains.
    V3_0,
    /// `aave-dao/aave-v3-origin` 3.6.0: rounding against the user; close factor on the
    /// whole debt; no dust; bad debt is written off.
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

    /// Balance of a scaled aToken balance at an index, smallest units: `AToken.balanceOf`.
    ///
    /// # Errors
    /// [`ArithmeticError`] on overflow.
    pub fn collateral_balance(self, scaled: U256, index: U256) -> Result<U256, ArithmeticError> {
        ray_mul(scaled, index, self.rounding(Rounding::Down))
    }

    /// Balance of a scaled debt at an index, smallest units: `VariableDebtToken.balanceOf`.
    ///
    /// # Errors
    /// [`ArithmeticError`] on overflow.
    pub fn debt_balance(self, scaled: U256, index: U256) -> Result<U256, ArithmeticError> {
        ray_mul(scaled, index, self.rounding(Rounding::Up))
    }

    /// Scaled balance of an aToken amount that is burnt or transferred.
    pub(super) fn scaled_collateral(
        self,
        amount: U256,
        index: U256,
    ) -> Result<U256, ArithmeticError> {
        ray_div(amount, index, self.rounding(Rounding::Up))
    }

    /// Scaled debt of a repaid amount.
    pub(super) fn scaled_debt(self, amount: U256, index: U256) -> Result<U256, ArithmeticError> {
        ray_div(amount, index, self.rounding(Rounding::Down))
    }

    /// The directed rounding introduced by release 3.5; earlier releases round half up.
    pub(super) const fn rounding(self, directed: Rounding) -> Rounding {
        match self {
            Self::V3_0 => Rounding::HalfUp,
            Self::V3_6 => directed,
        }
    }
}

//! Scaled balances of aTokens and debt tokens, recovered from their events to the last unit.
//!
//! `Mint` and `Burn` contain the change of the balance with interest, not of the scaled balance. Up
//! to release 3.4 the changed amount is scaled by itself, rounded half up
//! (`ScaledBalanceTokenBase._mintScaled`, `WadRayMath.rayDiv`). From 3.5 on the scaled balance is
//! rounded in the protocol's favour first, and the event contains the difference of the balances
//! before and after (`TokenMath`). The index is at least one ray, so at most one scaled balance
//! gives the balance after.

use ruint::aliases::U256;

use super::release::Release;
use crate::fixed_point::aave_v3::{RAY, ray_div};
use crate::fixed_point::{ArithmeticError, Rounding, add, sub};

/// The scaled amount of a transfer whose `BalanceTransfer` has the amount with interest: an aToken of
/// release 3.0.0 (`AToken._transfer` of `aave/aave-v3-core` v1.16.2). From 3.0.1 on (v1.17.0) the
/// event has the scaled amount.
///
/// # Errors
/// [`ArithmeticError`] if the index is zero or the result does not fit.
pub fn scaled_transfer(amount: U256, index: U256) -> Result<U256, ArithmeticError> {
    ray_div(amount, index, Rounding::HalfUp)
}

/// A token that represents a position in a reserve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScaledToken {
    /// The aToken: collateral.
    AToken,
    /// The variable debt token.
    VariableDebtToken,
}

impl ScaledToken {
    /// A scaled balance with its interest, smallest units: `balanceOf`.
    ///
    /// # Errors
    /// [`ArithmeticError`] if it does not fit.
    pub fn balance(
        self,
        release: Release,
        scaled: U256,
        index: U256,
    ) -> Result<U256, ArithmeticError> {
        match self {
            Self::AToken => release.collateral_balance(scaled, index),
            Self::VariableDebtToken => release.debt_balance(scaled, index),
        }
    }

    /// The scaled balance after the balance grew by `amount`.
    ///
    /// # Errors
    /// [`ArithmeticError`] if the amounts contradict each other or do not fit.
    pub fn scaled_after_increase(
        self,
        release: Release,
        scaled: U256,
        amount: U256,
        index: U256,
    ) -> Result<U256, ArithmeticError> {
        self.scaled_after(release, scaled, index, add, amount)
    }

    /// The scaled balance after the balance shrank by `amount`.
    ///
    /// # Errors
    /// [`ArithmeticError`] if the amounts contradict each other or do not fit.
    pub fn scaled_after_decrease(
        self,
        release: Release,
        scaled: U256,
        amount: U256,
        index: U256,
    ) -> Result<U256, ArithmeticError> {
        self.scaled_after(release, scaled, index, sub, amount)
    }

    /// The scaled balance after `change` by `amount`.
    fn scaled_after(
        self,
        release: Release,
        scaled: U256,
        index: U256,
        change: fn(U256, U256) -> Result<U256, ArithmeticError>,
        amount: U256,
    ) -> Result<U256, ArithmeticError> {
        if !release.has_directed_rounding() {
            return change(scaled, ray_div(amount, index, Rounding::HalfUp)?);
        }
        let balance = change(self.balance(release, scaled, index)?, amount)?;
        self.scaled(release, balance, index)
    }

    /// The one scaled balance that, with interest, is `balance`.
    fn scaled(self, release: Release, balance: U256, index: U256) -> Result<U256, ArithmeticError> {
        // Below one ray several scaled balances have the same balance.
        sub(index, RAY)?;
        match self {
            Self::AToken => release.scaled_collateral(balance, index),
            Self::VariableDebtToken => release.scaled_debt(balance, index),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TOKENS: [ScaledToken; 2] = [ScaledToken::AToken, ScaledToken::VariableDebtToken];

    fn index() -> impl Strategy<Value = U256> {
        (0_u64..u64::MAX).prop_map(|over| RAY + U256::from(over) * U256::from(1_000_000_000_u64))
    }

    proptest! {
        /// `TokenMath.getATokenMintScaledAmount` and its three variants, and the amount of `Mint`.
        #[test]
        fn directed_rounding_recovers_the_contracts_balance(
            scaled in 0_u128..1 << 100, moved in 1_u128..1 << 100, index in index(), debt: bool,
        ) {
            let (scaled, moved) = (U256::from(scaled), U256::from(moved));
            let (token, release) = (TOKENS[usize::from(debt)], Release::V3_6);
            let product = moved * RAY;
            let minted = if debt { product.div_ceil(index) } else { product / index };
            let balance = |scaled| token.balance(release, scaled, index).unwrap();
            let amount = balance(scaled + minted) - balance(scaled);
            let increased = token.scaled_after_increase(release, scaled, amount, index);
            prop_assert_eq!(increased, Ok(scaled + minted));
            let back = token.scaled_after_decrease(release, scaled + minted, amount, index);
            prop_assert_eq!(back, Ok(scaled));
        }

        #[test]
        fn a_balance_repaid_in_full_leaves_zero(scaled in 0_u128..1 << 100, index in index()) {
            let scaled = U256::from(scaled);
            for release in Release::ALL {
                for token in TOKENS {
                    let balance = token.balance(release, scaled, index).unwrap();
                    let left = token.scaled_after_decrease(release, scaled, balance, index);
                    prop_assert_eq!(left, Ok(U256::ZERO));
                }
            }
        }
    }

    /// protocol-subgraphs #82.
    #[test]
    fn first_release_transfers_amounts_with_interest() {
        let index = RAY / U256::from(10) * U256::from(11);
        assert_eq!(scaled_transfer(U256::from(110), index), Ok(U256::from(100)));
    }

    #[test]
    fn an_index_below_one_ray_determines_no_scaled_balance() {
        let index = RAY - U256::ONE;
        let increased =
            ScaledToken::AToken.scaled_after_increase(Release::V3_6, RAY, U256::ONE, index);
        assert_eq!(increased, Err(ArithmeticError::Underflow));
    }
}

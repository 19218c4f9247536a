//! How a movement of tokens changes a scaled balance, to the last unit.
//!
//! A token's `Mint` and `Burn` tell by how much the balance with interest moved, not the scaled
//! one. Up to release 3.4 the moved amount is scaled by itself, rounded half up
//! (`ScaledBalanceTokenBase._mintScaled`, `WadRayMath.rayDiv`). From 3.5 on the scaled balance is
//! rounded in the protocol's favour first and the event holds the difference of the balances
//! before and after (`TokenMath`); since the index is at least one, at most one scaled balance
//! gives the balance after, so it is found again.

use alloy_primitives::U256;
use plimsoll_lake::tables::side;

/// 10^27, the unit of an index.
pub(crate) const RAY: U256 = U256::from_limbs([0x9fd0_803c_e800_0000, 0x033b_2e3c, 0, 0]);
const HALF_RAY: U256 = U256::from_limbs([0x4fe8_401e_7400_0000, 0x019d_971e, 0, 0]);
/// `PoolInstance.POOL_REVISION` of release 3.5.
const FIRST_DIRECTED_REVISION: u64 = 9;

/// Which way a release rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rounding {
    /// To the nearest, half up: releases up to 3.4.
    HalfUp,
    /// Against the user: releases from 3.5 on.
    Directed,
}

impl Rounding {
    /// How a pool of this `POOL_REVISION` rounds.
    pub(crate) fn from_revision(revision: U256) -> Self {
        if revision >= U256::from(FIRST_DIRECTED_REVISION) { Self::Directed } else { Self::HalfUp }
    }

    /// A scaled balance with its interest, smallest units.
    pub(crate) fn with_interest(self, side: &str, scaled: U256, index: U256) -> Option<U256> {
        let product = scaled.checked_mul(index)?;
        Some(match self {
            Self::HalfUp => product.checked_add(HALF_RAY)? / RAY,
            Self::Directed if side == side::DEBT => product.div_ceil(RAY),
            Self::Directed => product / RAY,
        })
    }

    /// The scaled balance after `amount` came in; `None` if the amounts cannot be.
    pub(crate) fn after_increase(
        self,
        side: &str,
        held: U256,
        amount: U256,
        index: U256,
    ) -> Option<U256> {
        match self {
            Self::HalfUp => held.checked_add(ray_div(amount, index)?),
            Self::Directed => scaled_for_balance(
                side,
                self.with_interest(side, held, index)?.checked_add(amount)?,
                index,
            ),
        }
    }

    /// The scaled balance after `amount` went out; `None` if the amounts cannot be.
    pub(crate) fn after_decrease(
        self,
        side: &str,
        held: U256,
        amount: U256,
        index: U256,
    ) -> Option<U256> {
        match self {
            Self::HalfUp => held.checked_sub(ray_div(amount, index)?),
            Self::Directed => scaled_for_balance(
                side,
                self.with_interest(side, held, index)?.checked_sub(amount)?,
                index,
            ),
        }
    }
}

/// `WadRayMath.rayDiv`.
fn ray_div(amount: U256, index: U256) -> Option<U256> {
    let numerator = amount.checked_mul(RAY)?.checked_add(index / U256::from(2))?;
    numerator.checked_div(index)
}

/// The one scaled balance that, with interest, is `balance`.
fn scaled_for_balance(side: &str, balance: U256, index: U256) -> Option<U256> {
    if index < RAY {
        return None;
    }
    let numerator = balance.checked_mul(RAY)?;
    Some(if side == side::DEBT { numerator / index } else { numerator.div_ceil(index) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn index() -> impl Strategy<Value = U256> {
        (0_u64..u64::MAX).prop_map(|over| RAY + U256::from(over) * U256::from(1_000_000_000_u64))
    }

    #[test]
    fn a_ray_is_ten_to_the_twenty_seven() {
        assert_eq!(RAY, U256::from(10).pow(U256::from(27)));
        assert_eq!(HALF_RAY + HALF_RAY, RAY);
    }

    proptest! {
        /// `TokenMath.getATokenMintScaledAmount` and its three kin, and what `Mint` then tells.
        #[test]
        fn directed_rounding_recovers_the_contracts_balance(
            held in 0_u128..1 << 100, moved in 1_u128..1 << 100, index in index(), debt: bool,
        ) {
            let (held, moved) = (U256::from(held), U256::from(moved));
            let side = if debt { side::DEBT } else { side::COLLATERAL };
            let product = moved * RAY;
            let minted = if debt { product.div_ceil(index) } else { product / index };
            let balance = |scaled| Rounding::Directed.with_interest(side, scaled, index).expect("small");
            let told = balance(held + minted) - balance(held);
            let grown = Rounding::Directed.after_increase(side, held, told, index);
            prop_assert_eq!(grown, Some(held + minted));
            let back = Rounding::Directed.after_decrease(side, held + minted, told, index);
            prop_assert_eq!(back, Some(held));
        }

        #[test]
        fn a_balance_repaid_in_full_leaves_zero(held in 0_u128..1 << 100, index in index()) {
            let held = U256::from(held);
            for rounding in [Rounding::HalfUp, Rounding::Directed] {
                for side in [side::COLLATERAL, side::DEBT] {
                    let balance = rounding.with_interest(side, held, index).expect("small");
                    prop_assert_eq!(rounding.after_decrease(side, held, balance, index), Some(U256::ZERO));
                }
            }
        }
    }
}

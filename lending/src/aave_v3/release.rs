//! Releases of the contracts and their rounding of balances.

use ruint::aliases::U256;

use crate::fixed_point::aave_v3::{ray_div, ray_mul};
use crate::fixed_point::{ArithmeticError, Rounding};

/// The release of a market's contracts, in order of publication.
///
/// They differ in the rounding of balances, the close factor, the dust rule and the treatment of bad
/// debt. Sources: `aave/aave-v3-core` v1.16.2 to v1.19.3 for 3.0, the tags v3.1.0 to v3.6.0 of
/// `aave-dao/aave-v3-origin`, and its commit fd1fbd9 for 3.7. Releases 3.0 and 3.6 are compared with
/// their contracts in `tests/chain`; the others are read from these sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Release {
    /// 3.0.0 to 3.0.2: rounding half up; close factor on the debt in one asset; no dust rule; bad
    /// debt remains.
    V3_0,
    /// 3.1: liquidation grace periods.
    V3_1,
    /// 3.2: several e-modes for an asset, none with a price of its own; no stable rates.
    V3_2,
    /// 3.3: close factor on the whole debt; no dust; bad debt is written off.
    V3_3,
    /// 3.4: interest by the exponential series; GHO without discounts.
    V3_4,
    /// 3.5: rounding against the user; health factor from unrounded averages.
    V3_5,
    /// 3.6: collateral without a threshold of its own counts; max LTV of 0 by e-mode.
    V3_6,
    /// 3.7: a liquidation's collateral, bonus and fee are rounded against the liquidator; no
    /// sequencer sentinel and no debt ceiling.
    V3_7,
}

impl Release {
    /// All releases, in order.
    pub const ALL: [Self; 8] = [
        Self::V3_0,
        Self::V3_1,
        Self::V3_2,
        Self::V3_3,
        Self::V3_4,
        Self::V3_5,
        Self::V3_6,
        Self::V3_7,
    ];

    /// The release of a pool, by `POOL_REVISION` of `PoolInstance`: up to 3 in releases 3.0, then 4
    /// (3.1), 5 and 6 (3.2), 7 (3.3), 8 (3.4), 9 (3.5), 10 (3.6), 11 (3.7).
    #[must_use]
    pub fn from_pool_revision(revision: U256) -> Self {
        match u64::try_from(revision).unwrap_or(u64::MAX) {
            0..=3 => Self::V3_0,
            4 => Self::V3_1,
            5 | 6 => Self::V3_2,
            7 => Self::V3_3,
            8 => Self::V3_4,
            9 => Self::V3_5,
            10 => Self::V3_6,
            _ => Self::V3_7,
        }
    }

    /// The newest release whose aToken or debt token has this `ATOKEN_REVISION` or
    /// `DEBT_TOKEN_REVISION`: up to 2 before 3.4, then 3 (3.4), 4 (3.5), 5 (3.6 and 3.7).
    ///
    /// The debt token of GHO on Ethereum is one ahead, so that a token's release is the older one of
    /// this and its pool's.
    #[must_use]
    pub fn from_token_revision(revision: U256) -> Self {
        match u64::try_from(revision).unwrap_or(u64::MAX) {
            0..=2 => Self::V3_3,
            3 => Self::V3_4,
            4 => Self::V3_5,
            _ => Self::V3_7,
        }
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
    pub(super) fn rounding(self, directed: Rounding) -> Rounding {
        if self.has_directed_rounding() { directed } else { Rounding::HalfUp }
    }

    /// Whether balances are rounded against the user, and not half up.
    #[must_use]
    pub fn has_directed_rounding(self) -> bool {
        self >= Self::V3_5
    }

    /// Whether the close factor applies to the whole debt, dust is refused, and bad debt is written
    /// off.
    #[must_use]
    pub fn writes_off_bad_debt(self) -> bool {
        self >= Self::V3_3
    }

    /// Whether a `PriceOracleSentinel` may bar liquidations above a health factor of 0.95.
    #[must_use]
    pub fn has_sequencer_sentinel(self) -> bool {
        self < Self::V3_7
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The revisions in the sources that [`Release`] names.
    #[test]
    fn revisions_follow_the_releases() {
        let pools = [1, 4, 6, 7, 8, 9, 10, 11].map(U256::from);
        assert_eq!(pools.map(Release::from_pool_revision), Release::ALL);
        let tokens = [1, 1, 1, 1, 3, 4, 5, 5].map(U256::from);
        for (release, revision) in Release::ALL.into_iter().zip(tokens) {
            let token = Release::from_token_revision(revision);
            assert!(release <= token, "{release:?} {token:?}");
            assert_eq!(token.has_directed_rounding(), release.has_directed_rounding());
        }
    }

    /// `VariableDebtTokenMainnetInstanceGHO` of release 3.4 has revision 4, as other debt tokens of
    /// release 3.5.
    #[test]
    fn a_token_is_no_newer_than_its_pool() {
        let (token, pool) = (U256::from(4), U256::from(8));
        let release = Release::from_token_revision(token).min(Release::from_pool_revision(pool));
        assert!(!release.has_directed_rounding());
    }
}

//! A market's total assets and shares, and the value of a share.

use alloy_primitives::{Address, B256, U256, uint};

use crate::chain::decode::error::DecodeError;
use crate::chain::decode::state::DecoderState;

/// The unit of an index, 27 decimals.
const RAY: U256 = uint!(1_000_000_000_000_000_000_000_000_000_U256);
/// `SharesMathLib.VIRTUAL_SHARES`.
const VIRTUAL_SHARES: u64 = 1_000_000;
/// `SharesMathLib.VIRTUAL_ASSETS`.
const VIRTUAL_ASSETS: u64 = 1;

/// One side of a market: everything borrowed, or everything supplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MarketSide {
    Borrow,
    Supply,
}

/// Total assets and total shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SideTotal {
    pub(super) assets: U256,
    pub(super) shares: U256,
    /// The protocol's share of interest, in units of 10^-18; on the supply side only.
    pub(super) fee: U256,
}

/// A market's totals in the decoder's state.
pub(super) struct MarketTotals<'a> {
    pub(super) state: &'a mut DecoderState,
    pub(super) market: B256,
}

impl MarketTotals<'_> {
    pub(super) fn get(&self, side: MarketSide) -> SideTotal {
        let [assets, shares, fee] = self.state.get(side.state_key(), self.market);
        SideTotal { assets, shares, fee }
    }

    fn set(&mut self, side: MarketSide, total: SideTotal) {
        let SideTotal { assets, shares, fee } = total;
        self.state.set(side.state_key(), self.market, [assets, shares, fee]);
    }

    pub(super) fn add(
        &mut self,
        side: MarketSide,
        assets: U256,
        shares: U256,
    ) -> Result<(), DecodeError> {
        let total = self.get(side);
        let sum = |total: U256, amount: U256| {
            let error = || DecodeError::value(format!("{amount} cannot be added to {total}"));
            total.checked_add(amount).ok_or_else(error)
        };
        let (assets, shares) = (sum(total.assets, assets)?, sum(total.shares, shares)?);
        self.set(side, SideTotal { assets, shares, ..total });
        Ok(())
    }

    /// A repayment may exceed the debt by a unit, which `Morpho.repay` accepts.
    pub(super) fn remove(
        &mut self,
        side: MarketSide,
        assets: U256,
        shares: U256,
    ) -> Result<(), DecodeError> {
        let total = self.get(side);
        let error =
            || DecodeError::value(format!("{shares} shares are more than all {}", total.shares));
        let shares = total.shares.checked_sub(shares).ok_or_else(error)?;
        self.set(side, SideTotal { assets: total.assets.saturating_sub(assets), shares, ..total });
        Ok(())
    }

    pub(super) fn set_fee(&mut self, fee: U256) {
        let total = self.get(MarketSide::Supply);
        self.set(MarketSide::Supply, SideTotal { fee, ..total });
    }
}

impl MarketSide {
    /// The keys of the two sides are addresses that no contract has.
    const fn state_key(self) -> Address {
        match self {
            Self::Borrow => Address::with_last_byte(1),
            Self::Supply => Address::with_last_byte(2),
        }
    }
}

impl SideTotal {
    /// Assets per share, in ray.
    pub(super) fn share_index(self) -> U256 {
        let assets = self.assets.saturating_add(U256::from(VIRTUAL_ASSETS));
        let shares = self.shares.saturating_add(U256::from(VIRTUAL_SHARES));
        assets.saturating_mul(RAY) / shares
    }
}

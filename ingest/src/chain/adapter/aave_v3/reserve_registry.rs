//! A market's reserves by their addresses.

use std::collections::HashMap;

use alloy_primitives::Address;
use plimsoll_lake::tables::side;

use crate::chain::decode::error::DecodeError;
use crate::chain::decode::token::Token;

/// One asset of a market.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reserve {
    pub(crate) token: Token,
    pub(crate) underlying: Address,
    pub(crate) a_token: Address,
    pub(crate) debt_token: Address,
}

/// A market's reserves, indexed by each of their addresses.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReserveRegistry {
    reserves: Vec<Reserve>,
    by_underlying: HashMap<Address, usize>,
    by_token: HashMap<Address, (usize, &'static str)>,
}

impl ReserveRegistry {
    pub(crate) fn new(reserves: Vec<Reserve>) -> Self {
        let mut book = Self::default();
        for (index, reserve) in reserves.iter().enumerate() {
            book.by_underlying.insert(reserve.underlying, index);
            book.by_token.insert(reserve.a_token, (index, side::COLLATERAL));
            book.by_token.insert(reserve.debt_token, (index, side::DEBT));
        }
        Self { reserves, ..book }
    }

    pub(crate) fn reserves(&self) -> &[Reserve] {
        &self.reserves
    }

    /// The reserve of an asset.
    pub(crate) fn get_by_underlying(&self, underlying: Address) -> Result<&Reserve, DecodeError> {
        let index = self.by_underlying.get(&underlying);
        let index = index.ok_or_else(|| {
            DecodeError::undiscovered(format!("{underlying} is no known reserve"))
        })?;
        Ok(&self.reserves[*index])
    }

    /// The reserve of an aToken or debt token, and the side of an account that it represents.
    pub(crate) fn get_by_token(&self, token: Address) -> Option<(&Reserve, &'static str)> {
        let (index, side) = self.by_token.get(&token)?;
        Some((&self.reserves[*index], side))
    }
}

//! Whose address is whose in one market: reserves, their tokens, their symbols.

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

/// A market's reserves, found by any of their addresses.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReserveRegistry {
    reserves: Vec<Reserve>,
    by_underlying: HashMap<Address, usize>,
    by_token: HashMap<Address, (usize, &'static str)>,
}

impl ReserveRegistry {
    pub(crate) fn new(reserves: Vec<Reserve>) -> Self {
        let mut book = Self::default();
        for (place, reserve) in reserves.iter().enumerate() {
            book.by_underlying.insert(reserve.underlying, place);
            book.by_token.insert(reserve.a_token, (place, side::COLLATERAL));
            book.by_token.insert(reserve.debt_token, (place, side::DEBT));
        }
        Self { reserves, ..book }
    }

    pub(crate) fn reserves(&self) -> &[Reserve] {
        &self.reserves
    }

    /// The reserve of an asset.
    pub(crate) fn get_by_underlying(&self, underlying: Address) -> Result<&Reserve, DecodeError> {
        let place = self.by_underlying.get(&underlying);
        let place = place.ok_or_else(|| {
            DecodeError::undiscovered(format!("{underlying} is no known reserve"))
        })?;
        Ok(&self.reserves[*place])
    }

    /// The reserve that a token stands for, and on which side of an account it lies.
    pub(crate) fn get_by_token(&self, token: Address) -> Option<(&Reserve, &'static str)> {
        let (place, side) = self.by_token.get(&token)?;
        Some((&self.reserves[*place], side))
    }
}

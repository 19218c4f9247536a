//! Aave v3 and its forks: from the addresses provider to everything that a market is.

mod book;
mod decoder;
mod discovery;
mod events;
mod listing;
mod rounding;

use alloy_primitives::Address;
use serde::Deserialize;

pub(crate) use events::{Pool, Provider, ReserveData, Reserves, ScaledToken};
pub(crate) use rounding::{RAY, Rounding};

use super::Adapter;
use crate::chain::error::ChainError;
use crate::chain::market_file::MarketFile;

/// The protocol's name in the lake.
pub(crate) const PROTOCOL: &str = "aave-v3";

pub(super) const ADAPTER: Adapter = Adapter {
    protocol: PROTOCOL,
    root,
    // What belonged to a market before can be asked of its contracts.
    recalls: Vec::new,
    discover: |discovery| Box::pin(discovery::discover(discovery)),
};

/// The keys of a market file that are Aave's own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    addresses_provider: Address,
}

/// The market's `PoolAddressesProvider`.
pub(crate) fn root(market: &MarketFile) -> Result<Address, ChainError> {
    Ok(market.own::<Keys>()?.addresses_provider)
}

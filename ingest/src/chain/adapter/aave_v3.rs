//! Aave v3 and its forks: from the addresses provider to everything that a market is.

mod decoder;
mod discovery;
mod events;
mod market_changes;
mod reserve_registry;
mod rounding;

use alloy_primitives::Address;
use plimsoll_lake::tables::{
    AccountSetting, BalanceChange, Liquidation, OraclePrice, PositionEvent, QuarantinedLog,
    ReserveIndex, ReserveParameter, Row,
};
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
    tables: &[
        &PositionEvent::TABLE,
        &Liquidation::TABLE,
        &BalanceChange::TABLE,
        &AccountSetting::TABLE,
        &ReserveIndex::TABLE,
        &ReserveParameter::TABLE,
        &OraclePrice::TABLE,
        &QuarantinedLog::TABLE,
    ],
    root,
    discovery_topics: market_changes::change_topics,
    discover: |discovery| Box::pin(discovery::discover(discovery)),
};

/// The keys of a market file that are Aave's own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MarketKeys {
    addresses_provider: Address,
}

/// The market's `PoolAddressesProvider`.
pub(crate) fn root(market: &MarketFile) -> Result<Address, ChainError> {
    Ok(market.protocol_keys::<MarketKeys>()?.addresses_provider)
}

#[cfg(test)]
pub(super) mod tests {
    use alloy_primitives::B256;
    use alloy_sol_types::SolEvent;

    use super::*;
    use crate::chain::adapter::chainlink::{Feed, FeedPrices};
    use crate::chain::adapter::decoder_tests::KNOWN_ADDRESSES;
    use crate::chain::adapter::token::Token;
    use crate::chain::stream::Decoder;
    use plimsoll_lake::MarketKey;

    pub(crate) const SUPPLY: B256 = Pool::Supply::SIGNATURE_HASH;

    pub(crate) fn topics() -> Vec<B256> {
        decoder::topics()
    }

    /// A market of one reserve: pool, configurator, aggregator, asset, aToken and debt token.
    pub(crate) fn decoder() -> Box<dyn Decoder> {
        let [pool, configurator, aggregator, underlying, a_token, debt_token] = KNOWN_ADDRESSES;
        let token = Token { symbol: "T".to_owned(), decimals: 18 };
        let reserve = reserve_registry::Reserve { token, underlying, a_token, debt_token };
        let feed = Feed {
            asset: "T".to_owned(),
            phases: vec![(0, aggregator)],
            polled_answers: Vec::new(),
        };
        Box::new(decoder::AaveDecoder {
            key: MarketKey {
                chain: "test".to_owned(),
                protocol: PROTOCOL.to_owned(),
                market: "test".to_owned(),
            },
            pool,
            configurator,
            oracles: Vec::new(),
            reserves: reserve_registry::ReserveRegistry::new(vec![reserve]),
            roundings: vec![(0, Rounding::HalfUp), (5, Rounding::Directed)],
            prices: FeedPrices::new("test".to_owned(), 1e8, &[feed]),
            probe_feeds: Vec::new(),
        })
    }
}

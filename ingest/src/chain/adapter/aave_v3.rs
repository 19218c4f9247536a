//! Aave v3 and its forks: all contracts of a market, found from its addresses provider.

mod decoder;
mod discovery;
mod events;
mod market_changes;
mod reserve_registry;
mod sentinel;
mod tables;
mod token_versions;

use plimsoll_lake::tables::{
    AccountSetting, BalanceChange, Liquidation, OraclePrice, PositionEvent, QuarantinedLog,
    ReserveIndex, ReserveParameter, Row,
};

pub(crate) use events::{Oracle, Pool, Provider, ReserveData, Reserves, ScaledToken};

use super::stream_root::Adapter;
use crate::chain::market_file::MarketFile;
use crate::chain::market_file::keys::AAVE_V3;

pub(super) const ADAPTER: Adapter = Adapter {
    protocol: AAVE_V3,
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
    root: MarketFile::addresses_provider,
    discovery_topics: market_changes::change_topics,
    discover: |discovery| Box::pin(discovery::discover(discovery)),
};

#[cfg(test)]
pub(super) mod tests {
    use alloy_primitives::{Address, B256, U256};
    use alloy_sol_types::SolEvent;
    use plimsoll_lake::MarketKey;
    use plimsoll_lending::aave_v3::Release;

    use super::*;
    use crate::chain::adapter::chainlink::{Feed, FeedPrices};
    use crate::chain::adapter::test_addresses::KNOWN_ADDRESSES;
    use crate::chain::decode::decoder::Decoder;
    use crate::chain::decode::token::Token;

    /// The market's addresses provider, its sentinel and the feed of its sequencer.
    pub(crate) const PROVIDER: Address = Address::repeat_byte(0xad);
    pub(crate) const SENTINEL: Address = Address::repeat_byte(0xae);
    pub(crate) const SEQUENCER: Address = Address::repeat_byte(0xaf);
    pub(crate) const SUPPLY: B256 = Pool::Supply::SIGNATURE_HASH;

    pub(crate) fn topics() -> Vec<B256> {
        decoder::topics()
    }

    /// A market of one reserve: pool, configurator, aggregator, asset, aToken and debt token.
    pub(crate) fn decoder() -> Box<dyn Decoder> {
        decoder_with(token_versions::TokenVersions::default())
    }

    pub(crate) fn decoder_with(token_versions: token_versions::TokenVersions) -> Box<dyn Decoder> {
        let [pool, configurator, aggregator, underlying, a_token, debt_token] = KNOWN_ADDRESSES;
        let token = Token::new(underlying, Some("T".to_owned()), Some(18));
        let reserve =
            reserve_registry::Reserve { token: token.clone(), underlying, a_token, debt_token };
        let feed = Feed {
            asset: token.id.clone(),
            phases: vec![(0, aggregator)],
            polled_answers: Vec::new(),
        };
        Box::new(decoder::AaveDecoder {
            key: MarketKey {
                chain: "test".to_owned(),
                protocol: AAVE_V3.to_owned(),
                market: "test".to_owned(),
            },
            provider: PROVIDER,
            pool,
            configurator,
            oracles: Vec::new(),
            reserves: reserve_registry::ReserveRegistry::new(vec![reserve]),
            releases: vec![(0, Release::V3_0), (5, Release::V3_6)],
            token_versions,
            sentinels: sentinel::Sentinels {
                grace_s: [(SENTINEL, U256::from(3_600))].into(),
                feeds: [SEQUENCER].into(),
            },
            prices: FeedPrices::new("test".to_owned(), 1e8, &[feed]),
            probe_feeds: Vec::new(),
        })
    }
}

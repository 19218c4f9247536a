//! The protocols, one file each, behind one short list.

pub(crate) mod aave_v3;
pub(crate) mod chainlink;
#[cfg(test)]
mod decoder_tests;
mod morpho_blue;
pub(crate) mod token;
mod uniswap_v3;

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolEventInterface;
use futures_util::future::LocalBoxFuture;
use plimsoll_lake::Table;

use super::error::ChainError;
use super::market_file::MarketFile;
use super::stream::{DecodeError, Stream};
use plimsoll_rpc::Client;
use plimsoll_rpc::Log;

/// How a protocol's markets are found and read.
pub(crate) struct Adapter {
    /// The protocol's name in market files and in the lake.
    protocol: &'static str,
    /// The tables that each of its streams fills, whatever happens.
    tables: &'static [&'static Table],
    /// The address that a market file gives.
    root: fn(&MarketFile) -> Result<Address, ChainError>,
    /// The first topics of the logs that change what belongs to a market.
    discovery_topics: fn() -> Vec<B256>,
    /// Finds all contracts that belong to the root, and makes the stream.
    discover: for<'a> fn(Discovery<'a>) -> LocalBoxFuture<'a, Result<Stream, ChainError>>,
}

/// Every protocol that can be ingested; a new one is a file and a line here.
const ADAPTERS: [&Adapter; 2] = [&aave_v3::ADAPTER, &morpho_blue::ADAPTER];

/// The tables that a stream of this name fills, whatever happens.
pub(crate) fn tables_for_stream(stream: &str) -> &'static [&'static Table] {
    let protocol = stream.split('.').next().unwrap_or_default();
    let mut adapters = ADAPTERS.into_iter().chain([const { &uniswap_v3::ADAPTER }]);
    adapters.find(|adapter| adapter.protocol == protocol).map_or(&[], |adapter| adapter.tables)
}

/// A stream before its contracts are known.
#[derive(Clone)]
pub(crate) struct StreamRoot {
    /// The stream's name.
    pub(crate) stream: String,
    /// The contract that all others follow from.
    pub(crate) address: Address,
    /// The block of its creation, where the market file says so.
    pub(crate) from_block: Option<u64>,
    /// Whether it was said that reading begins after the stream does.
    pub(crate) is_warned: bool,
    adapter: &'static Adapter,
}

/// What is to be discovered.
#[derive(Clone, Copy)]
pub(crate) struct Discovery<'a> {
    pub(crate) client: &'a Client,
    pub(crate) market: &'a MarketFile,
    pub(crate) root: &'a StreamRoot,
    /// The stream's logs in the lake before `first` that changed what belongs to it.
    pub(crate) stored_logs: &'a [Log],
    /// The first block of the stream.
    pub(crate) origin: u64,
    /// The first block to be read.
    pub(crate) first: u64,
    /// The last block to be read.
    pub(crate) last: u64,
}

impl StreamRoot {
    /// A stream that follows from one contract.
    fn new(
        adapter: &'static Adapter,
        name: &str,
        address: Address,
        from_block: Option<u64>,
    ) -> Self {
        let stream = format!("{}.{name}", adapter.protocol);
        Self { stream, address, from_block, is_warned: false, adapter }
    }

    /// The streams of a market: its protocol's own, and one for each pool.
    pub(crate) fn from_market_file(market: &MarketFile) -> Result<Vec<Self>, ChainError> {
        let protocol = market.common.protocol.as_str();
        let adapter = ADAPTERS.into_iter().find(|adapter| adapter.protocol == protocol);
        let adapter = adapter.ok_or_else(|| {
            let known: Vec<_> = ADAPTERS.iter().map(|adapter| adapter.protocol).collect();
            market.error(format!("protocol `{protocol}` is not one of {}", known.join(", ")))
        })?;
        let address = (adapter.root)(market)?;
        let own = Self::new(adapter, market.name(), address, market.common.from_block);
        let pools = market.common.uniswap_v3_pools.iter().map(uniswap_v3::pool_root);
        Ok(std::iter::once(own).chain(pools).collect())
    }

    /// The first topics of the logs that a discovery wants recalled.
    pub(crate) fn discovery_topics(&self) -> Vec<B256> {
        (self.adapter.discovery_topics)()
    }

    /// Finds the stream's contracts.
    pub(crate) async fn discover(&self, discovery: Discovery<'_>) -> Result<Stream, ChainError> {
        (self.adapter.discover)(discovery).await
    }
}

/// A contract's events, all of them by their first topics.
pub(crate) trait ContractEvents: SolEventInterface {
    /// The events' first topics.
    const TOPICS: &'static [[u8; 32]];
}

/// The first topics of a contract's events.
pub(crate) fn event_topics<E: ContractEvents>() -> impl Iterator<Item = B256> {
    E::TOPICS.iter().copied().map(B256::from)
}

/// Reads one of a contract's events; `None` if the log is of another event.
pub(crate) fn decode_event<E: ContractEvents>(log: &Log) -> Result<Option<E>, DecodeError> {
    if !log.topics.first().is_some_and(|topic| E::TOPICS.contains(&topic.0)) {
        return Ok(None);
    }
    E::decode_raw_log(&log.topics, &log.data)
        .map(Some)
        .map_err(|error| DecodeError::encoding(&error))
}

/// Says of enums of events which first topics are theirs.
macro_rules! events {
    ($($events:ty),+ $(,)?) => {
        $(impl $crate::chain::adapter::ContractEvents for $events {
            const TOPICS: &'static [[u8; 32]] = Self::SELECTORS;
        })+
    };
}
pub(crate) use events;

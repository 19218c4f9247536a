//! A stream before its contracts are known, and how they are discovered.

use std::sync::Arc;

use alloy_primitives::{Address, B256};
use futures_util::future::LocalBoxFuture;
use plimsoll_lake::Table;
use plimsoll_rpc::{Client, Log};
use tokio::sync::Mutex;

use super::chainlink::price_graph::PriceGraph;
use crate::chain::error::ChainError;
use crate::chain::market_file::MarketFile;
use crate::chain::stream::Stream;

/// How a protocol's streams are discovered.
pub(crate) struct Adapter {
    /// The protocol's name in market files and in the lake.
    pub(crate) protocol: &'static str,
    /// The tables that each of its streams fills.
    pub(crate) tables: &'static [&'static Table],
    /// The root address in a market file.
    pub(crate) root: fn(&MarketFile) -> Result<Address, ChainError>,
    /// The first topics of the logs that change a market's contracts.
    pub(crate) discovery_topics: fn() -> Vec<B256>,
    /// Finds all contracts that follow from the root, and returns the stream.
    pub(crate) discover:
        for<'a> fn(Discovery<'a>) -> LocalBoxFuture<'a, Result<Stream, ChainError>>,
}

/// A stream before its contracts are known.
#[derive(Clone)]
pub(crate) struct StreamRoot {
    /// The stream's name.
    pub(crate) stream: String,
    /// The contract that all others are found from.
    pub(crate) address: Address,
    /// The block of its creation, if the market file has it.
    pub(crate) from_block: Option<u64>,
    /// Whether a warning was logged that reading begins after the stream does.
    pub(crate) is_warned: bool,
    /// What its prices depend on, as read last.
    pub(crate) price_graph: Arc<Mutex<PriceGraph>>,
    adapter: &'static Adapter,
}

/// The context of a discovery.
#[derive(Clone, Copy)]
pub(crate) struct Discovery<'a> {
    pub(crate) client: &'a Client,
    pub(crate) market: &'a MarketFile,
    pub(crate) root: &'a StreamRoot,
    /// The stream's logs in the lake before `first` that changed its contracts.
    pub(crate) stored_logs: &'a [Log],
    /// The first block of the stream.
    pub(crate) origin: u64,
    /// The first block to be read.
    pub(crate) first: u64,
    /// The last block to be read.
    pub(crate) last: u64,
}

impl StreamRoot {
    /// A stream that is discovered from one contract.
    pub(crate) fn new(
        adapter: &'static Adapter,
        name: &str,
        address: Address,
        from_block: Option<u64>,
    ) -> Self {
        let stream = format!("{}.{name}", adapter.protocol);
        let price_graph = Arc::default();
        Self { stream, address, from_block, is_warned: false, price_graph, adapter }
    }

    /// The first topics of the stored logs that a discovery needs.
    pub(crate) fn discovery_topics(&self) -> Vec<B256> {
        (self.adapter.discovery_topics)()
    }

    /// Finds the stream's contracts.
    pub(crate) async fn discover(&self, discovery: Discovery<'_>) -> Result<Stream, ChainError> {
        (self.adapter.discover)(discovery).await
    }
}

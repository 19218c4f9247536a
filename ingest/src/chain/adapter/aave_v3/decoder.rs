//! Decodes an Aave v3 market's logs into rows.

mod balances;
mod parameters;
mod positions;
#[cfg(test)]
mod tests;

use alloy_primitives::{Address, B256, I256, U256};

use plimsoll_lake::{DecodedRows, MarketKey};
use plimsoll_lending::aave_v3::Release;
use plimsoll_rpc::{Header, Log};

use super::events::{Configurator, Oracle, Pool, Provider, ScaledToken, Sentinel};
use super::reserve_registry::ReserveRegistry;
use super::sentinel::Sentinels;
use super::token_versions::TokenVersions;
use crate::chain::adapter::chainlink::{self, FeedPrices};
use crate::chain::adapter::events::{decode_event, event_topics};
use crate::chain::decode::decoder::Decoder;
use crate::chain::decode::error::DecodeError;
use crate::chain::decode::log_position::LogPosition;
use crate::chain::decode::probe::Sample;
use crate::chain::decode::row_builder::RowBuilder;
use crate::chain::decode::state::DecoderState;
use crate::chain::lake_state::BlockRange;
use balances::TokenLedger;

/// The decoder of an Aave v3 market.
#[derive(Debug)]
pub(crate) struct AaveDecoder {
    pub(crate) key: MarketKey,
    pub(crate) provider: Address,
    pub(crate) pool: Address,
    pub(crate) configurator: Address,
    /// The market's oracles, with the block from which it uses them.
    pub(crate) oracles: Vec<(u64, Address)>,
    pub(crate) reserves: ReserveRegistry,
    /// The pool's releases, with their first blocks; the first one applies from the beginning.
    pub(crate) releases: Vec<(u64, Release)>,
    pub(crate) token_versions: TokenVersions,
    pub(crate) sentinels: Sentinels,
    pub(crate) prices: FeedPrices,
    /// The feed of each probe.
    pub(crate) probe_feeds: Vec<usize>,
}

impl AaveDecoder {
    fn release(&self, block: u64) -> Release {
        let known = self.releases.partition_point(|(from, _)| *from <= block);
        self.releases[known.max(1) - 1].1
    }
}

impl Decoder for AaveDecoder {
    /// Oracles and aggregators belong to the market only while it uses them.
    fn accepts(&self, log: &Log) -> bool {
        let is_sentinel = self.sentinels.addresses().any(|address| address == log.address);
        if !is_sentinel && self.prices.is_feed(log.address) {
            return self.prices.is_active(log.address, log.block);
        }
        let at = self.oracles.partition_point(|(from, _)| *from <= log.block);
        let in_force = at.checked_sub(1).is_some_and(|at| self.oracles[at].1 == log.address);
        in_force || self.oracles.iter().all(|(_, oracle)| *oracle != log.address)
    }

    fn decode(
        &mut self,
        log: &Log,
        header: &Header,
        state: &mut DecoderState,
        rows: &mut DecodedRows,
    ) -> Result<(), DecodeError> {
        let is_token = self.reserves.get_by_token(log.address).is_some();
        let is_own = [self.provider, self.pool, self.configurator].contains(&log.address);
        if !is_own && !is_token && self.prices.is_feed(log.address) {
            self.prices.decode(log)?;
        }
        let (book, token) = (&self.reserves, log.address);
        let mut context =
            RowBuilder { key: &self.key, position: LogPosition::new(log, header), rows };
        if token == self.pool {
            let event = decode_event(log)?;
            return event.map_or(Ok(()), |event| positions::push_event(&mut context, book, event));
        }
        if token == self.configurator {
            let event = decode_event(log)?;
            return event.map_or(Ok(()), |event| parameters::push_event(&mut context, book, event));
        }
        let pool = self.release(log.block);
        let is_sentinel = token == self.provider || !is_token;
        if is_sentinel && self.sentinels.push_log(&mut context, (log, self.provider), pool)? {
            return Ok(());
        }
        let version = self.token_versions.get(token, log.block);
        let ledger = TokenLedger {
            reserves: book,
            token,
            release: version.map_or(pool, |version| version.release.min(pool)),
            transfers_unscaled: version.is_some_and(|version| version.transfers_unscaled),
            state,
        };
        let event = decode_event(log)?;
        event.map_or(Ok(()), |event| balances::push_event(&mut context, ledger, event))
    }

    fn blocks_without_logs(&self, range: BlockRange) -> Vec<u64> {
        self.prices.polled_blocks(range)
    }

    fn decode_sample(&mut self, sample: &Sample, _header: &Header, _rows: &mut DecodedRows) {
        let answer = sample.returned.as_ref().filter(|returned| returned.len() == 32);
        if let (Some(answer), Some(feed)) = (answer, self.probe_feeds.get(sample.probe)) {
            let word = U256::from_be_slice(answer);
            self.prices.record_answer(*feed, I256::from_raw(word));
        }
    }

    fn end_block(&mut self, header: &Header, rows: &mut DecodedRows) {
        self.prices.end_block(header, rows);
    }
}

/// The first topics of all events of a market.
pub(super) fn topics() -> Vec<B256> {
    let contracts = event_topics::<Provider::ProviderEvents>()
        .chain(event_topics::<Sentinel::SentinelEvents>())
        .chain(event_topics::<Pool::PoolEvents>())
        .chain(event_topics::<Configurator::ConfiguratorEvents>())
        .chain(event_topics::<Oracle::OracleEvents>())
        .chain(event_topics::<ScaledToken::ScaledTokenEvents>());
    contracts.chain(chainlink::topics()).collect()
}

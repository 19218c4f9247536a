//! The aggregators of a price source, with the blocks of their changes.

use alloy_primitives::{Address, I256};
use plimsoll_rpc::{Client, RpcError};

use super::Proxy;
use super::price_graph::{PriceGraph, latest_answer_input};
use crate::chain::decode::probe::Probe;
use crate::chain::error::ChainError;
use crate::chain::view_calls::{call_view, call_views, first_block_where};

/// The contracts that a protocol takes an asset's price from, with their first blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PriceSource {
    pub(crate) asset: String,
    pub(crate) contracts: Vec<(u64, Address)>,
}

/// The aggregators and the answers of an asset's price.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Feed {
    pub(crate) asset: String,
    /// Aggregators, with the block after which their answers count.
    pub(crate) phases: Vec<(u64, Address)>,
    /// Answers at the end of the blocks in which the aggregator changed.
    pub(crate) polled_answers: Vec<(u64, I256)>,
}

/// The blocks to read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FeedRange {
    /// The first block of the stream's history.
    pub(crate) origin: u64,
    /// The first block to be read.
    pub(crate) first: u64,
    /// The last block to be read.
    pub(crate) last: u64,
    /// The interval of calls of a source without aggregator, blocks.
    pub(crate) every_blocks: u64,
}

/// Finds the aggregators of a source's contracts over a range of blocks.
///
/// A contract whose answer is not always its aggregator's is called itself: it becomes a probe.
pub(crate) async fn resolve_feed(
    client: &Client,
    source: &PriceSource,
    range: FeedRange,
    graph: &PriceGraph,
) -> Result<(Feed, Vec<Probe>), ChainError> {
    let mut feed = Feed { asset: source.asset.clone(), ..Feed::default() };
    let mut probes = Vec::new();
    for (i, (from, contract)) in source.contracts.iter().enumerate() {
        let until = source.contracts.get(i + 1).map_or(u64::MAX, |(next, _)| *next);
        let from = (*from).max(range.origin);
        if *contract == Address::ZERO || until <= range.first || from > range.last {
            continue;
        }
        let reader = FeedReader { client, contract: *contract, range, graph };
        if from >= range.first {
            feed.polled_answers.extend(reader.answer(from).await?);
        }
        let last = range.last.min(until - 1);
        if reader.is_plain(from, last).await? {
            let phases = reader.phases(from, last).await?;
            for (block, _) in phases.iter().skip(1) {
                feed.polled_answers.extend(reader.answer(*block).await?);
            }
            feed.phases.extend(phases);
        } else {
            probes.push(reader.probe(from, last));
        }
    }
    Ok((feed, probes))
}

struct FeedReader<'a> {
    client: &'a Client,
    contract: Address,
    range: FeedRange,
    graph: &'a PriceGraph,
}

impl FeedReader<'_> {
    /// Whether the contract's answers are those that its aggregator logs.
    async fn is_plain(&self, from: u64, last: u64) -> Result<bool, ChainError> {
        let Some(aggregator) = self.aggregator(last).await? else { return Ok(false) };
        let contracts = [self.contract, aggregator];
        let calls = contracts.map(|contract| (contract, Proxy::latestAnswerCall {}));
        let answers = call_views(self.client, calls, last).await?;
        // An aggregator may refuse calls of others than its proxy.
        let differs = matches!(answers[..], [Some(own), Some(other)] if own != other);
        if !differs && !self.graph.has_secondary_rounds(self.contract) {
            return Ok(true);
        }
        let at = from.max(self.range.first);
        let call = Proxy::latestAnswerCall {};
        let probed = call_view(self.client, self.contract, call, at).await;
        if let Err(RpcError::StateUnavailable { endpoint, .. }) = &probed {
            tracing::warn!(
                "{endpoint} has no state of block {at}: the prices of {} are those that its \
                 aggregator logs, and may differ from its answers",
                self.contract
            );
            return Ok(true);
        }
        probed?;
        Ok(false)
    }

    /// The aggregators from `from` to `last`, with the block after which they count.
    async fn phases(&self, from: u64, last: u64) -> Result<Vec<(u64, Address)>, ChainError> {
        let mut block = from.max(self.range.first.saturating_sub(1));
        let Some(mut now) = self.aggregator_or_latest(block, last).await? else {
            return Ok(Vec::new());
        };
        let mut phases = vec![(block, now)];
        while let Some(next) = self.next_change(block, last, now).await? {
            block = next;
            let Some(aggregator) = self.aggregator(block).await? else { break };
            now = aggregator;
            phases.push((block, now));
        }
        Ok(phases)
    }

    /// The first block after `block` at whose end the aggregator is another one.
    async fn next_change(
        &self,
        block: u64,
        last: u64,
        now: Address,
    ) -> Result<Option<u64>, ChainError> {
        let Some(phase) = self.phase_id(block).await? else {
            return self.change_without_phases(last, now).await;
        };
        let phase_is_over = async |block: u64| -> Result<bool, ChainError> {
            Ok(self.phase_id(block).await?.is_some_and(|then| then > phase))
        };
        if block >= last || !phase_is_over(last).await? {
            return Ok(None);
        }
        first_block_where(block + 1, last, phase_is_over).await.map(Some)
    }

    /// A proxy without phases, or without past state: only the last block can be compared.
    async fn change_without_phases(
        &self,
        last: u64,
        now: Address,
    ) -> Result<Option<u64>, ChainError> {
        if self.aggregator(last).await?.is_some_and(|end| end != now) {
            tracing::warn!(
                "{} changed its aggregator by block {last}; no endpoint has the state to find the block",
                self.contract
            );
            return Ok(Some(last));
        }
        Ok(None)
    }

    async fn phase_id(&self, block: u64) -> Result<Option<u16>, ChainError> {
        available(call_view(self.client, self.contract, Proxy::phaseIdCall {}, block).await)
    }

    async fn aggregator(&self, block: u64) -> Result<Option<Address>, ChainError> {
        let call = Proxy::aggregatorCall {};
        available(call_view(self.client, self.contract, call, block).await)
    }

    async fn aggregator_or_latest(
        &self,
        block: u64,
        last: u64,
    ) -> Result<Option<Address>, ChainError> {
        match self.aggregator(block).await? {
            None => self.aggregator(last).await,
            found => Ok(found),
        }
    }

    async fn answer(&self, block: u64) -> Result<Option<(u64, I256)>, ChainError> {
        let call = Proxy::latestAnswerCall {};
        let answer = available(call_view(self.client, self.contract, call, block).await)?;
        Ok(answer.map(|answer| (block, answer)))
    }

    fn probe(&self, from: u64, last: u64) -> Probe {
        Probe {
            target: self.contract,
            input: latest_answer_input(),
            every_blocks: self.range.every_blocks,
            from_block: from,
            until_block: last,
            triggers: self.graph.triggers(self.contract).into(),
            is_searched: self.graph.has_secondary_rounds(self.contract),
        }
    }
}

/// Treats unavailable state as a call without result.
fn available<T>(answer: Result<Option<T>, RpcError>) -> Result<Option<T>, ChainError> {
    match answer {
        Err(RpcError::StateUnavailable { .. }) => Ok(None),
        answer => Ok(answer?),
    }
}

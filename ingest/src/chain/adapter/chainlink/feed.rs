//! Which aggregator stood behind a price source, and from which block on.

use alloy_primitives::{Address, Bytes, I256};
use alloy_sol_types::SolCall;
use plimsoll_rpc::{Client, RpcError};

use super::Proxy;
use crate::chain::decode::probe::Probe;
use crate::chain::error::ChainError;
use crate::chain::view_calls::{call_view, first_block_where};

/// The contracts that a protocol took an asset's price from, by the block from which it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PriceSource {
    pub(crate) asset: String,
    pub(crate) contracts: Vec<(u64, Address)>,
}

/// An asset's price as aggregators and calls tell it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Feed {
    pub(crate) asset: String,
    /// Aggregators, by the block after which their answers count.
    pub(crate) phases: Vec<(u64, Address)>,
    /// Answers at the end of blocks in which the aggregator changed without a log.
    pub(crate) polled_answers: Vec<(u64, I256)>,
}

/// What is to be read, and since when prices matter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FeedRange {
    /// The first block of the market's history.
    pub(crate) origin: u64,
    /// The first block to be read.
    pub(crate) first: u64,
    /// The last block to be read.
    pub(crate) last: u64,
    /// How often to ask a source that has no aggregator.
    pub(crate) every_blocks: u64,
}

/// Follows a source's contracts through a stretch of blocks.
///
/// A contract without aggregator is sampled: it is given back as probes.
pub(crate) async fn resolve_feed(
    client: &Client,
    source: &PriceSource,
    stretch: FeedRange,
) -> Result<(Feed, Vec<Probe>), ChainError> {
    let mut feed = Feed { asset: source.asset.clone(), ..Feed::default() };
    let mut probes = Vec::new();
    for (i, (from, contract)) in source.contracts.iter().enumerate() {
        let until = source.contracts.get(i + 1).map_or(u64::MAX, |(next, _)| *next);
        let from = (*from).max(stretch.origin);
        if *contract == Address::ZERO || until <= stretch.first || from > stretch.last {
            continue;
        }
        let reader = FeedReader { client, contract: *contract, range: stretch };
        if from >= stretch.first {
            feed.polled_answers.extend(reader.answer(from).await?);
        }
        let last = stretch.last.min(until - 1);
        if reader.aggregator(last).await?.is_some() {
            let turns = reader.phases(from, last).await?;
            for (block, _) in turns.iter().skip(1) {
                feed.polled_answers.extend(reader.answer(*block).await?);
            }
            feed.phases.extend(turns);
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
}

impl FeedReader<'_> {
    /// The aggregators from `from` to `last`, by the block after which they count.
    async fn phases(&self, from: u64, last: u64) -> Result<Vec<(u64, Address)>, ChainError> {
        let mut block = from.max(self.range.first.saturating_sub(1));
        let Some(mut now) = self.aggregator_or_latest(block, last).await? else {
            return Ok(Vec::new());
        };
        let mut turns = vec![(block, now)];
        while let Some(next) = self.next_change(block, last, now).await? {
            block = next;
            let Some(aggregator) = self.aggregator(block).await? else { break };
            now = aggregator;
            turns.push((block, now));
        }
        Ok(turns)
    }

    /// The first block after `block` at whose end another aggregator stood there.
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

    /// A proxy without phases, or past state that nobody keeps: only the end can be seen.
    async fn change_without_phases(
        &self,
        last: u64,
        now: Address,
    ) -> Result<Option<u64>, ChainError> {
        if self.aggregator(last).await?.is_some_and(|end| end != now) {
            tracing::warn!(
                "{} turned to another aggregator by block {last}; no endpoint can say when",
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
            input: Bytes::from(Proxy::latestAnswerCall {}.abi_encode()),
            every_blocks: self.range.every_blocks,
            from_block: from,
            until_block: last,
        }
    }
}

/// State that no endpoint keeps is as a call without answer.
fn available<T>(answer: Result<Option<T>, RpcError>) -> Result<Option<T>, ChainError> {
    match answer {
        Err(RpcError::StateUnavailable { .. }) => Ok(None),
        answer => Ok(answer?),
    }
}

//! Calls of a stream's probes over a chunk of history.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, Bytes};
use futures_util::future::try_join_all;
use plimsoll_rpc::{BlockTag, CallOutcome, Client, Log, LogFilter, RpcError};

use super::chunk_blocks::CHUNK_BLOCKS;
use crate::chain::decode::probe::{Probe, Sample};
use crate::chain::error::ChainError;
use crate::chain::lake_state::BlockRange;

/// Blocks whose calls are in flight at once.
const BLOCKS_IN_FLIGHT: usize = 8;

/// What one stream needs of a chunk.
pub(crate) struct StreamRequest {
    pub(crate) filter: LogFilter,
    pub(crate) probes: Vec<Probe>,
    /// The stream's last block with logs before the segment.
    pub(crate) last_log_block: Option<u64>,
}

/// Calls every probe at its blocks, in order of block and probe; without past state there is no sample.
pub(super) async fn sample_probes(
    client: &Client,
    stream: &StreamRequest,
    blocks: BlockRange,
    logs: &[Log],
) -> Result<Vec<Sample>, ChainError> {
    let probes = &stream.probes;
    let due: Vec<(u64, BTreeSet<usize>)> = stream.due_probes(logs, blocks).into_iter().collect();
    let mut samples = Vec::new();
    for part in due.chunks(BLOCKS_IN_FLIGHT) {
        let mut calls = Vec::new();
        for (block, due) in part {
            calls.push(call_at(client, probes, *block, due));
        }
        samples.extend(try_join_all(calls).await?.into_iter().flatten());
    }
    for probe in (0..probes.len()).filter(|probe| probes[*probe].is_searched) {
        let found = search_changes(client, &probes[probe], probe, blocks, &samples).await?;
        samples.extend(found);
    }
    samples.sort_by_key(|sample| (sample.block, sample.probe));
    Ok(samples)
}

impl StreamRequest {
    /// The probes to call at each block, by their index.
    fn due_probes(&self, logs: &[Log], blocks: BlockRange) -> BTreeMap<u64, BTreeSet<usize>> {
        let mut due: BTreeMap<u64, BTreeSet<usize>> = BTreeMap::new();
        if self.probes.is_empty() {
            return due;
        }
        let own: Vec<&Log> = logs.iter().filter(|log| self.filter.matches(log)).collect();
        let mut log_blocks: Vec<u64> = own.iter().map(|log| log.block).collect();
        log_blocks.dedup();
        for (index, probe) in self.probes.iter().enumerate() {
            let every = probe.every_blocks;
            let mut at = one_of_each_interval(&log_blocks, self.last_log_block, every, blocks);
            at.push(probe.from_block);
            let triggered = own.iter().filter(|log| probe.is_triggered_by(log.address));
            at.extend(triggered.map(|log| log.block));
            let (from, to) = blocks;
            at.retain(|block| probe.is_in_force(*block) && (from..=to).contains(block));
            for block in at {
                due.entry(block).or_default().insert(index);
            }
        }
        due
    }
}

/// Of each interval of `every` blocks that a range touches, the first block with logs, or the last
/// block if it has none; `before` is the last block with logs before the range.
///
/// Intervals begin anew with every chunk, and an interval without logs so far waits for its last
/// block, so that the blocks do not depend on how a history was cut into runs.
fn one_of_each_interval(
    log_blocks: &[u64],
    before: Option<u64>,
    every: u64,
    (from, to): BlockRange,
) -> Vec<u64> {
    let every = every.max(1);
    let mut chosen = Vec::new();
    let mut start = from - from % CHUNK_BLOCKS % every;
    while start <= to {
        let chunk_end = start - start % CHUNK_BLOCKS + CHUNK_BLOCKS - 1;
        let end = start.saturating_add(every - 1).min(chunk_end);
        let first = log_blocks[log_blocks.partition_point(|block| *block < start)..].first();
        let first = first.copied().filter(|block| *block <= end);
        if before.is_none_or(|before| before < start) {
            chosen.extend(first.or((end <= to).then_some(end)));
        }
        start = end + 1;
    }
    chosen
}

async fn call_at(
    client: &Client,
    probes: &[Probe],
    block: u64,
    due: &BTreeSet<usize>,
) -> Result<Vec<Sample>, ChainError> {
    let calls: Vec<(Address, Bytes)> =
        due.iter().map(|probe| (probes[*probe].target, probes[*probe].input.clone())).collect();
    match client.call(&calls, BlockTag::Number(block)).await {
        Ok(outcomes) => Ok(due
            .iter()
            .zip(outcomes)
            .map(|(probe, outcome)| Sample {
                probe: *probe,
                block,
                returned: returned_bytes(outcome),
            })
            .collect()),
        Err(RpcError::StateUnavailable { endpoint, .. }) => {
            tracing::warn!(
                "{endpoint} has no state of block {block}: prices without logs are missing there"
            );
            Ok(Vec::new())
        }
        Err(error) => Err(error.into()),
    }
}

/// The samples of changes between the calls of a probe: at most one for each interval.
///
/// A dual aggregator's answer changes once a cutoff time has passed, without a log. The block of the
/// change does not depend on how history is divided into chunks.
async fn search_changes(
    client: &Client,
    probe: &Probe,
    index: usize,
    (from, to): BlockRange,
    samples: &[Sample],
) -> Result<Vec<Sample>, ChainError> {
    let called = samples.iter().filter(|sample| sample.probe == index);
    let called: Vec<u64> = called.map(|sample| sample.block).collect();
    let first = probe.from_block.max(from.saturating_sub(1));
    let starts: Vec<u64> = std::iter::once(first).chain(called.iter().copied()).collect();
    let ends = called.iter().map(|block| block - 1);
    let ends = ends.chain(std::iter::once(to.min(probe.until_block)));
    let mut found = Vec::new();
    for (start, end) in starts.into_iter().zip(ends) {
        found.extend(search_interval(client, probe, index, (start, end)).await?);
    }
    Ok(found)
}

async fn search_interval(
    client: &Client,
    probe: &Probe,
    index: usize,
    (start, end): (u64, u64),
) -> Result<Option<Sample>, ChainError> {
    if end <= start {
        return Ok(None);
    }
    let Some(before) = call_one(client, probe, start).await? else { return Ok(None) };
    let Some(mut changed) = call_one(client, probe, end).await? else { return Ok(None) };
    if before.returned == changed.returned {
        return Ok(None);
    }
    let mut low = start;
    while low + 1 < changed.block {
        let middle = low + (changed.block - low) / 2;
        match call_one(client, probe, middle).await? {
            Some(sample) if sample.returned != before.returned => changed = sample,
            _ => low = middle,
        }
    }
    Ok(Some(Sample { probe: index, ..changed }))
}

async fn call_one(
    client: &Client,
    probe: &Probe,
    block: u64,
) -> Result<Option<Sample>, ChainError> {
    Ok(call_at(client, std::slice::from_ref(probe), block, &BTreeSet::from([0])).await?.pop())
}

fn returned_bytes(outcome: CallOutcome) -> Option<Bytes> {
    match outcome {
        CallOutcome::Returned(returned) => Some(returned),
        CallOutcome::Reverted(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_block_of_each_interval_is_sampled_however_the_history_is_cut() {
        let logs = [3, 7, 12, 299, 300, 301, 9_999, 10_000, 10_001];
        let whole = one_of_each_interval(&logs, None, 300, (0, 10_450));
        assert_eq!(whole[..4], [3, 300, 899, 1_199]);
        // The last interval of a chunk is shorter; the one that the range cuts is not over.
        assert_eq!(whole[whole.len() - 3..], [9_899, 9_999, 10_000]);
        for cut in [0, 2, 3, 4, 298, 299, 650, 9_950, 9_998, 9_999, 10_000, 10_299, 10_300] {
            let (early, late) = logs.split_at(logs.partition_point(|block| *block <= cut));
            let mut parts = one_of_each_interval(early, None, 300, (0, cut));
            parts.extend(one_of_each_interval(late, early.last().copied(), 300, (cut + 1, 10_450)));
            assert_eq!(parts, whole, "cut after block {cut}");
        }
    }
}

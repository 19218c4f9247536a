//! A chunk of history: headers, logs, and values read by calls.

use std::collections::BTreeMap;
use std::sync::Arc;

use alloy_primitives::{Address, Bytes};
use futures_util::future::try_join_all;

use plimsoll_rpc::{
    BlockTag, CallOutcome, Client, FetchRequest, FetchStats, Header, Log, LogFilter, Proof,
    RpcError, fetch,
};

use super::plan::CHUNK_BLOCKS;
use crate::chain::decode::probe::{Probe, Sample};
use crate::chain::error::ChainError;
use crate::chain::lake_state::BlockRange;

/// A chunk of verified history.
pub(crate) struct Chunk {
    pub(crate) blocks: BlockRange,
    /// The header of the block before, of the first chunk unless it begins the chain.
    pub(crate) parent: Option<Header>,
    /// Headers of all blocks, or of those with logs or samples, and the last; in order.
    pub(crate) headers: Vec<Header>,
    pub(crate) logs: Vec<Log>,
    /// By stream, in the order of the probes.
    pub(crate) samples: Vec<Vec<Sample>>,
    pub(crate) stats: FetchStats,
}

/// What is fetched of every chunk of a segment.
pub(crate) struct ChunkRequest {
    /// The first block of the segment.
    pub(crate) first: u64,
    /// The filter of all streams together.
    pub(crate) filter: LogFilter,
    pub(crate) streams: Vec<StreamRequest>,
    /// Blocks whose headers are needed whether or not they have logs, in order.
    pub(crate) headers: Vec<u64>,
    pub(crate) proof: Proof,
}

/// What one stream needs of a chunk.
pub(crate) struct StreamRequest {
    pub(crate) filter: LogFilter,
    pub(crate) probes: Vec<Probe>,
    /// The stream's last block with logs before the segment.
    pub(crate) last_log_block: Option<u64>,
}

/// Fetches a chunk for several streams at once.
pub(crate) async fn fetch_chunk(
    client: Client,
    request: Arc<ChunkRequest>,
    (from, to): BlockRange,
) -> Result<Chunk, ChainError> {
    let before = async {
        let parent = from.checked_sub(1).filter(|_| from == request.first);
        let Some(parent) = parent else { return Ok(None) };
        Ok::<_, ChainError>(Some(client.header(BlockTag::Number(parent)).await?))
    };
    let headers = request.headers.iter().copied().filter(|block| (from..=to).contains(block));
    let logs_request = FetchRequest {
        filter: request.filter.clone(),
        range: from..=to,
        proof: request.proof,
        headers: headers.collect(),
    };
    let slice = async { Ok(fetch(&client, &logs_request).await?) };
    let (before, slice) = tokio::try_join!(before, slice)?;
    let streams = request.streams.iter();
    let samples = streams.map(|stream| stream.sample_probes(&client, &slice.logs, (from, to)));
    let samples = try_join_all(samples).await?;
    let (headers, logs, stats) = (slice.headers, slice.logs, slice.stats);
    Ok(Chunk { blocks: (from, to), parent: before, headers, logs, samples, stats })
}

impl StreamRequest {
    /// Calls every probe at its blocks; without past state there is no sample.
    async fn sample_probes(
        &self,
        client: &Client,
        logs: &[Log],
        blocks: BlockRange,
    ) -> Result<Vec<Sample>, ChainError> {
        let mut samples = Vec::new();
        for (block, due) in self.due_probes(logs, blocks) {
            let probes: Vec<&Probe> = due.iter().map(|probe| &self.probes[*probe]).collect();
            let calls: Vec<(Address, Bytes)> =
                probes.iter().map(|probe| (probe.target, probe.input.clone())).collect();
            match client.call(&calls, BlockTag::Number(block)).await {
                Ok(outcomes) => {
                    samples.extend(due.iter().zip(outcomes).map(|(probe, outcome)| Sample {
                        probe: *probe,
                        block,
                        returned: returned_bytes(outcome),
                    }));
                }
                Err(RpcError::StateUnavailable { endpoint, .. }) => {
                    tracing::warn!(
                        "{endpoint} has no state of block {block}: prices without logs are missing there"
                    );
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(samples)
    }

    /// The probes due at each block, by index.
    fn due_probes(&self, logs: &[Log], (from, to): BlockRange) -> BTreeMap<u64, Vec<usize>> {
        if self.probes.is_empty() {
            return BTreeMap::new();
        }
        let own = logs.iter().filter(|log| self.filter.matches(log));
        let mut log_blocks: Vec<u64> = own.map(|log| log.block).collect();
        log_blocks.dedup();
        let before = self.last_log_block;
        let mut due: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (index, probe) in self.probes.iter().enumerate() {
            let is_in_range = |block: &u64| {
                (probe.from_block..=probe.until_block).contains(block)
                    && (from..=to).contains(block)
            };
            let mut blocks = first_of_each_interval(&log_blocks, before, probe.every_blocks);
            blocks.push(probe.from_block);
            blocks.sort_unstable();
            blocks.dedup();
            blocks.into_iter().filter(is_in_range).for_each(|block| {
                due.entry(block).or_default().push(index);
            });
        }
        due
    }
}

/// Of blocks in order, the first in each interval; `before` is the last block before them.
///
/// Intervals begin anew with every chunk, so that they do not depend on how a history was cut into
/// runs.
fn first_of_each_interval(blocks: &[u64], before: Option<u64>, every: u64) -> Vec<u64> {
    let interval = |block: u64| (block / CHUNK_BLOCKS, block % CHUNK_BLOCKS / every.max(1));
    let mut last = before.map(interval);
    let mut first = Vec::new();
    for block in blocks {
        let this = Some(interval(*block));
        if this != last {
            first.push(*block);
        }
        last = this;
    }
    first
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
        let blocks = [3, 7, 12, 299, 300, 301, 9_999, 10_000, 10_001];
        let whole = first_of_each_interval(&blocks, None, 300);
        assert_eq!(whole, [3, 300, 9_999, 10_000]);
        for cut in 1..blocks.len() {
            let (early, late) = blocks.split_at(cut);
            let mut parts = first_of_each_interval(early, None, 300);
            parts.extend(first_of_each_interval(late, early.last().copied(), 300));
            assert_eq!(parts, whole, "cut before block {}", blocks[cut]);
        }
    }
}

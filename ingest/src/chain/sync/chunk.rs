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
    let (logs, stats) = (slice.logs, slice.stats);
    let due: Vec<DueProbes> =
        request.streams.iter().map(|stream| stream.due_probes(&logs, (from, to))).collect();
    let headers = add_headers(&client, slice.headers, &due);
    let samples = request.streams.iter().zip(&due);
    let samples = try_join_all(samples.map(|(stream, due)| stream.sample_probes(&client, due)));
    let (headers, samples) = tokio::try_join!(headers, samples)?;
    Ok(Chunk { blocks: (from, to), parent: before, headers, logs, samples, stats })
}

/// Adds the headers of blocks with due probes.
async fn add_headers(
    client: &Client,
    mut headers: Vec<Header>,
    due: &[DueProbes],
) -> Result<Vec<Header>, ChainError> {
    let mut missing: Vec<u64> = due.iter().flat_map(|due| due.keys().copied()).collect();
    missing.sort_unstable();
    missing.dedup();
    missing.retain(|block| headers.binary_search_by_key(block, |header| header.number).is_err());
    headers.extend(client.headers_of(&missing).await?);
    headers.sort_by_key(|header| header.number);
    Ok(headers)
}

/// The probes due at each block, by their index in the stream.
type DueProbes = BTreeMap<u64, Vec<usize>>;

impl StreamRequest {
    /// Calls every probe at its blocks; without past state there is no sample.
    async fn sample_probes(
        &self,
        client: &Client,
        due: &DueProbes,
    ) -> Result<Vec<Sample>, ChainError> {
        let mut samples = Vec::new();
        for (&block, due) in due {
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

    fn due_probes(&self, logs: &[Log], (from, to): BlockRange) -> DueProbes {
        if self.probes.is_empty() {
            return DueProbes::new();
        }
        let own = logs.iter().filter(|log| self.filter.matches(log));
        let mut log_blocks: Vec<u64> = own.map(|log| log.block).collect();
        log_blocks.dedup();
        let before = self.last_log_block;
        let mut due = DueProbes::new();
        for (index, probe) in self.probes.iter().enumerate() {
            let is_in_range = |block: &u64| {
                (probe.from_block..=probe.until_block).contains(block)
                    && (from..=to).contains(block)
            };
            let mut blocks =
                one_of_each_interval(&log_blocks, before, probe.every_blocks, (from, to));
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

//! A chunk of history: headers, logs, and values read by calls.

use std::ops::RangeInclusive;

use alloy_primitives::{Address, Bytes};
use futures_util::future::try_join_all;

use plimsoll_rpc::{
    BlockTag, CallOutcome, Client, FetchStats, Header, Log, LogFilter, RpcError, fetch,
};

use crate::chain::decode::probe::{Probe, Sample};
use crate::chain::error::ChainError;
use crate::chain::lake_state::BlockRange;

/// A chunk of verified history.
pub(crate) struct Chunk {
    pub(crate) blocks: BlockRange,
    /// The header of the block before, unless the chunk begins the chain.
    pub(crate) parent: Option<Header>,
    pub(crate) headers: Vec<Header>,
    pub(crate) logs: Vec<Log>,
    /// By stream, in the order of the probes.
    pub(crate) samples: Vec<Vec<Sample>>,
    pub(crate) stats: FetchStats,
}

/// Fetches a chunk for several streams at once.
pub(crate) async fn fetch_chunk(
    client: Client,
    filter: LogFilter,
    probes: Vec<Vec<Probe>>,
    (from, to): BlockRange,
) -> Result<Chunk, ChainError> {
    let before = async {
        let Some(parent) = from.checked_sub(1) else { return Ok(None) };
        Ok::<_, ChainError>(Some(client.header(BlockTag::Number(parent)).await?))
    };
    let slice = async { Ok(fetch(&client, &filter, from..=to).await?) };
    let samples =
        try_join_all(probes.iter().map(|probes| sample_probes(&client, probes, from..=to)));
    let (before, slice, samples) = tokio::try_join!(before, slice, samples)?;
    let (headers, logs, stats) = (slice.headers, slice.logs, slice.stats);
    Ok(Chunk { blocks: (from, to), parent: before, headers, logs, samples, stats })
}

/// Calls every probe at its blocks; without past state there is no sample.
async fn sample_probes(
    client: &Client,
    probes: &[Probe],
    blocks: RangeInclusive<u64>,
) -> Result<Vec<Sample>, ChainError> {
    let mut samples = Vec::new();
    for block in blocks {
        let due = |probe: &Probe| {
            (probe.from_block..=probe.until_block).contains(&block)
                && (block.is_multiple_of(probe.every_blocks) || block == probe.from_block)
        };
        let due: Vec<(usize, &Probe)> =
            probes.iter().enumerate().filter(|(_, probe)| due(probe)).collect();
        if due.is_empty() {
            continue;
        }
        let calls: Vec<(Address, Bytes)> =
            due.iter().map(|(_, probe)| (probe.target, probe.input.clone())).collect();
        match client.call(&calls, BlockTag::Number(block)).await {
            Ok(outcomes) => {
                samples.extend(due.iter().zip(outcomes).map(|((probe, _), outcome)| Sample {
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

fn returned_bytes(outcome: CallOutcome) -> Option<Bytes> {
    match outcome {
        CallOutcome::Returned(returned) => Some(returned),
        CallOutcome::Reverted(_) => None,
    }
}

//! A chunk of history: headers, logs, and values read by calls.

use std::sync::Arc;

use futures_util::future::try_join_all;

use plimsoll_rpc::{
    BlockTag, Client, FetchRequest, FetchStats, Header, Log, LogFilter, Proof, fetch,
};

use super::probes::{StreamRequest, sample_probes};
use crate::chain::decode::probe::Sample;
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
    // The logs trigger calls.
    let streams = request.streams.iter();
    let samples = streams.map(|stream| sample_probes(&client, stream, (from, to), &logs));
    let samples = try_join_all(samples).await?;
    let headers = add_headers(&client, slice.headers, &samples).await?;
    Ok(Chunk { blocks: (from, to), parent: before, headers, logs, samples, stats })
}

/// Adds the headers of blocks with samples.
async fn add_headers(
    client: &Client,
    mut headers: Vec<Header>,
    samples: &[Vec<Sample>],
) -> Result<Vec<Header>, ChainError> {
    let mut missing: Vec<u64> = samples.iter().flatten().map(|sample| sample.block).collect();
    missing.sort_unstable();
    missing.dedup();
    missing.retain(|block| headers.binary_search_by_key(block, |header| header.number).is_err());
    headers.extend(client.headers_of(&missing).await?);
    headers.sort_by_key(|header| header.number);
    Ok(headers)
}

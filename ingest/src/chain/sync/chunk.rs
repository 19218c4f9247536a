//! A chunk of history: headers, logs, and values read by calls.

use futures_util::future::try_join_all;

use plimsoll_rpc::{BlockTag, Client, FetchStats, Header, Log, LogFilter, fetch};

use super::probes::sample_probes;
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
    let (before, slice) = tokio::try_join!(before, slice)?;
    // The logs trigger calls.
    let sampled =
        probes.iter().map(|probes| sample_probes(&client, probes, from..=to, &slice.logs));
    let samples = try_join_all(sampled).await?;
    let (headers, logs, stats) = (slice.headers, slice.logs, slice.stats);
    Ok(Chunk { blocks: (from, to), parent: before, headers, logs, samples, stats })
}

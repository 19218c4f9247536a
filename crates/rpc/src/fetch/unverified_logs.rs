//! Rare logs over many blocks, without the headers of the blocks between.

use std::ops::RangeInclusive;

use futures_util::future::try_join_all;

use super::block_queue::BlockQueue;
use super::error::FetchError;
use super::window::{WindowResponse, adapt_window, map_block_too_large, request_window};
use crate::client::Client;
use crate::log::{Log, LogFilter};

/// Logs that were not compared with any bloom, with their sources.
#[derive(Debug, Clone, Default)]
pub struct UnverifiedLogs {
    /// The logs, in order of block and log index.
    pub logs: Vec<Log>,
    sources: Vec<(RangeInclusive<u64>, String)>,
}

impl UnverifiedLogs {
    /// The endpoints whose responses cover any of some blocks.
    pub fn endpoints_for(&self, (from, to): (u64, u64)) -> Vec<String> {
        let overlaps = |(range, _): &&(RangeInclusive<u64>, String)| {
            *range.start() <= to && from <= *range.end()
        };
        let mut names: Vec<_> =
            self.sources.iter().filter(overlaps).map(|(_, name)| name.clone()).collect();
        names.sort();
        names.dedup();
        names
    }
}

/// All logs of a range, from nodes that had its last block; not compared with any bloom.
///
/// [`fetch`](super::fetch) returns the same logs again, so a wrong response is detected later.
///
/// # Errors
/// [`FetchError`] if no endpoint responds.
pub async fn fetch_unverified_logs(
    client: &Client,
    filter: &LogFilter,
    range: RangeInclusive<u64>,
) -> Result<UnverifiedLogs, FetchError> {
    if range.is_empty() || filter.addresses.is_empty() {
        return Ok(UnverifiedLogs::default());
    }
    let queue = &BlockQueue::new(range.clone());
    let work = || async move {
        let mut collected = UnverifiedLogs::default();
        while let Some(range) = queue.take(client.pool().window_blocks()) {
            fetch_window(client, filter, range, queue, &mut collected).await?;
        }
        Ok::<_, FetchError>(collected)
    };
    let workers = (0..client.pool().concurrency()).map(|_| work());
    let mut collected = UnverifiedLogs::default();
    for part in try_join_all(workers).await? {
        collected.logs.extend(part.logs);
        collected.sources.extend(part.sources);
    }
    collected.logs.retain(|log| filter.matches(log) && range.contains(&log.block));
    collected.logs.sort_by_key(|log| (log.block, log.log_index));
    collected.logs.dedup_by_key(|log| (log.block, log.log_index));
    Ok(collected)
}

async fn fetch_window(
    client: &Client,
    filter: &LogFilter,
    mut range: RangeInclusive<u64>,
    queue: &BlockQueue,
    collected: &mut UnverifiedLogs,
) -> Result<(), FetchError> {
    let about = format!("blocks {} to {}", range.start(), range.end());
    let mut retry = client.retry("eth_getLogs", about);
    loop {
        let endpoint = retry.next_endpoint().await?;
        range = queue.split_to(range, endpoint.window_blocks());
        let (from, to) = (*range.start(), *range.end());
        match request_window(client, endpoint, filter, from, to).await {
            Ok(WindowResponse { logs, .. }) => {
                endpoint.on_window_success(to - from + 1);
                collected.logs.extend(logs);
                collected.sources.push((range, endpoint.name().to_owned()));
                return Ok(());
            }
            Err(error) => {
                let (blocks, attempts) = (to - from + 1, retry.attempts());
                if let Some(error) = adapt_window(endpoint, filter, blocks, attempts, error) {
                    retry
                        .record_failure(endpoint, error)
                        .map_err(|error| map_block_too_large(error, from))?;
                }
            }
        }
    }
}

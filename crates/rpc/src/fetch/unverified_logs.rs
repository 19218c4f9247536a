//! Logs that are few and far between, without the headers of all the blocks that have none.

use std::ops::RangeInclusive;

use futures_util::future::try_join_all;

use super::block_queue::BlockQueue;
use super::error::FetchError;
use super::window::{WindowResponse, adapt_window, map_block_too_large, request_window};
use crate::client::Client;
use crate::log::{Log, LogFilter};

/// Logs as they were told, and by whom, for which blocks.
#[derive(Debug, Clone, Default)]
pub struct UnverifiedLogs {
    pub logs: Vec<Log>,
    sources: Vec<(RangeInclusive<u64>, String)>,
}

impl UnverifiedLogs {
    /// The endpoints that told of any of some blocks.
    pub fn endpoints_for(&self, (from, to): (u64, u64)) -> Vec<String> {
        let of = |(range, _): &&(RangeInclusive<u64>, String)| {
            *range.start() <= to && from <= *range.end()
        };
        let mut names: Vec<_> =
            self.sources.iter().filter(of).map(|(_, name)| name.clone()).collect();
        names.sort();
        names.dedup();
        names
    }
}

/// All logs of a range, from nodes that had its last block; not held against any bloom.
///
/// What they tell is told again by [`fetch`](super::fetch), so a lie shows later.
///
/// # Errors
/// [`FetchError`] if no endpoint answers.
pub async fn fetch_unverified_logs(
    client: &Client,
    filter: &LogFilter,
    range: RangeInclusive<u64>,
) -> Result<UnverifiedLogs, FetchError> {
    if range.is_empty() || filter.addresses.is_empty() {
        return Ok(UnverifiedLogs::default());
    }
    let todo = &BlockQueue::new(range.clone());
    let work = || async move {
        let mut told = UnverifiedLogs::default();
        while let Some(range) = todo.take(client.pool().window_blocks()) {
            fetch_window(client, filter, range, todo, &mut told).await?;
        }
        Ok::<_, FetchError>(told)
    };
    let workers = (0..client.pool().concurrency()).map(|_| work());
    let mut told = UnverifiedLogs::default();
    for part in try_join_all(workers).await? {
        told.logs.extend(part.logs);
        told.sources.extend(part.sources);
    }
    told.logs.retain(|log| filter.matches(log) && range.contains(&log.block));
    told.logs.sort_by_key(|log| (log.block, log.log_index));
    told.logs.dedup_by_key(|log| (log.block, log.log_index));
    Ok(told)
}

async fn fetch_window(
    client: &Client,
    filter: &LogFilter,
    mut range: RangeInclusive<u64>,
    todo: &BlockQueue,
    told: &mut UnverifiedLogs,
) -> Result<(), FetchError> {
    let about = format!("blocks {} to {}", range.start(), range.end());
    let mut tries = client.retry("eth_getLogs", about);
    loop {
        let endpoint = tries.next_endpoint().await?;
        range = todo.split_to(range, endpoint.window_blocks());
        let (from, to) = (*range.start(), *range.end());
        match request_window(client, endpoint, filter, from, to).await {
            Ok(WindowResponse { logs, .. }) => {
                endpoint.on_window_success(to - from + 1);
                told.logs.extend(logs);
                told.sources.push((range, endpoint.name().to_owned()));
                return Ok(());
            }
            Err(fault) => {
                if let Some(fault) = adapt_window(endpoint, to - from + 1, fault) {
                    tries
                        .record_failure(endpoint, fault)
                        .map_err(|error| map_block_too_large(error, from))?;
                }
            }
        }
    }
}

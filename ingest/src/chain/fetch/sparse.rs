//! Logs that are few and far between, without the headers of all the blocks that have none.

use std::ops::RangeInclusive;

use futures_util::future::try_join_all;

use super::FetchError;
use super::todo::Todo;
use super::window::{Answer, ask, learned, too_much};
use crate::chain::{Client, Log, LogFilter};

/// All logs of a range, from nodes that had its last block; not held against any bloom.
///
/// What they tell is told again by [`fetch`](super::fetch), so one that was withheld shows later.
///
/// # Errors
/// [`FetchError`] if no endpoint answers.
pub(crate) async fn sparse_logs(
    client: &Client,
    filter: &LogFilter,
    range: RangeInclusive<u64>,
) -> Result<Vec<Log>, FetchError> {
    if range.is_empty() || filter.addresses.is_empty() {
        return Ok(Vec::new());
    }
    let todo = &Todo::new(range.clone());
    let work = || async move {
        let mut logs = Vec::new();
        while let Some(range) = todo.take(client.pool().window()) {
            logs.extend(window(client, filter, range, todo).await?);
        }
        Ok::<_, FetchError>(logs)
    };
    let workers = (0..client.pool().concurrency()).map(|_| work());
    let mut logs: Vec<Log> = try_join_all(workers).await?.into_iter().flatten().collect();
    logs.retain(|log| filter.passes(log) && range.contains(&log.block));
    logs.sort_by_key(|log| (log.block, log.log_index));
    logs.dedup_by_key(|log| (log.block, log.log_index));
    Ok(logs)
}

async fn window(
    client: &Client,
    filter: &LogFilter,
    mut range: RangeInclusive<u64>,
    todo: &Todo,
) -> Result<Vec<Log>, FetchError> {
    let about = format!("blocks {} to {}", range.start(), range.end());
    let mut tries = client.pool().tries("eth_getLogs", about);
    loop {
        let endpoint = tries.endpoint().await?;
        range = todo.trim(range, endpoint.window());
        let (from, to) = (*range.start(), *range.end());
        match ask(client, endpoint, filter, from, to).await {
            Ok(Answer { logs, .. }) => {
                endpoint.answered(to - from + 1);
                return Ok(logs);
            }
            Err(fault) => {
                if let Some(fault) = learned(endpoint, to - from + 1, fault) {
                    tries.fail(endpoint, fault).map_err(|error| too_much(error, from))?;
                }
            }
        }
    }
}

//! Logs that are few and far between, without the headers of all the blocks that have none.

use std::ops::RangeInclusive;

use futures_util::future::try_join_all;

use super::FetchError;
use super::todo::Todo;
use super::window::{Answer, ask, learned, too_much};
use plimsoll_rpc::{Client, Log, LogFilter}; use crate::chain::{Blocks};

/// Logs as they were told, and by whom, for which blocks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    pub(crate) logs: Vec<Log>,
    by: Vec<(RangeInclusive<u64>, String)>,
}

impl Told {
    /// The endpoints that told of any of some blocks.
    pub(crate) fn by(&self, (from, to): Blocks) -> Vec<String> {
        let of = |(range, _): &&(RangeInclusive<u64>, String)| {
            *range.start() <= to && from <= *range.end()
        };
        let mut names: Vec<_> = self.by.iter().filter(of).map(|(_, name)| name.clone()).collect();
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
pub(crate) async fn sparse_logs(
    client: &Client,
    filter: &LogFilter,
    range: RangeInclusive<u64>,
) -> Result<Told, FetchError> {
    if range.is_empty() || filter.addresses.is_empty() {
        return Ok(Told::default());
    }
    let todo = &Todo::new(range.clone());
    let work = || async move {
        let mut told = Told::default();
        while let Some(range) = todo.take(client.pool().window()) {
            window(client, filter, range, todo, &mut told).await?;
        }
        Ok::<_, FetchError>(told)
    };
    let workers = (0..client.pool().concurrency()).map(|_| work());
    let mut told = Told::default();
    for part in try_join_all(workers).await? {
        told.logs.extend(part.logs);
        told.by.extend(part.by);
    }
    told.logs.retain(|log| filter.passes(log) && range.contains(&log.block));
    told.logs.sort_by_key(|log| (log.block, log.log_index));
    told.logs.dedup_by_key(|log| (log.block, log.log_index));
    Ok(told)
}

async fn window(
    client: &Client,
    filter: &LogFilter,
    mut range: RangeInclusive<u64>,
    todo: &Todo,
    told: &mut Told,
) -> Result<(), FetchError> {
    let about = format!("blocks {} to {}", range.start(), range.end());
    let mut tries = client.pool().tries("eth_getLogs", about);
    loop {
        let endpoint = tries.endpoint().await?;
        range = todo.trim(range, endpoint.window());
        let (from, to) = (*range.start(), *range.end());
        match ask(client, endpoint, filter, from, to).await {
            Ok(Answer { logs, .. }) => {
                endpoint.answered(to - from + 1);
                told.logs.extend(logs);
                told.by.push((range, endpoint.name().to_owned()));
                return Ok(());
            }
            Err(fault) => {
                if let Some(fault) = learned(endpoint, to - from + 1, fault) {
                    tries.fail(endpoint, fault).map_err(|error| too_much(error, from))?;
                }
            }
        }
    }
}

//! All logs of a range of blocks, verified against the blocks' headers.

mod block_queue;
mod bloom;
mod consistency;
mod error;
mod suspect_blocks;
mod unverified_logs;
mod window;

use std::ops::RangeInclusive;
use std::time::Duration;

use futures_util::future::{try_join, try_join_all};
use tokio::sync::OnceCell;

use block_queue::BlockQueue;
pub use error::FetchError;
pub use unverified_logs::{UnverifiedLogs, fetch_unverified_logs};

use bloom::HashedFilter;

use crate::client::Client;
use crate::header::Header;
use crate::log::{Log, LogFilter};

/// Passes over a range whose blocks keep changing, before it is an error.
const MAX_PASSES: u32 = 4;

/// The delay before the next pass.
const PASS_DELAY: Duration = Duration::from_millis(500);

/// A range of blocks with all its logs, of one history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedRange {
    /// All headers of the range in order, each the parent of the next.
    pub headers: Vec<Header>,
    /// All logs of the filter, in order of block and log index.
    pub logs: Vec<Log>,
    /// Statistics; the only part that depends on the endpoints.
    pub stats: FetchStats,
}

/// Statistics of fetching and verifying a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FetchStats {
    /// Requests made; each entry of a batch counts.
    pub requests: u64,
    /// Blocks without logs whose bloom indicated some.
    pub suspect_blocks: u64,
    /// Suspect blocks that turned out to have none.
    pub bloom_false_positives: u64,
    /// Blocks without logs whose bloom is too full to be evidence.
    pub saturated_blooms: u64,
}

/// Fetches the headers and the logs of a range of blocks.
///
/// Every log is in a block of the range, by its hash, and in that block's bloom. A block whose
/// bloom indicates logs that are missing is requested again, at another endpoint if there is one.
/// The same chain gives the same headers and logs whatever the endpoints do.
///
/// # Errors
/// [`FetchError`] if no endpoint responds, if the chain keeps changing, or if logs are withheld.
pub async fn fetch(
    client: &Client,
    filter: &LogFilter,
    range: RangeInclusive<u64>,
) -> Result<FetchedRange, FetchError> {
    let client = &client.with_own_request_count();
    let probe = &HashedFilter::new(filter);
    let mut pass = 1;
    loop {
        let headers = OnceCell::new();
        let range = range.clone();
        let fetch = FetchPass { client, filter, probe, range, headers, is_first_pass: pass == 1 };
        match fetch.run().await {
            Err(FetchError::Unstable { block, problem }) if pass < MAX_PASSES => {
                tracing::debug!(block, "{problem}: the range is fetched again");
                pass += 1;
                tokio::time::sleep(PASS_DELAY).await;
            }
            outcome => return outcome,
        }
    }
}

/// One pass over a range.
struct FetchPass<'a> {
    client: &'a Client,
    filter: &'a LogFilter,
    probe: &'a HashedFilter,
    range: RangeInclusive<u64>,
    headers: OnceCell<Vec<Header>>,
    is_first_pass: bool,
}

/// The verified logs of one window.
struct WindowLogs {
    from: u64,
    logs: Vec<Log>,
    stats: FetchStats,
}

impl FetchPass<'_> {
    async fn run(self) -> Result<FetchedRange, FetchError> {
        // Logs first: a request for logs takes longer than one for headers.
        let (mut parts, _) = try_join(self.fetch_windows(), self.headers()).await?;
        parts.sort_by_key(|part| part.from);
        let mut stats =
            FetchStats { requests: self.client.request_count(), ..FetchStats::default() };
        let mut logs = Vec::with_capacity(parts.iter().map(|part| part.logs.len()).sum());
        for part in parts {
            stats.suspect_blocks += part.stats.suspect_blocks;
            stats.bloom_false_positives += part.stats.bloom_false_positives;
            stats.saturated_blooms += part.stats.saturated_blooms;
            logs.extend(part.logs);
        }
        let headers = self.headers.into_inner().unwrap_or_default();
        Ok(FetchedRange { headers, logs, stats })
    }

    async fn headers(&self) -> Result<&[Header], FetchError> {
        let linked = || async {
            let headers = self.client.headers(self.range.clone()).await?;
            consistency::check_linked(&headers)?;
            Ok(headers)
        };
        self.headers.get_or_try_init(linked).await.map(Vec::as_slice)
    }

    /// The headers of some blocks of the range.
    async fn headers_between(&self, from: u64, to: u64) -> Result<&[Header], FetchError> {
        let index = |block: u64| (block - self.range.start()) as usize;
        Ok(&self.headers().await?[index(from)..=index(to)])
    }

    async fn fetch_windows(&self) -> Result<Vec<WindowLogs>, FetchError> {
        if self.filter.addresses.is_empty() {
            return Ok(Vec::new());
        }
        let queue = BlockQueue::new(self.range.clone());
        let workers = (0..self.client.pool().concurrency()).map(|_| self.run_worker(&queue));
        Ok(try_join_all(workers).await?.into_iter().flatten().collect())
    }

    async fn run_worker(&self, queue: &BlockQueue) -> Result<Vec<WindowLogs>, FetchError> {
        let mut parts = Vec::new();
        while let Some(range) = queue.take(self.client.pool().window_blocks()) {
            parts.push(self.fetch_window(range, queue).await?);
        }
        Ok(parts)
    }
}

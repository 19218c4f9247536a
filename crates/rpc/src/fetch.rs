//! All logs of a range of blocks, verified against the blocks' headers.

mod block_queue;
mod bloom;
mod consistency;
mod empty_blooms;
mod error;
mod proof;
mod second_endpoint;
mod suspect_blocks;
mod unverified_logs;
mod window;

use std::ops::RangeInclusive;
use std::time::Duration;

use futures_util::future::{try_join, try_join_all};
use tokio::sync::OnceCell;

use block_queue::BlockQueue;
pub use error::FetchError;
pub use proof::{Audit, Proof};
pub use unverified_logs::{UnverifiedLogs, fetch_unverified_logs};

use bloom::HashedFilter;

use crate::client::Client;
use crate::header::Header;
use crate::log::{Log, LogFilter};

/// Passes over a range whose blocks keep changing, before it is an error.
const MAX_PASSES: u32 = 4;

/// The delay before the next pass.
const PASS_DELAY: Duration = Duration::from_millis(500);

/// What is fetched of a range of blocks.
#[derive(Debug, Clone)]
pub struct FetchRequest {
    /// The logs.
    pub filter: LogFilter,
    /// The blocks.
    pub range: RangeInclusive<u64>,
    /// How it is verified that no log is missing.
    pub proof: Proof,
    /// Blocks of the range whose headers are returned in any case, in order.
    pub headers: Vec<u64>,
}

impl FetchRequest {
    /// All logs and all headers of a range.
    #[must_use]
    pub fn new(filter: LogFilter, range: RangeInclusive<u64>) -> Self {
        Self { filter, range, proof: Proof::Full, headers: Vec::new() }
    }
}

/// A range of blocks with all its logs, of one history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedRange {
    /// Headers in order: with [`Proof::Full`] of all blocks, each the parent of the next; otherwise
    /// of the blocks with logs, of the last block, and of those that were requested or audited.
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
    /// Blocks without logs whose bloom proves that there are none.
    pub proven_silent_blocks: u64,
    /// Blocks without logs whose bloom indicated some.
    pub suspect_blocks: u64,
    /// Suspect blocks that turned out to have none.
    pub bloom_false_positives: u64,
    /// Blocks without logs whose bloom is too full to be evidence.
    pub saturated_blooms: u64,
    /// Headers without a bloom that is evidence.
    pub absent_blooms: u64,
    /// Blocks whose logs were also requested from a second endpoint.
    pub compared_blocks: u64,
}

impl FetchStats {
    /// Adds the statistics of another range.
    pub fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.proven_silent_blocks += other.proven_silent_blocks;
        self.suspect_blocks += other.suspect_blocks;
        self.bloom_false_positives += other.bloom_false_positives;
        self.saturated_blooms += other.saturated_blooms;
        self.absent_blooms += other.absent_blooms;
        self.compared_blocks += other.compared_blocks;
    }
}

/// Fetches the headers and the logs of a range of blocks.
///
/// Every log is in a block of the range. Where the block's header is fetched, the log's block hash
/// is the header's, and the log is in its bloom. A block whose bloom indicates logs that are missing
/// is requested again, at another endpoint if there is one. With [`Proof::Full`] that holds for all
/// blocks: the same chain gives the same headers and logs whatever the endpoints do.
///
/// # Errors
/// [`FetchError`] if no endpoint responds, if the chain keeps changing, or if logs are withheld.
pub async fn fetch(client: &Client, request: &FetchRequest) -> Result<FetchedRange, FetchError> {
    let client = &client.with_own_request_count();
    let probe = &HashedFilter::new(&request.filter);
    let mut pass = 1;
    loop {
        let headers = OnceCell::new();
        let fetch = FetchPass { client, request, probe, headers, is_first_pass: pass == 1 };
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
    request: &'a FetchRequest,
    probe: &'a HashedFilter,
    /// All headers of the range, with [`Proof::Full`].
    headers: OnceCell<Vec<Header>>,
    is_first_pass: bool,
}

/// The verified logs of one window.
struct WindowLogs {
    from: u64,
    logs: Vec<Log>,
    /// Headers in order; none with [`Proof::Full`], where the pass has them.
    headers: Vec<Header>,
    stats: FetchStats,
}

impl FetchPass<'_> {
    async fn run(self) -> Result<FetchedRange, FetchError> {
        // Logs first: a request for logs takes longer than one for headers.
        let (mut parts, _) = try_join(self.fetch_windows(), self.all_headers()).await?;
        parts.sort_by_key(|part| part.from);
        let mut stats =
            FetchStats { requests: self.client.request_count(), ..FetchStats::default() };
        let mut logs = Vec::with_capacity(parts.iter().map(|part| part.logs.len()).sum());
        let mut headers = self.headers.into_inner().unwrap_or_default();
        for part in parts {
            stats.add(part.stats);
            logs.extend(part.logs);
            headers.extend(part.headers);
        }
        Ok(FetchedRange { headers, logs, stats })
    }

    /// Fetches all headers where the proof needs them.
    async fn all_headers(&self) -> Result<(), FetchError> {
        if self.request.proof == Proof::Full {
            self.headers().await?;
        }
        Ok(())
    }

    async fn headers(&self) -> Result<&[Header], FetchError> {
        let linked = || async {
            let headers = self.client.headers(self.request.range.clone()).await?;
            consistency::check_linked(&headers)?;
            Ok(headers)
        };
        self.headers.get_or_try_init(linked).await.map(Vec::as_slice)
    }

    /// All headers of some blocks of the range.
    async fn headers_between(&self, from: u64, to: u64) -> Result<&[Header], FetchError> {
        let index = |block: u64| (block - self.request.range.start()) as usize;
        Ok(&self.headers().await?[index(from)..=index(to)])
    }

    async fn fetch_windows(&self) -> Result<Vec<WindowLogs>, FetchError> {
        let needs_windows =
            self.request.proof != Proof::Full || !self.request.filter.addresses.is_empty();
        if !needs_windows {
            return Ok(Vec::new());
        }
        let queue = BlockQueue::new(self.request.range.clone());
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

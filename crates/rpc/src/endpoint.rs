//! One endpoint: requests, limits, health.

mod batch_size;
mod call_queue;
mod filter_split;
mod health;
mod item_limit;
mod log_window;
mod rate_limiter;
mod redacted_url;
mod request;
mod requests;
mod response_body;
mod retry_after;
mod transport;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::Duration;

use alloy_rpc_client::RpcClient;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use url::Url;

use batch_size::smaller_batch;
use call_queue::CallQueue;
use health::EndpointHealth;
use item_limit::ItemLimit;
use log_window::LogWindow;
use rate_limiter::RateLimiter;
pub(crate) use redacted_url::RedactedUrl;
pub(crate) use request::{Request, Response};
pub use retry_after::parse_retry_after;
use transport::HttpTransport;

use crate::endpoint_error::EndpointError;
use crate::options::RpcOptions;
use crate::refusal::{LogLimit, Refusal, RefusalTexts};
use crate::traffic::TrafficCounter;

/// One endpoint with its learned limits and its health.
pub(crate) struct Endpoint {
    name: RedactedUrl,
    /// The id of its chain, once it is known.
    pub(crate) chain_id: OnceLock<u64>,
    rpc: RpcClient,
    permits: Semaphore,
    rate_limiter: RateLimiter,
    batch_size: AtomicUsize,
    in_flight: AtomicUsize,
    health: Mutex<EndpointHealth>,
    window: Mutex<LogWindow>,
    items: Mutex<ItemLimit>,
    refusals: RefusalTexts,
    calls: CallQueue,
}

impl Endpoint {
    pub(crate) fn new(
        client: reqwest::Client,
        url: Url,
        name: RedactedUrl,
        traffic: Arc<TrafficCounter>,
        options: &RpcOptions,
    ) -> Self {
        let per_second = options.requests_per_s.map_or(usize::MAX, |rate| rate as usize);
        let timeout = options.timeout;
        let transport = HttpTransport { client, url, name: name.clone(), timeout, traffic };
        Self {
            name,
            chain_id: OnceLock::new(),
            rpc: RpcClient::new(transport, false),
            permits: Semaphore::new(options.concurrency.max(1)),
            rate_limiter: RateLimiter::new(options.requests_per_s),
            batch_size: AtomicUsize::new(options.batch_size.min(per_second).max(1)),
            in_flight: AtomicUsize::new(0),
            health: Mutex::default(),
            window: Mutex::new(LogWindow::new(options.max_window_blocks)),
            items: Mutex::default(),
            refusals: options.refusals.clone(),
            calls: CallQueue::default(),
        }
    }

    /// Its name without its secrets.
    pub(crate) fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Requests per batch.
    pub(crate) fn batch_size(&self) -> usize {
        self.batch_size.load(Ordering::Relaxed)
    }

    /// Blocks per request for logs.
    pub(crate) fn window_blocks(&self) -> u64 {
        self.lock_window().blocks()
    }

    /// Adapts the window after a request for `requested` blocks exceeded a limit.
    pub(crate) fn on_limit_exceeded(&self, limit: LogLimit, requested: u64) {
        self.lock_window().on_limit_exceeded(limit, requested);
    }

    /// Adapts the window after a request for `requested` blocks succeeded.
    pub(crate) fn on_window_success(&self, requested: u64) {
        self.lock_window().on_success(requested);
        self.lock_items().on_success();
    }

    /// What an error in response to a request for logs means.
    pub(crate) fn classify(&self, error: &EndpointError) -> Refusal {
        self.refusals.classify(error)
    }

    /// Halves the lists of `items` addresses or topics after one block was refused; whether shorter
    /// ones can be tried.
    pub(crate) fn halve_items(&self, items: usize) -> bool {
        if self.lock_items().halve(items) {
            return true;
        }
        self.lock_items().forget_unknown();
        self.lock_window().forget_unknown();
        false
    }

    /// Addresses or topics per request for logs.
    pub(crate) fn max_items(&self) -> usize {
        self.lock_items().items()
    }

    pub(crate) fn health(&self) -> MutexGuard<'_, EndpointHealth> {
        self.health.lock().expect("no thread panics while it holds the lock")
    }

    fn lock_items(&self) -> MutexGuard<'_, ItemLimit> {
        self.items.lock().expect("no thread panics while it holds the lock")
    }

    fn lock_window(&self) -> MutexGuard<'_, LogWindow> {
        self.window.lock().expect("no thread panics while it holds the lock")
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    fn shrink_batch(&self, entries: usize, error: &EndpointError) {
        let fewer = smaller_batch(entries, error);
        self.batch_size.fetch_min(fewer, Ordering::Relaxed);
        tracing::debug!(endpoint = self.name(), %error, "batches of {entries} are too large, {fewer} are tried");
    }

    /// Backs off after a failure: for its `Retry-After`, or for a random share of a time that
    /// doubles with every consecutive failure.
    pub(crate) fn back_off(
        &self,
        error: &EndpointError,
        sent_at: Instant,
        options: &RpcOptions,
        share: f64,
    ) {
        let mut health = self.health();
        let doublings = health.record_failure(sent_at).saturating_sub(1).min(16);
        let longest = (options.initial_backoff * (1 << doublings)).min(options.max_backoff);
        let requested = error.retry_after().map(|requested| requested.min(options.max_backoff));
        health.back_off(requested.unwrap_or_else(|| longest.mul_f64(share)));
    }

    /// The expected delay of selecting it now: its remaining back-off, more if it was penalized.
    pub(crate) fn selection_penalty(&self) -> Duration {
        let health = self.health();
        let back_off =
            health.backs_off_until().map(|until| until.saturating_duration_since(Instant::now()));
        let penalty =
            if health.is_deprioritized() { DEPRIORITIZED_PENALTY } else { Duration::ZERO };
        let empty_blooms =
            if health.has_empty_blooms() { EMPTY_BLOOMS_PENALTY } else { Duration::ZERO };
        let withheld =
            if health.has_withheld_logs() { WITHHELD_LOGS_PENALTY } else { Duration::ZERO };
        back_off.unwrap_or_default() + penalty + empty_blooms + withheld
    }
}

/// The delay that is accepted before a penalized endpoint is selected.
const DEPRIORITIZED_PENALTY: Duration = Duration::from_secs(10);

/// The delay that is accepted before an endpoint that withheld logs is selected.
const WITHHELD_LOGS_PENALTY: Duration = Duration::from_secs(3600);

/// The delay that is accepted before an endpoint whose headers have empty blooms is selected.
const EMPTY_BLOOMS_PENALTY: Duration = Duration::from_secs(20);

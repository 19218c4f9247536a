//! One endpoint: what it is asked, how much at a time, and how it bears it.

mod health;
mod log_limit;
mod log_window;
mod rate_limiter;
mod redacted_url;
mod retry_after;
mod transport;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock};
use std::time::Duration;

use alloy_rpc_client::RpcClient;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until};
use url::Url;

use health::EndpointHealth;
pub(crate) use log_limit::LogLimit;
use log_window::LogWindow;
use rate_limiter::RateLimiter;
pub(crate) use redacted_url::RedactedUrl;
pub use retry_after::parse_retry_after;
use transport::HttpTransport;

use crate::endpoint_error::EndpointError;
use crate::options::RpcOptions;

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) params: Value,
}

/// What one request was answered.
pub(crate) type Response = Result<Box<RawValue>, EndpointError>;

/// One endpoint and what was learned about it.
pub(crate) struct Endpoint {
    name: RedactedUrl,
    /// The chain it said it serves, once it was asked.
    pub(crate) chain_id: OnceLock<u64>,
    rpc: RpcClient,
    permits: Semaphore,
    rate_limiter: RateLimiter,
    batch_size: AtomicUsize,
    in_flight: AtomicUsize,
    health: Mutex<EndpointHealth>,
    window: Mutex<LogWindow>,
}

impl Endpoint {
    pub(crate) fn new(
        client: reqwest::Client,
        url: Url,
        name: RedactedUrl,
        options: &RpcOptions,
    ) -> Self {
        let kept = options.requests_per_s.map_or(usize::MAX, |rate| rate as usize);
        let way = HttpTransport { client, url, name: name.clone(), timeout: options.timeout };
        Self {
            name,
            chain_id: OnceLock::new(),
            rpc: RpcClient::new(way, false),
            permits: Semaphore::new(options.concurrency.max(1)),
            rate_limiter: RateLimiter::new(options.requests_per_s),
            batch_size: AtomicUsize::new(options.batch_size.min(kept).max(1)),
            in_flight: AtomicUsize::new(0),
            health: Mutex::default(),
            window: Mutex::new(LogWindow::new(options.window_blocks)),
        }
    }

    /// Its name without its secrets.
    pub(crate) fn name(&self) -> &str {
        self.name.as_str()
    }

    /// How many requests it takes at once.
    pub(crate) fn batch_size(&self) -> usize {
        self.batch_size.load(Ordering::Relaxed)
    }

    /// How many blocks' logs it is asked for at once.
    pub(crate) fn window_blocks(&self) -> u64 {
        self.lock_window().blocks()
    }

    /// Learns from a window of `asked` blocks that went over a limit.
    pub(crate) fn on_limit_exceeded(&self, limit: LogLimit, asked: u64) {
        self.lock_window().on_limit_exceeded(limit, asked);
    }

    /// Learns from a window of `asked` blocks that was answered.
    pub(crate) fn on_window_success(&self, asked: u64) {
        self.lock_window().on_success(asked);
    }

    pub(crate) fn health(&self) -> MutexGuard<'_, EndpointHealth> {
        self.health.lock().expect("nothing panics while it holds the health")
    }

    fn lock_window(&self) -> MutexGuard<'_, LogWindow> {
        self.window.lock().expect("nothing panics while it holds the window")
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Asks in as few HTTP requests as it lets; replies come in the order of the asks.
    ///
    /// # Errors
    /// [`Fault`] if a request as a whole failed; single entries fail by their own reply.
    pub(crate) async fn request(&self, asks: &[Request]) -> Result<Vec<Response>, EndpointError> {
        let mut replies = Vec::with_capacity(asks.len());
        while replies.len() < asks.len() {
            let rest = &asks[replies.len()..];
            let some = &rest[..rest.len().min(self.batch_size())];
            match self.send_admitted(some).await {
                Ok(more) => replies.extend(more),
                Err(fault) if some.len() > 1 && fault.is_batch_failure(some.len()) => {
                    self.shrink_batch(some.len(), &fault);
                }
                Err(fault) => return Err(fault),
            }
        }
        Ok(replies)
    }

    async fn send_admitted(&self, asks: &[Request]) -> Result<Vec<Response>, EndpointError> {
        let _counted = InFlightGuard::new(&self.in_flight);
        let _permit = self.permits.acquire().await.expect("the endpoint never closes its gate");
        self.wait_for_back_off().await;
        self.rate_limiter.acquire(asks.len()).await;
        let replies = match asks {
            [ask] => vec![self.send_one(ask).await],
            asks => self.send_batch(asks).await?,
        };
        if replies.iter().any(Result::is_ok) {
            self.health().record_success();
        }
        Ok(replies)
    }

    async fn wait_for_back_off(&self) {
        loop {
            let Some(until) = self.health().backs_off_until() else { return };
            sleep_until(until).await;
        }
    }

    async fn send_one(&self, ask: &Request) -> Response {
        let answer = self.rpc.request::<_, Box<RawValue>>(ask.method, &ask.params).await;
        answer.map_err(|error| self.endpoint_error(error))
    }

    async fn send_batch(&self, asks: &[Request]) -> Result<Vec<Response>, EndpointError> {
        let mut batch = self.rpc.new_batch();
        let mut waiters = Vec::with_capacity(asks.len());
        for ask in asks {
            let waiter = batch.add_call::<_, Box<RawValue>>(ask.method, &ask.params);
            waiters.push(waiter.map_err(|error| self.endpoint_error(error))?);
        }
        batch.send().await.map_err(|error| self.endpoint_error(error))?;
        let mut replies = Vec::with_capacity(asks.len());
        for waiter in waiters {
            replies.push(waiter.await.map_err(|error| self.endpoint_error(error)));
        }
        batch_refused_per_entry(&replies)
            .map_or(Ok(replies), |text| Err(EndpointError::BatchRefused(text)))
    }

    fn endpoint_error(&self, error: alloy_transport::TransportError) -> EndpointError {
        EndpointError::from_transport(error, |text| self.name.redact(text))
    }

    fn shrink_batch(&self, entries: usize, fault: &EndpointError) {
        let fewer = smaller_batch(
            entries,
            fault.node_message().or_else(|| batch_message(fault)).as_deref(),
        );
        self.batch_size.fetch_min(fewer, Ordering::Relaxed);
        tracing::debug!(endpoint = self.name(), %fault, "batches of {entries} are too large, {fewer} are tried");
    }

    /// Lets it rest after a failure: as long as it asks for, or by chance up to a time that
    /// doubles with every failure in a row.
    pub(crate) fn back_off(
        &self,
        fault: &EndpointError,
        sent_at: Instant,
        options: &RpcOptions,
        share: f64,
    ) {
        let mut health = self.health();
        let doublings = health.record_failure(sent_at).saturating_sub(1).min(16);
        let longest = (options.initial_backoff * (1 << doublings)).min(options.max_backoff);
        let asked = fault.retry_after().map(|asked| asked.min(options.max_backoff));
        health.back_off(asked.unwrap_or_else(|| longest.mul_f64(share)));
    }

    /// How unwilling one should be to ask it now: the time it still rests, more if it was blamed.
    pub(crate) fn selection_penalty(&self) -> Duration {
        let health = self.health();
        let rest =
            health.backs_off_until().map(|until| until.saturating_duration_since(Instant::now()));
        let behind = if health.is_deprioritized() { DEPRIORITIZED_PENALTY } else { Duration::ZERO };
        rest.unwrap_or_default() + behind
    }
}

/// How long one waits for a good endpoint before one that was blamed is asked.
const DEPRIORITIZED_PENALTY: Duration = Duration::from_secs(10);

/// A request that is counted while it is on its way.
struct InFlightGuard<'a>(&'a AtomicUsize);

impl<'a> InFlightGuard<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for InFlightGuard<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn batch_message(fault: &EndpointError) -> Option<String> {
    match fault {
        EndpointError::BatchRefused(text) => Some(text.to_ascii_lowercase()),
        _ => None,
    }
}

/// Some providers refuse a batch by refusing each of its entries.
fn batch_refused_per_entry(replies: &[Response]) -> Option<String> {
    let speaks_of_batches = |reply: &Response| match reply {
        Err(EndpointError::ErrorResponse { text, .. }) => {
            text.to_ascii_lowercase().contains("batch")
        }
        _ => false,
    };
    let all = !replies.is_empty() && replies.iter().all(speaks_of_batches);
    all.then(|| replies[0].as_ref().err().map(EndpointError::to_string)).flatten()
}

/// How many entries to try after a batch was refused: the number it names, or none at all.
fn smaller_batch(entries: usize, said: Option<&str>) -> usize {
    let never = ["not supported", "unsupported", "not allowed", "disabled", "not available"];
    let said = said.unwrap_or_default();
    if never.iter().any(|word| said.contains(word)) {
        return 1;
    }
    let numbers =
        said.split(|letter: char| !letter.is_ascii_digit()).filter_map(|n| n.parse().ok());
    let named = numbers.filter(|number| (2..entries).contains(number)).max();
    named.unwrap_or(entries / 4).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_batch_shrinks_to_the_named_size() {
        assert_eq!(
            smaller_batch(100, Some("error -32600: batch limit of 20 requests exceeded")),
            20
        );
        assert_eq!(smaller_batch(100, Some("batch requests are not supported")), 1);
        assert_eq!(smaller_batch(100, Some("batch too large")), 25);
        assert_eq!(smaller_batch(100, None), 25);
        assert_eq!(smaller_batch(2, None), 1);
    }
}

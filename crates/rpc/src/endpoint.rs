//! One endpoint: requests, limits, health.

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

/// The response to one request.
pub(crate) type Response = Result<Box<RawValue>, EndpointError>;

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
}

impl Endpoint {
    pub(crate) fn new(
        client: reqwest::Client,
        url: Url,
        name: RedactedUrl,
        options: &RpcOptions,
    ) -> Self {
        let per_second = options.requests_per_s.map_or(usize::MAX, |rate| rate as usize);
        let transport = HttpTransport { client, url, name: name.clone(), timeout: options.timeout };
        Self {
            name,
            chain_id: OnceLock::new(),
            rpc: RpcClient::new(transport, false),
            permits: Semaphore::new(options.concurrency.max(1)),
            rate_limiter: RateLimiter::new(options.requests_per_s),
            batch_size: AtomicUsize::new(options.batch_size.min(per_second).max(1)),
            in_flight: AtomicUsize::new(0),
            health: Mutex::default(),
            window: Mutex::new(LogWindow::new(options.window_blocks)),
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
    }

    pub(crate) fn health(&self) -> MutexGuard<'_, EndpointHealth> {
        self.health.lock().expect("no thread panics while it holds the lock")
    }

    fn lock_window(&self) -> MutexGuard<'_, LogWindow> {
        self.window.lock().expect("no thread panics while it holds the lock")
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Sends requests in as few HTTP requests as its limits allow; responses are in the order of the
    /// requests.
    ///
    /// # Errors
    /// [`EndpointError`] if an HTTP request failed; an entry of a batch fails by its own response.
    pub(crate) async fn request(
        &self,
        requests: &[Request],
    ) -> Result<Vec<Response>, EndpointError> {
        let mut responses = Vec::with_capacity(requests.len());
        while responses.len() < requests.len() {
            let remaining = &requests[responses.len()..];
            let chunk = &remaining[..remaining.len().min(self.batch_size())];
            match self.send_admitted(chunk).await {
                Ok(more) => responses.extend(more),
                Err(error) if chunk.len() > 1 && error.is_batch_failure(chunk.len()) => {
                    self.shrink_batch(chunk.len(), &error);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(responses)
    }

    async fn send_admitted(&self, requests: &[Request]) -> Result<Vec<Response>, EndpointError> {
        let _counted = InFlightGuard::new(&self.in_flight);
        let _permit = self.permits.acquire().await.expect("the semaphore is never closed");
        self.wait_for_back_off().await;
        self.rate_limiter.acquire(requests.len()).await;
        let responses = match requests {
            [request] => vec![self.send_one(request).await],
            requests => self.send_batch(requests).await?,
        };
        if responses.iter().any(Result::is_ok) {
            self.health().record_success();
        }
        Ok(responses)
    }

    async fn wait_for_back_off(&self) {
        loop {
            let Some(until) = self.health().backs_off_until() else { return };
            sleep_until(until).await;
        }
    }

    async fn send_one(&self, request: &Request) -> Response {
        let response = self.rpc.request::<_, Box<RawValue>>(request.method, &request.params).await;
        response.map_err(|error| self.endpoint_error(error))
    }

    async fn send_batch(&self, requests: &[Request]) -> Result<Vec<Response>, EndpointError> {
        let mut batch = self.rpc.new_batch();
        let mut waiters = Vec::with_capacity(requests.len());
        for request in requests {
            let waiter = batch.add_call::<_, Box<RawValue>>(request.method, &request.params);
            waiters.push(waiter.map_err(|error| self.endpoint_error(error))?);
        }
        batch.send().await.map_err(|error| self.endpoint_error(error))?;
        let mut responses = Vec::with_capacity(requests.len());
        for waiter in waiters {
            responses.push(waiter.await.map_err(|error| self.endpoint_error(error)));
        }
        batch_refused_per_entry(&responses)
            .map_or(Ok(responses), |text| Err(EndpointError::BatchRefused(text)))
    }

    fn endpoint_error(&self, error: alloy_transport::TransportError) -> EndpointError {
        EndpointError::from_transport(error, |text| self.name.redact(text))
    }

    fn shrink_batch(&self, entries: usize, error: &EndpointError) {
        let fewer = smaller_batch(
            entries,
            error.node_message().or_else(|| batch_message(error)).as_deref(),
        );
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
        back_off.unwrap_or_default() + penalty + empty_blooms
    }
}

/// The delay that is accepted before a penalized endpoint is selected.
const DEPRIORITIZED_PENALTY: Duration = Duration::from_secs(10);

/// The delay that is accepted before an endpoint whose headers have empty blooms is selected.
const EMPTY_BLOOMS_PENALTY: Duration = Duration::from_secs(20);

/// Counts a request while it is in flight.
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

fn batch_message(error: &EndpointError) -> Option<String> {
    match error {
        EndpointError::BatchRefused(text) => Some(text.to_ascii_lowercase()),
        _ => None,
    }
}

/// Some providers refuse a batch by refusing each of its entries.
fn batch_refused_per_entry(responses: &[Response]) -> Option<String> {
    let is_about_batches = |response: &Response| match response {
        Err(EndpointError::ErrorResponse { text, .. }) => {
            text.to_ascii_lowercase().contains("batch")
        }
        _ => false,
    };
    let all = !responses.is_empty() && responses.iter().all(is_about_batches);
    all.then(|| responses[0].as_ref().err().map(EndpointError::to_string)).flatten()
}

/// The batch size to try after a batch was refused: the size that the message names, 1 if batches
/// are not supported, a quarter otherwise.
fn smaller_batch(entries: usize, message: Option<&str>) -> usize {
    let never = ["not supported", "unsupported", "not allowed", "disabled", "not available"];
    let message = message.unwrap_or_default();
    if never.iter().any(|word| message.contains(word)) {
        return 1;
    }
    let numbers =
        message.split(|letter: char| !letter.is_ascii_digit()).filter_map(|n| n.parse().ok());
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

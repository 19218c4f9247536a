//! Limits and delays of a client.

use std::time::Duration;

/// Limits and delays of a [`Client`](crate::Client), for each of its endpoints.
#[derive(Debug, Clone)]
pub struct RpcOptions {
    /// Requests per second to one endpoint; each entry of a batch counts. `None` is no limit.
    pub requests_per_s: Option<f64>,
    /// HTTP requests in flight to one endpoint.
    pub concurrency: usize,
    /// The longest wait for a response, its body included.
    pub timeout: Duration,
    /// Attempts at one request, over all endpoints.
    pub max_attempts: u32,
    /// Blocks per request for logs, until an endpoint's limit is known.
    pub window_blocks: u64,
    /// Requests per batch, until an endpoint's limit is known.
    pub batch_size: usize,
    /// The longest back-off after an endpoint's first failure; it doubles with each further one.
    pub initial_backoff: Duration,
    /// The longest back-off of all, also after a `Retry-After`.
    pub max_backoff: Duration,
    /// Seed of the back-offs' jitter.
    pub seed: u64,
}

impl Default for RpcOptions {
    fn default() -> Self {
        Self {
            requests_per_s: None,
            concurrency: 8,
            timeout: Duration::from_secs(60),
            max_attempts: 8,
            window_blocks: 10_000,
            batch_size: 100,
            initial_backoff: Duration::from_millis(250),
            max_backoff: Duration::from_secs(30),
            seed: 0,
        }
    }
}

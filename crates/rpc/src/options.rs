//! Limits and delays of a client.

use std::time::Duration;

use crate::refusal::RefusalTexts;

/// Limits and delays of a [`Client`](crate::Client), for each of its endpoints.
#[derive(Debug, Clone)]
pub struct RpcOptions {
    /// Requests per second to one endpoint; each entry of a batch counts. `None` is no limit.
    pub requests_per_s: Option<f64>,
    /// HTTP requests in flight to one endpoint.
    pub concurrency: usize,
    /// The longest wait for a response, its body included.
    pub timeout: Duration,
    /// Attempts at one request, over all endpoints; those that found an endpoint busy or out of
    /// reach do not count.
    pub max_attempts: u32,
    /// How long endpoints may be busy or out of reach, without any success, until a request fails.
    pub give_up_after: Duration,
    /// The most blocks of one request for logs; fewer where an endpoint permits fewer.
    pub max_window_blocks: u64,
    /// Requests per batch, until an endpoint's limit is known.
    pub batch_size: usize,
    /// The longest back-off after an endpoint's first failure; it doubles with each further one.
    pub initial_backoff: Duration,
    /// The longest back-off of all, also after a `Retry-After`.
    pub max_backoff: Duration,
    /// What the error messages of endpoints mean.
    pub refusals: RefusalTexts,
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
            give_up_after: Duration::from_secs(600),
            max_window_blocks: u64::MAX,
            batch_size: 100,
            initial_backoff: Duration::from_millis(250),
            max_backoff: Duration::from_secs(30),
            refusals: RefusalTexts::default(),
            seed: 0,
        }
    }
}

//! How hard endpoints may be leant on.

use std::time::Duration;

/// What a [`Client`](super::Client) allows itself with each of its endpoints.
#[derive(Debug, Clone)]
pub struct RpcOptions {
    /// Requests a second to one endpoint, where each entry of a batch counts; `None` is no limit.
    pub requests_per_s: Option<f64>,
    /// Requests that one endpoint answers at the same time.
    pub concurrency: usize,
    /// How long an answer may take, its body included.
    pub timeout: Duration,
    /// How often one request is sent in all, over all endpoints.
    pub max_attempts: u32,
    /// Blocks whose logs are asked for at once until an endpoint's limit is known.
    pub window_blocks: u64,
    /// Entries of one batch until an endpoint's limit is known.
    pub batch_size: usize,
    /// The longest rest after an endpoint's first failure; it doubles with each further one.
    pub initial_backoff: Duration,
    /// The longest rest that an endpoint's failures or its `Retry-After` can bring.
    pub max_backoff: Duration,
    /// Seeds the jitter of rests.
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

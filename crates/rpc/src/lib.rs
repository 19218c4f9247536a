//! Nodes asked over JSON-RPC: several of them, none of them trusted to answer.

mod block_tag;
mod blocks;
mod call;
mod dev_node;
mod endpoint;
mod endpoint_error;
mod error;
mod header;
mod health;
mod log;
mod log_limit;
mod log_window;
mod options;
mod pool;
mod rate_limiter;
mod redacted_url;
mod request_all;
mod retry;
mod retry_after;
mod transport;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::join_all;
use url::Url;

pub use block_tag::BlockTag;
pub use blocks::{header_request, parse_header};
pub use call::CallOutcome;
pub use call::call_outcome;
pub use dev_node::{DevNode, DevNodeError, TransactionOutcome};
pub use endpoint::{Endpoint, Request, Response};
pub use endpoint_error::EndpointError;
pub use error::RpcError;
pub use header::Header;
pub use log::{Log, LogFilter};
pub use log_limit::LogLimit;
pub use options::RpcOptions;
use pool::EndpointPool;
pub use retry_after::parse_retry_after;

/// One chain's endpoints; clones share what was learned about them.
#[derive(Clone)]
pub struct Client {
    pool: Arc<EndpointPool>,
    request_count: Arc<AtomicU64>,
}

/// How an endpoint stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointStatus {
    /// The endpoint, without its secrets.
    pub endpoint: String,
    /// How often it was found to say what is not so.
    pub penalties: u32,
    /// Blocks whose logs it is asked for at once.
    pub window_blocks: u64,
    /// Requests it is sent at once.
    pub batch_size: usize,
}

impl Client {
    /// A client of the endpoints at some URLs; nothing is sent yet.
    ///
    /// # Errors
    /// [`RpcError`] if there is no URL or one is neither http nor https.
    pub fn new(urls: &[Url], options: RpcOptions) -> Result<Self, RpcError> {
        Ok(Self {
            pool: Arc::new(EndpointPool::new(urls, options)?),
            request_count: Arc::default(),
        })
    }

    /// Asks every endpoint which chain it serves, and drops those that serve another.
    ///
    /// An endpoint that does not answer is asked again before it is used.
    ///
    /// # Errors
    /// [`RpcError::WrongChain`] if all serve another chain, [`RpcError::GaveUp`] if none answers.
    pub async fn connect(&self, expected_chain_id: u64) -> Result<(), RpcError> {
        let pool = &*self.pool;
        let expected = *pool.expected_chain_id.get_or_init(|| expected_chain_id);
        debug_assert_eq!(expected, expected_chain_id, "a client stays with its chain");
        let verified =
            join_all(pool.endpoints.iter().map(|endpoint| pool.verify_chain(endpoint))).await;
        for (endpoint, outcome) in pool.endpoints.iter().zip(&verified) {
            if let Err(fault) = outcome {
                tracing::warn!(endpoint = endpoint.name(), %fault, "does not say which chain it serves");
                endpoint.health().deprioritize();
            }
        }
        pool.retry("eth_chainId", format!("chain {expected}")).next_endpoint().await.map(drop)
    }

    /// Warns that an endpoint said what is not so, and prefers the others for a while.
    ///
    /// `endpoint` is a name as in [`Standing`] and in errors; an unknown one is passed over.
    pub fn penalize(&self, endpoint: &str, why: &str) {
        let named = self.pool.endpoints.iter().find(|known| known.name() == endpoint);
        if let Some(endpoint) = named {
            self.pool.penalize(endpoint, why);
        }
    }

    /// How the endpoints stand, in the order in which they were given.
    #[must_use]
    pub fn endpoint_statuses(&self) -> Vec<EndpointStatus> {
        let standing = |endpoint: &Endpoint| EndpointStatus {
            endpoint: endpoint.name().to_owned(),
            penalties: endpoint.health().penalties(),
            window_blocks: endpoint.window_blocks(),
            batch_size: endpoint.batch_size(),
        };
        self.pool.endpoints.iter().map(standing).collect()
    }

    pub fn pool(&self) -> &EndpointPool {
        &self.pool
    }

    /// The same client, which counts its requests from zero.
    pub fn with_own_request_count(&self) -> Self {
        Self { pool: Arc::clone(&self.pool), request_count: Arc::default() }
    }

    /// How many requests were made, where each entry of a batch counts.
    pub fn request_count(&self) -> u64 {
        self.request_count.load(Ordering::Relaxed)
    }

    /// Asks the first endpoint, once.
    pub async fn request_first(&self, asks: &[Request]) -> Result<Vec<Response>, EndpointError> {
        self.request(&self.pool.endpoints[0], asks).await
    }

    /// Asks one endpoint.
    pub async fn request(
        &self,
        to: &Endpoint,
        asks: &[Request],
    ) -> Result<Vec<Response>, EndpointError> {
        self.request_count.fetch_add(asks.len() as u64, Ordering::Relaxed);
        to.request(asks).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Client").field(&self.endpoint_statuses()).finish()
    }
}

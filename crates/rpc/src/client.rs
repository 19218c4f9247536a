//! A chain's endpoints as one client.

mod blocks;
mod call;
mod request_all;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::join_all;
use url::Url;

pub(crate) use blocks::{header_request, parse_header};
pub use call::CallOutcome;
pub(crate) use call::call_outcome;

use crate::endpoint::{Endpoint, Request, Response};
use crate::endpoint_error::EndpointError;
use crate::error::RpcError;
use crate::options::RpcOptions;
use crate::pool::EndpointPool;
use crate::retry::Retry;

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
        self.retry("eth_chainId", format!("chain {expected}")).next_endpoint().await.map(drop)
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

    /// The attempts at one request; `about` names it in errors.
    pub(crate) fn retry(&self, method: &'static str, about: impl ToString) -> Retry<'_> {
        Retry::new(&self.pool, method, about.to_string())
    }

    pub(crate) fn pool(&self) -> &EndpointPool {
        &self.pool
    }

    /// The same client, which counts its requests from zero.
    pub(crate) fn with_own_request_count(&self) -> Self {
        Self { pool: Arc::clone(&self.pool), request_count: Arc::default() }
    }

    /// How many requests were made, where each entry of a batch counts.
    pub(crate) fn request_count(&self) -> u64 {
        self.request_count.load(Ordering::Relaxed)
    }

    /// Asks the first endpoint, once.
    pub(crate) async fn request_first(
        &self,
        asks: &[Request],
    ) -> Result<Vec<Response>, EndpointError> {
        self.request(&self.pool.endpoints[0], asks).await
    }

    /// Asks one endpoint.
    pub(crate) async fn request(
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

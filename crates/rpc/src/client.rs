//! A chain's endpoints as one client.

mod blocks;
mod call;
mod head;
mod request_all;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use url::Url;

pub(crate) use blocks::{header_request, parse_header};
pub use call::CallOutcome;
pub(crate) use call::call_outcome;

use crate::endpoint::{Endpoint, RedactedUrl, Request, Response};
use crate::endpoint_error::EndpointError;
use crate::error::RpcError;
use crate::head_subscription::HeadSubscription;
use crate::options::RpcOptions;
use crate::pool::EndpointPool;
use crate::retry::Retry;
use crate::traffic::Traffic;

/// One chain's endpoints; clones share their statuses and limits.
#[derive(Clone)]
pub struct Client {
    pool: Arc<EndpointPool>,
    heads: Option<Arc<HeadSubscription>>,
    request_count: Arc<AtomicU64>,
}

/// An endpoint's current limits and penalties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointStatus {
    /// The endpoint, without its secrets.
    pub endpoint: String,
    /// How often it was penalized for a wrong response.
    pub penalties: u32,
    /// Blocks per request for logs.
    pub window_blocks: u64,
    /// Requests per batch.
    pub batch_size: usize,
    /// Addresses or topics per request for logs; `usize::MAX` if no limit is known.
    pub max_items: usize,
    /// How often it was backed off from.
    pub back_offs: u32,
}

impl Client {
    /// A client of the endpoints at some URLs. Sends nothing.
    ///
    /// Requests go to those of http and https; those of ws and wss report new blocks to
    /// [`Client::wait_for_head`].
    ///
    /// # Errors
    /// [`RpcError`] if there is no URL of http or https, or one of another scheme.
    pub fn new(urls: &[Url], options: RpcOptions) -> Result<Self, RpcError> {
        let is_ws = |url: &Url| matches!(url.scheme(), "ws" | "wss");
        let (ws, http): (Vec<Url>, Vec<Url>) = urls.iter().cloned().partition(is_ws);
        if let (Some(ws), true) = (ws.first(), http.is_empty()) {
            let endpoint = RedactedUrl::new(ws).as_str().to_owned();
            return Err(RpcError::NoHttpEndpoint { endpoint });
        }
        Ok(Self {
            pool: Arc::new(EndpointPool::new(&http, options)?),
            heads: (!ws.is_empty()).then(|| Arc::new(HeadSubscription::new(ws))),
            request_count: Arc::default(),
        })
    }

    /// Waits until a WebSocket endpoint reports a new block, at most for a time.
    pub async fn wait_for_head(&self, at_most: Duration) {
        match &self.heads {
            Some(heads) => heads.wait(at_most).await,
            None => tokio::time::sleep(at_most).await,
        }
    }

    /// Requests the chain id of every endpoint, and drops those of another chain.
    ///
    /// The chain id of an endpoint that does not respond is requested again before it is used.
    ///
    /// # Errors
    /// [`RpcError::WrongChain`] if all serve another chain, [`RpcError::RetriesExhausted`] if none
    /// responds.
    pub async fn connect(&self, expected_chain_id: u64) -> Result<(), RpcError> {
        let pool = &*self.pool;
        let expected = *pool.expected_chain_id.get_or_init(|| expected_chain_id);
        debug_assert_eq!(expected, expected_chain_id, "a client serves one chain");
        let verified =
            join_all(pool.endpoints.iter().map(|endpoint| pool.verify_chain(endpoint))).await;
        for (endpoint, outcome) in pool.endpoints.iter().zip(&verified) {
            if let Err(error) = outcome {
                tracing::warn!(endpoint = endpoint.name(), %error, "does not return its chain id");
                endpoint.health().deprioritize();
            }
        }
        self.retry("eth_chainId", format!("chain {expected}")).next_endpoint().await.map(drop)
    }

    /// Logs a warning about a wrong response of an endpoint, and prefers the others for a while.
    ///
    /// `endpoint` is a name as in [`EndpointStatus`] and in errors; an unknown one is ignored.
    pub fn penalize(&self, endpoint: &str, why: &str) {
        let named = self.pool.endpoints.iter().find(|known| known.name() == endpoint);
        if let Some(endpoint) = named {
            self.pool.penalize(endpoint, why);
        }
    }

    /// The status of every endpoint, in the order in which they were given.
    #[must_use]
    pub fn endpoint_statuses(&self) -> Vec<EndpointStatus> {
        let status = |endpoint: &Endpoint| {
            let health = endpoint.health();
            EndpointStatus {
                endpoint: endpoint.name().to_owned(),
                penalties: health.penalties(),
                window_blocks: endpoint.window_blocks(),
                batch_size: endpoint.batch_size(),
                max_items: endpoint.max_items(),
                back_offs: health.back_offs(),
            }
        };
        self.pool.endpoints.iter().map(status).collect()
    }

    /// The endpoints that withheld logs; what they returned before with a sampled proof may be
    /// incomplete.
    #[must_use]
    pub fn withholding_endpoints(&self) -> Vec<String> {
        let withheld = self.pool.endpoints.iter().filter(|end| end.health().has_withheld_logs());
        withheld.map(|endpoint| endpoint.name().to_owned()).collect()
    }

    /// The traffic of this client and its clones so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.pool.traffic.get()
    }

    /// The attempts at one request; `about` names it in errors.
    pub(crate) fn retry(&self, method: &'static str, about: impl ToString) -> Retry<'_> {
        Retry::new(&self.pool, method, about.to_string())
    }

    pub(crate) fn pool(&self) -> &EndpointPool {
        &self.pool
    }

    /// The same client with its own request count, from zero.
    pub(crate) fn with_own_request_count(&self) -> Self {
        Self { request_count: Arc::default(), ..self.clone() }
    }

    /// The number of requests made; each entry of a batch counts.
    pub(crate) fn request_count(&self) -> u64 {
        self.request_count.load(Ordering::Relaxed)
    }

    /// Sends requests to the first endpoint, once.
    pub(crate) async fn request_first(
        &self,
        requests: &[Request],
    ) -> Result<Vec<Response>, EndpointError> {
        self.request(&self.pool.endpoints[0], requests).await
    }

    /// Sends requests to one endpoint.
    pub(crate) async fn request(
        &self,
        to: &Endpoint,
        requests: &[Request],
    ) -> Result<Vec<Response>, EndpointError> {
        self.request_count.fetch_add(requests.len() as u64, Ordering::Relaxed);
        to.request(requests).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Client").field(&self.endpoint_statuses()).finish()
    }
}

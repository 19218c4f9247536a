//! Nodes asked over JSON-RPC: several of them, none of them trusted to answer.

mod ask_all;
mod blocks;
mod call;
mod dev_node;
mod endpoint;
mod error;
mod fault;
mod header;
mod health;
mod limit;
mod log;
mod name;
mod options;
mod pace;
mod pool;
mod retry_after;
mod tag;
mod transport;
mod tries;
mod window;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::join_all;
use url::Url;

pub use blocks::{header, read_header};
pub use call::CallOutcome;
pub use call::outcome;
pub use dev_node::{DevNode, DevNodeError, Sent};
pub use endpoint::{Ask, Endpoint, Reply};
pub use error::RpcError;
pub use fault::Fault;
pub use header::Header;
pub use limit::Limit;
pub use log::{Log, LogFilter};
pub use options::RpcOptions;
use pool::Pool;
pub use retry_after::retry_after;
pub use tag::BlockTag;

/// One chain's endpoints; clones share what was learned about them.
#[derive(Clone)]
pub struct Client {
    pool: Arc<Pool>,
    requests: Arc<AtomicU64>,
}

/// How an endpoint stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The endpoint, without its secrets.
    pub endpoint: String,
    /// How often it was found to say what is not so.
    pub blamed: u32,
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
        Ok(Self { pool: Arc::new(Pool::new(urls, options)?), requests: Arc::default() })
    }

    /// Asks every endpoint which chain it serves, and drops those that serve another.
    ///
    /// An endpoint that does not answer is asked again before it is used.
    ///
    /// # Errors
    /// [`RpcError::WrongChain`] if all serve another chain, [`RpcError::GaveUp`] if none answers.
    pub async fn connect(&self, expected_chain_id: u64) -> Result<(), RpcError> {
        let pool = &*self.pool;
        let expected = *pool.expected.get_or_init(|| expected_chain_id);
        debug_assert_eq!(expected, expected_chain_id, "a client stays with its chain");
        let verified = join_all(pool.endpoints.iter().map(|endpoint| pool.verify(endpoint))).await;
        for (endpoint, outcome) in pool.endpoints.iter().zip(&verified) {
            if let Err(fault) = outcome {
                tracing::warn!(endpoint = endpoint.name(), %fault, "does not say which chain it serves");
                endpoint.health().put_behind();
            }
        }
        pool.tries("eth_chainId", format!("chain {expected}")).endpoint().await.map(drop)
    }

    /// Warns that an endpoint said what is not so, and prefers the others for a while.
    ///
    /// `endpoint` is a name as in [`Standing`] and in errors; an unknown one is passed over.
    pub fn blame(&self, endpoint: &str, why: &str) {
        let named = self.pool.endpoints.iter().find(|known| known.name() == endpoint);
        if let Some(endpoint) = named {
            self.pool.blame(endpoint, why);
        }
    }

    /// How the endpoints stand, in the order in which they were given.
    #[must_use]
    pub fn standings(&self) -> Vec<Standing> {
        let standing = |endpoint: &Endpoint| Standing {
            endpoint: endpoint.name().to_owned(),
            blamed: endpoint.health().blamed(),
            window_blocks: endpoint.window(),
            batch_size: endpoint.batch(),
        };
        self.pool.endpoints.iter().map(standing).collect()
    }

    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// The same client, which counts its requests from zero.
    pub fn counting(&self) -> Self {
        Self { pool: Arc::clone(&self.pool), requests: Arc::default() }
    }

    /// How many requests were made, where each entry of a batch counts.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Asks the first endpoint, once.
    pub async fn ask_first(&self, asks: &[Ask]) -> Result<Vec<Reply>, Fault> {
        self.ask(&self.pool.endpoints[0], asks).await
    }

    /// Asks one endpoint.
    pub async fn ask(&self, to: &Endpoint, asks: &[Ask]) -> Result<Vec<Reply>, Fault> {
        self.requests.fetch_add(asks.len() as u64, Ordering::Relaxed);
        to.ask(asks).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Client").field(&self.standings()).finish()
    }
}

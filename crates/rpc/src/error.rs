//! The errors of a request to all endpoints.

use crate::block_tag::BlockTag;
use crate::endpoint_error::EndpointError;

/// A request that failed at every endpoint, with the last endpoint and its error.
#[derive(Debug, thiserror::Error)]
pub enum RpcError {
    /// No URL was given.
    #[error("no endpoint was given")]
    NoEndpoint,
    /// Requests need an endpoint of http or https.
    #[error(
        "{endpoint} only reports new blocks: add an http or https endpoint, from which they are read"
    )]
    NoHttpEndpoint {
        /// The WebSocket endpoint, without its secrets.
        endpoint: String,
    },
    /// No endpoint's newest block can be true.
    #[error(
        "{endpoint} reports {number} as its newest block, but {problem}; no other endpoint is left"
    )]
    ImplausibleHead {
        /// The last endpoint rejected, without its secrets.
        endpoint: String,
        /// The block that it reports.
        number: u64,
        /// What contradicts it.
        problem: String,
    },
    /// A URL has another scheme than http, https, ws or wss.
    #[error("endpoint {endpoint} is `{scheme}`, where http, https, ws or wss is needed")]
    UnsupportedScheme {
        /// The endpoint, without its secrets.
        endpoint: String,
        /// The scheme found.
        scheme: String,
    },
    /// The HTTP client could not be created.
    #[error("the HTTP client cannot be created")]
    HttpClient(#[source] reqwest::Error),
    /// No endpoint serves the expected chain.
    #[error("{endpoint} serves chain {found}, not {expected}, and no other endpoint is left")]
    WrongChain {
        /// The last endpoint rejected, without its secrets.
        endpoint: String,
        /// The chain that it serves.
        found: u64,
        /// The expected chain.
        expected: u64,
    },
    /// No endpoint returns a finalized block.
    #[error("{endpoint} knows no finalized block")]
    NoFinalizedBlock {
        /// The last endpoint, without its secrets.
        endpoint: String,
        /// Its error.
        source: EndpointError,
    },
    /// No endpoint has the state of a block.
    #[error("{endpoint} has no state at block {block}")]
    StateUnavailable {
        /// The block.
        block: BlockTag,
        /// The last endpoint, without its secrets.
        endpoint: String,
        /// Its error.
        source: EndpointError,
    },
    /// Every attempt failed.
    #[error("{endpoint}: {method} of {about} failed (attempts: {attempts}, within {elapsed_s} s)")]
    RetriesExhausted {
        /// The last endpoint, without its secrets.
        endpoint: String,
        /// The JSON-RPC method.
        method: &'static str,
        /// The blocks or contracts of the request.
        about: String,
        /// The number of attempts over all endpoints.
        attempts: u32,
        /// The time since the first of them failed, seconds.
        elapsed_s: u32,
        /// The error of the last attempt.
        source: EndpointError,
    },
}

//! What can keep an answer from a caller.

use crate::block_tag::BlockTag;
use crate::endpoint_error::EndpointError;

/// A request that no endpoint answered, with the endpoint asked last and why.
#[derive(Debug, thiserror::Error)]
pub enum RpcError {
    /// No URL was given.
    #[error("no endpoint was given")]
    NoEndpoint,
    /// A URL is not one that can be asked over HTTP.
    #[error("endpoint {endpoint} is `{scheme}`, where http or https is needed")]
    UnsupportedScheme {
        /// The endpoint, without its secrets.
        endpoint: String,
        /// The scheme found.
        scheme: String,
    },
    /// The HTTP client could not be made.
    #[error("no HTTP client can be made")]
    HttpClient(#[source] reqwest::Error),
    /// No endpoint serves the chain that is wanted.
    #[error("{endpoint} serves chain {found}, not {expected}, and no other endpoint is left")]
    WrongChain {
        /// The last endpoint refused, without its secrets.
        endpoint: String,
        /// The chain that it serves.
        found: u64,
        /// The chain wanted.
        expected: u64,
    },
    /// No endpoint can tell which block is final.
    #[error("{endpoint} does not say which block is final")]
    NoFinalizedBlock {
        /// The endpoint asked last, without its secrets.
        endpoint: String,
        /// What it said.
        source: EndpointError,
    },
    /// No endpoint has the state after a block any more.
    #[error("{endpoint} has no state at block {block}")]
    StateUnavailable {
        /// The block.
        block: BlockTag,
        /// The endpoint asked last, without its secrets.
        endpoint: String,
        /// What it said.
        source: EndpointError,
    },
    /// Every attempt failed.
    #[error("{endpoint}: {method} of {about} failed (attempts: {attempts})")]
    RetriesExhausted {
        /// The endpoint asked last, without its secrets.
        endpoint: String,
        /// The JSON-RPC method.
        method: &'static str,
        /// The blocks or the contract asked about.
        about: String,
        /// How often it was sent, over all endpoints.
        attempts: u32,
        /// What the last attempt came to.
        source: EndpointError,
    },
}

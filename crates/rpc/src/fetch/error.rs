//! The errors of fetching a range.

use alloy_primitives::Address;

use crate::endpoint_error::EndpointError;
use crate::error::RpcError;

/// A range that could not be fetched completely from one history of the chain.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No endpoint responded.
    #[error(transparent)]
    Rpc(#[from] RpcError),
    /// A single block has more logs than any endpoint returns at once.
    #[error("{endpoint} does not return the logs of block {block}, which is one block alone")]
    BlockTooLarge {
        /// The last endpoint, without its secrets.
        endpoint: String,
        /// The block.
        block: u64,
        /// Its error.
        source: EndpointError,
    },
    /// The chain kept changing during the fetch, or endpoints follow different histories.
    #[error("the chain keeps changing at block {block}: {problem}")]
    Unstable {
        /// The first inconsistent block.
        block: u64,
        /// The inconsistency.
        problem: String,
    },
    /// A block's bloom indicates logs of a contract, and no endpoint returns them.
    #[error(
        "{endpoint} withholds logs of block {block}, whose bloom indicates contract {contract}"
    )]
    WithheldLogs {
        /// The last endpoint, without its secrets.
        endpoint: String,
        /// The block.
        block: u64,
        /// The contract of the filter that the bloom indicates.
        contract: Address,
    },
}

impl FetchError {
    /// Converts the error of a request for logs into one of the range.
    pub(super) fn from_rpc_error(error: RpcError) -> Self {
        match error {
            RpcError::RetriesExhausted {
                endpoint,
                source: EndpointError::WithheldLogs { block, contract },
                ..
            } => Self::WithheldLogs { endpoint, block, contract },
            other => other.into(),
        }
    }
}

//! What can keep a range from being fetched whole.

use alloy_primitives::Address;

use crate::endpoint_error::EndpointError;
use crate::error::RpcError;

/// A range that could not be fetched whole and of one history.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No endpoint answered.
    #[error(transparent)]
    Rpc(#[from] RpcError),
    /// One block alone has more logs than any endpoint gives at once.
    #[error("{endpoint} does not give the logs of block {block}, which is one block alone")]
    BlockTooLarge {
        /// The endpoint asked last, without its secrets.
        endpoint: String,
        /// The block.
        block: u64,
        /// What it said.
        source: EndpointError,
    },
    /// The chain kept changing while it was read, or endpoints follow different histories.
    #[error("the chain keeps changing at block {block}: {problem}")]
    Unstable {
        /// The first block at fault.
        block: u64,
        /// What does not fit.
        problem: String,
    },
    /// A block's bloom says that a contract wrote logs, and nobody shows them.
    #[error(
        "{endpoint} withholds logs of block {block}, whose bloom speaks for contract {contract}"
    )]
    WithheldLogs {
        /// The endpoint asked last, without its secrets.
        endpoint: String,
        /// The block.
        block: u64,
        /// The contract of the filter that the bloom speaks for.
        contract: Address,
    },
}

impl FetchError {
    /// What the last fault of a request for logs means for the range.
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

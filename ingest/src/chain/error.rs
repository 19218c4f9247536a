//! What can stop an ingestion from a chain.

use std::path::PathBuf;

use alloy_primitives::{Address, B256};

use plimsoll_rpc::{EndpointError, FetchError, RpcError};

/// A failure that names the contract, block or file at fault.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// A market file cannot be meant so.
    #[error("{path}: {problem}")]
    MarketFile {
        /// The file.
        path: PathBuf,
        /// The fault, in words.
        problem: String,
    },
    /// A contract is not what the market file says it is.
    #[error("{address} is no {kind} at block {block}: `{call}` has no answer")]
    MissingContract {
        /// The contract.
        address: Address,
        /// What it should be.
        kind: &'static str,
        /// The function that should have answered.
        call: &'static str,
        /// The block at which it was asked.
        block: u64,
    },
    /// The block of a contract's creation cannot be found.
    #[error(
        "no endpoint keeps the past state that tells when {address} was created: set `from_block` in the market file, or give --from"
    )]
    UnknownDeploymentBlock {
        /// The contract.
        address: Address,
    },
    /// The range asked for is empty.
    #[error("there is nothing from block {from} to block {to}")]
    EmptyRange {
        /// First block asked for.
        from: u64,
        /// Last block asked for.
        to: u64,
    },
    /// The chain that the endpoints tell parts from the lake's too early to be a reorg.
    #[error(
        "the endpoints tell another chain than the lake from block {block} on, {depth} blocks below its end: that is more than a reorg of {limit} blocks"
    )]
    DivergedChain {
        /// First block that differs.
        block: u64,
        /// How far below the lake's last block.
        depth: u64,
        /// The deepest reorg believed, blocks.
        limit: u64,
    },
    /// Blocks do not link although they were just read.
    #[error("block {block} names {found} as its parent, but block {} is {expected}", block - 1)]
    BrokenParentLink {
        /// The block.
        block: u64,
        /// The parent's hash.
        expected: B256,
        /// The hash it names.
        found: B256,
    },
    /// A contract appeared that discovery had not found.
    #[error("from block {block} on, {problem}: an endpoint told discovery what is not so")]
    DiscoveryMismatch {
        /// The block.
        block: u64,
        /// What was not found.
        problem: String,
        /// The endpoints that told discovery of the block.
        endpoints: Vec<String>,
    },
    /// The endpoints failed.
    #[error(transparent)]
    Rpc(#[from] RpcError),
    /// A range of blocks cannot be had whole.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The lake failed.
    #[error("the lake failed")]
    Lake(#[from] plimsoll_lake::LakeError),
    /// A worker died.
    #[error("a worker died")]
    Worker(#[from] tokio::task::JoinError),
}

impl ChainError {
    /// Whether the chain moved while it was read, so that reading again may do.
    pub(crate) const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::BrokenParentLink { .. }
                | Self::DiscoveryMismatch { .. }
                | Self::Fetch(FetchError::Unstable { .. })
                | Self::Rpc(RpcError::RetriesExhausted {
                    source: EndpointError::MissingBlock(_),
                    ..
                })
        )
    }

    /// Whether it may be gone when the endpoints are asked again later.
    pub(crate) const fn is_endpoint_failure(&self) -> bool {
        self.is_transient() || matches!(self, Self::Rpc(_) | Self::Fetch(_))
    }
}

//! The errors of an ingestion from a chain.

use std::path::PathBuf;

use alloy_primitives::{Address, B256};

use plimsoll_rpc::{EndpointError, FetchError, RpcError};

/// A failure, with the contract, block or file that caused it.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// A market file is invalid.
    #[error("{path}: {problem}")]
    MarketFile {
        /// The file.
        path: PathBuf,
        /// The problem.
        problem: String,
    },
    /// A contract is not of the kind that the market file implies.
    #[error("{address} is no {kind} at block {block}: `{call}` has no result")]
    MissingContract {
        /// The contract.
        address: Address,
        /// Its expected kind.
        kind: &'static str,
        /// The function that returned nothing.
        call: &'static str,
        /// The block of the call.
        block: u64,
    },
    /// The block of a contract's creation cannot be found.
    #[error(
        "no endpoint has the past state to find the creation of {address}: set `from_block` in the market file, or give --from"
    )]
    UnknownDeploymentBlock {
        /// The contract.
        address: Address,
    },
    /// The requested first block is after the creation of the stream's contracts.
    #[error(
        "{stream} was created in block {created}: read from block {from} on, its balances would lack what happened before; leave out --from"
    )]
    PartialHistory {
        /// The stream.
        stream: String,
        /// The block of its creation.
        created: u64,
        /// The requested block.
        from: u64,
    },
    /// The requested range is empty.
    #[error("there is nothing from block {from} to block {to}")]
    EmptyRange {
        /// First requested block.
        from: u64,
        /// Last requested block.
        to: u64,
    },
    /// The endpoints' chain diverges from the lake's deeper than a reorg may.
    #[error(
        "the endpoints have another chain than the lake from block {block} on, {depth} blocks below its end: that is more than a reorg of {limit} blocks"
    )]
    DivergedChain {
        /// First block that differs.
        block: u64,
        /// Number of blocks from it to the lake's last block.
        depth: u64,
        /// The deepest reorg that is accepted, blocks.
        limit: u64,
    },
    /// Blocks that were just read are not linked.
    #[error("block {block} has the parent {found}, but block {} is {expected}", block - 1)]
    BrokenParentLink {
        /// The block.
        block: u64,
        /// The parent's hash.
        expected: B256,
        /// The hash in its header.
        found: B256,
    },
    /// Discovery used logs that differ from the verified ones.
    #[error("from block {block} on, {problem}: discovery used wrong logs of an endpoint")]
    DiscoveryMismatch {
        /// The block.
        block: u64,
        /// The difference.
        problem: String,
        /// The endpoints whose logs of the block discovery used.
        endpoints: Vec<String>,
    },
    /// Rows of an older version name an asset whose token the lake no longer knows.
    #[error(
        "market {market}: rows of an older version name the asset {asset}, which is none of {known} now, so its token is not known: ingest this market into a new lake"
    )]
    UnknownAsset {
        /// The market.
        market: String,
        /// The name in the rows.
        asset: String,
        /// The assets that the lake knows.
        known: String,
    },
    /// An endpoint withheld logs, after it had returned others that were not verified by all headers.
    #[error(
        "{endpoint} withheld logs, so blocks from {from} on that were not verified by all headers may lack some"
    )]
    WithholdingEndpoint {
        /// The endpoint.
        endpoint: String,
        /// The first of these blocks.
        from: u64,
    },
    /// The endpoints failed.
    #[error(transparent)]
    Rpc(#[from] RpcError),
    /// A range of blocks cannot be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The lake failed.
    #[error("the lake failed")]
    Lake(#[from] plimsoll_lake::LakeError),
    /// A worker panicked.
    #[error("a worker panicked")]
    Worker(#[from] tokio::task::JoinError),
}

impl ChainError {
    /// Whether the chain changed while it was read, so that a retry may succeed.
    pub(crate) const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::BrokenParentLink { .. }
                | Self::DiscoveryMismatch { .. }
                | Self::WithholdingEndpoint { .. }
                | Self::Fetch(FetchError::Unstable { .. })
                | Self::Rpc(RpcError::RetriesExhausted {
                    source: EndpointError::MissingBlock(_),
                    ..
                })
        )
    }

    /// Whether a later retry at the endpoints may succeed.
    pub(crate) const fn is_endpoint_failure(&self) -> bool {
        self.is_transient() || matches!(self, Self::Rpc(_) | Self::Fetch(_))
    }
}

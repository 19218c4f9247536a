//! Options of an ingestion.

use std::time::Duration;

use plimsoll_rpc::BlockTag;

use super::proof_mode::ProofMode;

/// Options of an ingestion.
#[derive(Debug, Clone)]
pub struct ChainOptions {
    /// The first block; the market's first if `None`.
    pub from: Option<u64>,
    /// The last block.
    pub to: BlockTag,
    /// How long to wait for the next block when following.
    pub poll: Duration,
    /// The deepest reorg that is accepted, blocks.
    pub max_reorg: u64,
    /// How blocks are verified that no reorg can remove.
    pub proof: ProofMode,
    /// With [`ProofMode::Sampled`], the header of one block in so many is fetched.
    pub audit_every_blocks: u64,
}

impl Default for ChainOptions {
    fn default() -> Self {
        let poll = Duration::from_secs(2);
        Self {
            from: None,
            to: BlockTag::Latest,
            poll,
            max_reorg: 256,
            proof: ProofMode::default(),
            audit_every_blocks: 256,
        }
    }
}

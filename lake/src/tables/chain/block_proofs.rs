//! `block_proofs`: ranges of blocks whose logs were read without the headers of all blocks.

use crate::schema::table;

/// The ways in which a range was verified; a range without a row was verified by every header.
pub mod proof {
    /// By the headers of random blocks.
    pub const SAMPLED: &str = "sampled";
    /// Not by headers.
    pub const LOGS: &str = "logs";
}

table! {
    /// A range of blocks that a stream was read for with the headers of some blocks only.
    BlockProof in "block_proofs",
    partitioned by ["chain", "stream"], keyed by ["block"], sorted by ["block"],
    ranged by Blocks of "block" {
        /// Chain name, such as `ethereum`.
        CHAIN = chain: String,
        /// Stream of contracts, such as `aave-v3.core`.
        STREAM = stream: String,
        /// First block of the range.
        BLOCK = block: u64,
        /// Last block of the range.
        LAST_BLOCK = last_block: u64,
        /// `sampled` or `logs`.
        PROOF = proof: String,
        /// Blocks with logs of the streams that were read together.
        BLOCKS_WITH_LOGS = blocks_with_logs: u64,
        /// Blocks without logs whose bloom proves that there are none.
        PROVEN_SILENT_BLOCKS = proven_silent_blocks: u64,
        /// Blocks whose logs a second endpoint confirmed.
        COMPARED_BLOCKS = compared_blocks: u64,
    }
}

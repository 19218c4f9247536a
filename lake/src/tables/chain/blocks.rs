//! `blocks`: block headers, which prove that the indexed history is complete.

use chrono::{DateTime, Utc};

use crate::schema::table;

table! {
    /// A block: the time of its events, its gas price, and its link in the chain of block hashes.
    ///
    /// In ranges of `block_proofs` only some blocks have a row, among them all with logs.
    Block in "blocks",
    partitioned by ["chain"], keyed by ["block"], sorted by ["block"],
    ranged by Blocks of "block" {
        /// Chain name, such as `ethereum`.
        CHAIN = chain: String,
        /// Block number.
        BLOCK = block: u64,
        /// Block time, UTC.
        TIME = time: DateTime<Utc>,
        /// Block hash, 0x-prefixed hex.
        HASH = hash: String,
        /// Parent's hash, 0x-prefixed hex; null where the header was not read.
        PARENT_HASH = parent_hash: Option<String>,
        /// Base fee per gas, gwei; null before EIP-1559, where the header was not read, and for headers indexed before this column was added.
        BASE_FEE_GWEI = base_fee_gwei: Option<f64>,
    }
}

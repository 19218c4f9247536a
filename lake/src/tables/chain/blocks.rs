//! `blocks`: block headers, which prove that the indexed history is complete.

use chrono::{DateTime, Utc};

use crate::schema::table;

table! {
    /// A block header: the time of its events, its gas price, and its link in the chain of block hashes.
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
        /// Parent's hash, 0x-prefixed hex.
        PARENT_HASH = parent_hash: String,
        /// Base fee per gas, gwei; null before EIP-1559, and for headers indexed before this column was added.
        BASE_FEE_GWEI = base_fee_gwei: Option<f64>,
    }
}

//! `blocks`: the headers that prove a history whole.

use chrono::{DateTime, Utc};

use crate::table::table;

table! {
    /// A block header, kept to date its events, to price its gas and to prove the chain of hashes unbroken.
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
        /// Base fee per gas, gwei; null before EIP-1559, and for headers read before the lake kept it.
        BASE_FEE_GWEI = base_fee_gwei: Option<f64>,
    }
}

//! `quarantined_logs`: logs that no decoder could believe.

use chrono::{DateTime, Utc};

use crate::table::table;

table! {
    /// One log that was kept out of its table, and why; `logs` holds it as it stood.
    QuarantinedLog in "quarantined_logs",
    partitioned by ["chain", "stream"], keyed by ["block", "log_index"],
    sorted by ["block", "log_index"],
    ranged by Blocks of "block" {
        /// Chain name, such as `ethereum`.
        CHAIN = chain: String,
        /// Which contracts were asked, such as `aave-v3.core`.
        STREAM = stream: String,
        /// Block number.
        BLOCK = block: u64,
        /// Position of the log in its block.
        LOG_INDEX = log_index: u32,
        /// Block time, UTC.
        TIME = time: DateTime<Utc>,
        /// Transaction hash, 0x-prefixed hex.
        TX = tx: String,
        /// Contract that spoke, 0x-prefixed hex.
        ADDRESS = address: String,
        /// The kind of fault: `encoding`, `value` or `unknown`.
        REASON = reason: String,
        /// The fault, in words, with the value and the limit.
        DETAIL = detail: String,
    }
}

//! `quarantined_logs`: logs that could not be decoded.

use chrono::{DateTime, Utc};

use crate::schema::table;

table! {
    /// One log that was rejected by its decoder, and the reason; `logs` contains the raw log.
    QuarantinedLog in "quarantined_logs",
    partitioned by ["chain", "stream"], keyed by ["block", "log_index"],
    sorted by ["block", "log_index"],
    ranged by Blocks of "block" {
        /// Chain name, such as `ethereum`.
        CHAIN = chain: String,
        /// Stream of contracts, such as `aave-v3.core`.
        STREAM = stream: String,
        /// Block number.
        BLOCK = block: u64,
        /// Position of the log in its block.
        LOG_INDEX = log_index: u32,
        /// Block time, UTC.
        TIME = time: DateTime<Utc>,
        /// Transaction hash, 0x-prefixed hex.
        TX = tx: String,
        /// Contract that emitted the log, 0x-prefixed hex.
        ADDRESS = address: String,
        /// The kind of fault: `encoding`, `value` or `unknown`.
        REASON = reason: String,
        /// Description of the fault, with the value and the limit.
        DETAIL = detail: String,
    }
}

//! `logs`: raw event logs of the contracts, from which the other chain tables are decoded.

use chrono::{DateTime, Utc};

use crate::schema::table;

table! {
    /// One raw event log of a stream. A range of blocks with a file here was read completely.
    RawLog in "logs",
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
        /// Transaction hash, 32 bytes.
        TX = tx: Vec<u8>,
        /// Contract that emitted the log, 20 bytes.
        ADDRESS = address: Vec<u8>,
        /// Topics of 32 bytes each, concatenated; the first identifies the event.
        TOPICS = topics: Vec<u8>,
        /// Data of the event, ABI-encoded.
        DATA = data: Vec<u8>,
    }
}

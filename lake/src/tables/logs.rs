//! `logs`: what the contracts said, as the chain keeps it; the other chain tables follow from it.

use chrono::{DateTime, Utc};

use crate::table::table;

table! {
    /// One log of a stream, undecoded; a range of blocks that has a file here was read whole.
    RawLog in "logs",
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
        /// Transaction hash, 32 bytes.
        TX = tx: Vec<u8>,
        /// Contract that spoke, 20 bytes.
        ADDRESS = address: Vec<u8>,
        /// The topics, 32 bytes each, end to end; the first is the event's.
        TOPICS = topics: Vec<u8>,
        /// The rest of the event, ABI-encoded.
        DATA = data: Vec<u8>,
    }
}

//! `reserve_indexes`: interest indexes and rates published on chain.

use chrono::{DateTime, Utc};

use crate::schema::table;

table! {
    /// A reserve's interest indexes and rates after an update.
    ReserveIndex in "reserve_indexes",
    partitioned by ["chain", "protocol", "market"],
    keyed by ["block", "log_index"],
    sorted by ["asset", "block", "log_index"],
    ranged by Blocks of "block" {
        /// Chain name, such as `ethereum`.
        CHAIN = chain: String,
        /// Protocol, such as `aave-v3`.
        PROTOCOL = protocol: String,
        /// Market within the protocol.
        MARKET = market: String,
        /// Block number.
        BLOCK = block: u64,
        /// Position of the log in its block.
        LOG_INDEX = log_index: u32,
        /// Block time, UTC.
        TIME = time: DateTime<Utc>,
        /// Asset: an `asset` of `market_assets`.
        ASSET = asset: String,
        /// Supply index in ray (10^27), exact.
        LIQUIDITY_INDEX = liquidity_index: i128,
        /// Variable debt index in ray (10^27), exact.
        BORROW_INDEX = borrow_index: i128,
        /// Supply rate, a fraction per year.
        LIQUIDITY_RATE = liquidity_rate: f64,
        /// Variable borrow rate, a fraction per year.
        BORROW_RATE = borrow_rate: f64,
    }
}

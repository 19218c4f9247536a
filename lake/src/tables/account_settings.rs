//! `account_settings`: what owners chose for their accounts.

use chrono::{DateTime, Utc};

use crate::table::table;

/// The settings an account may have.
pub mod setting {
    /// Whether an asset counts as collateral: 1 or 0.
    pub const COLLATERAL: &str = "collateral";
    /// The efficiency mode's number; 0 for none.
    pub const EMODE: &str = "emode";
}

table! {
    /// One setting of one account from a block on.
    AccountSetting in "account_settings",
    partitioned by ["chain", "protocol", "market"],
    keyed by ["block", "log_index"],
    sorted by ["account", "block", "log_index"],
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
        /// Account id, `<protocol>/<market>/<address>`.
        ACCOUNT = account: String,
        /// `collateral` or `emode`.
        SETTING = setting: String,
        /// Asset symbol within the market; null where the setting is the whole account's.
        ASSET = asset: Option<String>,
        /// The setting's value.
        VALUE = value: u32,
    }
}

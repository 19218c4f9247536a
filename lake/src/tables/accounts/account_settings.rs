//! `account_settings`: settings that owners chose for their accounts.

use chrono::{DateTime, Utc};

use crate::schema::table;

/// Names of the settings.
pub mod setting {
    /// Whether an asset counts as collateral: 1 or 0.
    pub const COLLATERAL: &str = "collateral";
    /// Id of the efficiency mode (e-mode); 0 for none.
    pub const EMODE: &str = "emode";
}

table! {
    /// A change of one setting of one account.
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
        /// Account id, `<chain>/<protocol>/<market>/<address>`.
        ACCOUNT = account: String,
        /// `collateral` or `emode`.
        SETTING = setting: String,
        /// Asset: an `asset` of `market_assets`; null if the setting applies to the whole account.
        ASSET = asset: Option<String>,
        /// The setting's value.
        VALUE = value: u32,
    }
}

//! `balance_changes`: every movement of a balance that interest is paid on, exactly.

use chrono::{DateTime, Utc};

use crate::schema::table;

/// The sides of an account.
pub mod side {
    /// What the account has put up.
    pub const COLLATERAL: &str = "collateral";
    /// What it has lent where lending is not putting up: Morpho Blue's supply.
    pub const SUPPLY: &str = "supply";
    /// What it owes.
    pub const DEBT: &str = "debt";
}

table! {
    /// One change of one account's balance; the sum of all changes is the balance.
    BalanceChange in "balance_changes",
    partitioned by ["chain", "protocol", "market"],
    keyed by ["block", "log_index", "account", "side"],
    sorted by ["account", "block", "log_index", "side"],
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
        /// Asset: an `asset` of `market_assets`.
        ASSET = asset: String,
        /// `collateral`, `debt`, or `supply` for an amount that is lent but not used as collateral.
        SIDE = side: String,
        /// Signed change in units that do not accrue interest (scaled balance, shares), exact.
        SCALED_EXACT = scaled_exact: i128,
        /// The same change in the asset's smallest unit at the time, exact.
        AMOUNT_EXACT = amount_exact: i128,
        /// The same change in tokens at the time.
        AMOUNT = amount: f64,
    }
}

//! `position_events`: actions of owners on their positions.

use chrono::{DateTime, Utc};

use crate::schema::table;

/// Kinds of position events; all except [`OPEN`](kind::OPEN) have an amount.
pub mod kind {
    /// The account was created.
    pub const OPEN: &str = "open";
    /// Collateral was deposited.
    pub const DEPOSIT: &str = "deposit";
    /// Collateral was withdrawn by the owner.
    pub const WITHDRAW: &str = "withdraw";
    /// Debt was borrowed.
    pub const BORROW: &str = "borrow";
    /// Debt was repaid.
    pub const REPAY: &str = "repay";
    /// All kinds.
    pub const ALL: [&str; 5] = [OPEN, DEPOSIT, WITHDRAW, BORROW, REPAY];
}

table! {
    /// One action on one account; liquidations are in their own table.
    PositionEvent in "position_events",
    partitioned by ["chain", "protocol", "market"],
    keyed by ["block", "log_index"],
    sorted by ["account", "block", "log_index"],
    ranged by Blocks of "block" {
        /// Chain name, such as `ethereum`.
        CHAIN = chain: String,
        /// Protocol, such as `maker` or `aave-v3`.
        PROTOCOL = protocol: String,
        /// Market within the protocol, such as `eth-b`.
        MARKET = market: String,
        /// Block number.
        BLOCK = block: u64,
        /// Position of the log in its block; exports without log positions are numbered in file order.
        LOG_INDEX = log_index: u32,
        /// Transaction hash, 0x-prefixed hex; null where the source has none.
        TX = tx: Option<String>,
        /// Block time, UTC.
        TIME = time: DateTime<Utc>,
        /// Account id, `<chain>/<protocol>/<market>/<address or vault number>`.
        ACCOUNT = account: String,
        /// `open`, `deposit`, `withdraw`, `borrow` or `repay`.
        KIND = kind: String,
        /// Asset: an `asset` of `market_assets`; null for `open`.
        ASSET = asset: Option<String>,
        /// Amount in the asset's smallest unit, exact, never negative; null for `open`.
        AMOUNT_EXACT = amount_exact: Option<i128>,
        /// Amount in tokens, never negative; null for `open`.
        AMOUNT = amount: Option<f64>,
    }
}

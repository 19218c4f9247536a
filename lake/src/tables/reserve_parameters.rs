//! `reserve_parameters`: every change of a risk parameter.

use chrono::{DateTime, Utc};

use crate::table::table;

/// The parameters that mean the same in every protocol; others keep their protocol's own name.
pub mod parameter {
    /// Share of a collateral's value that counts towards health.
    pub const LIQUIDATION_THRESHOLD: &str = "liquidation_threshold";
    /// Share of a collateral's value that may be borrowed against.
    pub const MAX_LTV: &str = "max_ltv";
    /// Liquidator's bonus, or the borrower's penalty, as a fraction of the debt covered.
    pub const LIQUIDATION_BONUS: &str = "liquidation_bonus";
    /// Interest on debt, an effective fraction a year.
    pub const BORROW_RATE: &str = "borrow_rate";
    /// Least debt that an account may carry, in tokens.
    pub const MINIMUM_DEBT: &str = "minimum_debt";
    /// Most debt that the market may carry, in tokens.
    pub const DEBT_CEILING: &str = "debt_ceiling";
}

table! {
    /// One change of one risk parameter.
    ReserveParameter in "reserve_parameters",
    partitioned by ["chain", "protocol", "market"],
    keyed by ["block", "log_index", "asset", "parameter"],
    sorted by ["asset", "parameter", "block", "log_index"],
    ranged by Blocks of "block" {
        /// Chain name, such as `ethereum`.
        CHAIN = chain: String,
        /// Protocol, such as `maker`.
        PROTOCOL = protocol: String,
        /// Market within the protocol.
        MARKET = market: String,
        /// Block number.
        BLOCK = block: u64,
        /// Position of the log in its block; exports that carry none are numbered in file order.
        LOG_INDEX = log_index: u32,
        /// Transaction hash, 0x-prefixed hex; null where the source has none.
        TX = tx: Option<String>,
        /// Block time, UTC.
        TIME = time: DateTime<Utc>,
        /// Asset whose parameter it is.
        ASSET = asset: String,
        /// `liquidation_threshold`, `borrow_rate` and the like, or the protocol's own name.
        PARAMETER = parameter: String,
        /// New value, in the parameter's unit.
        VALUE = value: f64,
    }
}

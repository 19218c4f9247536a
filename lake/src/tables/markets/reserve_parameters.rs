//! `reserve_parameters`: changes of risk parameters.

use chrono::{DateTime, Utc};

use crate::schema::table;

/// Parameters with the same meaning in every protocol; others have their protocol's name.
pub mod parameter {
    /// Share of a collateral's value that counts towards health.
    pub const LIQUIDATION_THRESHOLD: &str = "liquidation_threshold";
    /// Share of a collateral's value that may be borrowed against.
    pub const MAX_LTV: &str = "max_ltv";
    /// Liquidator's bonus, or the borrower's penalty, as a fraction of the debt covered.
    pub const LIQUIDATION_BONUS: &str = "liquidation_bonus";
    /// Interest rate on debt, an effective fraction per year.
    pub const BORROW_RATE: &str = "borrow_rate";
    /// Minimum debt of an account, in tokens.
    pub const MINIMUM_DEBT: &str = "minimum_debt";
    /// Maximum debt of the market, in tokens.
    pub const DEBT_CEILING: &str = "debt_ceiling";
    /// The asset that the parameters of an L2's sequencer sentinel have.
    pub const SENTINEL_ASSET: &str = "sequencer";
    /// Whether a sequencer sentinel is in force: 1 or 0.
    pub const SENTINEL_IN_FORCE: &str = "sentinel_in_force";
    /// Whether the sequencer is down: 1 or 0.
    pub const SEQUENCER_DOWN: &str = "sequencer_down";
    /// The sentinel's grace period after the sequencer is up again, seconds.
    pub const SENTINEL_GRACE_S: &str = "sentinel_grace_s";
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
        /// Position of the log in its block; exports without log positions are numbered in file order.
        LOG_INDEX = log_index: u32,
        /// Transaction hash, 0x-prefixed hex; null where the source has none.
        TX = tx: Option<String>,
        /// Block time, UTC.
        TIME = time: DateTime<Utc>,
        /// Asset of the parameter: an `asset` of `market_assets`, or `emode-` and the number of an efficiency mode.
        ASSET = asset: String,
        /// `liquidation_threshold`, `borrow_rate` and others, or the protocol's own name.
        PARAMETER = parameter: String,
        /// New value, in the parameter's unit.
        VALUE = value: f64,
    }
}

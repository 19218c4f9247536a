//! `liquidations`: liquidation calls.

use chrono::{DateTime, Utc};

use crate::schema::table;

table! {
    /// One liquidation call; a large position may be liquidated several times in one block.
    Liquidation in "liquidations",
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
        /// Position of the log in its block.
        LOG_INDEX = log_index: u32,
        /// Transaction hash, 0x-prefixed hex; null where the source has none.
        TX = tx: Option<String>,
        /// Block time, UTC.
        TIME = time: DateTime<Utc>,
        /// Liquidated account, `<chain>/<protocol>/<market>/<address or vault number>`.
        ACCOUNT = account: String,
        /// Address of the liquidator, 0x-prefixed hex; null where the source has none.
        LIQUIDATOR = liquidator: Option<String>,
        /// Asset seized: an `asset` of `market_assets`.
        COLLATERAL_ASSET = collateral_asset: String,
        /// Amount seized in the asset's smallest unit, exact.
        COLLATERAL_EXACT = collateral_exact: i128,
        /// Amount seized in tokens.
        COLLATERAL_AMOUNT = collateral_amount: f64,
        /// Asset of the debt covered: an `asset` of `market_assets`.
        DEBT_ASSET = debt_asset: String,
        /// Debt covered in the asset's smallest unit, exact.
        DEBT_EXACT = debt_exact: i128,
        /// Debt covered in tokens, interest included.
        DEBT_AMOUNT = debt_amount: f64,
        /// Debt covered in index-scaled tokens (Maker's `art`); null where it can be computed from the index.
        DEBT_SCALED = debt_scaled: Option<f64>,
    }
}

//! `market_assets`: what a market lends, and where its prices come from.

use crate::table::table;

/// The price source of an asset that its protocol counts as worth one dollar, always.
pub const PAR_PRICE_SOURCE: &str = "par";

table! {
    /// One asset of one market.
    MarketAsset in "market_assets",
    partitioned by ["chain", "protocol", "market"],
    keyed by ["asset"], sorted by ["asset"],
    ranged by Whole of "asset" {
        /// Chain name, such as `ethereum`.
        CHAIN = chain: String,
        /// Protocol, such as `maker`.
        PROTOCOL = protocol: String,
        /// Market within the protocol.
        MARKET = market: String,
        /// Asset symbol within the market.
        ASSET = asset: String,
        /// The token's address, 0x-prefixed hex; null where the source has none.
        ADDRESS = address: Option<String>,
        /// Decimal digits between the smallest unit and a token.
        DECIMALS = decimals: u32,
        /// The `source` of its oracle prices, or `par` if the protocol holds it at one dollar.
        PRICE_SOURCE = price_source: String,
        /// The `asset` of its oracle prices.
        PRICE_ASSET = price_asset: String,
        /// How long after a price is known the protocol acts on it, seconds.
        ORACLE_DELAY_S = oracle_delay_s: u32,
    }
}

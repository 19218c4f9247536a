//! `market_assets`: the assets of each market and the sources of their prices.

use crate::schema::table;

/// The price source of an asset that its protocol values at one dollar.
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
        /// The `source` of its oracle prices, or `par` if the protocol values it at one dollar.
        PRICE_SOURCE = price_source: String,
        /// The `asset` of its oracle prices.
        PRICE_ASSET = price_asset: String,
        /// Delay between the publication of a price and its use by the protocol, seconds.
        ORACLE_DELAY_S = oracle_delay_s: u32,
    }
}

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
        /// The asset's id: the token's address for assets read from a chain, and the name that the mapping gives it for others.
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
        /// The token's newest symbol, a label that may change or be another token's too; null where it has none or the id is the name.
        SYMBOL = symbol: Option<String>,
        /// Why the asset cannot be valued, such as a token without `decimals()`; null if it can be.
        PROBLEM = problem: Option<String>,
    }
}

impl MarketAsset {
    /// The symbol; the id if there is none.
    #[must_use]
    pub fn symbol(&self) -> &str {
        self.symbol.as_deref().unwrap_or(&self.asset)
    }

    /// The token's address; the id if there is none.
    #[must_use]
    pub fn token(&self) -> &str {
        self.address.as_deref().unwrap_or(&self.asset)
    }

    /// Whether rows name this asset by `id`: by its id, or by its address.
    #[must_use]
    pub fn is_named(&self, id: &str) -> bool {
        self.asset == id || self.address.as_deref() == Some(id)
    }
}

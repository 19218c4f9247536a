//! `oracle_prices`: asset prices of each source, with their time of publication.

use chrono::{DateTime, Utc};

use crate::schema::table;

table! {
    /// One price of one asset, with the time at which it was published.
    OraclePrice in "oracle_prices",
    partitioned by ["source"],
    keyed by ["asset", "time"],
    sorted by ["asset", "time"],
    ranged by Times of "time" {
        /// Source of the price: an exchange feed or an oracle contract.
        SOURCE = source: String,
        /// Asset: a `price_asset` of `market_assets`, or an exchange's symbol.
        ASSET = asset: String,
        /// Publication time, UTC; for a candle the close time, not the open time.
        TIME = time: DateTime<Utc>,
        /// Block of the update; null for off-chain sources.
        BLOCK = block: Option<u64>,
        /// Price, USD per token.
        PRICE_USD = price_usd: f64,
        /// Highest price since the previous row, USD; null where the source has none.
        HIGH_USD = high_usd: Option<f64>,
        /// Lowest price since the previous row, USD; null where the source has none.
        LOW_USD = low_usd: Option<f64>,
        /// Volume traded since the previous row, tokens; null where the source has none.
        VOLUME = volume: Option<f64>,
    }
}

impl OraclePrice {
    /// A price without high, low and volume.
    #[must_use]
    pub fn spot(source: &str, asset: &str, time: DateTime<Utc>, price_usd: f64) -> Self {
        let (source, asset) = (source.to_owned(), asset.to_owned());
        Self {
            source,
            asset,
            time,
            block: None,
            price_usd,
            high_usd: None,
            low_usd: None,
            volume: None,
        }
    }
}

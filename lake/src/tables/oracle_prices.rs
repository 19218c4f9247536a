//! `oracle_prices`: what a source said an asset was worth, and when it said so.

use chrono::{DateTime, Utc};

use crate::table::table;

table! {
    /// One price of one asset, dated by the moment from which it was known.
    OraclePrice in "oracle_prices",
    partitioned by ["source"],
    keyed by ["asset", "time"],
    sorted by ["asset", "time"],
    ranged by Times of "time" {
        /// Where the price comes from: an exchange feed, or an oracle contract.
        SOURCE = source: String,
        /// Asset symbol.
        ASSET = asset: String,
        /// When the price became known, UTC; a candle's is its close, not its open.
        TIME = time: DateTime<Utc>,
        /// Block of the update; null for sources off the chain.
        BLOCK = block: Option<u64>,
        /// Price, USD per token.
        PRICE_USD = price_usd: f64,
        /// Highest price since the one before, USD; null where the source has none.
        HIGH_USD = high_usd: Option<f64>,
        /// Lowest price since the one before, USD; null where the source has none.
        LOW_USD = low_usd: Option<f64>,
        /// Volume traded since the one before, tokens; null where the source has none.
        VOLUME = volume: Option<f64>,
    }
}

impl OraclePrice {
    /// A bare price, with neither range nor volume.
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

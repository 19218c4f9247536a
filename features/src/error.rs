//! Errors of building features.

use chrono::{DateTime, Utc};

/// An error of building features, with the market, asset or value.
#[derive(Debug, thiserror::Error)]
pub enum FeatureError {
    /// The lake could not be read or written.
    #[error("the lake failed")]
    Lake(#[from] plimsoll_lake::LakeError),
    /// A query over prices failed.
    #[error("a query over prices failed")]
    Polars(#[from] polars::error::PolarsError),
    /// Columns do not form a batch.
    #[error("columns do not form a batch")]
    Arrow(#[from] arrow::error::ArrowError),
    /// A parameter of the protocol is invalid.
    #[error("market {market}: {source}")]
    InvalidParameter {
        /// The market.
        market: String,
        /// The reason.
        source: plimsoll_lending::LendingError,
    },
    /// The lake has no market.
    #[error("the lake has no market: ingest position events with a mapping that declares one")]
    NoMarket,
    /// No account in the lake was open at a landmark.
    #[error(
        "no account is open at any landmark up to {until}: are position events and prices both ingested?"
    )]
    NoOpenAccount {
        /// The end of what is known.
        until: DateTime<Utc>,
    },
    /// A market's asset has no price in the lake.
    #[error(
        "market {market}: no price of {asset} from source {price_source}: ingest it before features"
    )]
    NoPrice {
        /// The market.
        market: String,
        /// The asset.
        asset: String,
        /// The required price source.
        price_source: String,
    },
    /// The lake has no market of a name.
    #[error("`{named}` is none of the lake's markets: {known}")]
    UnknownMarket {
        /// The name.
        named: String,
        /// The lake's markets.
        known: String,
    },
    /// Several markets of the lake have a name.
    #[error("`{named}` is the name of several markets; use one of {candidates}")]
    AmbiguousMarket {
        /// The name.
        named: String,
        /// The markets, with their chains.
        candidates: String,
    },
    /// Several assets of a market have a symbol.
    #[error(
        "market {market}: several assets have the symbol {symbol}; use an address: {candidates}"
    )]
    AmbiguousAsset {
        /// The market.
        market: String,
        /// The symbol.
        symbol: String,
        /// The assets' addresses.
        candidates: String,
    },
    /// An event has an asset that its market does not declare.
    #[error("market {market}: asset {asset} is not one of {known}")]
    UnknownAsset {
        /// The market.
        market: String,
        /// The asset.
        asset: String,
        /// The declared assets.
        known: String,
    },
    /// The observations in the lake were computed with other features.
    #[error("observations have no column {column}: run `plimsoll features` again")]
    MissingColumn {
        /// The missing column.
        column: String,
    },
    /// The lake has no observations.
    #[error("the lake has no observations: run `plimsoll features` first")]
    NoObservations,
    /// A landmark interval is not a whole number of hours.
    #[error("cannot parse {text:?} as a landmark interval: use 1h to 720h, or 1d to 30d")]
    LandmarkInterval {
        /// The text.
        text: String,
    },
}

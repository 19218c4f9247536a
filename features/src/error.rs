//! What can go wrong between the lake and observations.

use chrono::{DateTime, Utc};

/// A failure to build features, with the market, asset or value at fault.
#[derive(Debug, thiserror::Error)]
pub enum FeatureError {
    /// The lake could not be read or written.
    #[error("the lake failed")]
    Lake(#[from] plimsoll_lake::LakeError),
    /// A query over prices failed.
    #[error("a query over prices failed")]
    Polars(#[from] polars::error::PolarsError),
    /// Columns do not fit together.
    #[error("columns do not fit together")]
    Arrow(#[from] arrow::error::ArrowError),
    /// A parameter of the protocol makes no sense.
    #[error("market {market}: {source}")]
    InvalidParameter {
        /// The market.
        market: String,
        /// The parameter's own fault.
        source: plimsoll_lending::LendingError,
    },
    /// The lake knows no market.
    #[error("the lake holds no market: ingest position events with a mapping that declares one")]
    NoMarket,
    /// No account in the lake has been open at a landmark.
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
        /// Where its price should come from.
        price_source: String,
    },
    /// An event names an asset that its market does not declare.
    #[error("market {market}: asset {asset} is not one of {known}")]
    UnknownAsset {
        /// The market.
        market: String,
        /// The asset.
        asset: String,
        /// The assets that it declares.
        known: String,
    },
    /// The observations in the lake were made with other features.
    #[error("observations hold no column {column}: run `plimsoll features` again")]
    MissingColumn {
        /// The column that is missing.
        column: String,
    },
    /// The lake holds no observations.
    #[error("the lake holds no observations: run `plimsoll features` first")]
    NoObservations,
    /// A landmark interval is not a whole number of hours.
    #[error("cannot read {text:?} as a landmark interval: use 1h to 720h, or 1d to 30d")]
    LandmarkInterval {
        /// The text at fault.
        text: String,
    },
}

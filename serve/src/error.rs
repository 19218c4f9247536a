//! Errors of building and running the server.

use chrono::{DateTime, Utc};

/// A failure to build or run the server.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// No market was given.
    #[error("there is no market to serve")]
    NoMarket,
    /// Two snapshots are of one market.
    #[error("market {market} was given twice: give each market once")]
    RepeatedMarket {
        /// The name.
        market: String,
    },
    /// No position of a market can be valued at the end of its events.
    #[error(
        "market {market}: no position can be valued at {as_of}, {reason}: ingest its prices up to then"
    )]
    MissingPrices {
        /// The market.
        market: String,
        /// The time of its account states.
        as_of: DateTime<Utc>,
        /// The assets without a price.
        reason: String,
    },
    /// The model could not score the accounts.
    #[error("the model failed")]
    Model(#[from] plimsoll_model::ModelError),
    /// A chart could not be drawn.
    #[error(transparent)]
    Chart(#[from] plimsoll_report::ChartError),
    /// Alerts cannot be stored or sent.
    #[error("alerts failed")]
    Alerts(#[from] crate::AlertError),
    /// The socket failed.
    #[error("the socket failed")]
    Socket(#[from] std::io::Error),
}

//! Errors of building and running the server.

use chrono::{DateTime, Utc};

/// A failure to build or run the server.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// No market was given.
    #[error("there is no market to serve")]
    NoMarket,
    /// Two markets share one name, so an account id would be ambiguous.
    #[error("two markets are called {market}, on {first} and on {second}: serve only one of them")]
    AmbiguousMarket {
        /// The name.
        market: String,
        /// The chain of the first.
        first: String,
        /// The chain of the second.
        second: String,
    },
    /// A market's prices are not all known at the end of its events.
    #[error("market {market}: not every price is known at {as_of}: ingest prices up to then")]
    MissingPrices {
        /// The market.
        market: String,
        /// The time of its account states.
        as_of: DateTime<Utc>,
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

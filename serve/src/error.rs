//! Why a server cannot be built or run, and why an amount cannot be read.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

/// A failure to build or run the server.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// There is nothing to serve.
    #[error("there is no market to serve")]
    NoMarket,
    /// Two markets go by one name, so an account's id would not say which it is in.
    #[error("two markets are called {market}, on {first} and on {second}: serve one of them")]
    AmbiguousMarket {
        /// The name.
        market: String,
        /// The chain of the one.
        first: String,
        /// The chain of the other.
        second: String,
    },
    /// A market's prices are not known at the end of its events.
    #[error("market {market}: not every price is known at {as_of}: ingest prices up to then")]
    MissingPrices {
        /// The market.
        market: String,
        /// The time at which its accounts stand.
        as_of: DateTime<Utc>,
    },
    /// The model could not score the accounts.
    #[error("the model failed")]
    Model(#[from] plimsoll_model::ModelError),
    /// What is to stand on the page cannot be read.
    #[error("cannot show {}: {cause}", path.display())]
    Unreadable {
        /// Where it should be.
        path: PathBuf,
        /// Why not.
        cause: std::io::Error,
    },
    /// A chart could not be drawn.
    #[error("cannot draw {title}: {cause}")]
    Chart {
        /// The chart's title.
        title: String,
        /// What the drawing library said.
        cause: String,
    },
    /// Alerts cannot be kept or sent.
    #[error("alerts failed")]
    Alerts(#[from] crate::AlertError),
    /// The socket failed.
    #[error("the socket failed")]
    Socket(#[from] std::io::Error),
}

impl ServeError {
    pub(crate) fn unreadable(path: &Path, cause: std::io::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), cause }
    }
}

/// Why a value is no amount of tokens.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AmountError {
    /// A text does not read as a number.
    #[error("{text:?} is not a decimal number")]
    Unparsable {
        /// The text, its end cut off if it is long.
        text: String,
    },
    /// A number has no finite value.
    #[error("{text} is not finite: an amount is at most {largest:?} tokens")]
    NotFinite {
        /// The number as it was written.
        text: String,
        /// The greatest amount.
        largest: f64,
    },
    /// An amount is below zero.
    #[error("{amount:?} is negative: an amount is at least 0 tokens")]
    Negative {
        /// The amount.
        amount: f64,
    },
    /// An amount is greater than any supply.
    #[error("{amount:?} is too large: an amount is at most {largest:?} tokens")]
    TooLarge {
        /// The amount.
        amount: f64,
        /// The greatest amount.
        largest: f64,
    },
}

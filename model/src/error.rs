//! What can go wrong in training, loading and scoring.

use std::path::PathBuf;

/// A failure of the model, with the file or value at fault.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The net failed.
    #[error("the net failed")]
    Net(#[from] candle_core::Error),
    /// A file of the model could not be read or written.
    #[error("cannot {action} {path}")]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// The path at fault.
        path: PathBuf,
        /// The system's own error.
        source: std::io::Error,
    },
    /// A manifest is not one of ours.
    #[error("{path} is not a model manifest")]
    Manifest {
        /// The path at fault.
        path: PathBuf,
        /// The reader's own error.
        source: serde_json::Error,
    },
    /// A folder holds no model.
    #[error("{0} holds no model: run `plimsoll train` first")]
    NoModel(PathBuf),
    /// A model was trained on other features than this program computes.
    #[error("the model was trained on other features: {0}; train it again")]
    FeatureMismatch(String),
    /// The weights are not those that the manifest names.
    #[error("{path} does not have the SHA-256 that its manifest names")]
    ChecksumMismatch {
        /// The weights' file.
        path: PathBuf,
    },
    /// There is too little to learn from.
    #[error(
        "{rows} observations with {liquidated} liquidations before {until} are too few to train on: {needed}"
    )]
    InsufficientData {
        /// Rows in the training span.
        rows: usize,
        /// Rows among them with a liquidation ahead.
        liquidated: usize,
        /// End of the training span.
        until: String,
        /// What is needed.
        needed: &'static str,
    },
    /// A fold begins before there is enough to learn from.
    #[error(
        "{cut} is too early to train at, with {rows} observations and {liquidated} liquidations known: {needed} are needed; {possible}"
    )]
    FoldTooEarly {
        /// Where the fold begins.
        cut: String,
        /// Rows before it.
        rows: usize,
        /// Rows among them with a liquidation ahead.
        liquidated: usize,
        /// What is needed.
        needed: &'static str,
        /// The first month that is possible.
        possible: String,
    },
    /// There is nothing to evaluate.
    #[error("no landmark of the grid lies between {from} and {to}")]
    NoLandmarks {
        /// Start of the span.
        from: String,
        /// End of the span.
        to: String,
    },
    /// A forecast is no pair of cumulative incidences.
    #[error("the forecast of {account} at {time}: {fault}")]
    InvalidForecast {
        /// The account.
        account: String,
        /// The landmark.
        time: String,
        /// The column at fault, its value and what is wrong with it.
        fault: String,
    },
    /// One landmark was forecast twice.
    #[error("there is more than one forecast of {account} at {time}")]
    DuplicateForecast {
        /// The account.
        account: String,
        /// The landmark.
        time: String,
    },
    /// No forecast is of a landmark that could judge it.
    #[error(
        "none of {forecasts} forecasts is of a landmark of the grid in the lake; the first are of {first}"
    )]
    NoMatchingLandmarks {
        /// Forecasts in the span.
        forecasts: usize,
        /// Accounts and times of the first of them.
        first: String,
    },
    /// Training did not stay finite.
    #[error("the loss became {loss} in epoch {epoch}")]
    Diverged {
        /// The epoch, from 0.
        epoch: usize,
        /// The loss.
        loss: f64,
    },
}

impl ModelError {
    pub(crate) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}

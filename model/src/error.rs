//! Errors of training, loading and scoring.

use std::path::PathBuf;

/// An error of the model, with the file or value at fault.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The net could not be evaluated.
    #[error("the net could not be evaluated")]
    Net(#[from] candle_core::Error),
    /// A file or folder of the model could not be read, created or removed.
    #[error("cannot {action} {path}")]
    Io {
        /// The attempted action, as a verb.
        action: &'static str,
        /// The path at fault.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// A file of the model could not be written.
    #[error(transparent)]
    Write(#[from] plimsoll_lake::LakeError),
    /// A file is not a model manifest.
    #[error("{path} is not a model manifest")]
    Manifest {
        /// The path at fault.
        path: PathBuf,
        /// The error of the JSON parser.
        source: serde_json::Error,
    },
    /// A model was written by a version of the program whose files differ.
    #[error(
        "{path} has format {found}, and this program reads {supported}: run `plimsoll train` again"
    )]
    Format {
        /// The manifest.
        path: PathBuf,
        /// The format of the manifest.
        found: u32,
        /// The format of this program.
        supported: u32,
    },
    /// A folder contains no model.
    #[error("{0} contains no model: run `plimsoll train` first")]
    NoModel(PathBuf),
    /// A model was trained on features that differ from those of this program.
    #[error("the model was trained on other features: {0}; retrain it")]
    FeatureMismatch(String),
    /// A file's SHA-256 differs from the one in the manifest.
    #[error("the SHA-256 of {path} differs from the one in its manifest")]
    ChecksumMismatch {
        /// The file at fault.
        path: PathBuf,
    },
    /// There is too little training data.
    #[error(
        "{rows} observations with {liquidated} liquidations before {until} are too few for training: {required}"
    )]
    InsufficientData {
        /// Rows of the training data.
        rows: usize,
        /// Rows among them that are followed by a liquidation.
        liquidated: usize,
        /// End of the training data.
        until: String,
        /// The required amount of data.
        required: &'static str,
    },
    /// A fold starts before there is enough training data.
    #[error(
        "{fold_start} is too early for training, with {rows} observations and {liquidated} liquidations known; required: {required}; {earliest}"
    )]
    FoldTooEarly {
        /// Start of the fold.
        fold_start: String,
        /// Rows before the start.
        rows: usize,
        /// Rows among them that are followed by a liquidation.
        liquidated: usize,
        /// The required amount of data.
        required: &'static str,
        /// A sentence on the first month with enough data.
        earliest: String,
    },
    /// There are no landmarks to evaluate.
    #[error("there is no landmark of the grid between {from} and {to}")]
    NoLandmarks {
        /// Start of the time range.
        from: String,
        /// End of the time range.
        to: String,
    },
    /// A forecast is not a pair of cumulative incidences.
    #[error("invalid forecast of {account} at {time}: {reason}")]
    InvalidForecast {
        /// The account.
        account: String,
        /// The landmark.
        time: String,
        /// The column at fault, its value and the reason.
        reason: String,
    },
    /// There are two forecasts of one landmark.
    #[error("there is more than one forecast of {account} at {time}")]
    DuplicateForecast {
        /// The account.
        account: String,
        /// The landmark.
        time: String,
    },
    /// No forecast matches a landmark.
    #[error(
        "none of {forecasts} forecasts matches a landmark of the grid in the lake; the first are of {first}"
    )]
    NoMatchingLandmarks {
        /// Forecasts in the time range.
        forecasts: usize,
        /// Accounts and times of the first of them.
        first: String,
    },
    /// A peer forecast none of the evaluated landmarks.
    #[error(
        "none of the peer's {forecasts} forecasts is of one of the {rows} evaluated landmarks from {from} to {to}; the peer's first are of {first}"
    )]
    NoSharedLandmarks {
        /// Forecasts of the peer.
        forecasts: usize,
        /// Evaluated landmarks.
        rows: usize,
        /// The first of them.
        from: String,
        /// The last of them.
        to: String,
        /// Accounts and times of the first forecasts of the peer.
        first: String,
    },
    /// The training loss is not finite.
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

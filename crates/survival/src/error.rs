//! What can be wrong with a table of durations, or with what is learnt from it.

use std::path::PathBuf;

/// A failure of the survival learner, with the place at fault.
#[derive(Debug, thiserror::Error)]
pub enum SurvivalError {
    /// A file could not be read or written.
    #[error("cannot {action} {path}")]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// The path at fault.
        path: PathBuf,
        /// The system's own error.
        source: std::io::Error,
    },
    /// A file is not well-formed CSV.
    #[error("{path} is not a table")]
    Csv {
        /// The path at fault.
        path: PathBuf,
        /// The reader's own error.
        source: csv::Error,
    },
    /// A file could not be written as Parquet.
    #[error("cannot write {path}")]
    Parquet {
        /// The path at fault.
        path: PathBuf,
        /// The writer's own error.
        source: parquet::errors::ParquetError,
    },
    /// A file as a whole is not what is needed.
    #[error("{path}: {problem}")]
    InvalidFile {
        /// The path at fault.
        path: PathBuf,
        /// What is wrong, and what is needed.
        problem: String,
    },
    /// A cell is not what its column needs.
    #[error("{path}: row {row}, column {column}: {value:?} {problem}")]
    InvalidCell {
        /// The path at fault.
        path: PathBuf,
        /// The row, from 0, the header not counted.
        row: usize,
        /// The column's name.
        column: String,
        /// What stands there.
        value: String,
        /// What is wrong with it, and the limit it broke.
        problem: String,
    },
    /// There is too little to learn from.
    #[error("{rows} rows are too few to learn from: at least {needed} are needed")]
    TooFewRows {
        /// Rows to learn from.
        rows: usize,
        /// How many are needed.
        needed: usize,
    },
    /// The net failed.
    #[error("the net failed")]
    Net(#[from] candle_core::Error),
}

impl SurvivalError {
    pub(crate) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}

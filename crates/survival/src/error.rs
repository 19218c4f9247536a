//! Errors of the survival learner.

use std::path::PathBuf;

/// An error of the survival learner, with the file and the cell.
#[derive(Debug, thiserror::Error)]
pub enum SurvivalError {
    /// A file could not be read or written.
    #[error("cannot {action} {path}")]
    Io {
        /// The failed action, as a verb.
        action: &'static str,
        /// The path.
        path: PathBuf,
        /// The error of the system.
        source: std::io::Error,
    },
    /// A file is not well-formed CSV.
    #[error("{path} is not a valid CSV table")]
    Csv {
        /// The path.
        path: PathBuf,
        /// The error of the reader.
        source: csv::Error,
    },
    /// A file could not be written as Parquet.
    #[error("cannot write {path}")]
    Parquet {
        /// The path.
        path: PathBuf,
        /// The error of the writer.
        source: parquet::errors::ParquetError,
    },
    /// A file as a whole is invalid.
    #[error("{path}: {problem}")]
    InvalidFile {
        /// The path.
        path: PathBuf,
        /// The problem, and what is required.
        problem: String,
    },
    /// A cell is invalid for its column.
    #[error("{path}: row {row}, column {column}: {value:?} {problem}")]
    InvalidCell {
        /// The path.
        path: PathBuf,
        /// The row, from 0, without the header.
        row: usize,
        /// The column's name.
        column: String,
        /// The text of the cell.
        value: String,
        /// The problem, and the limit it violates.
        problem: String,
    },
    /// There are too few rows to fit a model.
    #[error("{rows} rows are too few to fit a model: at least {needed} are needed")]
    TooFewRows {
        /// The number of training rows.
        rows: usize,
        /// The required number.
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

//! What can go wrong in the store.

use std::path::PathBuf;

/// A failure of the lake, with the file or value at fault.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The operating system refused to read or write a path.
    #[error("cannot {action} {path}")]
    Io {
        /// What was tried, as a verb: `read`, `write`, `rename`.
        action: &'static str,
        /// The path at fault.
        path: PathBuf,
        /// The system's own error.
        source: std::io::Error,
    },
    /// A Parquet file could not be read or written.
    #[error("{path} is not a sound Parquet file")]
    Parquet {
        /// The file at fault.
        path: PathBuf,
        /// The reader's own error.
        source: parquet::errors::ParquetError,
    },
    /// Columns do not fit their table.
    #[error("columns do not fit")]
    Arrow(#[from] arrow::error::ArrowError),
    /// The query engine failed.
    #[error("query failed")]
    Polars(#[from] polars::error::PolarsError),
    /// A folder that should hold a lake does not.
    #[error("{0} is not a lake: no such folder, or nothing was ever ingested into it")]
    NotALake(PathBuf),
    /// Rows do not have their table's columns.
    #[error("{table}: expected columns {expected}, got {found}")]
    SchemaMismatch {
        /// The table.
        table: &'static str,
        /// The table's columns.
        expected: String,
        /// The columns given.
        found: String,
    },
    /// A file lacks a column that may not be null.
    #[error("{path} lacks the column {column}")]
    MissingColumn {
        /// The file at fault.
        path: PathBuf,
        /// The column.
        column: String,
    },
    /// A column of a file is not what its table says.
    #[error("{path}: column {column} of {table} should be {expected}, and is {found}")]
    ColumnMismatch {
        /// The file at fault.
        path: PathBuf,
        /// The table.
        table: &'static str,
        /// The column at fault.
        column: &'static str,
        /// The column's type in the table.
        expected: String,
        /// What was found in its place.
        found: String,
    },
    /// A name cannot be a partition's value.
    #[error("{value:?} cannot name a partition: use 1 to 128 of a-z, A-Z, 0-9, '.', '-' and '_'")]
    InvalidPartitionValue {
        /// The value at fault.
        value: String,
    },
    /// A range ends before it begins, or mixes units.
    #[error("range {from}..={to} is empty or out of bounds")]
    InvalidRange {
        /// First value covered.
        from: i64,
        /// Last value covered.
        to: i64,
    },
    /// A batch holds rows outside the range that it is said to cover.
    #[error("{table}: a row at {value} lies outside the range {from}..={to} it was said to be in")]
    OutOfRange {
        /// The table.
        table: &'static str,
        /// The row's block, second or line.
        value: i64,
        /// First value covered.
        from: i64,
        /// Last value covered.
        to: i64,
    },
}

impl LakeError {
    /// Wraps a system error with what was tried, and on which path.
    pub(crate) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }

    /// Wraps a Parquet error with its file.
    pub(crate) fn parquet(
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(parquet::errors::ParquetError) -> Self {
        let path = path.into();
        move |source| Self::Parquet { path, source }
    }

    /// Whether the cause is a file that vanished, as happens to a reader when a writer supersedes it.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound)
    }
}

//! Errors of the store.

use std::path::PathBuf;

/// An error of the lake, with the file or value at fault.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// An I/O operation on a path failed.
    #[error("cannot {action} {path}")]
    Io {
        /// The operation, as a verb: `read`, `write`, `rename`.
        action: &'static str,
        /// The path.
        path: PathBuf,
        /// The system error.
        source: std::io::Error,
    },
    /// A Parquet file could not be read or written.
    #[error("{path} is not a valid Parquet file")]
    Parquet {
        /// The file.
        path: PathBuf,
        /// The Parquet error.
        source: parquet::errors::ParquetError,
    },
    /// The content of a file differs from what was written.
    #[error(
        "{path} is damaged: {problem}; restore it from a copy, or delete it and ingest its range again"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What differs.
        problem: String,
    },
    /// A file that was written to a partition was removed.
    #[error(
        "{partition}: the file with {from} to {to} is missing; restore it from a copy, or ingest the range again (`plimsoll status` lists all such ranges)"
    )]
    MissingFile {
        /// The partition, relative to the lake.
        partition: PathBuf,
        /// First missing block, line, or second as a time; 0 for a table with one file.
        from: String,
        /// Last missing block, line, or second as a time; 0 for a table with one file.
        to: String,
    },
    /// An Arrow operation failed.
    #[error("columns do not fit")]
    Arrow(#[from] arrow::error::ArrowError),
    /// A polars query failed.
    #[error("query failed")]
    Polars(#[from] polars::error::PolarsError),
    /// A folder contains no table of a lake.
    #[error("{0} is not a lake: no such folder, or no table was ever written to it")]
    NotALake(PathBuf),
    /// A batch does not have its table's columns.
    #[error("{table}: expected columns {expected}, got {found}")]
    SchemaMismatch {
        /// The table.
        table: &'static str,
        /// The table's columns.
        expected: String,
        /// The batch's columns.
        found: String,
    },
    /// A file lacks a required column.
    #[error("{path} lacks the column {column}")]
    MissingColumn {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
    },
    /// A column of a file does not have the type in its table's schema.
    #[error("{path}: column {column} of {table} should be {expected}, and is {found}")]
    ColumnMismatch {
        /// The file.
        path: PathBuf,
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The column's type in the schema.
        expected: String,
        /// The type found.
        found: String,
    },
    /// A value cannot be a partition's folder name.
    #[error("{value:?} cannot name a partition: use 1 to 128 of a-z, A-Z, 0-9, '.', '-' and '_'")]
    InvalidPartitionValue {
        /// The value.
        value: String,
    },
    /// A range ends before it starts, or starts below 0.
    #[error("range {from}..={to} is empty or out of bounds")]
    InvalidRange {
        /// First value of the range.
        from: i64,
        /// Last value of the range.
        to: i64,
    },
    /// A value does not fit its column.
    #[error("{table}: {column} is {value}, and the limit of its column is {limit}")]
    ValueOutOfRange {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The value.
        value: String,
        /// The limit that the value exceeds.
        limit: String,
    },
    /// A column to be written is unsigned, which Iceberg, Athena and Hive cannot read.
    #[error("{path}: column {column} is {found}; write it as Int32 or Int64")]
    UnsignedColumn {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// The column's type.
        found: String,
    },
    /// A batch contains a row outside the range it is written to.
    #[error("{table}: a row at {value} lies outside the written range {from}..={to}")]
    OutOfRange {
        /// The table.
        table: &'static str,
        /// The row's block, second or line.
        value: i64,
        /// First value of the range.
        from: i64,
        /// Last value of the range.
        to: i64,
    },
}

impl LakeError {
    /// Wraps a system error with the operation and the path.
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

    /// Whether the file itself is at fault: damaged, not Parquet, or without a column.
    #[must_use]
    pub const fn is_bad_file(&self) -> bool {
        matches!(
            self,
            Self::Damaged { .. }
                | Self::Parquet { .. }
                | Self::MissingColumn { .. }
                | Self::ColumnMismatch { .. }
        )
    }

    /// Whether a concurrent writer may be the cause, so that a repeated read may succeed.
    pub(crate) fn may_be_a_writer(&self) -> bool {
        self.is_not_found() || matches!(self, Self::MissingFile { .. })
    }

    /// Whether the cause is a missing file, as when a writer replaces a file during a read.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound)
    }
}

//! Errors that stop an import.

use std::path::PathBuf;

/// A failure that is not caused by a single row, with the file and the value at fault.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The operating system could not read a path.
    #[error("cannot read {path}")]
    Io {
        /// The path at fault.
        path: PathBuf,
        /// The system's own error.
        source: std::io::Error,
    },
    /// A `.gz` file is truncated or corrupt.
    #[error("{path} is not a complete gzip file")]
    Gzip {
        /// The file at fault.
        path: PathBuf,
        /// The decoder's own error.
        source: std::io::Error,
    },
    /// A mapping is invalid.
    #[error("{path}, line {line}, `{key}`: {problem}")]
    Mapping {
        /// The mapping's file.
        path: PathBuf,
        /// The line at fault, counted from 1.
        line: usize,
        /// The key at fault.
        key: String,
        /// Description of the problem.
        problem: String,
    },
    /// A file's header lacks a column that the mapping reads.
    #[error("{file} has no column `{column}`, which `{field}` is read from; it has {header}")]
    MissingColumn {
        /// The file at fault, relative to the source folder.
        file: String,
        /// The missing column.
        column: String,
        /// The field that is read from it.
        field: String,
        /// The columns that the file has.
        header: String,
    },
    /// A file's header contains a mapped column twice.
    #[error("{file} has two columns `{column}`, which `{field}` is read from")]
    DuplicateColumn {
        /// The file at fault, relative to the source folder.
        file: String,
        /// The duplicate column.
        column: String,
        /// The field that is read from it.
        field: String,
    },
    /// A file is not UTF-8 as a whole.
    #[error("{path} is {encoding}: save it as UTF-8")]
    Encoding {
        /// The file at fault.
        path: PathBuf,
        /// The encoding found.
        encoding: &'static str,
    },
    /// The amounts of a file are integers above every supply, so they are not in tokens.
    #[error(
        "{file}, line {line}: {column} is {value:?}, more {asset} than exist, and all amounts are \
         integers: if they are in the smallest unit, set `unit = \"raw\"` for the column"
    )]
    RawAmounts {
        /// The file at fault, relative to the source folder.
        file: String,
        /// Line of the first such amount, counted from 1 including the header.
        line: u64,
        /// The column.
        column: String,
        /// The first such amount.
        value: String,
        /// Its asset.
        asset: String,
    },
    /// Two files match one pattern with equal captures, so their rows would be counted twice.
    #[error("{first} and {second} are both `{pattern}`: keep one of them")]
    DuplicateFile {
        /// The pattern that both match.
        pattern: String,
        /// One file, relative to the source folder.
        first: String,
        /// The other file, relative to the source folder.
        second: String,
    },
    /// The source folder contains no file that matches the mapping.
    #[error("{source_dir} contains no file that matches {patterns}")]
    NoMatchingFile {
        /// The folder searched.
        source_dir: PathBuf,
        /// The patterns of the mapping.
        patterns: String,
    },
    /// The lake could not be read or written.
    #[error("the lake failed")]
    Lake(#[from] plimsoll_lake::LakeError),
    /// Columns could not be joined.
    #[error("columns cannot be concatenated")]
    Arrow(#[from] arrow::error::ArrowError),
}

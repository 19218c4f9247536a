//! Errors of drawing charts, and of writing and reading reports.

use std::path::{Path, PathBuf};

/// The drawing library could not draw a chart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot draw {title}: {cause}")]
pub struct ChartError {
    /// The chart's title.
    pub title: String,
    /// The error of the drawing library.
    pub cause: String,
}

/// A failure to write or read the report of a backtest.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The folder for the report contains something else.
    #[error("{} exists and contains no {file}, so it is not a report to replace", path.display())]
    NotAReport {
        /// The folder.
        path: PathBuf,
        /// The file that identifies a report.
        file: &'static str,
    },
    /// A file or folder of the report cannot be written.
    #[error("cannot write the report")]
    Write(#[from] plimsoll_lake::LakeError),
    /// A chart cannot be drawn.
    #[error(transparent)]
    Chart(#[from] ChartError),
    /// A report cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A report was written in another format.
    #[error(
        "{} has format {found}, and this program reads {supported}: run `plimsoll backtest` again",
        path.display()
    )]
    Format {
        /// The file.
        path: PathBuf,
        /// Its format; 0 if it has none.
        found: u32,
        /// The format that this program reads and writes.
        supported: u32,
    },
}

impl ReportError {
    pub(crate) fn read(path: &Path, source: std::io::Error) -> Self {
        Self::Read { path: path.to_owned(), source }
    }
}

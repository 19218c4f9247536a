//! The folder of a report, which is written completely or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_lake::tables::Forecast;
use plimsoll_lake::{write_atomically, write_folder_atomically, write_parquet};

use super::file::FILE;
use super::report::BacktestReport;
use crate::error::ReportError;

/// The destination of a report.
#[derive(Debug)]
pub struct ReportFolder {
    path: PathBuf,
}

impl ReportFolder {
    /// A folder that does not exist yet, is empty, or contains an earlier report.
    ///
    /// # Errors
    /// [`ReportError::NotAReport`] if it contains something else.
    pub fn open(path: &Path) -> Result<Self, ReportError> {
        let is_free = match fs::read_dir(path) {
            Ok(mut entries) => entries.next().is_none() || path.join(FILE).is_file(),
            Err(_) => !path.exists(),
        };
        if !is_free {
            return Err(ReportError::NotAReport { path: path.to_owned(), file: FILE });
        }
        Ok(Self { path: path.to_owned() })
    }

    /// Writes a report to a temporary folder, which then replaces any earlier one.
    ///
    /// # Errors
    /// [`ReportError::Write`] or [`ReportError::Chart`].
    pub fn write(
        &self,
        report: &BacktestReport,
        forecasts: &[Forecast],
    ) -> Result<(), ReportError> {
        write_folder_atomically(&self.path, |folder| {
            write_parquet(&folder.join("forecasts.parquet"), forecasts)?;
            write_atomically(&folder.join(FILE), report.json())?;
            write_atomically(&folder.join("index.html"), report.page()?)?;
            write_atomically(&folder.join("MODEL_CARD.md"), report.model_card())?;
            Ok(())
        })
    }
}

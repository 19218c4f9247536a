//! The folder of a report, which is written completely or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_lake::tables::Forecast;
use plimsoll_lake::write_parquet;

use super::file::FILE;
use super::report::BacktestReport;
use crate::error::ReportError;

/// The destination of a report.
#[derive(Debug)]
pub struct ReportFolder {
    path: PathBuf,
}

/// A folder under construction; removed on drop unless it was renamed.
struct StagingFolder(PathBuf);

impl Drop for StagingFolder {
    fn drop(&mut self) {
        // After a rename there is nothing to remove; otherwise the first error is reported.
        let _ = fs::remove_dir_all(&self.0);
    }
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
    /// [`ReportError::Write`], [`ReportError::Forecasts`] or [`ReportError::Chart`].
    pub fn write(
        &self,
        report: &BacktestReport,
        forecasts: &[Forecast],
    ) -> Result<(), ReportError> {
        let staging = StagingFolder(self.sibling("partial"));
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| ReportError::Write { path, source }
        };
        if staging.0.exists() {
            fs::remove_dir_all(&staging.0).map_err(failed(&staging.0))?;
        }
        fs::create_dir_all(&staging.0).map_err(failed(&staging.0))?;
        write_parquet(&staging.0.join("forecasts.parquet"), forecasts)?;
        for (name, text) in [
            (FILE, report.json()),
            ("index.html", report.page()?),
            ("MODEL_CARD.md", report.model_card()),
        ] {
            let path = staging.0.join(name);
            fs::write(&path, text).map_err(failed(&path))?;
        }
        self.replace(&staging.0).map_err(failed(&self.path))
    }

    fn replace(&self, staging: &Path) -> std::io::Result<()> {
        if !self.path.exists() {
            return fs::rename(staging, &self.path);
        }
        let old = StagingFolder(self.sibling("old"));
        if old.0.exists() {
            fs::remove_dir_all(&old.0)?;
        }
        fs::rename(&self.path, &old.0)?;
        fs::rename(staging, &self.path)
    }

    /// A sibling of the folder.
    fn sibling(&self, suffix: &str) -> PathBuf {
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{suffix}"));
        self.path.with_file_name(name)
    }
}

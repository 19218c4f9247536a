//! The folder of a report: whole or not there.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use plimsoll_lake::tables::Forecast;
use plimsoll_lake::write_parquet;

use super::report::BacktestReport;

/// The file by which a report is known.
const SUMMARY_FILE: &str = "backtest.json";

/// Where a report goes.
#[derive(Debug)]
pub(super) struct ReportFolder {
    path: PathBuf,
}

/// A folder that is not yet where it belongs; gone if it never comes there.
struct StagingFolder(PathBuf);

impl Drop for StagingFolder {
    fn drop(&mut self) {
        // Nothing is left of it where it was renamed; otherwise the first error is what counts.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl ReportFolder {
    /// # Errors
    /// If something is there that is no report.
    pub(super) fn open(place: &Path) -> anyhow::Result<Self> {
        let free = match fs::read_dir(place) {
            Ok(mut entries) => entries.next().is_none() || place.join(SUMMARY_FILE).is_file(),
            Err(_) => !place.exists(),
        };
        let shown = place.display();
        ensure!(
            free,
            "{shown} is there and holds no {SUMMARY_FILE}, so it is no report to replace"
        );
        Ok(Self { path: place.to_owned() })
    }

    /// Writes a report aside and puts it in the place of any before.
    ///
    /// # Errors
    /// The system's own.
    pub(super) fn write(&self, run: &BacktestReport, forecasts: &[Forecast]) -> anyhow::Result<()> {
        let aside = StagingFolder(self.sibling("partial"));
        let told = |path: &Path| format!("cannot write {}", path.display());
        if aside.0.exists() {
            fs::remove_dir_all(&aside.0).with_context(|| told(&aside.0))?;
        }
        fs::create_dir_all(&aside.0).with_context(|| told(&aside.0))?;
        write_parquet(&aside.0.join("forecasts.parquet"), forecasts)?;
        let summary = serde_json::to_string_pretty(run)? + "\n";
        for (name, text) in [
            (SUMMARY_FILE, summary),
            ("index.html", run.page()?),
            ("MODEL_CARD.md", run.model_card()),
        ] {
            let path = aside.0.join(name);
            fs::write(&path, text).with_context(|| told(&path))?;
        }
        self.replace(&aside.0).with_context(|| told(&self.path))
    }

    fn replace(&self, aside: &Path) -> std::io::Result<()> {
        if !self.path.exists() {
            return fs::rename(aside, &self.path);
        }
        let old = StagingFolder(self.sibling("old"));
        if old.0.exists() {
            fs::remove_dir_all(&old.0)?;
        }
        fs::rename(&self.path, &old.0)?;
        fs::rename(aside, &self.path)
    }

    /// A neighbour of the folder.
    fn sibling(&self, suffix: &str) -> PathBuf {
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{suffix}"));
        self.path.with_file_name(name)
    }
}

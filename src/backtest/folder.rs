//! The folder of a report: whole or not there.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use plimsoll_lake::tables::Forecast;
use plimsoll_lake::write_parquet;

use super::run::Run;

/// The file by which a report is known.
const SUMMARY: &str = "backtest.json";

/// Where a report goes.
#[derive(Debug)]
pub(super) struct Folder {
    place: PathBuf,
}

/// A folder that is not yet where it belongs; gone if it never comes there.
struct Aside(PathBuf);

impl Drop for Aside {
    fn drop(&mut self) {
        // Nothing is left of it where it was renamed; otherwise the first error is what counts.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Folder {
    /// # Errors
    /// If something is there that is no report.
    pub(super) fn at(place: &Path) -> anyhow::Result<Self> {
        let free = match fs::read_dir(place) {
            Ok(mut entries) => entries.next().is_none() || place.join(SUMMARY).is_file(),
            Err(_) => !place.exists(),
        };
        let shown = place.display();
        ensure!(free, "{shown} is there and holds no {SUMMARY}, so it is no report to replace");
        Ok(Self { place: place.to_owned() })
    }

    /// Writes a report aside and puts it in the place of any before.
    ///
    /// # Errors
    /// The system's own.
    pub(super) fn write(&self, run: &Run, forecasts: &[Forecast]) -> anyhow::Result<()> {
        let aside = Aside(self.beside("partial"));
        let told = |path: &Path| format!("cannot write {}", path.display());
        if aside.0.exists() {
            fs::remove_dir_all(&aside.0).with_context(|| told(&aside.0))?;
        }
        fs::create_dir_all(&aside.0).with_context(|| told(&aside.0))?;
        write_parquet(&aside.0.join("forecasts.parquet"), forecasts)?;
        let summary = serde_json::to_string_pretty(run)? + "\n";
        for (name, text) in
            [(SUMMARY, summary), ("index.html", run.page()?), ("MODEL_CARD.md", run.card())]
        {
            let path = aside.0.join(name);
            fs::write(&path, text).with_context(|| told(&path))?;
        }
        self.replace(&aside.0).with_context(|| told(&self.place))
    }

    fn replace(&self, aside: &Path) -> std::io::Result<()> {
        if !self.place.exists() {
            return fs::rename(aside, &self.place);
        }
        let old = Aside(self.beside("old"));
        if old.0.exists() {
            fs::remove_dir_all(&old.0)?;
        }
        fs::rename(&self.place, &old.0)?;
        fs::rename(aside, &self.place)
    }

    /// A neighbour of the folder.
    fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.place.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{suffix}"));
        self.place.with_file_name(name)
    }
}

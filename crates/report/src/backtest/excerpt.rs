//! The part of `backtest.json` that the risk page shows.

use std::path::Path;

use chrono::{DateTime, Utc};
use plimsoll_model::{CalibrationCurve, ForecasterCalibration};
use serde::Deserialize;

use super::file::{FILE, FORMAT};
use crate::error::ReportError;

/// The part of a [`BacktestReport`](super::BacktestReport) that the risk page shows, read from
/// `backtest.json`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct BacktestExcerpt {
    /// The command that reproduces the backtest.
    pub command: String,
    /// SHA-256 of the lake's observations.
    pub data_fingerprint: String,
    /// First evaluated landmark.
    pub from: DateTime<Utc>,
    /// Last evaluated landmark.
    pub to: DateTime<Utc>,
    /// Number of evaluated landmarks.
    pub rows: usize,
    /// Number of accounts.
    pub accounts: usize,
    /// Number of liquidation episodes.
    pub episodes: usize,
    /// Calibration of the model and of first passage.
    pub calibration: Vec<ForecasterCalibration>,
}

/// The number of the file's format; 0 in files without one.
#[derive(Deserialize)]
struct Header {
    #[serde(default)]
    format: u32,
}

impl BacktestExcerpt {
    /// Reads `backtest.json` of a report's folder.
    ///
    /// # Errors
    /// [`ReportError::Read`] if there is none or it is invalid, [`ReportError::Format`] if another
    /// version of the program wrote it.
    pub fn read(folder: &Path) -> Result<Self, ReportError> {
        let path = folder.join(FILE);
        let invalid = |error: serde_json::Error| ReportError::read(&path, error.into());
        let text = std::fs::read(&path).map_err(|source| ReportError::read(&path, source))?;
        let Header { format: found } = serde_json::from_slice(&text).map_err(invalid)?;
        if found != FORMAT {
            return Err(ReportError::Format { path, found, supported: FORMAT });
        }
        serde_json::from_slice(&text).map_err(invalid)
    }

    /// The calibration curves of a forecaster.
    #[must_use]
    pub fn curves(&self, name: &str) -> &[CalibrationCurve] {
        let found = self.calibration.iter().find(|forecaster| forecaster.name == name);
        found.map_or(&[], |forecaster| &forecaster.curves)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{
        "format": 1, "command": "plimsoll backtest", "data_fingerprint": "ab", "version": "0.1.0",
        "from": "2024-02-01T00:00:00Z", "to": "2024-03-01T00:00:00Z", "rows": 9, "accounts": 3,
        "episodes": 1, "calibration": [{"name": "model", "curves": [{"horizon": "24h", "bins": [
            {"rows": 9, "positives": 1, "forecast": 0.1, "observed": 0.11, "interval": null}
        ]}]}]
    }"#;

    fn read(text: &str) -> Result<BacktestExcerpt, ReportError> {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(FILE), text).expect("it is written");
        BacktestExcerpt::read(folder.path())
    }

    #[test]
    fn unknown_fields_are_ignored() {
        let excerpt = read(JSON).expect("it reads");
        assert_eq!((excerpt.rows, excerpt.command.as_str()), (9, "plimsoll backtest"));
        assert_eq!(excerpt.curves("model")[0].bins[0].positives, 1);
        assert!(excerpt.curves("first_passage").is_empty());
    }

    #[test]
    fn other_formats_are_refused() {
        for (format, found) in [("\"format\": 1,", 0), ("\"format\": 1", 7)] {
            let replacement = if found == 0 { "" } else { "\"format\": 7" };
            let error = read(&JSON.replace(format, replacement)).expect_err("it is refused");
            let expected = format!("has format {found}, and this program reads 1");
            assert!(error.to_string().contains(&expected), "{error}");
        }
    }
}

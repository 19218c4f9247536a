//! A backtest's report, as far as the page shows it.

use std::path::Path;

use chrono::{DateTime, Utc};
use plimsoll_model::CalibrationBin;
use serde::Deserialize;

use super::read_json;
use crate::ServeError;

/// The file of a report's folder that is read.
const SUMMARY: &str = "backtest.json";

/// What `plimsoll backtest` found out.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Report {
    /// The command that does the same again.
    pub command: String,
    /// SHA-256 of the observations that were judged.
    pub data_fingerprint: String,
    /// First judged landmark.
    pub from: DateTime<Utc>,
    /// Last judged landmark.
    pub to: DateTime<Utc>,
    /// Judged landmarks.
    pub rows: usize,
    /// Accounts among them.
    pub accounts: usize,
    /// Liquidation episodes.
    pub episodes: usize,
    /// Calibration of the model, then of first passage.
    pub calibration: Vec<ReportForecaster>,
}

/// One forecaster's calibration.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ReportForecaster {
    /// `model` or `first_passage`.
    pub name: String,
    /// Curves by horizon.
    pub curves: Vec<ReportCurve>,
}

/// A curve at one horizon.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ReportCurve {
    /// The horizon.
    pub horizon: String,
    /// Bins from the safest to the riskiest.
    pub bins: Vec<CalibrationBin>,
}

impl Report {
    /// Reads a report from its folder.
    ///
    /// # Errors
    /// [`ServeError::Unreadable`] if there is none, or it is none of this program's.
    pub fn read(folder: &Path) -> Result<Self, ServeError> {
        read_json(&folder.join(SUMMARY))
    }

    /// The curves of a forecaster.
    pub(crate) fn curves(&self, name: &str) -> &[ReportCurve] {
        let found = self.calibration.iter().find(|of| of.name == name);
        found.map_or(&[], |of| &of.curves)
    }
}

//! A backtest with what is needed to reproduce it.

use plimsoll_model::{AblationScores, BacktestSummary, ForecasterScores};
use serde::Serialize;

use super::file::FORMAT;

/// The content of `backtest.json`.
#[derive(Debug, Serialize)]
pub struct BacktestReport {
    format: u32,
    /// The command that reproduces the backtest on the same lake.
    pub(super) command: String,
    /// SHA-256 of the lake's observations.
    pub(super) data_fingerprint: String,
    #[serde(flatten)]
    pub(super) backtest: BacktestSummary,
    /// The model without each of its parts, if requested.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) ablations: Vec<AblationScores>,
}

impl BacktestReport {
    /// A report of a backtest.
    ///
    /// `command` reproduces it on the same lake, whose observations have the SHA-256
    /// `data_fingerprint`; `ablations` may be empty.
    #[must_use]
    pub fn new(
        command: String,
        data_fingerprint: String,
        backtest: BacktestSummary,
        ablations: Vec<AblationScores>,
    ) -> Self {
        Self { format: FORMAT, command, data_fingerprint, backtest, ablations }
    }

    /// The report as JSON, the content of the file.
    pub(super) fn json(&self) -> String {
        let json = serde_json::to_string_pretty(self);
        json.expect("every key is a string") + "\n"
    }

    /// The model's scores.
    pub(super) fn model_forecaster(&self) -> &ForecasterScores {
        self.backtest.forecasters.first().expect("the model comes first")
    }
}

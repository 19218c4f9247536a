//! A backtest that was run, with what is needed to run it again.

use plimsoll_model::{AblationScores, BacktestSummary, ForecasterScores, HorizonScores};
use serde::Serialize;

/// The summary that is printed and kept.
#[derive(Debug, Serialize)]
pub(super) struct BacktestReport {
    /// The command that does the same again on the same lake.
    pub(super) command: String,
    /// SHA-256 of the lake's observations.
    pub(super) data_fingerprint: String,
    #[serde(flatten)]
    pub(super) backtest: BacktestSummary,
    /// The model without each of its parts, where that was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) ablations: Vec<AblationScores>,
}

impl BacktestReport {
    /// The model's scores.
    pub(super) fn model_forecaster(&self) -> &ForecasterScores {
        self.backtest.forecasters.first().expect("the model comes first")
    }

    /// Scores of a forecaster at a horizon.
    pub(super) fn horizon_scores(forecaster: &ForecasterScores, horizon: &str) -> HorizonScores {
        let found = forecaster.scores.horizons.iter().find(|(name, _)| *name == horizon);
        found.expect("every horizon is scored").1
    }
}

/// What a forecaster is called in words.
pub(super) fn display_name(name: &str) -> &'static str {
    match name {
        "model" => "model",
        "first_passage" => "first passage",
        "training_rate" => "training rate",
        "health_factor" => "health factor",
        _ => "hindsight rate",
    }
}

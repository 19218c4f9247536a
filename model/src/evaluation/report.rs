//! The figures of an evaluation.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

/// All figures of one evaluation.
#[derive(Debug, Clone, Serialize)]
pub struct Evaluation {
    /// First landmark.
    pub from: DateTime<Utc>,
    /// Last landmark.
    pub to: DateTime<Utc>,
    /// End of the model's training span; absent for forecasts of others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trained_until: Option<DateTime<Utc>>,
    /// Landmarks of the grid.
    pub rows: usize,
    /// Accounts.
    pub accounts: usize,
    /// Landmarks by what followed, whenever it did.
    pub events: EventCounts,
    /// Forecasts that could not be judged; absent for a model, which forecasts what is judged.
    #[serde(rename = "passed_over", skip_serializing_if = "Option::is_none")]
    pub skipped: Option<SkippedForecasts>,
    /// The forecasts' scores.
    #[serde(flatten)]
    pub scores: ForecastScores,
    /// What others would have scored.
    pub baselines: BTreeMap<&'static str, ForecastScores>,
}

/// Forecasts that could not be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct SkippedForecasts {
    /// Of accounts and times that are no landmark in the lake.
    pub unmatched: usize,
    /// Of landmarks at owners' actions.
    pub off_grid: usize,
}

/// Landmarks by what followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct EventCounts {
    /// Liquidated.
    pub liquidated: usize,
    /// Closed by the owner.
    pub closed: usize,
}

/// Scores of "liquidated within a horizon", over landmarks that were followed up that long.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HorizonScores {
    /// Landmarks followed up for the whole horizon.
    pub rows: usize,
    /// Those liquidated within it.
    pub positives: usize,
    /// Their share.
    pub base_rate: Option<f64>,
    /// Area under the receiver operating characteristic.
    pub auc: Option<f64>,
    /// Average precision.
    pub average_precision: Option<f64>,
    /// Mean squared error.
    pub brier: Option<f64>,
    /// The same of the best constant, the landmarks' own share of positives.
    pub brier_constant: Option<f64>,
    /// Positives over the sum of probabilities.
    pub observed_over_expected: Option<f64>,
}

/// What can be said of any forecast.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ForecastScores {
    /// Scores by horizon, in the order of [`HORIZONS`](plimsoll_features::HORIZONS).
    #[serde(serialize_with = "serialize_by_name")]
    pub horizons: Vec<(&'static str, HorizonScores)>,
    /// Antolini's time-dependent concordance of the cumulative incidence of liquidation.
    pub antolini_c: Option<f64>,
    /// Uno's concordance of the incidence by the last edge.
    pub uno_c: Option<f64>,
    /// Integrated Brier score of the incidence of liquidation over the grid.
    pub ibs: Option<f64>,
    /// Right-censored log loss of all three outcomes on the grid, nats; none where closings are not
    /// forecast.
    pub rcll: Option<f64>,
    /// D-calibration's p value, on rows that are independent of each other.
    pub d_calibration_p: Option<f64>,
}

fn serialize_by_name<S: serde::Serializer>(
    horizons: &[(&'static str, HorizonScores)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(horizons.iter().map(|(name, scores)| (name, scores)))
}

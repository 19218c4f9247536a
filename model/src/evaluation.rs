//! The figures of an evaluation.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

/// The landmarks to evaluate on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// First landmark; the end of the training span if absent.
    pub from: Option<DateTime<Utc>>,
    /// Landmarks lie before this time, and nothing known later is used; the end of the lake if
    /// absent.
    pub to: Option<DateTime<Utc>>,
}

/// All figures of one evaluation.
#[derive(Debug, Clone, Serialize)]
pub struct Evaluation {
    /// First landmark.
    pub from: DateTime<Utc>,
    /// Last landmark.
    pub to: DateTime<Utc>,
    /// End of the model's training span.
    pub trained_until: DateTime<Utc>,
    /// Landmarks of the grid.
    pub rows: usize,
    /// Accounts.
    pub accounts: usize,
    /// Landmarks by what followed, whenever it did.
    pub events: Events,
    /// Scores by horizon, in the order of [`HORIZONS`](plimsoll_features::HORIZONS).
    #[serde(serialize_with = "by_name")]
    pub horizons: Vec<(&'static str, HorizonScores)>,
    /// Antolini's time-dependent concordance of the cumulative incidence of liquidation.
    pub antolini_c: Option<f64>,
    /// Uno's concordance of the incidence by the last edge.
    pub uno_c: Option<f64>,
    /// Integrated Brier score of the incidence of liquidation over the grid.
    pub ibs: Option<f64>,
    /// Right-censored log loss of all three outcomes on the grid, nats.
    pub rcll: Option<f64>,
    /// D-calibration's p value, on landmarks of one account a horizon apart.
    pub d_calibration_p: Option<f64>,
    /// What others would have scored.
    pub baselines: BTreeMap<&'static str, Baseline>,
}

/// Landmarks by what followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Events {
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

/// What another forecast would have scored on the same landmarks.
#[derive(Debug, Clone, Serialize)]
pub struct Baseline {
    /// Scores by horizon.
    #[serde(serialize_with = "by_name")]
    pub horizons: Vec<(&'static str, HorizonScores)>,
    /// Antolini's time-dependent concordance.
    pub antolini_c: Option<f64>,
    /// Integrated Brier score.
    pub ibs: Option<f64>,
}

fn by_name<S: serde::Serializer>(
    horizons: &[(&'static str, HorizonScores)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(horizons.iter().map(|(name, scores)| (name, scores)))
}

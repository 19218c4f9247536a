//! The figures of an evaluation.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use plimsoll_lake::Horizon;
use plimsoll_metrics::skill;
use serde::Serialize;

use super::reference_rate::ReferenceRate;

/// All figures of one evaluation.
#[derive(Debug, Clone, Serialize)]
pub struct Evaluation {
    /// First landmark.
    pub from: DateTime<Utc>,
    /// Last landmark.
    pub to: DateTime<Utc>,
    /// End of the model's training data; absent for external forecasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trained_until: Option<DateTime<Utc>>,
    /// Landmarks that the model was trained on, whose scores are too good; absent if none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_training_span: Option<TrainingOverlap>,
    /// Number of landmarks of the grid.
    pub rows: usize,
    /// Number of accounts.
    pub accounts: usize,
    /// Landmarks by the event that followed, at any time.
    pub events: EventCounts,
    /// Forecasts that could not be evaluated; absent for a model.
    #[serde(rename = "passed_over", skip_serializing_if = "Option::is_none")]
    pub skipped: Option<SkippedForecasts>,
    /// The reference of skill scores, which is the baseline `constant`; absent if nothing is known
    /// before the first landmark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<ReferenceRate>,
    /// Skill relative to the reference by horizon; empty without a reference.
    #[serde(serialize_with = "serialize_by_name")]
    pub skill: Vec<(Horizon, SkillScores)>,
    /// The forecasts' scores.
    #[serde(flatten)]
    pub scores: ForecastScores,
    /// Scores of the baselines.
    pub baselines: BTreeMap<&'static str, ForecastScores>,
}

/// Evaluated landmarks in the span that the model was trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TrainingOverlap {
    /// Start of the training span.
    pub from: DateTime<Utc>,
    /// End of the training span, exclusive.
    pub until: DateTime<Utc>,
    /// Number of evaluated landmarks in it.
    pub rows: usize,
}

/// Skill relative to a reference: `1 - score / score of the reference`; absent where undefined.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SkillScores {
    /// Skill by the Brier score.
    pub brier: Option<f64>,
    /// Skill by the log score.
    pub log_score: Option<f64>,
}

/// Forecasts that could not be evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct SkippedForecasts {
    /// Number of forecasts of accounts and times that are not landmarks in the lake.
    pub unmatched: usize,
    /// Number of forecasts of landmarks at owners' actions.
    pub off_grid: usize,
}

/// Landmarks by the event that followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct EventCounts {
    /// Followed by a liquidation.
    pub liquidated: usize,
    /// Followed by a closing by the owner.
    pub closed: usize,
}

/// Scores of "liquidated within a horizon", over landmarks with follow-up for the whole horizon.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HorizonScores {
    /// Number of landmarks with follow-up for the whole horizon.
    pub rows: usize,
    /// Number of landmarks liquidated within the horizon.
    pub positives: usize,
    /// Share of positives.
    pub base_rate: Option<f64>,
    /// Area under the receiver operating characteristic.
    pub auc: Option<f64>,
    /// Average precision.
    pub average_precision: Option<f64>,
    /// Mean squared error.
    pub brier: Option<f64>,
    /// Brier score of the best constant, the share of positives.
    pub brier_constant: Option<f64>,
    /// Mean log loss, nats a row, of probabilities clipped by
    /// [`PROBABILITY_FLOOR`](plimsoll_metrics::PROBABILITY_FLOOR).
    pub log_score: Option<f64>,
    /// Number of probabilities that were clipped.
    pub log_score_clipped: Option<usize>,
    /// Number of positives over the sum of probabilities.
    pub observed_over_expected: Option<f64>,
    /// Slope of the outcomes' log odds over those of the forecasts; 1 if calibrated (Cox 1958).
    pub calibration_slope: Option<f64>,
    /// Intercept of the same line; 0 if calibrated.
    pub calibration_intercept: Option<f64>,
}

impl HorizonScores {
    /// Skill relative to a reference on the same rows.
    #[must_use]
    pub fn skill_over(&self, reference: &Self) -> SkillScores {
        let relative = |own: Option<f64>, other: Option<f64>| skill(own?, other?);
        SkillScores {
            brier: relative(self.brier, reference.brier),
            log_score: relative(self.log_score, reference.log_score),
        }
    }
}

/// Scores of a forecast.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ForecastScores {
    /// Scores by horizon, in the order of [`Horizon::ALL`].
    #[serde(serialize_with = "serialize_by_name")]
    pub horizons: Vec<(Horizon, HorizonScores)>,
    /// Antolini's time-dependent concordance of the cumulative incidence of liquidation.
    pub antolini_c: Option<f64>,
    /// Uno's concordance of the incidence by the last edge.
    pub uno_c: Option<f64>,
    /// Integrated Brier score of the incidence of liquidation over the grid.
    pub ibs: Option<f64>,
    /// Right-censored log loss of all three outcomes on the grid, nats; absent if closings are not
    /// forecast.
    pub rcll: Option<f64>,
    /// D-calibration's p value, on mutually independent rows.
    pub d_calibration_p: Option<f64>,
}

impl ForecastScores {
    /// Scores at a horizon.
    #[must_use]
    pub fn at_horizon(&self, horizon: Horizon) -> &HorizonScores {
        &self.horizons[horizon.index()].1
    }
}

/// Serialises figures by horizon as a map.
pub(crate) fn serialize_by_name<T: Serialize, S: serde::Serializer>(
    horizons: &[(Horizon, T)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(horizons.iter().map(|(horizon, scores)| (horizon, scores)))
}

//! Landmarks with the values that rules measure, and the replay of rules on them.

use chrono::{DateTime, Utc};
use ndarray::Array2;
use plimsoll_features::Observations;
use plimsoll_model::{AlertEvaluator, Forecasts, at_horizon, first_passage_baseline};
use plimsoll_serve::{ReplayObservation, Rule, replay};

use super::report::{ReplaySpan, RuleResult};
use super::rule_kind::{Forecaster, RuleKind};

/// Landmarks of the grid in order of account and time, with the values that rules measure.
pub(super) struct ReplayLandmarks {
    rows: Observations,
    model: Forecasts,
    first_passage: Array2<f64>,
    evaluator: AlertEvaluator,
}

impl ReplayLandmarks {
    /// Landmarks with a model's forecasts of them, row by row.
    pub(super) fn new(rows: Observations, model: Forecasts) -> Self {
        let first_passage = first_passage_baseline(rows.features.view());
        let evaluator = AlertEvaluator::new(&rows);
        Self { rows, model, first_passage, evaluator }
    }

    /// The span that the landmarks cover.
    pub(super) fn span(&self) -> ReplaySpan {
        let Self { rows, evaluator, .. } = self;
        ReplaySpan {
            from: to_datetime(rows.time_s.iter().min()),
            to: to_datetime(rows.time_s.iter().max()),
            landmarks: rows.len(),
            accounts: rows.account_index.chunk_by(|a, b| a == b).count(),
            account_months: evaluator.account_months(),
            episodes: evaluator.score(&[]).episodes,
        }
    }

    /// What a kind of rule measures at each landmark.
    pub(super) fn values(&self, kind: RuleKind) -> Vec<f64> {
        let Some(horizon) = kind.measure.horizon() else { return self.rows.health_factor.clone() };
        let curves = match kind.forecaster {
            Forecaster::FirstPassage => &self.first_passage,
            Forecaster::Model | Forecaster::HealthFactor => &self.model.liquidated,
        };
        at_horizon(curves, horizon).to_vec()
    }

    /// Replays a rule over the values of its kind.
    pub(super) fn replay(&self, kind: RuleKind, rule: Rule, values: &[f64]) -> RuleResult {
        let observation = |row: usize| ReplayObservation {
            account: self.rows.account_index[row],
            at_s: self.rows.time_s[row],
            value: values[row],
        };
        let rows = 0..self.rows.len();
        let replayed = replay(&rule, rows.map(observation), self.evaluator.step_s());
        let scores = self.evaluator.score(&replayed.warning_indices);
        RuleResult {
            forecaster: kind.forecaster,
            rule,
            messages: replayed.messages,
            scores,
            chosen_on: None,
        }
    }
}

/// A Unix second as a time.
pub(super) fn to_datetime(second: Option<&i64>) -> DateTime<Utc> {
    second.and_then(|second| DateTime::from_timestamp(*second, 0)).unwrap_or_default()
}

//! Evaluation of forecasts beside the baselines.

use std::collections::BTreeMap;

use ndarray::ArrayView1;
use plimsoll_features::{CLOSED, LIQUIDATED, Observations};
use plimsoll_lake::Horizon;
use plimsoll_lake::tables::Forecast;

use super::baselines::{broadcast_curve, first_passage_baseline, kaplan_meier_baseline};
use super::evaluated_forecasts::EvaluatedForecasts;
use super::forecast_scorer::ForecastScorer;
use super::independence::non_overlapping_landmarks;
use super::report::{Evaluation, EventCounts, ForecastScores, SkillScores};
use super::time_range::TimeRange;
use crate::error::ModelError;
use crate::forecast::manifest::BaseIncidence;
use crate::forecast::model::Model;

/// Name of the baseline that forecasts the reference rate.
const REFERENCE: &str = "constant";

/// Evaluates a model on landmarks of the grid.
///
/// # Errors
/// Those of [`EvaluatedForecasts::from_model`].
pub fn evaluate(
    model: &Model,
    observations: &Observations,
    range: &TimeRange,
) -> Result<Evaluation, ModelError> {
    Ok(EvaluatedForecasts::from_model(model, observations, range)?.evaluate())
}

/// Evaluates forecasts of any origin, on those of their landmarks that are on the grid.
///
/// # Errors
/// Those of [`EvaluatedForecasts::from_rows`].
pub fn evaluate_forecast_rows(
    forecasts: &[Forecast],
    observations: &Observations,
    range: &TimeRange,
) -> Result<Evaluation, ModelError> {
    Ok(EvaluatedForecasts::from_rows(forecasts, observations, range, None)?.evaluate())
}

impl EvaluatedForecasts {
    /// Scores the forecasts and the baselines.
    #[must_use]
    pub fn evaluate(&self) -> Evaluation {
        let Self { rows, forecasts, .. } = self;
        let independent = non_overlapping_landmarks(rows);
        let scorer = ForecastScorer::new(&rows.outcome, &independent);
        let count = |event: u8| rows.outcome.iter().filter(|o| o.event == event).count();
        let scores = scorer.score(forecasts.liquidated.view(), Some(forecasts.closed.view()));
        let baselines = self.baseline_scores(&scorer);
        Evaluation {
            from: self.first(),
            to: self.last(),
            trained_until: self.trained_until,
            in_training_span: self.in_training_span,
            rows: rows.len(),
            accounts: rows.account_index.chunk_by(|a, b| a == b).count(),
            events: EventCounts { liquidated: count(LIQUIDATED), closed: count(CLOSED) },
            skipped: self.skipped,
            reference: self.reference.clone(),
            skill: skill_scores(&scores, baselines.get(REFERENCE)),
            scores,
            baselines,
        }
    }

    /// Scores the baselines: first passage, the Kaplan-Meier rate of the evaluated rows, and the
    /// constant reference rate.
    fn baseline_scores(
        &self,
        scorer: &ForecastScorer<'_>,
    ) -> BTreeMap<&'static str, ForecastScores> {
        let rows = &self.rows;
        let hindsight = kaplan_meier_baseline(&rows.outcome);
        let first_passage = first_passage_baseline(rows.features.view());
        let mut scores = BTreeMap::from([
            ("first_passage", scorer.score(first_passage.view(), None)),
            ("kaplan_meier", scorer.score(broadcast_curve(&hindsight.view(), rows.len()), None)),
        ]);
        if let Some(BaseIncidence { liquidated, closed }) =
            self.reference.as_ref().map(|reference| &reference.incidence)
        {
            let (liquidated, closed) = (ArrayView1::from(liquidated), ArrayView1::from(closed));
            let closed = broadcast_curve(&closed, rows.len());
            let constant = scorer.score(broadcast_curve(&liquidated, rows.len()), Some(closed));
            scores.insert(REFERENCE, constant);
        }
        scores
    }
}

/// Skill relative to the reference by horizon; empty without a reference.
fn skill_scores(
    scores: &ForecastScores,
    reference: Option<&ForecastScores>,
) -> Vec<(Horizon, SkillScores)> {
    let Some(reference) = reference else { return Vec::new() };
    let at = |horizon: Horizon| {
        (horizon, scores.at_horizon(horizon).skill_over(reference.at_horizon(horizon)))
    };
    Horizon::ALL.map(at).into()
}

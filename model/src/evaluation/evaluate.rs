//! Evaluation of a model or of forecast rows, beside the baselines.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use ndarray::ArrayView1;
use plimsoll_features::{CLOSED, LIQUIDATED, Observations, Outcome};
use plimsoll_lake::tables::Forecast;

use super::baselines::{broadcast_curve, first_passage_baseline, kaplan_meier_baseline};
use super::forecast_scorer::ForecastScorer;
use super::independence::non_overlapping_landmarks;
use super::matching::MatchedForecasts;
use super::report::{Evaluation, EventCounts, ForecastScores};
use super::time_range::TimeRange;
use crate::error::ModelError;
use crate::forecast::forecasts::Forecasts;
use crate::forecast::manifest::BaseIncidence;
use crate::forecast::model::Model;
use crate::forecast::table::validate_rows;
use crate::input::outcomes::outcomes_known_at;

/// Evaluates a model on landmarks of the grid.
///
/// # Errors
/// [`ModelError::NoLandmarks`] if there is no landmark in the time range, or errors of the net.
pub fn evaluate(
    model: &Model,
    observations: &Observations,
    range: &TimeRange,
) -> Result<Evaluation, ModelError> {
    let until = model.manifest().training.until;
    let range = TimeRange { from: range.from.or(Some(until)), ..*range };
    let rows = observations
        .filter(|row| observations.on_grid[row] && range.contains(observations.time_s[row]));
    if rows.is_empty() {
        return Err(no_landmarks(&range));
    }
    let forecasts = model.forecast(rows.features.view())?;
    let incidence = Some(&model.manifest().incidence);
    let evaluation = evaluate_on_rows(&forecasts, &rows, &range, incidence);
    Ok(Evaluation { trained_until: Some(until), ..evaluation })
}

/// Evaluates forecasts of any origin, on those of their landmarks that are on the grid.
///
/// # Errors
/// [`ModelError::InvalidForecast`] if a row is not a forecast, [`ModelError::DuplicateForecast`] if
/// a landmark was forecast twice, [`ModelError::NoLandmarks`] or
/// [`ModelError::NoMatchingLandmarks`] if there is nothing to evaluate.
pub fn evaluate_forecast_rows(
    forecasts: &[Forecast],
    observations: &Observations,
    range: &TimeRange,
) -> Result<Evaluation, ModelError> {
    validate_rows(forecasts)?;
    let within = |forecast: &&Forecast| range.contains(forecast.time.timestamp());
    let forecasts: Vec<&Forecast> = forecasts.iter().filter(within).collect();
    if forecasts.is_empty() {
        return Err(no_landmarks(range));
    }
    let matched = MatchedForecasts::new(&forecasts, observations)?;
    let found = |row| matched.rows.binary_search_by_key(&row, |(row, _)| *row).is_ok();
    let rows = observations.filter(found);
    let forecasts = Forecasts::from_valid_rows(matched.rows.iter().map(|(_, forecast)| *forecast));
    let evaluation = evaluate_on_rows(&forecasts, &rows, range, None);
    Ok(Evaluation { skipped: Some(matched.skipped), ..evaluation })
}

fn no_landmarks(range: &TimeRange) -> ModelError {
    let from = range.from.unwrap_or(DateTime::<Utc>::MIN_UTC).to_rfc3339();
    ModelError::NoLandmarks { from, to: range.to.unwrap_or(DateTime::<Utc>::MAX_UTC).to_rfc3339() }
}

/// Scores forecasts of these rows by the outcomes known at the end of the time range.
fn evaluate_on_rows(
    forecasts: &Forecasts,
    rows: &Observations,
    range: &TimeRange,
    incidence: Option<&BaseIncidence>,
) -> Evaluation {
    let outcomes = outcomes_known_at(rows, range.to.unwrap_or(DateTime::<Utc>::MAX_UTC));
    let independent = non_overlapping_landmarks(rows);
    let scorer = ForecastScorer::new(&outcomes, &independent);
    let time = |time_s: Option<&i64>| {
        DateTime::from_timestamp(time_s.copied().unwrap_or(0), 0).unwrap_or_default()
    };
    let count = |event: u8| outcomes.iter().filter(|outcome| outcome.event == event).count();
    Evaluation {
        from: time(rows.time_s.iter().min()),
        to: time(rows.time_s.iter().max()),
        trained_until: None,
        rows: rows.len(),
        accounts: rows.account_index.chunk_by(|a, b| a == b).count(),
        events: EventCounts { liquidated: count(LIQUIDATED), closed: count(CLOSED) },
        skipped: None,
        scores: scorer.score(forecasts.liquidated.view(), Some(forecasts.closed.view())),
        baselines: baseline_scores(&scorer, rows, &outcomes, incidence),
    }
}

/// Scores the baselines: first passage, the Kaplan-Meier rate of the evaluated rows, and, for a
/// model, the constant base rates of its training data (Aalen and Johansen 1978).
fn baseline_scores(
    scorer: &ForecastScorer<'_>,
    rows: &Observations,
    outcomes: &[Outcome],
    incidence: Option<&BaseIncidence>,
) -> BTreeMap<&'static str, ForecastScores> {
    let hindsight = kaplan_meier_baseline(outcomes);
    let mut scores = BTreeMap::from([
        ("first_passage", scorer.score(first_passage_baseline(rows.features.view()).view(), None)),
        ("kaplan_meier", scorer.score(broadcast_curve(&hindsight.view(), rows.len()), None)),
    ]);
    if let Some(BaseIncidence { liquidated, closed }) = incidence {
        let (liquidated, closed) = (ArrayView1::from(liquidated), ArrayView1::from(closed));
        let closed = broadcast_curve(&closed, rows.len());
        let constant = scorer.score(broadcast_curve(&liquidated, rows.len()), Some(closed));
        scores.insert("constant", constant);
    }
    scores
}

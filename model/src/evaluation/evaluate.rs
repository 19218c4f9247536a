//! How good forecasts were, beside what others would have said.

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

const SECONDS_PER_DAY: f64 = 86_400.0;

/// Scores a model on landmarks of the grid.
///
/// # Errors
/// [`ModelError::NoRows`] if there is no landmark in the span, or the net's own errors.
pub fn evaluate(
    model: &Model,
    observations: &Observations,
    span: &TimeRange,
) -> Result<Evaluation, ModelError> {
    let until = model.manifest().training.until;
    let span = TimeRange { from: span.from.or(Some(until)), ..*span };
    let rows = observations
        .filter(|row| observations.on_grid[row] && span.contains(observations.time_s[row]));
    if rows.is_empty() {
        return Err(no_landmarks(&span));
    }
    let forecasts = model.forecast(rows.features.view())?;
    let incidence = Some(&model.manifest().incidence);
    let evaluation = evaluate_on_rows(&forecasts, &rows, &span, incidence);
    Ok(Evaluation { trained_until: Some(until), ..evaluation })
}

/// Scores forecasts that anyone made, on those of their landmarks that lie on the grid.
///
/// # Errors
/// [`ModelError::Improper`] if a row is no forecast, [`ModelError::Twice`] if a landmark was
/// forecast twice, [`ModelError::NoRows`] or [`ModelError::NoMatch`] if there is nothing to judge.
pub fn evaluate_forecast_rows(
    forecasts: &[Forecast],
    observations: &Observations,
    span: &TimeRange,
) -> Result<Evaluation, ModelError> {
    validate_rows(forecasts)?;
    let within = |forecast: &&Forecast| span.contains(forecast.time.timestamp());
    let forecasts: Vec<&Forecast> = forecasts.iter().filter(within).collect();
    if forecasts.is_empty() {
        return Err(no_landmarks(span));
    }
    let matched = MatchedForecasts::new(&forecasts, observations)?;
    let found = |row| matched.rows.binary_search_by_key(&row, |(row, _)| *row).is_ok();
    let rows = observations.filter(found);
    let forecasts = Forecasts::from_valid_rows(matched.rows.iter().map(|(_, forecast)| *forecast));
    let evaluation = evaluate_on_rows(&forecasts, &rows, span, None);
    Ok(Evaluation { skipped: Some(matched.skipped), ..evaluation })
}

fn no_landmarks(span: &TimeRange) -> ModelError {
    let from = span.from.unwrap_or(DateTime::<Utc>::MIN_UTC).to_rfc3339();
    ModelError::NoLandmarks { from, to: span.to.unwrap_or(DateTime::<Utc>::MAX_UTC).to_rfc3339() }
}

/// What is said of forecasts of these rows by what was known of them at the end of the span.
fn evaluate_on_rows(
    forecasts: &Forecasts,
    rows: &Observations,
    span: &TimeRange,
    incidence: Option<&BaseIncidence>,
) -> Evaluation {
    let outcomes = outcomes_known_at(rows, span.to.unwrap_or(DateTime::<Utc>::MAX_UTC));
    let independent = non_overlapping_landmarks(rows);
    let judge = ForecastScorer::new(&outcomes, &independent);
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
        scores: judge.score(forecasts.liquidated.view(), Some(forecasts.closed.view())),
        baselines: baseline_scores(&judge, rows, &outcomes, incidence),
    }
}

pub(crate) fn outcomes_known_at(rows: &Observations, to: DateTime<Utc>) -> Vec<Outcome> {
    let days = |time_s: i64| (to.timestamp() - time_s) as f64 / SECONDS_PER_DAY;
    let known = |(outcome, time_s): (&Outcome, &i64)| outcome.censored_after(days(*time_s));
    rows.outcome.iter().zip(&rows.time_s).map(known).collect()
}

/// Scores first passage and the rate with hindsight; the training span's own rate, for every row
/// the same (Aalen and Johansen 1978), where there was training.
fn baseline_scores(
    judge: &ForecastScorer<'_>,
    rows: &Observations,
    outcomes: &[Outcome],
    incidence: Option<&BaseIncidence>,
) -> BTreeMap<&'static str, ForecastScores> {
    let hindsight = kaplan_meier_baseline(outcomes);
    let mut scores = BTreeMap::from([
        ("first_passage", judge.score(first_passage_baseline(rows.features.view()).view(), None)),
        ("kaplan_meier", judge.score(broadcast_curve(&hindsight.view(), rows.len()), None)),
    ]);
    if let Some(BaseIncidence { liquidated, closed }) = incidence {
        let (liquidated, closed) = (ArrayView1::from(liquidated), ArrayView1::from(closed));
        let closed = broadcast_curve(&closed, rows.len());
        let constant = judge.score(broadcast_curve(&liquidated, rows.len()), Some(closed));
        scores.insert("constant", constant);
    }
    scores
}

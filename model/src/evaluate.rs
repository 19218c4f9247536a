//! How good a model was on what happened after its training span.

use chrono::{DateTime, Utc};
use ndarray::{Array2, Axis};
use plimsoll_features::{CLOSED, HORIZONS, LIQUIDATED, Observations, Outcome};
use rayon::prelude::*;

use crate::baselines::{constant, first_passage, horizon_columns, kaplan_meier};
use crate::evaluation::{Baseline, Evaluation, Events, HorizonScores, Span};
use crate::forecast::interpolate;
use crate::grid::{INTERVALS, edges_days};
use crate::metrics::{self, average_precision, brier_score, observed_over_expected, roc_auc};
use crate::truth::Truth;
use crate::{Forecasts, Model, ModelError};

const CALIBRATION_BINS: usize = 10;
const SECONDS_PER_DAY: i64 = 86_400;

/// Scores a model on landmarks of the grid.
///
/// # Errors
/// [`ModelError::NoRows`] if there is no landmark in the span, or the net's own errors.
pub fn evaluate(
    model: &Model,
    observations: &Observations,
    span: &Span,
) -> Result<Evaluation, ModelError> {
    let (rows, outcomes) = select(model, observations, span)?;
    let forecasts = model.forecast(rows.features.view())?;
    let truth = Truth::of(&outcomes);
    let judged = judge(&forecasts.liquidated, &outcomes, &truth);
    let baselines = [
        ("first_passage", first_passage(rows.features.view())),
        ("constant", constant(rows.len(), &model.manifest().incidence)),
        ("kaplan_meier", kaplan_meier(&outcomes)),
    ];
    let time = |time_s: Option<&i64>| {
        DateTime::from_timestamp(time_s.copied().unwrap_or(0), 0).unwrap_or_default()
    };
    let count = |event: u8| outcomes.iter().filter(|outcome| outcome.event == event).count();
    Ok(Evaluation {
        from: time(rows.time_s.iter().min()),
        to: time(rows.time_s.iter().max()),
        trained_until: model.manifest().training.until,
        rows: rows.len(),
        accounts: rows.account.chunk_by(|a, b| a == b).count(),
        events: Events { liquidated: count(LIQUIDATED), closed: count(CLOSED) },
        uno_c: truth.uno(&forecasts.liquidated),
        rcll: log_loss(&forecasts, &outcomes),
        d_calibration_p: d_calibration(&forecasts.liquidated, &rows, &truth),
        horizons: judged.horizons,
        antolini_c: judged.antolini_c,
        ibs: judged.ibs,
        baselines: baselines
            .into_iter()
            .map(|(name, incidence)| (name, judge(&incidence, &outcomes, &truth)))
            .collect(),
    })
}

fn select(
    model: &Model,
    observations: &Observations,
    span: &Span,
) -> Result<(Observations, Vec<Outcome>), ModelError> {
    let from = span.from.unwrap_or(model.manifest().training.until);
    let to = span.to.unwrap_or(DateTime::<Utc>::MAX_UTC);
    let (from_s, to_s) = (from.timestamp(), to.timestamp());
    let rows = observations.filter(|row| {
        let time_s = observations.time_s[row];
        observations.on_grid[row] && from_s <= time_s && time_s < to_s
    });
    if rows.is_empty() {
        return Err(ModelError::NoRows { from: from.to_rfc3339(), to: to.to_rfc3339() });
    }
    let days = |time_s: i64| (to_s - time_s) as f64 / SECONDS_PER_DAY as f64;
    let known = |(outcome, time_s): (&Outcome, &i64)| outcome.known_after(days(*time_s));
    let outcomes = rows.outcome.iter().zip(&rows.time_s).map(known).collect();
    Ok((rows, outcomes))
}

fn judge(incidence: &Array2<f64>, outcomes: &[Outcome], truth: &Truth) -> Baseline {
    let horizons = HORIZONS.iter().zip(horizon_columns()).collect::<Vec<_>>();
    let score = |&(&(name, hours), column): &(&(&'static str, f64), usize)| {
        let probabilities = incidence.index_axis(Axis(1), column);
        (name, at_horizon(&probabilities.to_vec(), outcomes, hours / 24.0))
    };
    Baseline {
        horizons: horizons.par_iter().map(score).collect(),
        antolini_c: truth.antolini(incidence),
        ibs: truth.integrated_brier(incidence),
    }
}

/// Landmarks that were not followed up for the whole horizon are left out, liquidated or not:
/// keeping only those of them that were liquidated would count too many.
fn at_horizon(probabilities: &[f64], outcomes: &[Outcome], days: f64) -> HorizonScores {
    let followed = || probabilities.iter().zip(outcomes).filter(|(_, o)| o.follow_up_days >= days);
    let scores: Vec<f64> = followed().map(|(p, _)| *p).collect();
    let positives: Vec<bool> =
        followed().map(|(_, o)| o.event == LIQUIDATED && o.duration_days <= days).collect();
    let count = positives.iter().filter(|positive| **positive).count();
    let base_rate = (!scores.is_empty()).then(|| count as f64 / scores.len() as f64);
    HorizonScores {
        rows: scores.len(),
        positives: count,
        base_rate,
        auc: roc_auc(&scores, &positives),
        average_precision: average_precision(&scores, &positives),
        brier: brier_score(&scores, &positives),
        brier_constant: base_rate.map(|rate| rate * (1.0 - rate)),
        observed_over_expected: observed_over_expected(&scores, &positives),
    }
}

fn log_loss(forecasts: &Forecasts, outcomes: &[Outcome]) -> Option<f64> {
    let durations: Vec<f64> = outcomes.iter().map(|outcome| outcome.duration_days).collect();
    let causes: Vec<u8> = outcomes.iter().map(|outcome| outcome.event).collect();
    let incidence = |row: usize, cause: u8, k: usize| match (cause, k) {
        (_, 0) => 0.0,
        (LIQUIDATED, _) => forecasts.liquidated[[row, k - 1]],
        _ => forecasts.closed[[row, k - 1]],
    };
    metrics::right_censored_log_loss(&durations, &causes, CLOSED, &edges_days(), incidence)
}

/// Haider et al. (2020) assume independent rows, so only landmarks of one account whose horizons
/// do not overlap are used.
fn d_calibration(incidence: &Array2<f64>, rows: &Observations, truth: &Truth) -> Option<f64> {
    let (durations, events) = truth.on_grid();
    let horizon_s = edges_days()[INTERVALS] as i64 * SECONDS_PER_DAY;
    let mut apart = Vec::new();
    let mut last: Option<(u32, i64)> = None;
    for (row, (&account, &time_s)) in rows.account.iter().zip(&rows.time_s).enumerate() {
        if last.is_none_or(|(seen, seen_s)| seen != account || time_s - seen_s >= horizon_s) {
            last = Some((account, time_s));
            apart.push(row);
        }
    }
    let survival: Vec<f64> =
        apart.iter().map(|&row| 1.0 - interpolate(incidence.row(row), durations[row])).collect();
    let events: Vec<bool> = apart.iter().map(|&row| events[row]).collect();
    Some(metrics::d_calibration(&survival, &events, CALIBRATION_BINS)?.p_value)
}

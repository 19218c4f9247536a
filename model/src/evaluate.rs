//! How good a model was on what happened after its training span.

use chrono::{DateTime, Utc};
use ndarray::{Array2, Axis};
use plimsoll_features::{CLOSED, HORIZONS, LIQUIDATED, Observations, Outcome};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;

use crate::baselines::{constant, first_passage, horizon_columns, kaplan_meier};
use crate::forecast::interpolate;
use crate::grid::{INTERVALS, edges_days};
use crate::metrics::{
    self, KaplanMeier, TieRule, average_precision, brier_score, observed_over_expected, roc_auc,
};
use crate::{Forecasts, Model, ModelError};

/// Times at which the Brier score is integrated.
const BRIER_TIMES: usize = 100;
/// Pairs that the time-dependent concordance looks at, at most, for each row.
const PAIRS_PER_ROW: u64 = 3_000;
const CALIBRATION_BINS: usize = 10;
const SECONDS_PER_DAY: i64 = 86_400;

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
    /// Scores by horizon, in the order of [`HORIZONS`].
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

/// Liquidation as the only event, with closings kept at risk until the end of their follow-up.
///
/// The end of follow-up is known for every landmark, also for one that was closed before it, so
/// the incidence of liquidation can be judged as a single risk without estimating who would have
/// been censored (Fine and Gray 1999, section 3: "censoring complete" data).
struct Truth {
    durations: Vec<f64>,
    events: Vec<bool>,
    censoring: Option<KaplanMeier>,
}

impl Truth {
    fn of(outcomes: &[Outcome]) -> Self {
        let events: Vec<bool> =
            outcomes.iter().map(|outcome| outcome.event == LIQUIDATED).collect();
        let duration = |outcome: &Outcome| match outcome.event {
            CLOSED => outcome.follow_up_days,
            _ => outcome.duration_days,
        };
        let durations: Vec<f64> = outcomes.iter().map(duration).collect();
        let censoring = KaplanMeier::fit_censoring(&durations, &events);
        Self { durations, events, censoring }
    }

    /// Events and durations with all that lies beyond the grid cut off.
    fn on_grid(&self) -> (Vec<f64>, Vec<bool>) {
        let end = edges_days()[INTERVALS];
        let within = self.durations.iter().zip(&self.events).map(|(&t, &event)| event && t <= end);
        (self.durations.iter().map(|t| t.min(end)).collect(), within.collect())
    }

    fn uno(&self, incidence: &Array2<f64>) -> Option<f64> {
        let risk: Vec<f64> = incidence.column(INTERVALS - 1).to_vec();
        let (censoring, end) = (self.censoring.as_ref()?, edges_days()[INTERVALS]);
        let c =
            metrics::concordance_uno(&self.durations, &self.events, &risk, censoring, Some(end));
        c.map(|c| c.index)
    }

    fn antolini(&self, incidence: &Array2<f64>) -> Option<f64> {
        let (durations, events) = self.on_grid();
        let survival = |row: usize, t: f64| 1.0 - interpolate(incidence.row(row), t);
        let budget = PAIRS_PER_ROW * durations.len() as u64;
        let c = metrics::concordance_antolini(
            &durations,
            &events,
            TieRule::default(),
            budget,
            survival,
        );
        c.map(|c| c.index)
    }

    fn integrated_brier(&self, incidence: &Array2<f64>) -> Option<f64> {
        let edges = edges_days();
        let followed = self.durations.iter().copied().fold(0.0, f64::max).min(edges[INTERVALS]);
        let step = (followed - edges[1]) / BRIER_TIMES as f64;
        let times: Vec<f64> = (0..BRIER_TIMES).map(|i| edges[1] + step * i as f64).collect();
        let survival = |row: usize, t: f64| 1.0 - interpolate(incidence.row(row), t);
        let censoring = self.censoring.as_ref()?;
        metrics::integrated_brier_score(&self.durations, &self.events, censoring, &times, survival)
    }
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

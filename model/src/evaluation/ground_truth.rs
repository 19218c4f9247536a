//! Outcomes in the form that single-risk metrics take.

use ndarray::ArrayView2;
use plimsoll_features::{CLOSED, LIQUIDATED, Outcome};

use crate::forecast::forecasts::interpolate_incidence;
use crate::input::grid::{INTERVALS, edges_days};
use plimsoll_metrics::{KaplanMeier, TieRule};

/// Number of times at which the Brier score is integrated.
const BRIER_TIMES: usize = 100;
/// Maximum number of pairs of the time-dependent concordance: ten thousand events times ten
/// thousand rows leave an error of 0.004.
const MAX_PAIRS: u64 = 100_000_000;
/// Number of bins of D-calibration.
const CALIBRATION_BINS: usize = 10;

/// Liquidation as the only event, with closed accounts kept at risk until the end of their
/// follow-up.
///
/// The end of follow-up is known for every landmark, including closed ones, so the incidence of
/// liquidation can be evaluated as a single risk without estimating a censoring time (Fine and Gray
/// 1999, section 3: "censoring complete" data).
pub(crate) struct GroundTruth {
    pub(crate) durations: Vec<f64>,
    pub(crate) events: Vec<bool>,
    censoring: Option<KaplanMeier>,
}

impl GroundTruth {
    /// Converts outcomes.
    pub(crate) fn from_outcomes(outcomes: &[Outcome]) -> Self {
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

    /// Durations and events, censored at the end of the grid.
    pub(crate) fn truncated_to_grid(&self) -> (Vec<f64>, Vec<bool>) {
        let end = edges_days()[INTERVALS];
        let within = self.durations.iter().zip(&self.events).map(|(&t, &event)| event && t <= end);
        (self.durations.iter().map(|t| t.min(end)).collect(), within.collect())
    }

    /// Uno's concordance of the incidence by the last edge, up to that time.
    pub(crate) fn uno_c(&self, incidence: ArrayView2<'_, f64>) -> Option<f64> {
        let risk: Vec<f64> = incidence.column(INTERVALS - 1).to_vec();
        let (censoring, end) = (self.censoring.as_ref()?, edges_days()[INTERVALS]);
        let c = plimsoll_metrics::concordance_uno(
            &self.durations,
            &self.events,
            &risk,
            censoring,
            Some(end),
        );
        c.map(|c| c.index)
    }

    /// Antolini's time-dependent concordance up to the last edge.
    pub(crate) fn antolini_c(&self, incidence: ArrayView2<'_, f64>) -> Option<f64> {
        if !incidence.is_empty() && incidence.rows().into_iter().all(|row| row == incidence.row(0))
        {
            // Every pair is tied.
            return Some(0.5);
        }
        let (durations, events) = self.truncated_to_grid();
        let survival = |row: usize, t: f64| 1.0 - interpolate_incidence(incidence.row(row), t);
        let c = plimsoll_metrics::concordance_antolini(
            &durations,
            &events,
            TieRule::default(),
            MAX_PAIRS,
            survival,
        );
        c.map(|c| c.index)
    }

    /// Brier score of some rows with the censoring weights of all rows, integrated from the first
    /// edge to the last.
    pub(crate) fn integrated_brier(
        &self,
        incidence: ArrayView2<'_, f64>,
        rows: &[usize],
    ) -> Option<f64> {
        let edges = edges_days();
        let followed = self.durations.iter().copied().fold(0.0, f64::max).min(edges[INTERVALS]);
        let step = (followed - edges[1]) / BRIER_TIMES as f64;
        let times: Vec<f64> = (0..BRIER_TIMES).map(|i| edges[1] + step * i as f64).collect();
        let survival =
            |index: usize, t: f64| 1.0 - interpolate_incidence(incidence.row(rows[index]), t);
        let durations: Vec<f64> = rows.iter().map(|&row| self.durations[row]).collect();
        let events: Vec<bool> = rows.iter().map(|&row| self.events[row]).collect();
        let censoring = self.censoring.as_ref()?;
        plimsoll_metrics::integrated_brier_score(&durations, &events, censoring, &times, survival)
    }

    /// D-calibration's p value (Haider et al. 2020) on independent rows, as it assumes.
    pub(crate) fn d_calibration_p(
        &self,
        incidence: ArrayView2<'_, f64>,
        independent: &[usize],
    ) -> Option<f64> {
        let (durations, events) = self.truncated_to_grid();
        let survival =
            |&row: &usize| 1.0 - interpolate_incidence(incidence.row(row), durations[row]);
        let survival: Vec<f64> = independent.iter().map(survival).collect();
        let events: Vec<bool> = independent.iter().map(|&row| events[row]).collect();
        Some(plimsoll_metrics::d_calibration(&survival, &events, CALIBRATION_BINS)?.p_value)
    }
}

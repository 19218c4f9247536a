//! Scores of forecasts, given the outcomes.

use ndarray::ArrayView2;
use plimsoll_features::{CLOSED, LIQUIDATED, Outcome};
use plimsoll_lake::Horizon;
use rayon::prelude::*;

use super::ground_truth::GroundTruth;
use super::report::{ForecastScores, HorizonScores};
use crate::forecast::forecasts::Forecasts;
use crate::input::grid::{edges_days, horizon_column};
use crate::input::outcomes::liquidated_within;
use plimsoll_metrics::{
    average_precision, brier_score, log_score, logistic_recalibration, observed_over_expected,
    right_censored_log_loss, roc_auc,
};

/// Scores forecasts of any origin by the outcomes of the same rows.
///
/// `independent` contains the mutually independent rows, to which D-calibration is restricted; see
/// [`one_row_per_group`](crate::one_row_per_group).
///
/// # Panics
/// If the numbers of outcomes and forecasts differ, or an independent row does not exist.
#[must_use]
pub fn evaluate_forecasts(
    forecasts: &Forecasts,
    outcomes: &[Outcome],
    independent: &[usize],
) -> ForecastScores {
    let closed = Some(forecasts.closed.view());
    ForecastScorer::new(outcomes, independent).score(forecasts.liquidated.view(), closed)
}

/// Outcomes to score forecasts with.
pub(crate) struct ForecastScorer<'a> {
    outcomes: &'a [Outcome],
    independent: &'a [usize],
    ground_truth: GroundTruth,
}

impl<'a> ForecastScorer<'a> {
    pub(crate) fn new(outcomes: &'a [Outcome], independent: &'a [usize]) -> Self {
        Self { outcomes, independent, ground_truth: GroundTruth::from_outcomes(outcomes) }
    }

    /// Scores incidences of liquidation, and of both causes if closings are forecast too.
    pub(crate) fn score(
        &self,
        liquidated: ArrayView2<'_, f64>,
        closed: Option<ArrayView2<'_, f64>>,
    ) -> ForecastScores {
        assert_eq!(liquidated.nrows(), self.outcomes.len(), "one outcome per forecast");
        let at = |&horizon: &Horizon| (horizon, self.score_horizon(liquidated, horizon));
        let all: Vec<usize> = (0..self.outcomes.len()).collect();
        ForecastScores {
            horizons: Horizon::ALL.par_iter().map(at).collect(),
            antolini_c: self.ground_truth.antolini_c(liquidated),
            uno_c: self.ground_truth.uno_c(liquidated),
            ibs: self.integrated_brier(liquidated, &all),
            rcll: closed.and_then(|closed| self.log_loss(liquidated, closed, &all)),
            d_calibration_p: self.ground_truth.d_calibration_p(liquidated, self.independent),
        }
    }

    /// Scores one horizon. Landmarks without follow-up for the whole horizon are excluded,
    /// liquidated or not: keeping only the liquidated ones would overcount them.
    fn score_horizon(&self, liquidated: ArrayView2<'_, f64>, horizon: Horizon) -> HorizonScores {
        let days = horizon.days();
        let probabilities = liquidated.column(horizon_column(horizon));
        let followed = || {
            let rows = probabilities.iter().zip(self.outcomes);
            rows.filter(|(_, outcome)| outcome.follow_up_days >= days)
        };
        let scores: Vec<f64> = followed().map(|(p, _)| *p).collect();
        let positives: Vec<bool> =
            followed().map(|(_, outcome)| liquidated_within(outcome, days)).collect();
        HorizonScores::from_predictions(&scores, &positives)
    }

    /// Right-censored log loss of some rows.
    pub(crate) fn log_loss(
        &self,
        liquidated: ArrayView2<'_, f64>,
        closed: ArrayView2<'_, f64>,
        rows: &[usize],
    ) -> Option<f64> {
        let durations: Vec<f64> =
            rows.iter().map(|&row| self.outcomes[row].duration_days).collect();
        let causes: Vec<u8> = rows.iter().map(|&row| self.outcomes[row].event).collect();
        let incidence = |index: usize, cause: u8, k: usize| match (cause, k) {
            (_, 0) => 0.0,
            (LIQUIDATED, _) => liquidated[[rows[index], k - 1]],
            _ => closed[[rows[index], k - 1]],
        };
        right_censored_log_loss(&durations, &causes, CLOSED, &edges_days(), incidence)
    }

    /// Integrated Brier score of some rows, with the censoring distribution of all rows.
    pub(crate) fn integrated_brier(
        &self,
        liquidated: ArrayView2<'_, f64>,
        rows: &[usize],
    ) -> Option<f64> {
        self.ground_truth.integrated_brier(liquidated, rows)
    }
}

impl HorizonScores {
    /// Scores probabilities by binary outcomes.
    pub(crate) fn from_predictions(scores: &[f64], positives: &[bool]) -> Self {
        let count = positives.iter().filter(|positive| **positive).count();
        let base_rate = (!scores.is_empty()).then(|| count as f64 / scores.len() as f64);
        let log_score = log_score(scores, positives);
        let line = logistic_recalibration(scores, positives);
        Self {
            rows: scores.len(),
            positives: count,
            base_rate,
            auc: roc_auc(scores, positives),
            average_precision: average_precision(scores, positives),
            brier: brier_score(scores, positives),
            brier_constant: base_rate.map(|rate| rate * (1.0 - rate)),
            log_score: log_score.map(|score| score.mean),
            log_score_clipped: log_score.map(|score| score.clipped),
            observed_over_expected: observed_over_expected(scores, positives),
            calibration_slope: line.map(|line| line.slope),
            calibration_intercept: line.map(|line| line.intercept),
        }
    }
}

//! Scores of curves, by the definitions of the published tables.

use std::fmt;

use crate::curves::SurvivalCurves;
use crate::data::table::SurvivalTable;
use crate::prediction_times::quantile_edges;
use plimsoll_metrics::{
    KaplanMeier, TieRule, concordance_antolini, concordance_harrell, d_calibration,
    integrated_brier_score,
};

/// Number of intervals of the log loss.
const LOG_LOSS_BINS: usize = 16;
/// Number of times of the integrated Brier score.
const BRIER_TIMES: usize = 100;
const CALIBRATION_BINS: usize = 10;
/// Probabilities below this are raised to it before the logarithm.
const FLOOR: f64 = 1e-12;
const MAX_PAIRS: u64 = 400_000_000;

/// Observed durations and causes of rows.
#[derive(Debug, Clone, PartialEq)]
pub struct SurvivalOutcomes {
    /// Time until the end of each row or its censoring.
    pub durations: Vec<f64>,
    /// The cause of the end, from 1; 0 if the row was censored.
    pub causes: Vec<u8>,
}

impl SurvivalOutcomes {
    /// The outcomes of some rows of a table.
    pub(crate) fn select(table: &SurvivalTable, rows: &[usize]) -> Self {
        Self {
            durations: rows.iter().map(|&row| table.durations[row]).collect(),
            causes: rows.iter().map(|&row| table.causes[row]).collect(),
        }
    }

    fn events(&self) -> Vec<bool> {
        self.causes.iter().map(|&cause| cause > 0).collect()
    }
}

/// The scores of one fold, or their mean; `None` where undefined.
///
/// All but the last score the end by any cause.
#[derive(Debug, Clone, PartialEq)]
pub struct SurvivalScores {
    /// Harrell's C; the risk is the negative expected duration.
    pub harrell_c: Option<f64>,
    /// Antolini's C, with ties as in [`TieRule::Adjusted`].
    pub antolini_c: Option<f64>,
    /// Integrated Brier score, weighted by the censoring of the scored rows, on 100 times from
    /// their shortest to their longest duration.
    pub ibs: Option<f64>,
    /// Right-censored log loss on 16 intervals at quantiles of the training rows' event times; a
    /// censored row costs `-ln S(T)`.
    pub rcll: Option<f64>,
    /// The p-value of D-calibration in ten bins.
    pub d_calibration_p: Option<f64>,
    /// Antolini's C of each cause if there are several; rows that ended by another cause outlive all.
    pub antolini_c_by_cause: Vec<Option<f64>>,
}

impl SurvivalScores {
    /// Scores the curves of test rows; the intervals of the log loss are from the training rows.
    #[must_use]
    pub fn new(curves: &SurvivalCurves, test: &SurvivalOutcomes, train: &SurvivalOutcomes) -> Self {
        let events = test.events();
        let survival = |row: usize, time: f64| curves.survival_at(row, time);
        let risk: Vec<f64> = (0..events.len()).map(|row| -expected_duration(curves, row)).collect();
        let at_end: Vec<f64> =
            test.durations.iter().enumerate().map(|(row, &time)| survival(row, time)).collect();
        let harrell = concordance_harrell(&test.durations, &events, &risk);
        let antolini =
            concordance_antolini(&test.durations, &events, TieRule::Adjusted, MAX_PAIRS, survival);
        Self {
            harrell_c: harrell.map(|c| c.index),
            antolini_c: antolini.map(|c| c.index),
            ibs: integrated_brier(curves, test),
            rcll: censored_log_loss(curves, test, train),
            d_calibration_p: d_calibration(&at_end, &events, CALIBRATION_BINS).map(|d| d.p_value),
            antolini_c_by_cause: antolini_by_cause(curves, test),
        }
    }

    /// The mean of each score over the folds in which it is defined.
    #[must_use]
    pub fn mean(folds: &[Self]) -> Self {
        let mean = |score: &dyn Fn(&Self) -> Option<f64>| {
            let known: Vec<f64> = folds.iter().filter_map(score).collect();
            (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
        };
        let causes = folds.first().map_or(0, |fold| fold.antolini_c_by_cause.len());
        Self {
            harrell_c: mean(&|fold| fold.harrell_c),
            antolini_c: mean(&|fold| fold.antolini_c),
            ibs: mean(&|fold| fold.ibs),
            rcll: mean(&|fold| fold.rcll),
            d_calibration_p: mean(&|fold| fold.d_calibration_p),
            antolini_c_by_cause: (0..causes)
                .map(|cause| mean(&|fold| fold.antolini_c_by_cause[cause]))
                .collect(),
        }
    }
}

impl fmt::Display for SurvivalScores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format_score =
            |score: &Option<f64>| score.map_or("-".to_owned(), |score| format!("{score:.4}"));
        let all = [self.harrell_c, self.antolini_c, self.ibs, self.rcll, self.d_calibration_p];
        let scores = all.iter().chain(&self.antolini_c_by_cause).map(format_score);
        write!(f, "{}", scores.map(|score| format!("{score:>9}")).collect::<String>())
    }
}

/// The area under a row's survival curve.
fn expected_duration(curves: &SurvivalCurves, row: usize) -> f64 {
    let survival = curves.survival.row(row);
    let (times, survival) = (curves.times.windows(2), survival.windows(2));
    times.zip(survival).map(|(t, s)| (t[1] - t[0]) * (s[0] + s[1]) / 2.0).sum()
}

fn antolini_by_cause(curves: &SurvivalCurves, test: &SurvivalOutcomes) -> Vec<Option<f64>> {
    let causes = curves.incidence.len();
    if causes < 2 {
        return Vec::new();
    }
    let score = |cause: u8| {
        let outlives = |row_cause: u8| row_cause > 0 && row_cause != cause;
        let rows = test.durations.iter().zip(&test.causes);
        let durations: Vec<f64> = rows
            .map(|(&t, &row_cause)| if outlives(row_cause) { f64::INFINITY } else { t })
            .collect();
        let events: Vec<bool> = test.causes.iter().map(|&row_cause| row_cause == cause).collect();
        let cause_free = |row: usize, time: f64| 1.0 - curves.incidence_at(row, cause, time);
        concordance_antolini(&durations, &events, TieRule::Adjusted, MAX_PAIRS, cause_free)
    };
    let last = u8::try_from(causes).expect("there are at most 255 causes");
    (1..=last).map(|cause| score(cause).map(|c| c.index)).collect()
}

fn integrated_brier(curves: &SurvivalCurves, test: &SurvivalOutcomes) -> Option<f64> {
    let events = test.events();
    let first = test.durations.iter().copied().reduce(f64::min)?;
    let last = test.durations.iter().copied().reduce(f64::max)?;
    let step = (last - first) / (BRIER_TIMES - 1) as f64;
    let times: Vec<f64> = (0..BRIER_TIMES).map(|k| first + step * k as f64).collect();
    let censoring = KaplanMeier::fit_censoring(&test.durations, &events)?;
    integrated_brier_score(&test.durations, &events, &censoring, &times, |row, time| {
        curves.survival_at(row, time)
    })
}

fn censored_log_loss(
    curves: &SurvivalCurves,
    test: &SurvivalOutcomes,
    train: &SurvivalOutcomes,
) -> Option<f64> {
    let edges = quantile_edges(&train.durations, &train.events(), LOG_LOSS_BINS);
    let at = |row: usize, edge: f64| {
        if edge == f64::INFINITY { 0.0 } else { curves.survival_at(row, edge) }
    };
    let rows = test.durations.iter().zip(&test.causes).enumerate();
    let costs = rows.map(|(row, (&time, &cause))| {
        if cause == 0 {
            return -curves.survival_at(row, time).max(FLOOR).ln();
        }
        let bin = edges.partition_point(|&edge| edge < time);
        let before = if bin == 0 { 1.0 } else { at(row, edges[bin - 1]) };
        -(before - at(row, edges[bin])).max(FLOOR).ln()
    });
    let count = test.durations.len();
    (count > 0).then(|| costs.sum::<f64>() / count as f64)
}

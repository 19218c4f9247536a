//! Scores of curves, by the definitions of the published tables.

use std::fmt;

use plimsoll_metrics::{
    KaplanMeier, TieRule, concordance_antolini_delayed, concordance_harrell, d_calibration,
    integrated_brier_score,
};
use serde::Serialize;

use crate::benchmark::cause_scores::CauseScores;
use crate::benchmark::log_loss::censored_log_loss;
use crate::benchmark::mean::{format_score, mean_known};
use crate::benchmark::outcomes::SurvivalOutcomes;
use crate::curves::SurvivalCurves;

/// Number of times of the integrated Brier score.
const BRIER_TIMES: usize = 100;
const CALIBRATION_BINS: usize = 10;
const MAX_PAIRS: u64 = 400_000_000;
/// The scores that are refused with delayed entry, and why.
const REFUSED_WITH_DELAYED_ENTRY: [RefusedScore; 4] = [
    RefusedScore {
        score: "harrell_c",
        reason: "expected durations count from 0 on, not from entry; use Antolini's C, which \
                 compares each event with the rows under observation then",
    },
    RefusedScore { score: "ibs", reason: CENSORING_WEIGHTS },
    RefusedScore { score: "by_cause.ibs", reason: CENSORING_WEIGHTS },
    RefusedScore { score: "by_cause.at_times", reason: CENSORING_WEIGHTS },
];
const CENSORING_WEIGHTS: &str =
    "inverse probabilities of censoring do not account for rows that ended before they could enter";

/// The scores of one fold, or their mean; `None` where undefined.
///
/// All but `by_cause` score the end by any cause. With delayed entry scores are of survival given
/// survival to entry, and those that cannot be are refused ([`refused_scores`]).
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    /// The scores of each cause if there are several.
    pub by_cause: Vec<CauseScores>,
}

/// A score that is not defined for a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RefusedScore {
    /// The field of [`SurvivalScores`].
    pub score: &'static str,
    /// Why it is not defined.
    pub reason: &'static str,
}

/// The scores that are not defined for rows with or without delayed entry.
#[must_use]
pub const fn refused_scores(delayed_entry: bool) -> &'static [RefusedScore] {
    if delayed_entry { &REFUSED_WITH_DELAYED_ENTRY } else { &[] }
}

impl SurvivalScores {
    /// Scores the curves of test rows; the intervals of the log loss and the times of the causes'
    /// scores are from the training rows.
    #[must_use]
    pub fn new(curves: &SurvivalCurves, test: &SurvivalOutcomes, train: &SurvivalOutcomes) -> Self {
        let events = test.events();
        let survival = |row: usize, time: f64| curves.survival_at(row, time);
        let at_end: Vec<f64> =
            (0..events.len()).map(|row| survival_given_entry(curves, test, row)).collect();
        let delayed = test.entries.is_some();
        let harrell = || {
            let risk: Vec<f64> =
                (0..events.len()).map(|row| -expected_duration(curves, row)).collect();
            concordance_harrell(&test.durations, &events, &risk).map(|c| c.index)
        };
        let entries: Vec<f64> = (0..events.len()).map(|row| test.entry(row)).collect();
        let (durations, ties) = (&test.durations, TieRule::Adjusted);
        let antolini =
            concordance_antolini_delayed(durations, &events, &entries, ties, MAX_PAIRS, survival);
        Self {
            harrell_c: if delayed { None } else { harrell() },
            antolini_c: antolini.map(|c| c.index),
            ibs: if delayed { None } else { integrated_brier(curves, test) },
            rcll: censored_log_loss(curves, test, train),
            d_calibration_p: d_calibration(&at_end, &events, CALIBRATION_BINS).map(|d| d.p_value),
            by_cause: CauseScores::all(curves, test, train),
        }
    }

    /// The mean of each score over the folds in which it is defined.
    #[must_use]
    pub fn mean(folds: &[Self]) -> Self {
        let mean = |score: fn(&Self) -> Option<f64>| mean_known(folds.iter().map(score));
        let by_cause: Vec<&[CauseScores]> =
            folds.iter().map(|fold| fold.by_cause.as_slice()).collect();
        Self {
            harrell_c: mean(|fold| fold.harrell_c),
            antolini_c: mean(|fold| fold.antolini_c),
            ibs: mean(|fold| fold.ibs),
            rcll: mean(|fold| fold.rcll),
            d_calibration_p: mean(|fold| fold.d_calibration_p),
            by_cause: CauseScores::mean(&by_cause),
        }
    }
}

impl fmt::Display for SurvivalScores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [self.harrell_c, self.antolini_c, self.ibs, self.rcll, self.d_calibration_p];
        all.iter().try_for_each(|score| write!(f, "{:>9}", format_score(*score)))
    }
}

/// Survival of a row to its end, given that it survived to its entry.
fn survival_given_entry(curves: &SurvivalCurves, test: &SurvivalOutcomes, row: usize) -> f64 {
    let entry = test.entry(row);
    let at_end = curves.survival_at(row, test.durations[row]);
    if entry > 0.0 {
        at_end / curves.survival_at(row, entry).max(f64::MIN_POSITIVE)
    } else {
        at_end
    }
}

/// The area under a row's survival curve.
fn expected_duration(curves: &SurvivalCurves, row: usize) -> f64 {
    let survival = curves.survival.row(row);
    let (times, survival) = (curves.times.windows(2), survival.windows(2));
    times.zip(survival).map(|(t, s)| (t[1] - t[0]) * (s[0] + s[1]) / 2.0).sum()
}

fn integrated_brier(curves: &SurvivalCurves, test: &SurvivalOutcomes) -> Option<f64> {
    let events = test.events();
    let times = test.even_times(BRIER_TIMES)?;
    let censoring = KaplanMeier::fit_censoring(&test.durations, &events)?;
    integrated_brier_score(&test.durations, &events, &censoring, &times, |row, time| {
        curves.survival_at(row, time)
    })
}

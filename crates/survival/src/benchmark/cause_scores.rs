//! Scores of each of several competing causes.

use std::fmt;

use plimsoll_metrics::{
    KaplanMeier, TieRule, concordance_antolini_delayed, dynamic_auc_of_cause,
    incidence_calibration, integrated_brier_score_of_cause,
};
use serde::Serialize;

use crate::benchmark::mean::{format_score, mean_known, transpose};
use crate::benchmark::outcomes::SurvivalOutcomes;
use crate::curves::SurvivalCurves;
use crate::prediction_times::quantile_edges;

/// Groups of rows by predicted incidence.
const CALIBRATION_GROUPS: usize = 10;
/// Number of times of the integrated Brier score.
const BRIER_TIMES: usize = 100;
const MAX_PAIRS: u64 = 400_000_000;

/// The scores of one cause's cumulative incidence; `None` where undefined.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CauseScores {
    /// The cause, from 1.
    pub cause: u8,
    /// Antolini's C of the incidence; rows that ended by another cause outlive all (Wolbers et al.
    /// 2009, Epidemiology 20(4)).
    pub antolini_c: Option<f64>,
    /// Integrated Brier score of the incidence (Schoop et al. 2011), on the times of the score of
    /// survival.
    pub ibs: Option<f64>,
    /// Scores at the quartiles of the training rows' event times of any cause.
    pub at_times: Vec<CauseTimeScores>,
}

/// The scores of one cause's cumulative incidence at one time; `None` where undefined.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CauseTimeScores {
    /// The time.
    pub time: f64,
    /// The area under the ROC curve (Blanche et al. 2013).
    pub auc: Option<f64>,
    /// Observed (Aalen-Johansen) over mean predicted incidence.
    pub observed_over_expected: Option<f64>,
    /// The mean absolute difference of observed and predicted incidence in ten groups.
    pub calibration_error: Option<f64>,
}

impl CauseScores {
    /// The names of the columns of [`fmt::Display`].
    pub const HEADER: &str = " cause Antolini      IBS   AUC 25      50      75   O/E 25      50 \
                              \x20    75   err 25      50      75";

    /// Scores of each cause; none if there is only one.
    pub(crate) fn all(
        curves: &SurvivalCurves,
        test: &SurvivalOutcomes,
        train: &SurvivalOutcomes,
    ) -> Vec<Self> {
        let causes = u8::try_from(curves.incidence.len()).expect("there are at most 255 causes");
        let mut times = quantile_edges(&train.durations, &train.events(), 4);
        times.retain(|time| time.is_finite());
        let censoring = match &test.entries {
            None => KaplanMeier::fit_censoring(&test.durations, &test.events()),
            // The weights do not account for delayed entry.
            Some(_) => None,
        };
        let scorer = CauseScorer { curves, test, censoring };
        if causes < 2 {
            Vec::new()
        } else {
            (1..=causes).map(|k| scorer.score(k, &times)).collect()
        }
    }

    /// The mean over folds of each score of each cause.
    pub(crate) fn mean(folds: &[&[Self]]) -> Vec<Self> {
        let by_cause = transpose(folds);
        let mean = |folds: Vec<&Self>| Self {
            cause: folds[0].cause,
            antolini_c: mean_known(folds.iter().map(|fold| fold.antolini_c)),
            ibs: mean_known(folds.iter().map(|fold| fold.ibs)),
            at_times: {
                let at_times: Vec<&[CauseTimeScores]> =
                    folds.iter().map(|fold| fold.at_times.as_slice()).collect();
                transpose(&at_times)
                    .into_iter()
                    .map(|folds| CauseTimeScores::mean(&folds))
                    .collect()
            },
        };
        by_cause.into_iter().map(mean).collect()
    }
}

impl fmt::Display for CauseScores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>6}", self.cause)?;
        let whole = [self.antolini_c, self.ibs].into_iter();
        let columns: [fn(&CauseTimeScores) -> Option<f64>; 3] =
            [|at| at.auc, |at| at.observed_over_expected, |at| at.calibration_error];
        let at = |column: &fn(&CauseTimeScores) -> Option<f64>, n: usize| {
            self.at_times.get(n).and_then(column)
        };
        let at_times = columns.iter().flat_map(|column| (0..3).map(move |n| at(column, n)));
        whole.chain(at_times).try_for_each(|score| write!(f, "{:>9}", format_score(score)))
    }
}

impl CauseTimeScores {
    fn mean(folds: &[&Self]) -> Self {
        let mean =
            |score: fn(&Self) -> Option<f64>| mean_known(folds.iter().map(|fold| score(fold)));
        Self {
            time: mean(|fold| Some(fold.time)).unwrap_or(f64::NAN),
            auc: mean(|fold| fold.auc),
            observed_over_expected: mean(|fold| fold.observed_over_expected),
            calibration_error: mean(|fold| fold.calibration_error),
        }
    }
}

/// Forecasts and outcomes of test rows.
struct CauseScorer<'a> {
    curves: &'a SurvivalCurves,
    test: &'a SurvivalOutcomes,
    /// `None` with delayed entry.
    censoring: Option<KaplanMeier>,
}

impl CauseScorer<'_> {
    fn score(&self, cause: u8, times: &[f64]) -> CauseScores {
        CauseScores {
            cause,
            antolini_c: self.antolini(cause),
            ibs: self.integrated_brier(cause),
            at_times: times.iter().map(|&time| self.score_at(cause, time)).collect(),
        }
    }

    fn antolini(&self, cause: u8) -> Option<f64> {
        let test = self.test;
        let outlives = |row_cause: u8| row_cause > 0 && row_cause != cause;
        let rows = test.durations.iter().zip(&test.causes);
        let durations: Vec<f64> = rows
            .map(|(&t, &row_cause)| if outlives(row_cause) { f64::INFINITY } else { t })
            .collect();
        let events: Vec<bool> = test.causes.iter().map(|&row_cause| row_cause == cause).collect();
        let entries: Vec<f64> = (0..events.len()).map(|row| test.entry(row)).collect();
        let free = |row: usize, time: f64| 1.0 - self.curves.incidence_at(row, cause, time);
        let ties = TieRule::Adjusted;
        concordance_antolini_delayed(&durations, &events, &entries, ties, MAX_PAIRS, free)
            .map(|c| c.index)
    }

    fn integrated_brier(&self, cause: u8) -> Option<f64> {
        let SurvivalOutcomes { durations, causes, .. } = self.test;
        let times = self.test.even_times(BRIER_TIMES)?;
        let censoring = self.censoring.as_ref()?;
        integrated_brier_score_of_cause(durations, causes, cause, censoring, &times, |row, time| {
            self.curves.incidence_at(row, cause, time)
        })
    }

    fn score_at(&self, cause: u8, time: f64) -> CauseTimeScores {
        let SurvivalOutcomes { durations, causes, .. } = self.test;
        let incidence: Vec<f64> =
            (0..causes.len()).map(|row| self.curves.incidence_at(row, cause, time)).collect();
        let auc = self.censoring.as_ref().and_then(|censoring| {
            dynamic_auc_of_cause(durations, causes, cause, &incidence, censoring, time)
        });
        let calibration = self.censoring.as_ref().and_then(|_| {
            let groups = CALIBRATION_GROUPS;
            incidence_calibration(durations, causes, cause, &incidence, time, groups)
        });
        CauseTimeScores {
            time,
            auc,
            observed_over_expected: calibration.as_ref().and_then(|c| c.observed_over_expected()),
            calibration_error: calibration.map(|c| c.mean_error()),
        }
    }
}

//! Metrics of forecasts under censoring: discrimination, calibration and proper scores.
//!
//! | question | functions |
//! |---|---|
//! | Are rows in the right order? | [`concordance_harrell`], [`concordance_uno`], [`concordance_antolini`], [`cumulative_dynamic_auc`], [`roc_auc`], [`average_precision`], [`WeightedRanking`], [`rank_correlation`] |
//! | Are probabilities right? | [`calibration_bins`], [`d_calibration`], [`observed_over_expected`], [`logistic_recalibration`] |
//! | Both at once | [`brier_score`], [`log_score`], [`skill`], [`brier_score_ipcw`], [`integrated_brier_score`], [`right_censored_log_loss`] |
//! | The same of one of several causes? | [`dynamic_auc_of_cause`], [`brier_curve_of_cause`], [`integrated_brier_score_of_cause`], [`incidence_calibration`] |
//! | What happened? | [`KaplanMeier`], [`AalenJohansen`] |
//!
//! ```
//! use plimsoll_metrics::{KaplanMeier, concordance_uno, integrated_brier_score};
//!
//! let durations = [2.0, 5.0, 6.0, 9.0];
//! let events = [true, false, true, true];
//! let rates = [0.4, 0.1, 0.2, 0.05];
//! let censoring = KaplanMeier::fit_censoring(&durations, &events).expect("there are rows");
//!
//! let c = concordance_uno(&durations, &events, &rates, &censoring, None).expect("two events");
//! assert_eq!(c.index, 1.0);
//! let survival = |row: usize, t: f64| (-rates[row] * t).exp();
//! let times = [1.0, 3.0, 5.0, 7.0];
//! let ibs = integrated_brier_score(&durations, &events, &censoring, &times, survival);
//! assert!(ibs.expect("ascending times") < 0.25);
//! ```
//!
//! Conventions of every function:
//!
//! * Slices have one entry per row and equal lengths. Durations are in days and may be infinite;
//!   scores and probabilities are finite. `None` means that the input violates this or that the
//!   metric is undefined on it (no positives, no comparable pair, ...).
//! * `events` marks the rows whose event was observed; the others are censored. To score one of
//!   several competing causes, choose how the others are treated: for Harrell's and Antolini's
//!   concordance give a row that ended by another cause an infinite duration and no event, so
//!   that it outlives every other row (Wolbers et al. 2009, Epidemiology 20(4)). The metrics of one
//!   cause take `causes` and model the others; other weighted metrics score the end by any cause.
//! * A model's curves are read through a closure `survival(row, t)`, so they are never copied.
//!   It is called from many threads and should be cheap.
//! * Weights by the inverse probability of censoring (IPCW) come from a [`KaplanMeier`] that the
//!   caller fits with [`KaplanMeier::fit_censoring`], on training or on test rows.
//! * Sums run in fixed chunks, so a result has the same bits on any number of threads.

mod calibration;
mod competing_risks;
mod discrimination;
mod nonparametric;
mod proper_scores;
mod support;
#[cfg(test)]
mod test_set;

pub use calibration::calibration_curve::{CalibrationBin, calibration_bins};
pub use calibration::d_calibration::{DCalibration, d_calibration};
pub use calibration::recalibration::{Recalibration, logistic_recalibration};
pub use competing_risks::auc_of_cause::dynamic_auc_of_cause;
pub use competing_risks::brier_of_cause::{brier_curve_of_cause, integrated_brier_score_of_cause};
pub use competing_risks::incidence_calibration::{
    IncidenceCalibration, IncidenceGroup, incidence_calibration,
};
pub use discrimination::antolini::{TieRule, concordance_antolini, concordance_antolini_delayed};
pub use discrimination::concordance::{Concordance, concordance_harrell, concordance_uno};
pub use discrimination::dynamic_auc::cumulative_dynamic_auc;
pub use discrimination::rank_correlation::rank_correlation;
pub use discrimination::ranking::{average_precision, roc_auc};
pub use discrimination::weighted_ranking::{RankingAreas, WeightedRanking};
pub use nonparametric::aalen_johansen::AalenJohansen;
pub use nonparametric::kaplan_meier::KaplanMeier;
pub use proper_scores::brier_ipcw::{brier_curve_ipcw, brier_score_ipcw, integrated_brier_score};
pub use proper_scores::log_loss::right_censored_log_loss;
pub use proper_scores::log_score::{LogScore, PROBABILITY_FLOOR, log_loss, log_score};
pub use proper_scores::probability::{brier_score, observed_over_expected, skill};
pub use support::sampling::hashed_index;

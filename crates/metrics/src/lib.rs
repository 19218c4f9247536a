//! How good a forecast is: discrimination, calibration and proper scores under censoring.
//!
//! Conventions that every function keeps:
//!
//! * Slices hold one entry per row and have equal lengths; durations are in days and may be
//!   infinite, scores and probabilities are finite. `None` means that the input breaks this or
//!   that the metric is undefined on it (no positives, no comparable pair, ...).
//! * `events` marks the rows whose event was seen; the others are censored. Who scores one of
//!   several competing causes decides what the others are: for Harrell's and Antolini's
//!   concordance give a row that ended by another cause an infinite duration and no event, so
//!   that it outlives everyone (Wolbers et al. 2009, Epidemiology 20(4)). Weighted metrics know
//!   no competing causes: they score the end by any cause, or take the other causes for
//!   censoring and say so.
//! * A model's curves are read through a closure `survival(row, t)`, so they are never copied.
//!   It is called from many threads and should be cheap.
//! * Weights by the inverse probability of censoring (IPCW) come from a [`KaplanMeier`] that the
//!   caller fits with [`KaplanMeier::fit_censoring`], on training or on test rows.
//! * Sums run in fixed chunks, so a result has the same bits on any number of threads.

mod aalen_johansen;
mod antolini;
mod brier_ipcw;
mod calibration_curve;
mod concordance;
mod d_calibration;
mod draw;
mod dynamic_auc;
mod fenwick;
mod gamma;
mod inputs;
mod kaplan_meier;
mod log_loss;
mod probability;
mod rank_correlation;
mod ranking;
mod sums;
#[cfg(test)]
mod test_set;

pub use aalen_johansen::AalenJohansen;
pub use antolini::{TieRule, concordance_antolini};
pub use brier_ipcw::{brier_curve_ipcw, brier_score_ipcw, integrated_brier_score};
pub use calibration_curve::{CalibrationBin, calibration_bins};
pub use concordance::{Concordance, concordance_harrell, concordance_uno};
pub use d_calibration::{DCalibration, d_calibration};
pub use draw::hashed_index;
pub use dynamic_auc::cumulative_dynamic_auc;
pub use kaplan_meier::KaplanMeier;
pub use log_loss::right_censored_log_loss;
pub use probability::{brier_score, observed_over_expected};
pub use rank_correlation::rank_correlation;
pub use ranking::{average_precision, roc_auc};

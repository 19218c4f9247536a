//! Scores of one of several competing causes: its incidence, its order, its calibration.

pub(crate) mod auc_of_cause;
pub(crate) mod brier_of_cause;
pub(crate) mod incidence_calibration;

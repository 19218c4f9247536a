//! Proper scores: losses that are lowest for the true probabilities.

pub(crate) mod brier_ipcw;
pub(crate) mod log_loss;
pub(crate) mod log_score;
pub(crate) mod probability;

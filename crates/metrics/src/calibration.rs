//! Calibration: how well forecast probabilities agree with observed frequencies.

pub(crate) mod calibration_curve;
pub(crate) mod d_calibration;
pub(crate) mod recalibration;

//! Piecewise constant hazards on operational time, and their likelihood.

pub(crate) mod interpolation;
pub(crate) mod intervals;
pub(crate) mod likelihood;
pub(crate) mod log_hazards;
pub(crate) mod operational_time;

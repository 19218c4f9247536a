//! Comparison of forecasts with a peer's on the same landmarks.

pub(crate) mod compare;
mod paired;
mod peer;
pub(crate) mod report;

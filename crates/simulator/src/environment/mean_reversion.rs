//! Mean-reverting random processes.

use crate::random::{Rng, normal};

/// Share of a deviation that remains after an hour, for a half-life in hours.
pub(super) fn hourly_persistence(half_life_hours: f64) -> f64 {
    (-std::f64::consts::LN_2 / half_life_hours).exp()
}

/// One step of an AR(1) process with mean 0 and stationary standard deviation `spread`.
pub(super) fn mean_revert(value: f64, persistence: f64, spread: f64, rng: &mut Rng) -> f64 {
    persistence * value + spread * (1.0 - persistence * persistence).sqrt() * normal(rng)
}

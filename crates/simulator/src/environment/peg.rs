//! How far a pegged asset is from its peg.

use super::super::random::{Rng, bernoulli, exponential, normal};

/// A log distance from the peg that comes back, and what pulls it away.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Peg {
    /// Log price over the peg's.
    pub(super) log_deviation: f64,
    /// How far trouble pulls it, log.
    log_stress: f64,
}

/// What a peg is like.
#[derive(Debug, Clone, Copy)]
pub(super) struct PegModel {
    /// Spread of the distance, log, an hour.
    pub(super) log_noise: f64,
    /// Trouble is at least so large, log, and as much larger on average.
    pub(super) min_log_stress: f64,
}

/// Share of the way to where it is pulled that it goes in an hour.
const REVERSION_PER_HOUR: f64 = 0.25;
/// Share of trouble that is left after an hour: half of it after a day.
const STRESS_KEPT_PER_HOUR: f64 = 0.9715;

impl Peg {
    pub(super) fn advance_hour(&mut self, tether: PegModel, trouble: f64, rng: &mut Rng) {
        if bernoulli(rng, trouble) {
            self.log_stress += tether.min_log_stress * (1.0 + exponential(rng));
        }
        self.log_stress *= STRESS_KEPT_PER_HOUR;
        let pull = REVERSION_PER_HOUR * (-self.log_stress - self.log_deviation);
        self.log_deviation += pull + tether.log_noise * normal(rng);
    }
}

//! Deviation of a pegged asset from its peg.

use crate::random::{Rng, bernoulli, exponential, normal};

/// A mean-reverting log deviation from the peg, and the stress that causes it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Peg {
    /// Log of the price relative to the peg.
    pub(super) log_deviation: f64,
    /// Log deviation toward which stress pulls the price, negated.
    log_stress: f64,
}

/// Parameters of a peg.
#[derive(Debug, Clone, Copy)]
pub(super) struct PegModel {
    /// Standard deviation of the hourly change of the log deviation.
    pub(super) log_noise: f64,
    /// Smallest log size of a depeg; the mean size is twice as large.
    pub(super) min_log_stress: f64,
}

/// Share of the distance to the target that is closed per hour.
const REVERSION_PER_HOUR: f64 = 0.25;
/// Share of stress that remains after an hour: half of it after a day.
const STRESS_KEPT_PER_HOUR: f64 = 0.9715;

impl Peg {
    pub(super) fn advance_hour(&mut self, model: PegModel, depeg_probability: f64, rng: &mut Rng) {
        if bernoulli(rng, depeg_probability) {
            self.log_stress += model.min_log_stress * (1.0 + exponential(rng));
        }
        self.log_stress *= STRESS_KEPT_PER_HOUR;
        let reversion = REVERSION_PER_HOUR * (-self.log_stress - self.log_deviation);
        self.log_deviation += reversion + model.log_noise * normal(rng);
    }
}

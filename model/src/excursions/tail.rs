//! The tail of the law beyond the largest quantile that the prices determine.

use serde::{Deserialize, Serialize};

/// The largest shape: a heavier tail would have an infinite variance.
const MAX_SHAPE: f64 = 0.5;
const MIN_SHAPE: f64 = 1e-3;

/// A generalised Pareto tail: `P(Z > z) = mass (1 + shape (z - from) / scale)^(-1 / shape)`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParetoTail {
    pub(super) from: f64,
    pub(super) mass: f64,
    pub(super) shape: f64,
    pub(super) scale: f64,
}

impl ParetoTail {
    /// Fits the excesses over the quantile that leaves `mass` above it, by moments (Hosking and
    /// Wallis 1987, equation 9).
    pub(super) fn fit(ascending: &[f64], mass: f64) -> Self {
        let first = ((1.0 - mass) * ascending.len() as f64) as usize;
        let from = ascending[first.min(ascending.len() - 1)];
        let excesses = || ascending[first..].iter().map(|z| z - from);
        let count = excesses().count().max(1) as f64;
        let mean = excesses().sum::<f64>() / count;
        let variance = excesses().map(|excess| (excess - mean).powi(2)).sum::<f64>() / count;
        if mean <= 0.0 || variance <= 0.0 {
            return Self { from, mass, shape: MIN_SHAPE, scale: from.max(1e-6) };
        }
        let shape = (0.5 * (1.0 - mean * mean / variance)).clamp(MIN_SHAPE, MAX_SHAPE);
        Self { from, mass, shape, scale: mean * (1.0 - shape) }
    }

    /// Probability of a value above `z`, which is at least `from`.
    pub(super) fn survival(&self, z: f64) -> f64 {
        self.mass * (1.0 + self.shape * (z - self.from) / self.scale).powf(-1.0 / self.shape)
    }
}

//! How far a pegged asset is from its peg.

use super::super::random::{Rng, chance, exponential, normal};

/// A log distance from the peg that comes back, and what pulls it away.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Peg {
    /// Log price over the peg's.
    pub(super) distance: f64,
    /// How far trouble pulls it, log.
    trouble: f64,
}

/// What a peg is like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tether {
    /// Spread of the distance, log, an hour.
    pub(super) noise: f64,
    /// Trouble is at least so large, log, and as much larger on average.
    pub(super) trouble: f64,
}

/// Share of the way to where it is pulled that it goes in an hour.
const PACE: f64 = 0.25;
/// Share of trouble that is left after an hour: half of it after a day.
const MEMORY: f64 = 0.9715;

impl Peg {
    pub(super) fn hour(&mut self, tether: Tether, trouble: f64, rng: &mut Rng) {
        if chance(rng, trouble) {
            self.trouble += tether.trouble * (1.0 + exponential(rng));
        }
        self.trouble *= MEMORY;
        let pull = PACE * (-self.trouble - self.distance);
        self.distance += pull + tether.noise * normal(rng);
    }
}

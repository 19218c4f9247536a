//! Random numbers for tests.

use rand::{Rng, RngExt};

/// Sum of twelve uniforms minus six: normal enough for steps that are summed.
pub(crate) fn normal(rng: &mut impl Rng) -> f64 {
    (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0
}

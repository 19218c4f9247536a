//! The distribution of the size of an action.

use plimsoll_numerics::normal_cdf;
use rand::{Rng, RngExt};
use serde::Serialize;

/// Greatest change of ln HF that labels contain, and the size of an action that closes a position.
pub(crate) const MAX_SIZE: f64 = 3.0;

/// Distribution of the absolute change of ln HF by an action.
///
/// With probability `closing_share` the action closes the position, or withdraws nearly all
/// collateral after it was closed, and has the size 3; otherwise ln of the size is normal, and sizes
/// above 3 count as 3.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OwnerActionSize {
    /// Probability that the position is closed.
    pub closing_share: f64,
    /// Mean of ln of the size of other actions.
    pub log_mean: f64,
    /// Standard deviation of ln of the size of other actions.
    pub log_deviation: f64,
}

impl OwnerActionSize {
    /// The mean size.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let Self { closing_share, log_mean, log_deviation } = *self;
        let at_limit = (MAX_SIZE.ln() - log_mean) / log_deviation;
        let below =
            (log_mean + log_deviation.powi(2) / 2.0).exp() * normal_cdf(at_limit - log_deviation);
        let partial = below + MAX_SIZE * normal_cdf(-at_limit);
        closing_share * MAX_SIZE + (1.0 - closing_share) * partial
    }

    /// The probability of a size of at most this.
    #[must_use]
    pub fn cdf(&self, size: f64) -> f64 {
        if size >= MAX_SIZE {
            return 1.0;
        }
        let z = (size.max(f64::MIN_POSITIVE).ln() - self.log_mean) / self.log_deviation;
        (1.0 - self.closing_share) * normal_cdf(z)
    }

    /// The size below which this share of sizes lies.
    #[must_use]
    pub fn quantile(&self, share: f64) -> f64 {
        if self.cdf(MAX_SIZE.next_down()) <= share {
            return MAX_SIZE;
        }
        let at = |z: f64| (self.log_mean + self.log_deviation * z).exp();
        // Bisection of ln size: exact to a millionth of a standard deviation.
        let (mut low, mut high) = (-8.0, 8.0);
        for _ in 0..24 {
            let middle = f64::midpoint(low, high);
            if self.cdf(at(middle)) < share { low = middle } else { high = middle }
        }
        at(high).min(MAX_SIZE)
    }

    /// Draws a size.
    pub fn sample(&self, rng: &mut impl Rng) -> f64 {
        if rng.random::<f64>() < self.closing_share {
            return MAX_SIZE;
        }
        // Box and Muller 1958.
        let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
        let z = radius * (std::f64::consts::TAU * rng.random::<f64>()).cos();
        (self.log_mean + self.log_deviation * z).exp().min(MAX_SIZE)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn distributions() -> impl Strategy<Value = OwnerActionSize> {
        (0.0..0.9, -4.0..0.5, 0.3..1.6).prop_map(|(closing_share, log_mean, log_deviation)| {
            OwnerActionSize { closing_share, log_mean, log_deviation }
        })
    }

    proptest! {
        #[test]
        fn quantiles_invert_the_distribution(size in distributions(), share in 0.01_f64..0.99) {
            let quantile = size.quantile(share);
            prop_assert!((0.0..=MAX_SIZE).contains(&quantile));
            if quantile < MAX_SIZE {
                prop_assert!((size.cdf(quantile) - share).abs() < 1e-5);
            }
        }

        #[test]
        fn the_mean_is_that_of_samples(size in distributions()) {
            let mut rng = ChaCha8Rng::seed_from_u64(7);
            let draws = 4_000;
            let total: f64 = (0..draws).map(|_| size.sample(&mut rng)).sum();
            prop_assert!((total / f64::from(draws) - size.mean()).abs() < 0.1);
        }
    }
}

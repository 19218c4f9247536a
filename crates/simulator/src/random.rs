//! Random numbers: one stream for each random entity, so that results do not depend on order or
//! threads.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp1, StandardNormal};

/// The simulation's random number generator.
pub(crate) type Rng = ChaCha8Rng;

/// The purpose of a random stream.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RandomStream {
    /// Prices, gas, depth and rates of the history.
    Environment,
    /// One borrower in the history.
    Borrower(u32),
    /// The sample of accounts at the landmark of a tick.
    Sample(usize),
    /// Prices, gas, depth and rates in one future from a tick on.
    Future {
        /// The tick at which the futures start.
        from: usize,
        /// Number of the future.
        number: u64,
    },
    /// One borrower in one future from a tick on.
    FutureBorrower {
        /// The tick at which the futures start.
        from: usize,
        /// Number of the future.
        number: u64,
        /// Number of the borrower.
        borrower: u32,
    },
}

impl RandomStream {
    /// The stream's generator for a seed.
    pub(crate) fn rng(self, seed: u64) -> Rng {
        let words = match self {
            Self::Environment => [0, 0, 0],
            Self::Borrower(number) => [1, 0, number.into()],
            Self::Sample(tick) => [2, tick as u64, 0],
            Self::Future { from, number } => [3 + ((from as u64) << 8), number, 0],
            Self::FutureBorrower { from, number, borrower } => {
                [4 + ((from as u64) << 8), number, borrower.into()]
            }
        };
        let mut key = [0; 32];
        for (bytes, word) in key.chunks_exact_mut(8).zip([seed].into_iter().chain(words)) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Rng::from_seed(key)
    }
}

/// A standard normal random number.
pub(crate) fn normal(rng: &mut Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// An exponential random number of mean 1.
pub(crate) fn exponential(rng: &mut Rng) -> f64 {
    Exp1.sample(rng)
}

/// A uniform random number in `from..to`.
pub(crate) fn uniform(rng: &mut Rng, from: f64, to: f64) -> f64 {
    from + (to - from) * rng.random::<f64>()
}

/// `true` with the given probability.
pub(crate) fn bernoulli(rng: &mut Rng, probability: f64) -> bool {
    rng.random::<f64>() < probability
}

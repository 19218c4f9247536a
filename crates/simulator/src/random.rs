//! Randomness: one stream of numbers for each thing that is random, so that order and threads do
//! not matter.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp1, StandardNormal};

/// Where the simulation draws from.
pub(super) type Rng = ChaCha8Rng;

/// What a stream of numbers is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum RandomStream {
    /// Prices, gas, depth and rates, as they came.
    Environment,
    /// One borrower's life, as it came.
    Borrower(u32),
    /// Which accounts are looked at, at the landmark of a tick.
    Sample(usize),
    /// Prices, gas, depth and rates in one of many futures from a tick on.
    Future {
        /// The tick that the futures share.
        from: usize,
        /// Which future.
        number: u64,
    },
    /// One borrower's life in one of many futures from a tick on.
    FutureBorrower {
        /// The tick that the futures share.
        from: usize,
        /// Which future.
        number: u64,
        /// Which borrower.
        borrower: u32,
    },
}

impl RandomStream {
    /// The stream's numbers under a seed.
    pub(super) fn rng(self, seed: u64) -> Rng {
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

/// A standard normal number.
pub(super) fn normal(rng: &mut Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// An exponential number of mean 1.
pub(super) fn exponential(rng: &mut Rng) -> f64 {
    Exp1.sample(rng)
}

/// A number spread evenly over `from..to`.
pub(super) fn uniform(rng: &mut Rng, from: f64, to: f64) -> f64 {
    from + (to - from) * rng.random::<f64>()
}

/// Whether something of this probability happens.
pub(super) fn bernoulli(rng: &mut Rng, probability: f64) -> bool {
    rng.random::<f64>() < probability
}

//! Options of the bootstrap.

use clap::{Args, value_parser};
use plimsoll_model::BlockBootstrap;

/// How intervals are computed.
#[derive(Debug, Args)]
pub(crate) struct ResamplingArgs {
    /// Number of draws of the bootstrap.
    #[arg(long, value_name = "N", default_value_t = 500, requires = "against",
        value_parser = value_parser!(u32).range(20..=100_000))]
    resamples: u32,
    /// Seed of the draws: the same seed and data give the same intervals.
    #[arg(long, value_name = "N", default_value_t = 0, requires = "against")]
    seed: u64,
}

impl ResamplingArgs {
    /// The bootstrap.
    pub(crate) fn bootstrap(&self) -> BlockBootstrap {
        let replicates = self.resamples as usize;
        BlockBootstrap { replicates, seed: self.seed, ..BlockBootstrap::default() }
    }
}

//! `plimsoll ingest simulate`.

use clap::Args;
use plimsoll_simulator::{Scenario, Simulation, simulate};

use crate::args::{JsonArgs, TargetLakeArgs};
use crate::progress;

/// Simulate a market: prices, oracles, pools, gas, borrowers and liquidators.
///
/// Its distributions are fitted to real ones, and every account's true probability of liquidation
/// can be computed: see `plimsoll simulate truth`. The history starts on 2024-01-01. The same
/// options give the same bytes; running it again adds nothing.
#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// Seed of everything random.
    // The table `simulated_markets` has no unsigned columns.
    #[arg(long, value_name = "N", default_value_t = 1,
        value_parser = clap::value_parser!(u64).range(..=i64::MAX.unsigned_abs()))]
    seed: u64,
    /// Number of borrowers.
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    accounts: u32,
    /// Days of history.
    #[arg(long, value_name = "N", default_value_t = 365)]
    days: u32,
    /// Events in the market: calm, crash, depeg or mixed.
    #[arg(long, value_name = "NAME", default_value = "mixed")]
    scenario: Scenario,
    #[command(flatten)]
    lake: TargetLakeArgs,
    #[command(flatten)]
    output: JsonArgs,
}

impl Simulate {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Self { seed, accounts, days, scenario, .. } = self;
        let simulation = Simulation { seed, accounts, days, scenario };
        simulation.validate()?;
        let store = self.lake.create()?;
        let bar = progress::bar("simulate", 0);
        let summary = simulate(&simulation, &store, &bar)?;
        bar.finish_and_clear();
        self.output.print(&summary, &summary)
    }
}

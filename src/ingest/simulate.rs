//! `plimsoll ingest simulate`.

use std::path::PathBuf;

use clap::Args;
use plimsoll_lake::Store;
use plimsoll_simulator::{Scenario, Simulation, simulate};

use crate::progress;

/// Make up a market: prices, oracles, pools, gas, borrowers and liquidators.
///
/// Its distributions are fitted to real ones, and every account's true probability of liquidation
/// can be told: see `plimsoll simulate truth`. The history goes from 2024-01-01 on. The same
/// options give the same bytes; running it again adds nothing.
#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// Seed of everything random.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Borrowers that ever come.
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    accounts: u32,
    /// Days of history.
    #[arg(long, value_name = "N", default_value_t = 365)]
    days: u32,
    /// What may befall the market: calm, crash, depeg or mixed.
    #[arg(long, value_name = "NAME", default_value = "mixed")]
    scenario: Scenario,
    /// Folder of the lake; made if absent.
    #[arg(long, value_name = "DIR")]
    lake: PathBuf,
    /// Print the summary as JSON.
    #[arg(long)]
    json: bool,
}

impl Simulate {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let Self { seed, accounts, days, scenario, .. } = self;
        let simulation = Simulation { seed, accounts, days, scenario };
        simulation.validate()?;
        let store = Store::create(self.lake)?;
        let bar = progress::bar("simulate", 0);
        let summary = simulate(&simulation, &store, &bar)?;
        bar.finish_and_clear();
        if self.json {
            println!("{}", serde_json::to_string_pretty(&summary)?);
        } else {
            print!("{summary}");
        }
        Ok(())
    }
}

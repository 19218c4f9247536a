//! `plimsoll features`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::Args;
use plimsoll_features::{FeatureError, LandmarkInterval, ObservationPlan, list_markets, observe};
use plimsoll_lake::Store;
use serde_json::json;

use crate::{cli, progress};

/// Build observations: what was known of every open account at every landmark, and its outcome.
///
/// Landmarks lie on a regular grid and at each action of an owner. The table `observations` of
/// each market is written anew.
#[derive(Debug, Args)]
pub(crate) struct Features {
    /// Folder of the lake.
    #[arg(long, value_name = "DIR")]
    lake: PathBuf,
    /// How far apart the landmarks of the grid are, such as 1h, 4h or 1d.
    #[arg(long, value_name = "INTERVAL", default_value = "4h")]
    every: LandmarkInterval,
    /// Use nothing later, neither for features nor for outcomes; all of the lake if absent.
    #[arg(long, value_name = "TIME", value_parser = cli::parse_time)]
    until: Option<DateTime<Utc>>,
    /// Print the summary as JSON.
    #[arg(long)]
    json: bool,
}

impl Features {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let store = Store::open(self.lake)?;
        let plan = ObservationPlan { interval: self.every, until: self.until };
        let spinner = progress::spinner("features");
        let (mut summary, mut barren) = (Vec::new(), None);
        for id in list_markets(&store)? {
            spinner.set_message(id.prefix());
            let observations = match observe(&store, &id, &plan) {
                // A chain has markets that nobody has borrowed in yet.
                Err(error @ FeatureError::NoOpenAccount { .. }) => {
                    barren = Some(error);
                    continue;
                }
                observations => observations?,
            };
            observations.write(&store, &id)?;
            let on_grid = observations.on_grid.iter().filter(|on_grid| **on_grid).count();
            let (rows, accounts) = (observations.len(), observations.account_ids.len());
            summary.push(json!({"market": id.prefix(), "rows": rows, "on_grid": on_grid, "accounts": accounts}));
        }
        spinner.finish_and_clear();
        if let Some(error) = barren.filter(|_| summary.is_empty()) {
            return Err(error.into());
        }
        if self.json {
            println!("{}", serde_json::to_string_pretty(&json!({ "markets": summary }))?);
            return Ok(());
        }
        for market in summary {
            let [name, rows, on_grid, accounts] =
                ["market", "rows", "on_grid", "accounts"].map(|k| &market[k]);
            println!(
                "{}: {rows} landmarks of {accounts} accounts, {on_grid} on the grid",
                name.as_str().unwrap_or_default()
            );
        }
        Ok(())
    }
}

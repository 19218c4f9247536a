//! `plimsoll features`.

use chrono::{DateTime, Utc};
use clap::Args;
use plimsoll_features::{
    FeatureError, LandmarkInterval, LeftOutMarket, MarketId, ObservationPlan, list_markets,
    observe, read_each_market,
};
use plimsoll_lake::tables::TABLES;
use plimsoll_lake::{Gap, Store};
use serde_json::{Value, json};

use crate::args::{JsonArgs, LakeArgs, parse_time};
use crate::progress;

/// Compute observations: the features of every open account at every landmark, and its outcome.
///
/// Landmarks are on a regular grid and at each action of an owner. The table `observations` of
/// each market is rewritten. A market that cannot be read, or whose prices are not known, is left
/// out and named; `--json` lists it in `left_out`.
#[derive(Debug, Args)]
pub(crate) struct Features {
    #[command(flatten)]
    lake: LakeArgs,
    /// Interval between landmarks of the grid, such as 1h, 4h or 1d.
    #[arg(long, value_name = "INTERVAL", default_value = "4h")]
    every: LandmarkInterval,
    /// Use nothing later, neither for features nor for outcomes; all of the lake if absent.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    until: Option<DateTime<Utc>>,
    #[command(flatten)]
    output: JsonArgs,
}

impl Features {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let store = self.lake.open()?;
        warn_of_gaps(&store)?;
        let plan = ObservationPlan { interval: self.every, until: self.until };
        let spinner = progress::spinner("features");
        let mut without_borrower = None;
        let (summaries, left_out) = read_each_market(list_markets(&store)?, |id| {
            spinner.set_message(id.name());
            match write_observations(&store, id, &plan) {
                // A chain has markets without any borrower yet.
                Err(error @ FeatureError::NoOpenAccount { .. }) => {
                    without_borrower = Some(error);
                    Ok(None)
                }
                written => written.map(Some),
            }
        })?;
        spinner.finish_and_clear();
        for market in &left_out {
            tracing::warn!("left out, {market}");
        }
        let summary: Vec<Value> = summaries.into_iter().flatten().collect();
        if let Some(error) = without_borrower.filter(|_| summary.is_empty()) {
            return Err(error.into());
        }
        let text: String = summary.iter().map(format_market).collect();
        let left_out: Vec<Value> = left_out.iter().map(left_out_json).collect();
        self.output.print(&json!({ "markets": summary, "left_out": left_out }), text)
    }
}

/// Observes a market, replaces its observations, and returns their numbers.
fn write_observations(
    store: &Store,
    id: &MarketId,
    plan: &ObservationPlan,
) -> Result<Value, FeatureError> {
    let observations = observe(store, id, plan)?;
    observations.write(store, id)?;
    let on_grid = observations.on_grid.iter().filter(|on_grid| **on_grid).count();
    let (rows, accounts) = (observations.len(), observations.account_ids.len());
    Ok(json!({"market": id.name(), "rows": rows, "on_grid": on_grid, "accounts": accounts}))
}

/// A market that is left out, with the reason.
pub(crate) fn left_out_json(left_out: &LeftOutMarket) -> Value {
    json!({"market": left_out.market.name(), "reason": left_out.reason})
}

/// Names the ranges that were never ingested, or whose file was removed from a lake of an earlier
/// release: landmarks there are missing.
fn warn_of_gaps(store: &Store) -> anyhow::Result<()> {
    for table in TABLES {
        for Gap { partition, from, to } in store.gaps(table)? {
            let name = table.name;
            tracing::warn!("{name}/{partition}: nothing was ingested from {from} to {to}");
        }
    }
    Ok(())
}

fn format_market(market: &Value) -> String {
    let [name, rows, on_grid, accounts] =
        ["market", "rows", "on_grid", "accounts"].map(|key| &market[key]);
    let name = name.as_str().unwrap_or_default();
    format!("{name}: {rows} landmarks of {accounts} accounts, {on_grid} on the grid\n")
}

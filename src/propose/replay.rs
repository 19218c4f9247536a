//! `plimsoll propose replay`.

mod chart;
mod table;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use chrono::{DateTime, Utc};
use clap::Args;
use plimsoll_features::{MarketId, list_markets};
use plimsoll_govern::{ReplayPlan, replay};
use plimsoll_lake::duration::parse_duration_s;
use plimsoll_lake::{Store, write_atomically};

use super::policy;
use crate::args::parse_time;

const HOUR_S: i64 = 3_600;

/// Compute a market's liquidation thresholds through its past, each from the data known then,
/// beside the parameters in force.
///
/// Writes into DIR `line.csv` (each collateral at each time), `line.svg` (the threshold by the hour
/// and by step) and `summary.json` (all recommendations, and the liquidations under each rule: the
/// parameters in force, the thresholds, the lower of both, and the thresholds where changing to
/// them was worth the cost), and prints both tables. No model is used. Owners are assumed to act as
/// they did.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// Folder of the lake.
    #[arg(long, value_name = "DIR")]
    lake: PathBuf,
    /// The market, CHAIN/PROTOCOL/MARKET, the chain being optional if only one market has the name;
    /// optional if the lake has only one market.
    #[arg(long, value_name = "MARKET")]
    market: Option<String>,
    /// Time of the first step.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    from: DateTime<Utc>,
    /// End of the replay; no data from this time on is used.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    to: DateTime<Utc>,
    /// Interval between steps, in hours or days, such as 12h or 7d.
    #[arg(long, value_name = "HOURS", default_value = "7d", value_parser = parse_interval_s)]
    every: i64,
    /// A policy file (TOML).
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The folder to write.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Replay {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let store = Store::open(&self.lake)?;
        let id = market(&store, self.market.as_deref())?;
        let policy = policy::read(self.policy.as_deref())?;
        let (from_s, to_s) = (self.from.timestamp(), self.to.timestamp());
        let plan = ReplayPlan { from_s, to_s, every_s: self.every };
        let replay = replay(&store, &id, &plan, &policy.threshold)?;
        fs::create_dir_all(&self.out).with_context(|| format!("{}", self.out.display()))?;
        write(&self.out.join("line.csv"), table::csv(&replay).as_bytes())?;
        write(&self.out.join("line.svg"), chart::svg(&replay)?.as_bytes())?;
        write(&self.out.join("summary.json"), &serde_json::to_vec_pretty(&replay)?)?;
        print!("{}", table::text(&replay));
        Ok(())
    }
}

fn market(store: &Store, named: Option<&str>) -> anyhow::Result<MarketId> {
    let markets = list_markets(store)?;
    let names = || markets.iter().map(MarketId::name).collect::<Vec<_>>().join(", ");
    match named {
        Some(named) => Ok(MarketId::find(&markets, named)?.clone()),
        None if markets.len() == 1 => Ok(markets[0].clone()),
        None => Err(anyhow!("name a market: the lake has {}", names())),
    }
}

/// Parses whole hours or days into seconds.
fn parse_interval_s(text: &str) -> Result<i64, String> {
    let seconds = parse_duration_s(text).ok();
    let seconds = seconds.filter(|seconds| *seconds > 0 && seconds % HOUR_S == 0);
    seconds.ok_or_else(|| "use 12h or 7d".to_owned())
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    write_atomically(path, bytes)?;
    println!("{}", path.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_whole_hours_or_days() {
        assert_eq!((parse_interval_s("12h"), parse_interval_s("7d")), (Ok(43_200), Ok(604_800)));
        assert!(
            parse_interval_s("0d").is_err()
                && parse_interval_s("7").is_err()
                && parse_interval_s("-1h").is_err()
                && parse_interval_s("90s").is_err()
        );
    }
}

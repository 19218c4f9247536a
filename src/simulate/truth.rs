//! `plimsoll simulate truth`.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use clap::{Args, value_parser};
use plimsoll_features::Observations;
use plimsoll_lake::write_parquet;
use plimsoll_model::Model;
use plimsoll_simulator::Simulation;

use crate::args::{JsonArgs, LakeArgs, parse_time};
use crate::progress;
use crate::truth::{SimulatedTruth, TruthPlan};

/// Compute the true probabilities of a simulated market, by simulating many futures.
///
/// At each landmark, a midnight, some accounts are selected: a quarter of them each with a health
/// factor below 1.03, 1.1, 1.3 and above. From the state of the market, including what the lake
/// does not contain (the owners' habits, the volatility to come), many futures are simulated; the
/// share in which an account is liquidated is its true probability. Further, independent futures
/// then score it with the metrics of `plimsoll evaluate`, and with --model a model and first passage
/// as well. Needs observations where a model is scored.
#[derive(Debug, Args)]
pub(crate) struct Truth {
    #[command(flatten)]
    lake: LakeArgs,
    /// First landmark [default: a month after the start].
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    from: Option<DateTime<Utc>>,
    /// Landmarks are before this time [default: the end].
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    to: Option<DateTime<Utc>>,
    /// Days between landmarks.
    #[arg(long, value_name = "DAYS", default_value_t = 15, value_parser = value_parser!(u32).range(1..))]
    every_days: u32,
    /// Accounts selected at each landmark.
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = value_parser!(u32).range(1..))]
    accounts: u32,
    /// Futures that estimate the truth, at each landmark.
    #[arg(long, value_name = "N", default_value_t = 2_000, value_parser = value_parser!(u64).range(1..))]
    branches: u64,
    /// Futures that score it, at each landmark.
    #[arg(long, value_name = "N", default_value_t = 500)]
    futures: u64,
    /// Length of the futures, hours: short ones are fast, so many can be used for short horizons.
    #[arg(long, value_name = "HOURS", default_value_t = 720, value_parser = value_parser!(u32).range(1..=720))]
    horizon_hours: u32,
    /// Folder of a model to compare with the truth.
    #[arg(long, value_name = "DIR")]
    model: Option<PathBuf>,
    /// Parquet file for the true probabilities, as `plimsoll forecast` writes them.
    #[arg(long, value_name = "FILE", conflicts_with = "horizon_hours")]
    out: Option<PathBuf>,
    #[command(flatten)]
    output: JsonArgs,
}

impl Truth {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let store = self.lake.open()?;
        let model = self.model.as_deref().map(Model::load).transpose()?;
        let observations = model.is_some().then(|| Observations::read(&store)).transpose()?;
        let bar = progress::bar("truth", 0);
        let mut truth = SimulatedTruth::default();
        for simulation in Simulation::read_all(&store)? {
            simulation.verify_digest(&store)?;
            truth.append(SimulatedTruth::simulate(&simulation, &self.plan(&simulation), &bar)?);
        }
        if let Some(observations) = &observations {
            truth.retain_observed(observations)?;
        }
        bar.finish_and_clear();
        if let Some(out) = &self.out {
            write_parquet(out, truth.forecasts())?;
        }
        let comparison = truth.compare(model.as_ref().zip(observations.as_ref()))?;
        self.output.print(&comparison, &comparison)?;
        match &self.out {
            Some(out) if !self.output.enabled() => {
                println!("\n{}: {} true forecasts", out.display(), comparison.rows);
            }
            _ => {}
        }
        Ok(())
    }

    fn plan(&self, simulation: &Simulation) -> TruthPlan {
        let (start, days) = (Simulation::START, i64::from(simulation.days));
        let from = self.from.unwrap_or(start + TimeDelta::days((days / 2).min(30)));
        let to = self.to.unwrap_or(start + TimeDelta::days(days) + TimeDelta::seconds(1));
        TruthPlan {
            from,
            to,
            every_days: self.every_days,
            accounts: self.accounts as usize,
            branches: self.branches,
            futures: self.futures,
            horizon_days: f64::from(self.horizon_hours) / 24.0,
        }
    }
}

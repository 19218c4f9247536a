//! `plimsoll demo`.

mod pipeline;
mod results;
mod simulation;
mod step_runner;
mod summary;
mod warnings;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, value_parser};

use crate::args::{FollowArgs, LakeArgs};
use crate::serve::Serve;
use pipeline::Pipeline;
use summary::Summary;

/// Run the whole pipeline on a simulated market: no node, no key and no data are needed.
///
/// Simulates a market for a year, computes features, trains on the first eight months, evaluates
/// the model on the rest and against the true probabilities, forecasts every open account, and
/// serves the risk page. A second run reuses existing files. In the folder: `lake`, `model`, `report`,
/// `truth.parquet`, `forecasts.parquet`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Folder for all files; created if absent.
    #[arg(long, value_name = "DIR", default_value = "demo")]
    dir: PathBuf,
    /// Address and port to listen on.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Number of borrowers.
    #[arg(long, value_name = "N", default_value_t = 3_000)]
    accounts: u32,
    /// Futures that estimate the truth, at each landmark.
    #[arg(long, value_name = "N", default_value_t = 800, value_parser = value_parser!(u64).range(1..))]
    branches: u64,
    /// Stop before serving.
    #[arg(long)]
    once: bool,
}

impl Demo {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let results = Pipeline::new(&self.dir, self.accounts, self.branches)?.run()?;
        print!("{}", Summary { dir: &self.dir, listen: self.listen, results: &results });
        if self.once {
            return Ok(());
        }
        let (lake, model) = (LakeArgs::new(self.dir.join("lake")), self.dir.join("model"));
        let (report, proposals) = (Some(self.dir.join("report")), vec![self.dir.join("proposal")]);
        let follow = FollowArgs::with_alerts(self.dir.join("alerts.db"), warnings::HOST);
        let market = Vec::new();
        Serve { lake, model, market, listen: self.listen, report, proposals, follow }.run()
    }
}

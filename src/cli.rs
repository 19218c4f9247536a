//! The command line: one subcommand, one file.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::{Args, Parser, Subcommand};
use plimsoll_features::Observations;
use plimsoll_lake::Store;

use crate::{
    alerts, backtest, demo, evaluate, features, forecast, ingest, propose, reconcile, serve,
    simulate, status, train, verify,
};

/// Learns from history which on-chain loans will be liquidated, when and how surely.
///
/// The way of the data: `ingest` writes events and prices into a lake of Parquet files; `features`
/// builds observations from them; `train` fits a model; `evaluate` holds it against what happened
/// later, `backtest` does so again and again as time goes on; `forecast` writes probabilities;
/// `propose` draws risk parameters; `serve` answers over HTTP and sends the warnings that `alerts`
/// keeps. `demo` does all of it on a simulated market.
///
/// Times are RFC 3339 (2021-09-01T12:00:00Z) or dates (2021-09-01, its first second), UTC.
///
/// Exit codes: 0 done, 1 failed with one line on stderr, 2 bad usage.
/// RUST_LOG=info or debug tells more on stderr.
#[derive(Debug, Parser)]
#[command(name = "plimsoll", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Demo),
    #[command(subcommand)]
    Ingest(ingest::IngestCommand),
    Status(status::Status),
    Verify(verify::Verify),
    Reconcile(reconcile::Reconcile),
    Features(features::Features),
    Train(train::Train),
    Evaluate(evaluate::Evaluate),
    Backtest(backtest::Backtest),
    Forecast(forecast::Forecast),
    Propose(Box<propose::Propose>),
    Serve(serve::Serve),
    #[command(subcommand)]
    Alerts(alerts::AlertsCommand),
    #[command(subcommand)]
    Simulate(simulate::SimulateCommand),
}

/// Which landmarks of which lake.
#[derive(Debug, Args)]
pub(crate) struct LandmarkArgs {
    /// Folder of the lake.
    #[arg(long, value_name = "DIR")]
    lake: PathBuf,
    /// First landmark.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) from: Option<DateTime<Utc>>,
    /// Landmarks lie before this time.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) to: Option<DateTime<Utc>>,
}

impl LandmarkArgs {
    /// Opens the lake.
    pub(crate) fn open_lake(&self) -> anyhow::Result<Store> {
        Ok(Store::open(&self.lake)?)
    }

    /// Reads the lake's observations, all of them.
    pub(crate) fn read_observations(&self) -> anyhow::Result<Observations> {
        Ok(Observations::read(&self.open_lake()?)?)
    }
}

impl Cli {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Demo(command) => command.run(),
            Command::Ingest(source) => source.run(),
            Command::Status(command) => command.run(),
            Command::Verify(command) => command.run(),
            Command::Reconcile(command) => command.run(),
            Command::Features(command) => command.run(),
            Command::Train(command) => command.run(),
            Command::Evaluate(command) => command.run(),
            Command::Backtest(command) => command.run(),
            Command::Forecast(command) => command.run(),
            Command::Propose(command) => command.run(),
            Command::Serve(command) => command.run(),
            Command::Alerts(command) => command.run(),
            Command::Simulate(command) => command.run(),
        }
    }
}

/// Reads an RFC 3339 time, or a date as its first second, UTC.
pub(crate) fn parse_time(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(date) = text.parse::<NaiveDate>() {
        return Ok(date.and_time(NaiveTime::MIN).and_utc());
    }
    let time = DateTime::parse_from_rfc3339(text);
    time.map(|time| time.to_utc()).map_err(|_| "use 2021-09-01 or 2021-09-01T12:00:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn command_definitions_are_valid() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_date_parses_as_its_first_second() {
        assert_eq!(parse_time("2021-09-01"), parse_time("2021-09-01T00:00:00Z"));
        assert_eq!(parse_time("2021-09-01T02:00:00+02:00"), parse_time("2021-09-01"));
        assert!(parse_time("yesterday").is_err() && parse_time("2021-13-01").is_err());
    }
}

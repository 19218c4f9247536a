//! The command line: one subcommand, one file.

use clap::{Parser, Subcommand};

use crate::{
    alerts, backtest, demo, evaluate, features, forecast, ingest, propose, reconcile, serve,
    simulate, status, train, verify,
};

/// Learns from history which on-chain loans will be liquidated, when, and with what probability.
///
/// Data flow: `ingest` writes events and prices into a lake of Parquet files; `features` computes
/// observations from them; `train` fits a model; `evaluate` compares its forecasts with what happened
/// later, `backtest` does so repeatedly as time goes on; `forecast` writes probabilities; `propose`
/// recommends risk parameters; `serve` answers over HTTP and sends the warnings to which `alerts`
/// subscribes. `demo` runs all of it on a simulated market.
///
/// Times are RFC 3339 (2021-09-01T12:00:00Z) or dates (2021-09-01, its first second), UTC.
///
/// Exit codes: 0 done, 1 failed with one line on stderr, 2 bad usage, 130 or 143 interrupted by
/// SIGINT or SIGTERM; servers and followers then finish what is in progress, and exit with 0.
/// RUST_LOG=info or debug logs more to stderr.
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

impl Cli {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Demo(command) => command.run(),
            Command::Ingest(command) => command.run(),
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn command_definitions_are_valid() {
        Cli::command().debug_assert();
    }
}

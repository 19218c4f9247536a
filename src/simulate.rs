//! `plimsoll simulate`.

mod truth;

use clap::Subcommand;

/// Compute properties of a simulated market that no real market shows.
#[derive(Debug, Subcommand)]
pub(crate) enum SimulateCommand {
    Truth(truth::Truth),
}

impl SimulateCommand {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Truth(truth) => truth.run(),
        }
    }
}

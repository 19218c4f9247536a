//! `plimsoll simulate`.

mod truth;

use clap::Subcommand;

/// Compute what only a simulated market can show, such as true probabilities.
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

//! `plimsoll simulate`.

mod truth;

use clap::Subcommand;

/// Ask a simulated market what no real one tells.
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

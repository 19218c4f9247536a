//! `plimsoll ingest`.

mod csv;
mod rpc;
mod simulate;

use clap::Subcommand;

/// Write history into a lake.
#[derive(Debug, Subcommand)]
pub(crate) enum IngestCommand {
    Csv(csv::Csv),
    Rpc(rpc::Rpc),
    Simulate(simulate::Simulate),
}

impl IngestCommand {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Csv(csv) => csv.run(),
            Self::Rpc(rpc) => rpc.run(),
            Self::Simulate(simulate) => simulate.run(),
        }
    }
}

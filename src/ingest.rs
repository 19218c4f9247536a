//! `plimsoll ingest`.

mod csv;
mod rpc;

use clap::Subcommand;

/// Bring history into a lake.
#[derive(Debug, Subcommand)]
pub(crate) enum Source {
    Csv(csv::Csv),
    Rpc(rpc::Rpc),
}

impl Source {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Csv(csv) => csv.run(),
            Self::Rpc(rpc) => rpc.run(),
        }
    }
}

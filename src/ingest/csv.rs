//! `plimsoll ingest csv`.

use std::path::PathBuf;

use clap::Args;
use plimsoll_ingest::{Mapping, ingest_csv};

use crate::args::{JsonArgs, TargetLakeArgs};
use crate::progress;

/// Read exported CSV files (plain or .gz) with a mapping.
///
/// A mapping is a TOML file that names files, columns and tables; ready ones are in
/// ingest/mappings. Implausible rows go to the table `quarantine` with file, line and
/// reason, and the first of each reason is shown with a hint. Running it again adds nothing. The exit
/// code is 1 if no row was kept.
#[derive(Debug, Args)]
pub(crate) struct Csv {
    /// The mapping.
    #[arg(long, value_name = "FILE")]
    mapping: PathBuf,
    /// Folder with the files; searched recursively.
    #[arg(long, value_name = "DIR")]
    source: PathBuf,
    #[command(flatten)]
    lake: TargetLakeArgs,
    #[command(flatten)]
    output: JsonArgs,
}

impl Csv {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let mapping = Mapping::read(&self.mapping)?;
        let store = self.lake.create()?;
        let bar = progress::byte_bar("ingest");
        let summary = ingest_csv(&mapping, &self.source, &store, &bar)?;
        bar.finish_and_clear();
        self.output.print(&summary, &summary)?;
        anyhow::ensure!(summary.has_kept_rows(), summary.nothing_kept());
        Ok(())
    }
}

//! `plimsoll ingest csv`.

use std::path::PathBuf;

use clap::Args;
use plimsoll_ingest::{Mapping, ingest_csv};
use plimsoll_lake::Store;

use crate::progress;

/// Read exported CSV files (plain or .gz) as a mapping says.
///
/// A mapping is a TOML file that names files, columns and tables; ready ones lie in
/// ingest/mappings. Rows that cannot be believed go to the table `quarantine` with file, line and
/// reason. Running it again adds nothing.
#[derive(Debug, Args)]
pub(crate) struct Csv {
    /// The mapping.
    #[arg(long, value_name = "FILE")]
    mapping: PathBuf,
    /// Folder with the files; folders in it are searched too.
    #[arg(long, value_name = "DIR")]
    source: PathBuf,
    /// Folder of the lake; made if absent.
    #[arg(long, value_name = "DIR")]
    lake: PathBuf,
    /// Print the summary as JSON.
    #[arg(long)]
    json: bool,
}

impl Csv {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let mapping = Mapping::read(&self.mapping)?;
        let store = Store::create(self.lake)?;
        let bar = progress::byte_bar("ingest");
        let summary = ingest_csv(&mapping, &self.source, &store, &bar)?;
        bar.finish_and_clear();
        if self.json {
            println!("{}", serde_json::to_string_pretty(&summary)?);
        } else {
            print!("{summary}");
        }
        Ok(())
    }
}

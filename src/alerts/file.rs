//! The alerts' database, as an option.

use std::path::PathBuf;

use anyhow::ensure;
use clap::Args;
use plimsoll_serve::AlertStore;

/// The alerts' database.
#[derive(Debug, Args)]
pub(super) struct AlertFile {
    /// File of subscriptions and messages.
    #[arg(long = "alerts", value_name = "FILE")]
    path: PathBuf,
}

impl AlertFile {
    /// Opens it, or makes it.
    pub(super) fn make(&self) -> anyhow::Result<AlertStore> {
        Ok(AlertStore::open(&self.path)?)
    }

    /// Opens it where there is one.
    pub(super) fn open(&self) -> anyhow::Result<AlertStore> {
        ensure!(self.path.exists(), "{}: no such file", self.path.display());
        self.make()
    }
}

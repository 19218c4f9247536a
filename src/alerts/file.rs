//! The alerts' database, as an option.

use std::path::PathBuf;

use anyhow::ensure;
use clap::Args;
use plimsoll_serve::AlertStore;

/// The alerts' database.
#[derive(Debug, Args)]
pub(super) struct AlertDatabaseArgs {
    /// File of subscriptions and messages.
    #[arg(long = "alerts", value_name = "FILE")]
    path: PathBuf,
}

impl AlertDatabaseArgs {
    /// Opens it, or makes it.
    pub(super) fn open_or_create(&self) -> anyhow::Result<AlertStore> {
        Ok(AlertStore::open(&self.path)?)
    }

    /// Opens it where there is one.
    pub(super) fn open_existing(&self) -> anyhow::Result<AlertStore> {
        ensure!(self.path.exists(), "{}: no such file", self.path.display());
        self.open_or_create()
    }
}

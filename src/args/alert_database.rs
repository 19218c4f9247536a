//! The alerts' database.

use std::path::PathBuf;

use anyhow::ensure;
use clap::Args;
use plimsoll_serve::AlertStore;

/// The alerts' database.
#[derive(Debug, Args)]
pub(crate) struct AlertDatabaseArgs {
    /// File of subscriptions and messages.
    #[arg(long, value_name = "FILE")]
    alerts: PathBuf,
}

impl AlertDatabaseArgs {
    /// Opens it, or creates it.
    pub(crate) fn open_or_create(&self) -> anyhow::Result<AlertStore> {
        Ok(AlertStore::open(&self.alerts)?)
    }

    /// Opens it if the file exists.
    ///
    /// # Errors
    /// If there is no such file.
    pub(crate) fn open_existing(&self) -> anyhow::Result<AlertStore> {
        ensure!(self.alerts.exists(), "{}: no such file", self.alerts.display());
        self.open_or_create()
    }
}

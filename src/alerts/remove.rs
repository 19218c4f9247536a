//! `plimsoll alerts remove`.

use clap::Args;

use crate::args::AlertDatabaseArgs;

/// Remove a subscription; messages that are not yet delivered are dropped.
#[derive(Debug, Args)]
pub(crate) struct Remove {
    #[command(flatten)]
    database: AlertDatabaseArgs,
    /// The subscription's id.
    id: String,
}

impl Remove {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        self.database.open_existing()?.remove(&self.id)?;
        println!("{}: removed", self.id);
        Ok(())
    }
}

//! `plimsoll alerts remove`.

use clap::Args;

use super::file::AlertDatabaseArgs;

/// Remove a subscription; what was not yet delivered is dropped.
#[derive(Debug, Args)]
pub(crate) struct Remove {
    #[command(flatten)]
    file: AlertDatabaseArgs,
    /// The subscription's id.
    id: String,
}

impl Remove {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        self.file.open_existing()?.remove(&self.id)?;
        println!("{}: removed", self.id);
        Ok(())
    }
}

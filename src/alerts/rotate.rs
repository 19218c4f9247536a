//! `plimsoll alerts rotate`.

use clap::Args;
use plimsoll_serve::Secret;

use crate::args::{AlertDatabaseArgs, WebhookSecretArgs};

/// Sign with a new secret too, then, with --finish, with it alone.
///
/// Until then messages have a signature for each secret, three at most, so the endpoint can change
/// secrets at any time in between.
#[derive(Debug, Args)]
pub(crate) struct Rotate {
    #[command(flatten)]
    database: AlertDatabaseArgs,
    /// The subscription's id.
    id: String,
    #[command(flatten)]
    secret: WebhookSecretArgs,
    /// Remove all secrets but the newest.
    #[arg(long, conflicts_with = "own_secret")]
    finish: bool,
}

impl Rotate {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let store = self.database.open_existing()?;
        if self.finish {
            store.retire_secrets(&self.id)?;
            println!("{}: one secret", self.id);
            return Ok(());
        }
        let secret = match self.secret.read()? {
            Some(text) => Secret::parse(&text)?,
            None => Secret::generate(),
        };
        let rotated = store.rotate_secret(&self.id, &secret)?;
        println!("{}: {} secrets", self.id, rotated.subscription.secrets);
        println!("secret, shown once: {}", rotated.secret);
        Ok(())
    }
}

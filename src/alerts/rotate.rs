//! `plimsoll alerts rotate`.

use anyhow::Context;
use clap::Args;
use plimsoll_serve::Secret;

use super::file::AlertDatabaseArgs;

/// Where a secret of one's own comes from: arguments can be seen by others.
const SECRET_VARIABLE: &str = "PLIMSOLL_WEBHOOK_SECRET";

/// Sign with a new secret too, then, with --finish, with it alone.
///
/// Until then messages bear a signature for each secret, three at most, so the endpoint can change
/// at any time between.
#[derive(Debug, Args)]
pub(crate) struct Rotate {
    #[command(flatten)]
    file: AlertDatabaseArgs,
    /// The subscription's id.
    id: String,
    /// Sign with the secret in the variable PLIMSOLL_WEBHOOK_SECRET rather than with a new one.
    #[arg(long)]
    own_secret: bool,
    /// Forget all secrets but the newest.
    #[arg(long, conflicts_with = "own_secret")]
    finish: bool,
}

impl Rotate {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let store = self.file.open_existing()?;
        if self.finish {
            store.retire_secrets(&self.id)?;
            println!("{}: one secret", self.id);
            return Ok(());
        }
        let secret = match read_own_secret(self.own_secret)? {
            Some(text) => Secret::parse(&text)?,
            None => Secret::generate(),
        };
        let made = store.rotate_secret(&self.id, &secret)?;
        println!("{}: {} secrets", self.id, made.subscription.secrets);
        println!("secret, told this once: {}", made.secret);
        Ok(())
    }
}

/// The operator's own secret, where there is one.
pub(super) fn read_own_secret(wanted: bool) -> anyhow::Result<Option<String>> {
    let read = || {
        std::env::var(SECRET_VARIABLE)
            .with_context(|| format!("the variable {SECRET_VARIABLE} is not set"))
    };
    wanted.then(read).transpose()
}

//! The operator's own webhook secret.

use anyhow::Context;
use clap::Args;

/// The variable that contains the secret: arguments are visible to other users.
const SECRET_VARIABLE: &str = "PLIMSOLL_WEBHOOK_SECRET";

/// Where the secret that messages are signed with comes from.
#[derive(Debug, Args)]
pub(crate) struct WebhookSecretArgs {
    /// Sign with the secret in the variable PLIMSOLL_WEBHOOK_SECRET instead of a new one.
    #[arg(long)]
    own_secret: bool,
}

impl WebhookSecretArgs {
    /// The operator's own secret, if it was requested.
    pub(crate) fn read(&self) -> anyhow::Result<Option<String>> {
        let read = || {
            std::env::var(SECRET_VARIABLE)
                .with_context(|| format!("the variable {SECRET_VARIABLE} is not set"))
        };
        self.own_secret.then(read).transpose()
    }
}

//! `plimsoll alerts`.

mod list;
mod remove;
mod replay;
mod rotate;
mod sent;
mod subscribe;
mod test;

use clap::Subcommand;

/// Manage alert subscriptions: which accounts, which rules, which endpoints.
///
/// Subscriptions are stored in one file. `plimsoll serve --alerts FILE` evaluates and delivers them;
/// the commands may be used while it runs.
#[derive(Debug, Subcommand)]
pub(crate) enum AlertsCommand {
    Subscribe(subscribe::Subscribe),
    List(list::List),
    Remove(remove::Remove),
    Rotate(rotate::Rotate),
    Test(test::Test),
    Sent(sent::Sent),
    Replay(replay::Replay),
}

impl AlertsCommand {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Subscribe(command) => command.run(),
            Self::List(command) => command.run(),
            Self::Remove(command) => command.run(),
            Self::Rotate(command) => command.run(),
            Self::Test(command) => command.run(),
            Self::Sent(command) => command.run(),
            Self::Replay(command) => command.run(),
        }
    }
}

//! `plimsoll propose ...`.

mod replay;

use clap::Subcommand;

/// Draw thresholds, maximum LTVs and bonuses from volatility, depth and accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum Propose {
    Replay(replay::Replay),
}

impl Propose {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Replay(command) => command.run(),
        }
    }
}

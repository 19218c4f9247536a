//! `plimsoll propose`.

mod check;
mod draft;
mod market_source;
mod policy;
mod replay;
mod setting;
mod summary;
mod targets;

use clap::{Args, Subcommand};

pub(crate) use draft::DraftArgs;

/// Draft a change of a market's collateral parameters, as files for governance.
///
/// Recommends parameters with the model, reduces the change to the fewest fields, splits it into
/// the steps that a risk steward accepts, encodes the calls and a payload for governance, and lists
/// the affected accounts. With --rpc everything starts from the state of the contracts and the
/// steward at the lake's last block, and accounts are computed in the contracts' integer
/// arithmetic. Equal inputs give equal bytes.
///
/// The folder contains `proposal.json` with everything and `proposal.md` for readers; if there is a
/// change and its contracts are known, also `config.ts` for the generator of aave-proposals-v3, the
/// payload's `.sol`, and `calldata.json`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Propose {
    #[command(subcommand)]
    command: Option<ProposeCommand>,
    #[command(flatten)]
    draft: DraftArgs,
}

#[derive(Debug, Subcommand)]
enum ProposeCommand {
    Check(check::Check),
    Replay(replay::Replay),
}

impl Propose {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        match self.command {
            Some(ProposeCommand::Check(check)) => check.run(),
            Some(ProposeCommand::Replay(replay)) => replay.run(),
            None => self.draft.run(),
        }
    }
}

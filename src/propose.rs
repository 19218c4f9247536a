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

/// Draft a change of a market's collateral parameters, as files for those who decide.
///
/// Recommends parameters with the model, compiles them into the fewest fields, into the steps that
/// a risk steward takes, into calls and into a payload for governance, and tells whom they touch.
/// With --rpc all of it starts from what the contracts and the steward say at the lake's last block,
/// and accounts are told in the contracts' own integers. Equal inputs give equal bytes.
///
/// In the folder: `proposal.json` with everything, `proposal.md` for readers; and if anything is to
/// be changed and its contracts are known `config.ts` for the generator of aave-proposals-v3, the
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

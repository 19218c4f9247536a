//! `plimsoll propose`.

mod check;
mod making;
mod place;
mod policy;
mod replay;
mod setting;
mod summary;
mod wanted;

use clap::{Args, Subcommand};

pub(crate) use making::Making;

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
    then: Option<Then>,
    #[command(flatten)]
    making: Making,
}

#[derive(Debug, Subcommand)]
enum Then {
    Check(check::Check),
    Replay(replay::Replay),
}

impl Propose {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        match self.then {
            Some(Then::Check(check)) => check.run(),
            Some(Then::Replay(replay)) => replay.run(),
            None => self.making.run(),
        }
    }
}

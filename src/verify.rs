//! `plimsoll verify`.

use clap::Args;
use plimsoll_ingest::chain::{verify, verify_hashes};

use crate::args::{JsonArgs, LakeArgs, RpcArgs};

/// Verify that a lake's chain history is complete.
///
/// Every block must be the child of the one before, every range that was read must have its
/// headers, every log and every row must be there once, and the decoded tables must cover what
/// their logs cover. With --rpc, the blocks' hashes are also compared with the endpoints' chain.
/// Fails if anything is wrong. With --json the answer is one object: {"chains": {"ethereum":
/// {"blocks_linked", "blocks_confirmed", "covered", "logs", "rows"}}, "faults", "faults_untold"}
#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    lake: LakeArgs,
    /// The chain that the endpoints serve [default: the lake's only one].
    #[arg(long, value_name = "NAME")]
    chain: Option<String>,
    #[command(flatten)]
    rpc: RpcArgs,
    #[command(flatten)]
    output: JsonArgs,
}

impl Verify {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let store = self.lake.open()?;
        let mut verification = verify(&store)?;
        if self.rpc.is_given() {
            let mut chains = verification.chains.keys().cloned();
            let chain = match (self.chain, chains.next(), chains.next()) {
                (Some(chain), ..) | (None, Some(chain), None) => chain,
                _ => anyhow::bail!("name the chain that the endpoints serve with --chain"),
            };
            let client = self.rpc.client()?;
            let hashes = verify_hashes(&client, &store, &chain, &mut verification);
            tokio::runtime::Runtime::new()?.block_on(hashes)?;
        }
        self.output.print(&verification, &verification)?;
        anyhow::ensure!(verification.is_valid(), "the lake does not hold what it claims");
        Ok(())
    }
}

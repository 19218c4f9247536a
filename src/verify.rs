//! `plimsoll verify`.

use std::path::PathBuf;

use clap::Args;
use plimsoll_ingest::chain::{verify, verify_hashes};
use plimsoll_lake::Store;

use crate::endpoints::RpcArgs;

/// Prove again that a lake's chain history is whole.
///
/// Every block must be the child of the one before, every range that was read must have its
/// headers, every log and every row must be there once, and the decoded tables must cover what
/// their logs cover. With --rpc, the blocks' hashes are also held against the endpoints' chain.
/// Fails if anything is wrong. With --json the answer is one object: {"chains": {"ethereum":
/// {"blocks_linked", "blocks_confirmed", "covered", "logs", "rows"}}, "faults", "faults_untold"}
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Folder of the lake.
    #[arg(long, value_name = "DIR")]
    lake: PathBuf,
    /// The chain that the endpoints serve [default: the lake's only one].
    #[arg(long, value_name = "NAME")]
    chain: Option<String>,
    #[command(flatten)]
    nodes: RpcArgs,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let store = Store::open(&self.lake)?;
        let mut verification = verify(&store)?;
        if self.nodes.is_given() {
            let mut chains = verification.chains.keys().cloned();
            let chain = match (self.chain, chains.next(), chains.next()) {
                (Some(chain), ..) | (None, Some(chain), None) => chain,
                _ => anyhow::bail!("say with --chain which chain the endpoints serve"),
            };
            let client = self.nodes.client()?;
            let hashes = verify_hashes(&client, &store, &chain, &mut verification);
            tokio::runtime::Runtime::new()?.block_on(hashes)?;
        }
        if self.json {
            println!("{}", serde_json::to_string_pretty(&verification)?);
        } else {
            print!("{verification}");
        }
        anyhow::ensure!(verification.is_valid(), "the lake does not hold what it claims");
        Ok(())
    }
}

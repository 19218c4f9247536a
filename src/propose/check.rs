//! `plimsoll propose check`.

use std::path::PathBuf;

use clap::Args;
use plimsoll_govern::{Proposal, check_proposal};
use plimsoll_rpc::DevNode;
use url::Url;

/// Execute a proposal on a local development node and compare the result with the document.
///
/// Both routes are executed as a risk admin, the steward's steps and all changes at once. After
/// each, every field of every reserve, and every account's health factor, threshold and max LTV, is
/// compared with the proposal. The node's initial state is compared too, and the same call from an
/// account without the role must revert. The node's state is restored. Transactions are sent only
/// to a node on this machine that has the methods of a development node (anvil), and nothing is
/// ever signed. Fails if anything differs. With --json the output is one object: {"block",
/// "risk_admin", "findings": [{"subject", "whose", "what", "proposed", "found", "agrees",
/// "is_of_account"}]}
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Folder of the proposal.
    #[arg(value_name = "DIR")]
    proposal: PathBuf,
    /// The node.
    #[arg(long, value_name = "URL", env = "PLIMSOLL_RPC", hide_env_values = true)]
    rpc: Url,
    /// Account that executes [default: an account with the role RISK_ADMIN].
    #[arg(long = "as", value_name = "ADDRESS")]
    risk_admin: Option<String>,
    /// Keep the whole change on the node.
    #[arg(long)]
    keep: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Check {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let proposal = Proposal::read(&self.proposal)?;
        let risk_admin = self.risk_admin.map(|admin| admin.parse()).transpose()?;
        let check = async {
            let node = DevNode::connect(&self.rpc).await?;
            anyhow::Ok(check_proposal(&node, &proposal, risk_admin, self.keep).await?)
        };
        let check = tokio::runtime::Runtime::new()?.block_on(check)?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&check)?);
        } else {
            print!("{check}");
        }
        anyhow::ensure!(check.agrees(), "the node does not do what the proposal states");
        Ok(())
    }
}

//! `plimsoll propose check`.

use std::path::PathBuf;

use clap::Args;
use plimsoll_govern::{Proposal, rehearse};
use plimsoll_rpc::DevNode;
use url::Url;

/// Execute a proposal on a local development node and hold it against what it says.
///
/// Both routes are played as a risk admin, the steward's steps and everything at once, and after
/// each every field of every reserve, and every account's health factor, threshold and max LTV, is
/// compared with the proposal; so is the node before anything is executed, and that a stranger's
/// same call reverts. The node is left as it was. Only a node on this machine that has the methods
/// of a development node (anvil) is sent anything, and nothing is ever signed. Fails if anything
/// differs. With --json the answer is one object: {"block", "risk_admin", "findings": [{"subject",
/// "whose", "what", "proposed", "found", "agrees", "is_of_account"}]}
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Folder of the proposal.
    #[arg(value_name = "DIR")]
    proposal: PathBuf,
    /// The node.
    #[arg(long, value_name = "URL", env = "PLIMSOLL_RPC", hide_env_values = true)]
    rpc: Url,
    /// Who executes [default: whoever has the role RISK_ADMIN].
    #[arg(long = "as", value_name = "ADDRESS")]
    risk_admin: Option<String>,
    /// Leave the whole change executed.
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
        let played = async {
            let node = DevNode::connect(&self.rpc).await?;
            anyhow::Ok(rehearse(&node, &proposal, risk_admin, self.keep).await?)
        };
        let rehearsal = tokio::runtime::Runtime::new()?.block_on(played)?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&rehearsal)?);
        } else {
            print!("{rehearsal}");
        }
        anyhow::ensure!(rehearsal.agrees(), "the node does not do what the proposal says");
        Ok(())
    }
}

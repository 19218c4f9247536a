//! `plimsoll reconcile`.

use std::path::PathBuf;

use clap::Args;
use plimsoll_ingest::chain::reconcile;
use plimsoll_lake::Store;

use crate::endpoints::MarketRpcArgs;

/// Hold accounts rebuilt from a lake against what their contracts say.
///
/// At the end of a block that the lake covers, every scaled balance is held against
/// `scaledBalanceOf`, the sums of all against `scaledTotalSupply`, and the health factor of every
/// account that owes anything against `getUserAccountData`. The endpoint must keep that block's
/// state. Fails if anything differs. With --json the answer is one object: {"block", "accounts",
/// "balances_checked", "balances_equal", "totals_checked", "totals_equal",
/// "health_factors_checked", "max_health_factor_relative_error", "differences"}
#[derive(Debug, Args)]
pub(crate) struct Reconcile {
    #[command(flatten)]
    endpoints: MarketRpcArgs,
    /// Folder of the lake.
    #[arg(long, value_name = "DIR")]
    lake: PathBuf,
    /// The block.
    #[arg(long, value_name = "BLOCK")]
    block: u64,
    /// Look at so many accounts, evenly spread [default: all].
    #[arg(long, value_name = "ACCOUNTS")]
    sample: Option<usize>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Reconcile {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let market = self.endpoints.read_market()?;
        let store = Store::open(&self.lake)?;
        let client = self.endpoints.client()?;
        let told = reconcile(&client, &market, &store, self.block, self.sample);
        let told = tokio::runtime::Runtime::new()?.block_on(told)?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&told)?);
        } else {
            print!("{told}");
        }
        anyhow::ensure!(told.agrees(), "the lake does not agree with the chain");
        Ok(())
    }
}

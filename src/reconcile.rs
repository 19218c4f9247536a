//! `plimsoll reconcile`.

use clap::Args;
use plimsoll_ingest::chain::reconcile;

use crate::args::{JsonArgs, LakeArgs, MarketRpcArgs};

/// Compare accounts rebuilt from a lake with their contracts.
///
/// At the end of a block that the lake covers, every scaled balance is compared with
/// `scaledBalanceOf`, the sums of all with `scaledTotalSupply`, and the health factor of every
/// account with debt with `getUserAccountData`. The endpoint must have that block's state. Fails if
/// anything differs. Prices are compared with `getAssetPrice` at 40 blocks evenly spread over the
/// covered ones, those whose state the endpoint has; their errors are reported. With --json the answer
/// is one object: {"block", "accounts", "balances_checked", "balances_equal", "totals_checked",
/// "totals_equal", "health_factors_checked", "max_health_factor_relative_error", "prices": [{"asset",
/// "samples", "missing", "max_relative_error", "mean_relative_error"}], "differences"}
#[derive(Debug, Args)]
pub(crate) struct Reconcile {
    #[command(flatten)]
    endpoints: MarketRpcArgs,
    #[command(flatten)]
    lake: LakeArgs,
    /// The block.
    #[arg(long, value_name = "BLOCK")]
    block: u64,
    /// Number of accounts to compare, evenly spread [default: all].
    #[arg(long, value_name = "ACCOUNTS")]
    sample: Option<usize>,
    #[command(flatten)]
    output: JsonArgs,
}

impl Reconcile {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let market = self.endpoints.read_market()?;
        let store = self.lake.open()?;
        let client = self.endpoints.client()?;
        let comparison = reconcile(&client, &market, &store, self.block, self.sample);
        let comparison = tokio::runtime::Runtime::new()?.block_on(comparison)?;
        self.output.print(&comparison, &comparison)?;
        anyhow::ensure!(comparison.agrees(), "the lake does not agree with the chain");
        Ok(())
    }
}

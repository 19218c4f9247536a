//! `plimsoll ingest rpc`.

use std::time::Duration;

use clap::Args;
use plimsoll_ingest::chain::{ChainIngest, ChainOptions};
use plimsoll_rpc::BlockTag;

use crate::args::{JsonArgs, MarketRpcArgs, TargetLakeArgs};
use crate::{progress, shutdown};

/// Read a market's history from Ethereum JSON-RPC endpoints.
///
/// A market file names a chain, a protocol and one address; everything else is found on the
/// chain. Ready ones are in ingest/markets. Only what the lake lacks is fetched, and a second run
/// after a failure continues where it stopped. Each range is checked against the blocks' hashes
/// and blooms: an endpoint that omits logs is named, and another is used. Implausible logs go to
/// the table `quarantined_logs`.
#[derive(Debug, Args)]
pub(crate) struct Rpc {
    #[command(flatten)]
    endpoints: MarketRpcArgs,
    #[command(flatten)]
    lake: TargetLakeArgs,
    /// First block [default: the market's first].
    #[arg(long, value_name = "BLOCK")]
    from: Option<u64>,
    /// Last block: a number, `latest` or `finalized`.
    #[arg(long, value_name = "BLOCK", default_value = "latest", value_parser = parse_block)]
    to: BlockTag,
    /// Continue with every new block and remove what reorgs revert, until interrupted.
    #[arg(long, conflicts_with = "dry_run")]
    follow: bool,
    /// Seconds between two checks for a new block.
    #[arg(long, value_name = "SECONDS", default_value_t = 2.0)]
    poll: f64,
    /// Deepest reorg that is accepted, blocks.
    #[arg(long, value_name = "BLOCKS", default_value_t = 256)]
    max_reorg: u64,
    /// Print what is missing and would be fetched, and fetch nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    output: JsonArgs,
}

impl Rpc {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Runtime::new()?;
        let outcome = runtime.block_on(self.ingest());
        // A look-up of a host's address cannot be interrupted.
        runtime.shutdown_background();
        outcome
    }

    async fn ingest(self) -> anyhow::Result<()> {
        anyhow::ensure!(self.poll > 0.0, "--poll must be above 0");
        let poll = Duration::from_secs_f64(self.poll);
        let options =
            ChainOptions { from: self.from, to: self.to, poll, max_reorg: self.max_reorg };
        if self.follow {
            shutdown::expect_signal();
        }
        let market = self.endpoints.read_market()?;
        let store = self.lake.create()?;
        let client = self.endpoints.client()?;
        let mut ingest = ChainIngest::new(client, market, store, options).await?;
        if self.dry_run {
            let plan = ingest.plan().await?;
            return self.output.print(&plan, &plan);
        }
        let bar = progress::block_bar("ingest");
        let summary = if self.follow {
            ingest.follow(&bar, shutdown::requested()).await?
        } else {
            ingest.run(&bar).await?
        };
        bar.finish_and_clear();
        self.output.print(&summary, &summary)
    }
}

fn parse_block(text: &str) -> Result<BlockTag, String> {
    match text {
        "latest" => Ok(BlockTag::Latest),
        "finalized" => Ok(BlockTag::Finalized),
        number => number
            .parse()
            .map(BlockTag::Number)
            .map_err(|_| "use a block number, `latest` or `finalized`".to_owned()),
    }
}

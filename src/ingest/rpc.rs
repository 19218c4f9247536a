//! `plimsoll ingest rpc`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use plimsoll_ingest::chain::{ChainIngest, ChainOptions};
use plimsoll_lake::Store;
use plimsoll_rpc::BlockTag;

use crate::endpoints::MarketRpcArgs;
use crate::progress;

/// Read a market's history from Ethereum JSON-RPC endpoints.
///
/// A market file names a chain, a protocol and one address; everything else is found on the
/// chain. Ready ones lie in ingest/markets. Only what the lake lacks is fetched, and running it
/// again after a failure goes on where it stopped. Each range is held against the blocks' hashes
/// and blooms: an endpoint that keeps logs back is named, and another is asked. Logs that cannot
/// be believed go to the table `quarantined_logs`.
#[derive(Debug, Args)]
pub(crate) struct Rpc {
    #[command(flatten)]
    endpoints: MarketRpcArgs,
    /// Folder of the lake; made if absent.
    #[arg(long, value_name = "DIR")]
    lake: PathBuf,
    /// First block [default: the market's first].
    #[arg(long, value_name = "BLOCK")]
    from: Option<u64>,
    /// Last block: a number, `latest` or `finalized`.
    #[arg(long, value_name = "BLOCK", default_value = "latest", value_parser = parse_block)]
    to: BlockTag,
    /// Go on with every new block, taking back what reorgs undo, until interrupted.
    #[arg(long, conflicts_with = "dry_run")]
    follow: bool,
    /// Seconds between looks for a new block.
    #[arg(long, value_name = "SECONDS", default_value_t = 2.0)]
    poll: f64,
    /// The deepest reorg that is believed, blocks.
    #[arg(long, value_name = "BLOCKS", default_value_t = 256)]
    max_reorg: u64,
    /// Print what is missing and would be fetched, and fetch nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print the summary, or the plan, as JSON.
    #[arg(long)]
    json: bool,
}

impl Rpc {
    pub(super) fn run(self) -> anyhow::Result<()> {
        tokio::runtime::Runtime::new()?.block_on(self.ingest())
    }

    async fn ingest(self) -> anyhow::Result<()> {
        anyhow::ensure!(self.poll > 0.0, "--poll must be above 0");
        let poll = Duration::from_secs_f64(self.poll);
        let options =
            ChainOptions { from: self.from, to: self.to, poll, max_reorg: self.max_reorg };
        let market = self.endpoints.read_market()?;
        let store = Store::create(&self.lake)?;
        let client = self.endpoints.client()?;
        let mut ingest = ChainIngest::new(client, market, store, options).await?;
        if self.dry_run {
            return self.print(&ingest.plan().await?);
        }
        let bar = progress::block_bar("ingest");
        let summary = if self.follow {
            let interrupted = async {
                // Without a handler the signal would end the process by itself.
                drop(tokio::signal::ctrl_c().await);
            };
            ingest.follow(&bar, interrupted).await?
        } else {
            ingest.run(&bar).await?
        };
        bar.finish_and_clear();
        self.print(&summary)
    }

    fn print<T: serde::Serialize + std::fmt::Display>(&self, told: &T) -> anyhow::Result<()> {
        if self.json {
            println!("{}", serde_json::to_string_pretty(told)?);
        } else {
            print!("{told}");
        }
        Ok(())
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

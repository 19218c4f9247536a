//! `plimsoll ingest rpc`.

use std::time::Duration;

use clap::Args;
use plimsoll_ingest::chain::{ChainIngest, ChainOptions, ProofMode};
use plimsoll_rpc::BlockTag;

use crate::args::{JsonArgs, MarketRpcArgs, TargetLakeArgs};
use crate::{progress, shutdown};

/// Read a market's history from Ethereum JSON-RPC endpoints.
///
/// A market file names a chain, a protocol and one address; everything else is found on the
/// chain. Ready ones are in ingest/markets. Only what the lake lacks is fetched, and a second run
/// after a failure continues where it stopped. Logs are checked against the blocks' hashes and
/// blooms, of all blocks or of a random sample (--proof): an endpoint that omits logs is named, and another is used. Implausible logs go to
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
    /// How old blocks are verified: by every header (`full`), by the headers of random blocks and a
    /// second endpoint (`sampled`), or not by headers (`logs`). Blocks that a reorg may still
    /// remove are always verified by every header.
    #[arg(long, value_name = "PROOF", default_value_t)]
    proof: ProofMode,
    /// With --proof sampled, fetch the header of one block in so many.
    #[arg(long, value_name = "BLOCKS", default_value_t = 256, value_parser = clap::value_parser!(u64).range(1..))]
    audit_every: u64,
    /// Print what is missing and would be fetched, with an estimate of calls and bytes, and write
    /// nothing.
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
        let options = ChainOptions {
            from: self.from,
            to: self.to,
            poll,
            max_reorg: self.max_reorg,
            proof: self.proof,
            audit_every_blocks: self.audit_every,
        };
        if self.follow {
            shutdown::expect_signal();
        }
        let market = self.endpoints.read_market()?;
        let store = self.lake.create()?;
        let client = self.endpoints.client()?;
        let mut ingest = ChainIngest::new(client, market, store, options).await?;
        if self.dry_run {
            let mut plan = ingest.plan().await?;
            plan.cost = ingest.estimate_cost(&plan).await?;
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

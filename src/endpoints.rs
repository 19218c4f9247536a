//! The endpoints that a command asks, and the market it asks about.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use plimsoll_ingest::chain::MarketFile;
use plimsoll_rpc::{Client, RpcOptions};
use url::Url;

/// Which market, and whom to ask.
#[derive(Debug, Args)]
pub(crate) struct MarketRpcArgs {
    /// The market file.
    #[arg(long, value_name = "FILE")]
    market: PathBuf,
    #[command(flatten)]
    rpc: RpcArgs,
}

/// Whom to ask.
#[derive(Debug, Default, Args)]
pub(crate) struct RpcArgs {
    /// An Ethereum JSON-RPC endpoint; several may be given. Keys in it are never printed.
    #[arg(
        long = "rpc",
        value_name = "URL",
        env = "PLIMSOLL_RPC",
        value_delimiter = ' ',
        hide_env_values = true
    )]
    rpc: Vec<Url>,
    /// Most requests a second to one endpoint; each entry of a batch counts.
    #[arg(long, value_name = "N")]
    requests_per_second: Option<f64>,
    /// Seconds that an answer may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0)]
    timeout: f64,
    /// Blocks whose logs are asked for at once, until an endpoint's limit is known.
    #[arg(long, value_name = "BLOCKS", default_value_t = 10_000)]
    window: u64,
}

impl MarketRpcArgs {
    pub(crate) fn read_market(&self) -> anyhow::Result<MarketFile> {
        Ok(MarketFile::read(&self.market)?)
    }

    pub(crate) fn client(&self) -> anyhow::Result<Client> {
        self.rpc.client()
    }
}

impl RpcArgs {
    pub(crate) fn client(&self) -> anyhow::Result<Client> {
        anyhow::ensure!(self.timeout > 0.0, "--timeout must be above 0");
        anyhow::ensure!(self.window > 0, "--window must be above 0");
        let rate = self.requests_per_second;
        anyhow::ensure!(
            rate.is_none_or(|rate| rate > 0.0),
            "--requests-per-second must be above 0"
        );
        let options = RpcOptions {
            requests_per_s: rate,
            timeout: Duration::from_secs_f64(self.timeout),
            window_blocks: self.window,
            ..RpcOptions::default()
        };
        Ok(Client::new(&self.rpc, options)?)
    }

    /// Whether any was given.
    pub(crate) fn is_given(&self) -> bool {
        !self.rpc.is_empty()
    }
}

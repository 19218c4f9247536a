//! JSON-RPC endpoints.

use std::time::Duration;

use anyhow::ensure;
use clap::Args;
use plimsoll_rpc::{Client, RpcOptions};
use url::Url;

/// The endpoints that a command calls, and their limits.
#[derive(Debug, Default, Args)]
pub(crate) struct RpcArgs {
    /// An Ethereum JSON-RPC endpoint; several may be given. Keys in it are never printed.
    #[arg(
        long,
        value_name = "URL",
        env = "PLIMSOLL_RPC",
        value_delimiter = ' ',
        hide_env_values = true
    )]
    rpc: Vec<Url>,
    /// Maximum number of requests a second to one endpoint; each entry of a batch counts.
    #[arg(long, value_name = "N")]
    requests_per_second: Option<f64>,
    /// Timeout of an answer, seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0)]
    timeout: f64,
    /// Blocks whose logs are requested at once, until the limit of an endpoint is known.
    #[arg(long, value_name = "BLOCKS", default_value_t = 10_000)]
    window: u64,
}

impl RpcArgs {
    /// Whether any endpoint was given.
    pub(crate) const fn is_given(&self) -> bool {
        !self.rpc.is_empty()
    }

    /// A client of the endpoints.
    pub(crate) fn client(&self) -> anyhow::Result<Client> {
        ensure!(self.timeout > 0.0, "--timeout must be above 0");
        ensure!(self.window > 0, "--window must be above 0");
        let rate = self.requests_per_second;
        ensure!(rate.is_none_or(|rate| rate > 0.0), "--requests-per-second must be above 0");
        let options = RpcOptions {
            requests_per_s: rate,
            timeout: Duration::from_secs_f64(self.timeout),
            window_blocks: self.window,
            ..RpcOptions::default()
        };
        Ok(Client::new(&self.rpc, options)?)
    }
}

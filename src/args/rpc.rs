//! JSON-RPC endpoints.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::ensure;
use clap::Args;
use plimsoll_rpc::{Client, RefusalTexts, RpcOptions};
use url::Url;

use super::duration::parse_duration;

/// The endpoints that a command calls, and their limits.
#[derive(Debug, Default, Args)]
pub(crate) struct RpcArgs {
    /// An Ethereum JSON-RPC endpoint (http, https); several may be given. Keys in it are never
    /// printed. Endpoints of ws and wss report new blocks to --follow.
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
    /// The most blocks whose logs are requested at once; fewer where an endpoint permits fewer
    /// [default: no bound, 10000 to start with].
    #[arg(long, value_name = "BLOCKS")]
    window: Option<u64>,
    /// How long endpoints may be busy or out of reach, without any success, until the command fails:
    /// a number with s, m or h [default: 10m].
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    give_up_after: Option<Duration>,
    /// File of texts by which endpoints refuse requests for logs, before those known already; its
    /// form is that of crates/rpc/refusals.toml.
    #[arg(long, value_name = "FILE")]
    limits: Option<PathBuf>,
}

impl RpcArgs {
    /// Whether any endpoint was given.
    pub(crate) const fn is_given(&self) -> bool {
        !self.rpc.is_empty()
    }

    /// A client of the endpoints.
    pub(crate) fn client(&self) -> anyhow::Result<Client> {
        ensure!(self.timeout > 0.0, "--timeout must be above 0");
        ensure!(self.window.is_none_or(|blocks| blocks > 0), "--window must be above 0");
        let rate = self.requests_per_second;
        ensure!(rate.is_none_or(|rate| rate > 0.0), "--requests-per-second must be above 0");
        let texts = self.limits.as_deref().map(RefusalTexts::read).transpose()?;
        let default = RpcOptions::default();
        let options = RpcOptions {
            requests_per_s: rate,
            timeout: Duration::from_secs_f64(self.timeout),
            max_window_blocks: self.window.unwrap_or(default.max_window_blocks),
            give_up_after: self.give_up_after.unwrap_or(default.give_up_after),
            refusals: texts.unwrap_or_default(),
            ..default
        };
        Ok(Client::new(&self.rpc, options)?)
    }
}

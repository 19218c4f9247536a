//! A market on a chain, and the endpoints that serve the chain.

use std::path::PathBuf;

use clap::Args;
use plimsoll_ingest::chain::MarketFile;
use plimsoll_rpc::Client;

use super::rpc::RpcArgs;

/// A market and its endpoints.
#[derive(Debug, Args)]
pub(crate) struct MarketRpcArgs {
    /// The market file.
    #[arg(long, value_name = "FILE")]
    market: PathBuf,
    #[command(flatten)]
    rpc: RpcArgs,
}

impl MarketRpcArgs {
    /// Reads the market file.
    pub(crate) fn read_market(&self) -> anyhow::Result<MarketFile> {
        Ok(MarketFile::read(&self.market)?)
    }

    /// A client of the endpoints.
    pub(crate) fn client(&self) -> anyhow::Result<Client> {
        self.rpc.client()
    }
}

//! Compares accounts rebuilt from the lake with their contracts at a block.

mod account_health;
mod asset;
mod contracts;
mod market_health;
mod price_error;
mod reconciliation;
mod state;

use alloy_primitives::Address;
use plimsoll_lake::Store;
use plimsoll_rpc::Client;

use super::error::ChainError;
use super::market_file::MarketFile;
use super::market_file::keys::AAVE_V3;
pub use account_health::AccountHealth;
use contracts::Contracts;
pub use market_health::{MarketHealthFactors, last_covered_block};
pub use price_error::PriceError;
pub use reconciliation::Reconciliation;
use state::RebuiltMarket;
pub use state::ReserveWeights;

/// Rebuilds a market's accounts at the end of `block`, and compares them with its contracts.
///
/// With `sample`, that many accounts are compared, evenly spread over all in order of address.
///
/// # Errors
/// [`ChainError`] if the endpoints lack the block's state, the lake does not cover it, or the
/// market is not one of Aave v3.
pub async fn reconcile(
    client: &Client,
    market: &MarketFile,
    store: &Store,
    block: u64,
    sample: Option<usize>,
) -> Result<Reconciliation, ChainError> {
    if market.common.protocol != AAVE_V3 {
        let protocol = &market.common.protocol;
        return Err(market.error(format!("`{protocol}` cannot be reconciled, only aave-v3")));
    }
    client.connect(market.chain_id()).await?;
    let state = RebuiltMarket::read(client, store, market, block).await?;
    let contracts = Contracts::resolve(client, market.addresses_provider()?, &state, block).await?;
    let mut result = Reconciliation { block, ..Reconciliation::default() };
    contracts.compare_totals(client, &state, &mut result).await?;
    let owners = sample_evenly(state.owners(), sample);
    result.accounts = owners.len() as u64;
    contracts.compare_balances(client, &state, &owners, &mut result).await?;
    contracts.compare_health_factors(client, &state, &owners, &mut result).await?;
    let provider = market.addresses_provider()?;
    let blocks = (state.first_block, block);
    result.prices = price_error::price_errors(client, provider, &state, blocks).await?;
    Ok(result)
}

/// A sample of evenly spread owners, with the first and the last.
fn sample_evenly(owners: Vec<Address>, sample: Option<usize>) -> Vec<Address> {
    let all = owners.len();
    let size = sample.unwrap_or(all).min(all);
    let index = |i: usize| if size > 1 { i * (all - 1) / (size - 1) } else { 0 };
    (0..size).map(|i| owners[index(i)]).collect()
}

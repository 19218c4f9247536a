//! Accounts' health, with the market's or with other parameters.

use alloy_primitives::Address;
use chrono::{DateTime, Utc};
use plimsoll_lake::tables::Block;
use plimsoll_lake::{Filter, Store};
use plimsoll_lending::aave_v3::Release;
use plimsoll_rpc::Client;

use super::account_health::AccountHealth;
use super::state::{RebuiltMarket, ReserveWeights};
use crate::chain::adapter::aave_v3::Pool;
use crate::chain::error::ChainError;
use crate::chain::lake_state::{covered_blocks, last_block};
use crate::chain::market_file::MarketFile;
use crate::chain::view_calls::{call_view, call_views};

/// An Aave v3 market's accounts at the end of a block, rebuilt from a lake.
#[derive(Debug, Clone)]
pub struct MarketHealthFactors {
    state: RebuiltMarket,
    pool: Address,
    release: Release,
    block: u64,
}

impl MarketHealthFactors {
    /// Rebuilds the accounts at the end of `block`, which the lake must cover; the pool's revision
    /// determines the release.
    ///
    /// # Errors
    /// [`ChainError`] if the lake does not cover the block, or the endpoints lack its state.
    pub async fn read(
        client: &Client,
        market: &MarketFile,
        store: &Store,
        (pool, block): (Address, u64),
    ) -> Result<Self, ChainError> {
        let state = RebuiltMarket::read(client, store, market, block).await?;
        let revision = call_view(client, pool, Pool::POOL_REVISIONCall {}, block).await?;
        let release = Release::from_pool_revision(revision.unwrap_or_default());
        Ok(Self { state, pool, release, block })
    }

    /// The same accounts with other weights of some assets.
    #[must_use]
    pub fn with_weights(&self, weights: &[ReserveWeights]) -> Self {
        Self { state: self.state.with_weights(weights), ..self.clone() }
    }

    /// Every account with debt that uses one of the assets as collateral, in order of address.
    #[must_use]
    pub fn debtors(&self, assets: &[&str]) -> Vec<Address> {
        let pledges =
            |owner: &Address| assets.iter().any(|a| self.state.uses_as_collateral(*owner, a));
        let owners = self.state.owners().into_iter();
        owners.filter(|owner| self.state.has_debt(*owner) && pledges(owner)).collect()
    }

    /// An account's health; `None` if a price or an index is missing in the lake.
    #[must_use]
    pub fn account_health(&self, owner: Address) -> Option<AccountHealth> {
        self.state.health(owner, self.release)
    }

    /// Some accounts' health from the pool at the block; `None` where the call has no result.
    ///
    /// # Errors
    /// [`ChainError`] if no endpoint responds.
    pub async fn onchain_account_health(
        &self,
        client: &Client,
        owners: &[Address],
    ) -> Result<Vec<Option<AccountHealth>>, ChainError> {
        let call = |user: &Address| (self.pool, Pool::getUserAccountDataCall { user: *user });
        let answers = call_views(client, owners.iter().map(call), self.block).await?;
        let health =
            |answers: <Pool::getUserAccountDataCall as alloy_sol_types::SolCall>::Return| {
                AccountHealth {
                    collateral: answers.totalCollateralBase,
                    debt: answers.totalDebtBase,
                    max_ltv_bps: answers.ltv,
                    liquidation_threshold_bps: answers.currentLiquidationThreshold,
                    health_factor: answers.healthFactor,
                }
            };
        Ok(answers.into_iter().map(|answers| answers.map(health)).collect())
    }
}

/// The last block up to a time that the lake covers of a market, without a gap before it.
///
/// # Errors
/// [`ChainError`] if the lake cannot be read.
pub fn last_covered_block(
    store: &Store,
    market: &MarketFile,
    until: Option<DateTime<Utc>>,
) -> Result<Option<Block>, ChainError> {
    let stream = format!("{}.{}", market.protocol(), market.name());
    let covered = covered_blocks(store, market.chain(), &stream)?;
    let Some((from, to)) = covered.first().copied() else { return Ok(None) };
    let Some(until) = until else { return Ok(last_block(store, market.chain(), to)?) };
    let filter = Filter::default().partition(Block::CHAIN, market.chain());
    let mut blocks: Vec<Block> = store.rows_where(&filter)?;
    blocks.retain(|row| (from..=to).contains(&row.block) && row.time <= until);
    Ok(blocks.into_iter().max_by_key(|row| row.block))
}

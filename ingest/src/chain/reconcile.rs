//! Compares accounts rebuilt from the lake with their contracts at a block.

mod account_health;
mod market_health;
mod state;

use std::fmt;

use alloy_primitives::{Address, U256};
use plimsoll_lake::Store;
use plimsoll_lake::tables::side;
use plimsoll_lending::aave_v3::Release;
use plimsoll_rpc::Client;
use serde::Serialize;

use super::adapter::aave_v3::{Pool, Provider, ReserveData, Reserves, ScaledToken};
use super::error::ChainError;
use super::market_file::MarketFile;
use super::market_file::keys::AAVE_V3;
use super::view_calls::{call_view, call_views};
pub use account_health::AccountHealth;
pub use market_health::{MarketHealth, last_covered_block};
use state::MarketState;
pub use state::ReserveWeights;

/// How far rebuilt accounts agree with the contracts.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Reconciliation {
    /// The block.
    pub block: u64,
    /// Accounts compared.
    pub accounts: u64,
    /// Scaled balances compared with `scaledBalanceOf`.
    pub balances_checked: u64,
    /// The equal ones of these.
    pub balances_equal: u64,
    /// Sums of all accounts' balances compared with `scaledTotalSupply`: no account is missing.
    pub totals_checked: u64,
    /// The equal ones of these.
    pub totals_equal: u64,
    /// Health factors of accounts with debt, compared with `getUserAccountData`.
    pub health_factors_checked: u64,
    /// The largest of their relative errors.
    pub max_health_factor_relative_error: f64,
    /// Descriptions of the first differences.
    pub differences: Vec<String>,
}

/// The most differences that are reported.
const MAX_REPORTED_DIFFERENCES: usize = 10;
/// The largest relative error of a health factor that is not a difference.
const HEALTH_TOLERANCE: f64 = 1e-9;

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
    let state = MarketState::read(store, market, block)?;
    let contracts = Contracts::resolve(client, market.addresses_provider()?, &state, block).await?;
    let mut result = Reconciliation { block, ..Reconciliation::default() };
    contracts.compare_totals(client, &state, &mut result).await?;
    let owners = sample_evenly(state.owners(), sample);
    result.accounts = owners.len() as u64;
    contracts.compare_balances(client, &state, &owners, &mut result).await?;
    contracts.compare_health_factors(client, &state, &owners, &mut result).await?;
    Ok(result)
}

/// The market's contracts at the block.
struct Contracts {
    block: u64,
    pool: Address,
    release: Release,
    /// aToken and debt token of each asset, in the order of the state's assets.
    tokens: Vec<(Address, Address)>,
}

impl Contracts {
    async fn resolve(
        client: &Client,
        provider: Address,
        state: &MarketState,
        block: u64,
    ) -> Result<Self, ChainError> {
        let missing =
            |address, kind, call| ChainError::MissingContract { address, kind, call, block };
        let pool = call_view(client, provider, Provider::getPoolCall {}, block).await?;
        let pool = pool.ok_or(missing(provider, "PoolAddressesProvider", "getPool"))?;
        let revision = call_view(client, pool, Pool::POOL_REVISIONCall {}, block).await?;
        let call = |asset: &state::AssetState| {
            (pool, Reserves::getReserveDataCall { asset: asset.underlying })
        };
        let found = call_views(client, state.assets.iter().map(call), block).await?;
        let tokens = |found: Option<ReserveData>| {
            let found = found.ok_or(missing(pool, "Aave v3 pool", "getReserveData"))?;
            Ok((found.aTokenAddress, found.variableDebtTokenAddress))
        };
        let tokens = found.into_iter().map(tokens).collect::<Result<_, ChainError>>()?;
        let release = Release::from_pool_revision(revision.unwrap_or_default());
        Ok(Self { block, pool, release, tokens })
    }

    async fn compare_totals(
        &self,
        client: &Client,
        state: &MarketState,
        result: &mut Reconciliation,
    ) -> Result<(), ChainError> {
        let calls = self.tokens.iter().flat_map(|(a_token, debt)| [*a_token, *debt]);
        let calls = calls.map(|token| (token, ScaledToken::scaledTotalSupplyCall {}));
        let onchain = call_views(client, calls, self.block).await?;
        let listed = onchain.into_iter().enumerate().filter(|(i, _)| self.is_listed(i / 2));
        for (i, onchain) in listed {
            let (asset, side) = (i / 2, [side::COLLATERAL, side::DEBT][i % 2]);
            let rebuilt = state.total(asset, side);
            result.totals_checked += 1;
            if onchain == Some(rebuilt) {
                result.totals_equal += 1;
            } else {
                let symbol = &state.assets[asset].symbol;
                result.add_difference(format!(
                    "total {side} of {symbol}: {rebuilt}, but {onchain:?} on the chain"
                ));
            }
        }
        Ok(())
    }

    fn is_listed(&self, asset: usize) -> bool {
        self.tokens[asset].0 != Address::ZERO
    }

    async fn compare_balances(
        &self,
        client: &Client,
        state: &MarketState,
        owners: &[Address],
        result: &mut Reconciliation,
    ) -> Result<(), ChainError> {
        let mut calls = Vec::new();
        let mut rebuilt = Vec::new();
        for owner in owners {
            for (asset, (a_token, debt_token)) in self.tokens.iter().enumerate() {
                for (side, token) in [(side::COLLATERAL, a_token), (side::DEBT, debt_token)] {
                    if self.is_listed(asset) {
                        calls.push((*token, ScaledToken::scaledBalanceOfCall { user: *owner }));
                        rebuilt.push((*owner, asset, side, state.balance(*owner, asset, side)));
                    }
                }
            }
        }
        let onchain = call_views(client, calls, self.block).await?;
        for ((owner, asset, side, rebuilt), onchain) in rebuilt.into_iter().zip(onchain) {
            result.balances_checked += 1;
            if onchain == Some(rebuilt) {
                result.balances_equal += 1;
            } else {
                let symbol = &state.assets[asset].symbol;
                result.add_difference(format!(
                    "{side} of {owner} in {symbol}: {rebuilt}, but {onchain:?} on the chain"
                ));
            }
        }
        Ok(())
    }

    async fn compare_health_factors(
        &self,
        client: &Client,
        state: &MarketState,
        owners: &[Address],
        result: &mut Reconciliation,
    ) -> Result<(), ChainError> {
        let indebted: Vec<Address> =
            owners.iter().copied().filter(|owner| state.has_debt(*owner)).collect();
        let call = |user: &Address| (self.pool, Pool::getUserAccountDataCall { user: *user });
        let onchain = call_views(client, indebted.iter().map(call), self.block).await?;
        for (owner, onchain) in indebted.iter().zip(onchain) {
            let Some(rebuilt) = state.health(*owner, self.release) else {
                result
                    .add_difference(format!("{owner}: a price or an index is missing in the lake"));
                continue;
            };
            let rebuilt = rebuilt.health_factor;
            let onchain = onchain.map_or(U256::ZERO, |onchain| onchain.healthFactor);
            let error = relative_error(rebuilt, onchain);
            result.health_factors_checked += 1;
            result.max_health_factor_relative_error =
                result.max_health_factor_relative_error.max(error);
            if error > HEALTH_TOLERANCE {
                result.add_difference(format!(
                    "health of {owner}: {rebuilt}, but {onchain} on the chain"
                ));
            }
        }
        Ok(())
    }
}

impl Reconciliation {
    /// Whether nothing differs.
    #[must_use]
    pub const fn agrees(&self) -> bool {
        self.differences.is_empty()
    }

    fn add_difference(&mut self, difference: String) {
        if self.differences.len() < MAX_REPORTED_DIFFERENCES {
            self.differences.push(difference);
        }
    }
}

fn relative_error(rebuilt: U256, onchain: U256) -> f64 {
    f64::from(rebuilt.abs_diff(onchain)) / f64::from(onchain).max(1.0)
}

/// A sample of evenly spread owners, with the first and the last.
fn sample_evenly(owners: Vec<Address>, sample: Option<usize>) -> Vec<Address> {
    let all = owners.len();
    let wanted = sample.unwrap_or(all).min(all);
    let index = |i: usize| if wanted > 1 { i * (all - 1) / (wanted - 1) } else { 0 };
    (0..wanted).map(|i| owners[index(i)]).collect()
}

impl fmt::Display for Reconciliation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "at block {}: {} accounts", self.block, self.accounts)?;
        writeln!(
            f,
            "  scaled balances: {} of {} equal",
            self.balances_equal, self.balances_checked
        )?;
        writeln!(f, "  totals: {} of {} equal", self.totals_equal, self.totals_checked)?;
        let (checked, error) = (self.health_factors_checked, self.max_health_factor_relative_error);
        writeln!(f, "  health factors: {checked}, relative error at most {error:.1e}")?;
        self.differences.iter().try_for_each(|difference| writeln!(f, "  {difference}"))
    }
}

//! Comparisons of rebuilt accounts with a market's contracts.

use alloy_primitives::{Address, U256};
use plimsoll_lake::tables::side;
use plimsoll_lending::aave_v3::Release;
use plimsoll_rpc::Client;

use super::asset::AssetState;
use super::reconciliation::Reconciliation;
use super::state::RebuiltMarket;
use crate::chain::adapter::aave_v3::{Pool, Provider, ReserveData, Reserves, ScaledToken};
use crate::chain::error::ChainError;
use crate::chain::view_calls::{call_view, call_views};

/// The largest relative error of a health factor that is not a difference.
const HEALTH_TOLERANCE: f64 = 1e-9;

/// The market's contracts at the block.
pub(super) struct Contracts {
    block: u64,
    pool: Address,
    release: Release,
    /// aToken and debt token of each asset, in the order of the state's assets.
    tokens: Vec<(Address, Address)>,
}

impl Contracts {
    pub(super) async fn resolve(
        client: &Client,
        provider: Address,
        state: &RebuiltMarket,
        block: u64,
    ) -> Result<Self, ChainError> {
        let missing =
            |address, kind, call| ChainError::MissingContract { address, kind, call, block };
        let pool = call_view(client, provider, Provider::getPoolCall {}, block).await?;
        let pool = pool.ok_or(missing(provider, "PoolAddressesProvider", "getPool"))?;
        let revision = call_view(client, pool, Pool::POOL_REVISIONCall {}, block).await?;
        let call =
            |asset: &AssetState| (pool, Reserves::getReserveDataCall { asset: asset.underlying });
        let found = call_views(client, state.assets.iter().map(call), block).await?;
        let tokens = |found: Option<ReserveData>| {
            let found = found.ok_or(missing(pool, "Aave v3 pool", "getReserveData"))?;
            Ok((found.aTokenAddress, found.variableDebtTokenAddress))
        };
        let tokens = found.into_iter().map(tokens).collect::<Result<_, ChainError>>()?;
        let release = Release::from_pool_revision(revision.unwrap_or_default());
        Ok(Self { block, pool, release, tokens })
    }

    pub(super) async fn compare_totals(
        &self,
        client: &Client,
        state: &RebuiltMarket,
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
                let symbol = &state.assets[asset].label;
                let onchain = onchain.map_or("no answer".to_owned(), |value| value.to_string());
                result.add_difference(format!(
                    "total {side} of {symbol}: {rebuilt}, but {onchain} on the chain"
                ));
            }
        }
        Ok(())
    }

    fn is_listed(&self, asset: usize) -> bool {
        self.tokens[asset].0 != Address::ZERO
    }

    pub(super) async fn compare_balances(
        &self,
        client: &Client,
        state: &RebuiltMarket,
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
                let symbol = &state.assets[asset].label;
                let onchain = onchain.map_or("no answer".to_owned(), |value| value.to_string());
                result.add_difference(format!(
                    "{side} of {owner} in {symbol}: {rebuilt}, but {onchain} on the chain"
                ));
            }
        }
        Ok(())
    }

    pub(super) async fn compare_health_factors(
        &self,
        client: &Client,
        state: &RebuiltMarket,
        owners: &[Address],
        result: &mut Reconciliation,
    ) -> Result<(), ChainError> {
        let indebted: Vec<Address> =
            owners.iter().copied().filter(|owner| state.has_debt(*owner)).collect();
        let call = |user: &Address| (self.pool, Pool::getUserAccountDataCall { user: *user });
        let onchain = call_views(client, indebted.iter().map(call), self.block).await?;
        for (owner, onchain) in indebted.iter().zip(onchain) {
            let Some(rebuilt) = state.health(*owner, self.release) else {
                result.add_difference(format!(
                    "{owner}: a price or an index is missing in the lake or out of range"
                ));
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

fn relative_error(rebuilt: U256, onchain: U256) -> f64 {
    f64::from(rebuilt.abs_diff(onchain)) / f64::from(onchain).max(1.0)
}

//! Accounts affected by a proposal.

use alloy_primitives::{Address, U256};
use plimsoll_ingest::chain::{AccountHealth, ChainError, MarketHealthFactors, ReserveWeights};
use plimsoll_rpc::Client;
use serde::{Deserialize, Serialize};

use super::steward::ReserveState;
use super::wad::Wad;

/// Oracles of Aave v3 markets have eight decimals per USD.
const BASE_UNITS_PER_USD: f64 = 1e8;

/// Indebted accounts with a changed collateral, before and after all changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AffectedAccounts {
    /// Number of indebted accounts with a changed collateral.
    pub holders: usize,
    /// Accounts whose health factor or max LTV changes.
    pub affected: usize,
    /// Accounts that become liquidatable.
    pub liquidatable: usize,
    /// Their debt, USD.
    pub liquidatable_debt_usd: f64,
    /// All verified accounts, the lowest health factor afterwards first.
    pub list: Vec<AccountChange>,
    /// Accounts whose health rebuilt from the lake differs from the pool's; no figures are given
    /// for them.
    #[serde(rename = "unreckoned")]
    pub unverified: Vec<Address>,
}

/// One account, before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// Its address.
    pub account: Address,
    /// Its collateral, USD.
    pub collateral_usd: f64,
    /// Its debt, USD.
    pub debt_usd: f64,
    /// Figures reported by the pool.
    pub before: AccountFigures,
    /// Figures expected of the pool after the change.
    pub after: AccountFigures,
}

/// The results of the pool's `getUserAccountData` that depend on parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountFigures {
    /// Average max LTV, basis points.
    pub max_ltv_bps: u64,
    /// Average liquidation threshold, basis points.
    pub liquidation_threshold_bps: u64,
    /// Health factor.
    pub health_factor: Wad,
}

impl From<AccountHealth> for AccountFigures {
    fn from(health: AccountHealth) -> Self {
        Self {
            max_ltv_bps: health.max_ltv_bps.saturating_to(),
            liquidation_threshold_bps: health.liquidation_threshold_bps.saturating_to(),
            health_factor: Wad(health.health_factor),
        }
    }
}

impl AffectedAccounts {
    /// Computes the accounts affected by `changed`, the reserves after the change, in the
    /// contracts' integer arithmetic.
    ///
    /// # Errors
    /// [`ChainError`] if no endpoint answers.
    pub async fn compute(
        client: &Client,
        market: &MarketHealthFactors,
        changed: &[ReserveState],
    ) -> Result<Self, ChainError> {
        let symbols: Vec<&str> = changed.iter().map(|reserve| reserve.asset.as_str()).collect();
        let owners = market.debtors(&symbols);
        let onchain = market.onchain_account_health(client, &owners).await?;
        let weights: Vec<ReserveWeights> = changed.iter().map(weights).collect();
        let changed_market = market.with_weights(&weights);
        let mut accounts = Self::empty(owners.len());
        for (owner, reported) in owners.into_iter().zip(onchain) {
            let (before, after) =
                (market.account_health(owner), changed_market.account_health(owner));
            match (before.filter(|before| Some(*before) == reported), after) {
                (Some(before), Some(after)) => accounts.add(owner, before, after),
                _ => accounts.unverified.push(owner),
            }
        }
        accounts.list.sort_by_key(|change| (change.after.health_factor, change.account));
        Ok(accounts)
    }

    const fn empty(holders: usize) -> Self {
        Self {
            holders,
            affected: 0,
            liquidatable: 0,
            liquidatable_debt_usd: 0.0,
            list: Vec::new(),
            unverified: Vec::new(),
        }
    }

    fn add(&mut self, account: Address, before: AccountHealth, after: AccountHealth) {
        let usd = |base: U256| f64::from(base) / BASE_UNITS_PER_USD;
        let change = AccountChange {
            account,
            collateral_usd: usd(before.collateral),
            debt_usd: usd(before.debt),
            before: before.into(),
            after: after.into(),
        };
        self.affected += usize::from(change.before != change.after);
        if after.is_liquidatable() && !before.is_liquidatable() {
            self.liquidatable += 1;
            self.liquidatable_debt_usd += change.debt_usd;
        }
        self.list.push(change);
    }
}

fn weights(reserve: &ReserveState) -> ReserveWeights {
    ReserveWeights {
        asset: reserve.asset.clone(),
        max_ltv_bps: reserve.stored.max_ltv_bps,
        liquidation_threshold_bps: reserve.stored.liquidation_threshold_bps,
    }
}

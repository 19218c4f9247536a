//! Whom a proposal touches, and how.

use alloy_primitives::{Address, U256};
use plimsoll_ingest::chain::{AccountHealth, ChainError, MarketHealth, ReserveWeights};
use plimsoll_rpc::Client;
use serde::{Deserialize, Serialize};

use super::reserve::ReserveState;
use super::wad::Wad;

/// Oracles of Aave v3 markets count eight decimals of a dollar.
const BASE_UNITS_PER_USD: f64 = 1e8;

/// The indebted accounts that count a changed collateral, with everything changed at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AffectedAccounts {
    /// How many there are.
    pub holders: usize,
    /// How many of them have another health factor or max LTV afterwards.
    pub affected: usize,
    /// How many may be liquidated afterwards that may not be before.
    pub liquidatable: usize,
    /// What those owe, USD.
    pub liquidatable_debt_usd: f64,
    /// All of them, the least healthy afterwards first.
    pub list: Vec<AccountChange>,
    /// Those whose health as rebuilt from the lake is not what the pool says: nothing is said of
    /// them.
    #[serde(rename = "unreckoned")]
    pub unverified: Vec<Address>,
}

/// One account, before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// Whose.
    pub account: Address,
    /// Its collateral, USD.
    pub collateral_usd: f64,
    /// Its debt, USD.
    pub debt_usd: f64,
    /// As the pool says.
    pub before: AccountFigures,
    /// As the pool will say.
    pub after: AccountFigures,
}

/// What the pool's `getUserAccountData` says that depends on parameters.
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
    /// Reckons whom `changed` touches, the reserves as they will be, in the contracts' integers.
    ///
    /// # Errors
    /// [`ChainError`] if no endpoint answers.
    pub async fn compute(
        client: &Client,
        market: &MarketHealth,
        changed: &[ReserveState],
    ) -> Result<Self, ChainError> {
        let symbols: Vec<&str> = changed.iter().map(|reserve| reserve.asset.as_str()).collect();
        let owners = market.debtors(&symbols);
        let told = market.onchain_account_health(client, &owners).await?;
        let weights: Vec<ReserveWeights> = changed.iter().map(weights).collect();
        let then = market.with_weights(&weights);
        let mut accounts = Self::empty(owners.len());
        for (owner, told) in owners.into_iter().zip(told) {
            let (before, after) = (market.account_health(owner), then.account_health(owner));
            match (before.filter(|before| Some(*before) == told), after) {
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

//! What is known of an account at a time, and how an action changes it.

use std::borrow::Cow;

use plimsoll_lending::{
    Account, AssetAmount, AssetId, ReserveParameters, health_factor, liquidation_capacity_usd,
};

use super::behaviour::{Behaviour, IncreasedSides};
use super::health_history::{HealthHistory, LOW_HEALTH_FACTOR, MIN_LOG_HEALTH};
use super::update::{AccountUpdate, StateChange};
use crate::market::Market;
use crate::time::HOUR_S;

/// An account with less debt or less collateral than this is not open, USD.
pub const MIN_OPEN_USD: f64 = 1.0;
/// A repayment that leaves less than this share of a debt was meant to leave none: exports round
/// amounts, so a debt repaid in full seldom comes out as exactly zero.
const DEBT_DUST_SHARE: f64 = 1e-4;
/// Collateral is moved in exact amounts; only the sums of floats are rounded.
const COLLATERAL_DUST_SHARE: f64 = 1e-12;
/// A rise of the log health factor too small to have been meant.
const MIN_RESCUE_RISE: f64 = 1e-3;

/// An account's balances and its owner's history, as of the last action applied.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountState {
    /// Collateral by asset, tokens scaled down by the interest index.
    pub scaled_collateral: Vec<f64>,
    /// Debt by asset, tokens scaled down by the interest index.
    pub scaled_debt: Vec<f64>,
    /// Whether what there is of an asset counts as collateral, by asset.
    pub collateral_enabled: Vec<bool>,
    /// The efficiency mode's number; 0 for none.
    pub emode: u32,
    /// What the owner has done.
    pub behaviour: Behaviour,
    /// What the account has lived through.
    pub health_history: HealthHistory,
}

impl AccountState {
    /// An empty account in a market of `assets` assets, first seen at `created_s`, in which all
    /// that is put up counts as collateral.
    #[must_use]
    pub fn new(assets: usize, created_s: i64) -> Self {
        let behaviour = Behaviour {
            created_s,
            opened_s: created_s,
            log_health_after_action: f64::NAN,
            ..Default::default()
        };
        Self {
            scaled_collateral: vec![0.0; assets],
            scaled_debt: vec![0.0; assets],
            collateral_enabled: vec![true; assets],
            emode: 0,
            behaviour,
            health_history: HealthHistory::new(created_s),
        }
    }

    /// An empty account of a market, before anything that the market tells of it.
    pub(crate) fn empty_in(market: &Market, time_s: i64) -> Self {
        let assets = market.assets().len();
        Self {
            collateral_enabled: vec![!market.has_collateral_settings(); assets],
            ..Self::new(assets, time_s)
        }
    }

    /// An account whose owner opened it at `time_s` with these balances, tokens by asset.
    pub(crate) fn newly_opened(
        market: &Market,
        time_s: i64,
        collateral: Vec<f64>,
        debt: Vec<f64>,
    ) -> Self {
        let collateral = collateral.into_iter().enumerate();
        let collateral =
            collateral.map(|(asset, amount)| StateChange::CollateralDelta { asset, amount });
        let debt = debt.into_iter().enumerate();
        let debt = debt.map(|(asset, amount)| StateChange::DebtDelta { asset, amount });
        let changes = collateral.chain(debt).collect();
        let mut state = Self::new(market.assets().len(), time_s);
        state.apply(
            market,
            &AccountUpdate { owner_acted: true, changes, ..AccountUpdate::new(time_s) },
        );
        state
    }

    /// This position, just opened, in the hands of an owner with a history.
    ///
    /// If the owner's account has debt, that debt goes on, with other balances; if not, opening the
    /// position is the latest that the owner did. What was lived through stays lived through.
    #[must_use]
    pub fn with_owner_history(self, known: &Self) -> Self {
        let (mut behaviour, mut lived) = (known.behaviour.clone(), known.health_history.clone());
        if !known.has_debt() {
            behaviour.opened_s = self.behaviour.opened_s;
            behaviour.actions_s.extend(&self.behaviour.actions_s);
            behaviour.log_health_after_action = self.behaviour.log_health_after_action;
            behaviour.log_health_raised = self.behaviour.log_health_raised;
            behaviour.last_borrow_s = self.behaviour.last_borrow_s;
            let opened = self.behaviour.actions_by_hour.iter();
            behaviour.actions_by_hour.iter_mut().zip(opened).for_each(|(all, new)| *all += new);
            lived.on_action();
            lived.on_debt_opened();
        }
        Self { behaviour, health_history: lived, ..self }
    }

    /// The balances at `time_s`, with interest; what is not pledged is among the collateral too.
    #[must_use]
    pub fn account(&self, market: &Market, time_s: i64) -> Account {
        let held = |scaled: &[f64], index: &dyn Fn(usize) -> f64| {
            (0_u32..)
                .zip(scaled)
                .filter(|(_, scaled)| **scaled > 0.0)
                .map(|(asset, scaled)| {
                    AssetAmount::new(AssetId(asset), scaled * index(asset as usize))
                })
                .collect()
        };
        let earned = |asset| market.supply_index_at(asset, time_s);
        let grown = |asset| market.borrow_index(asset).index_at(time_s);
        Account::new(held(&self.scaled_collateral, &earned), held(&self.scaled_debt, &grown))
    }

    /// The reserves' parameters that hold for this account at `time_s`: those of its efficiency
    /// mode where it has one, and a threshold of 0 for what it holds but has not pledged.
    #[must_use]
    pub fn effective_reserves<'a>(
        &self,
        market: &'a Market,
        time_s: i64,
    ) -> Cow<'a, [ReserveParameters]> {
        self.effective_reserves_under(market.reserves(time_s), market, time_s)
    }

    /// The same, were these the reserves' own parameters.
    #[must_use]
    pub fn effective_reserves_under<'a>(
        &self,
        reserves: &'a [ReserveParameters],
        market: &Market,
        time_s: i64,
    ) -> Cow<'a, [ReserveParameters]> {
        let mut reserves = Cow::Borrowed(reserves);
        if let Some(emode) = market.emode(self.emode, time_s) {
            emode.override_reserves(reserves.to_mut());
        }
        let assets = self.scaled_collateral.iter().zip(&self.collateral_enabled).enumerate();
        for (asset, _) in assets.filter(|(_, (scaled, pledged))| **scaled > 0.0 && !**pledged) {
            let reserve = &mut reserves.to_mut()[asset];
            (reserve.max_ltv, reserve.liquidation_threshold) = (0.0, 0.0);
        }
        reserves
    }

    /// Whether there is enough of both sides, and any of it pledged, to be liquidated at the prices
    /// known at `time_s`.
    #[must_use]
    pub fn is_open(&self, market: &Market, time_s: i64) -> bool {
        let account = self.account(market, time_s);
        let Some(prices) = known_prices(market, &account, time_s) else {
            return account.has_debt() && !account.collateral.is_empty();
        };
        account.debt_usd(&prices) >= MIN_OPEN_USD
            && account.collateral_usd(&prices) >= MIN_OPEN_USD
            && liquidation_capacity_usd(&account, &prices, &self.effective_reserves(market, time_s))
                > 0.0
    }

    /// Lives on to an action's time, and applies all that happened to the account in its block.
    pub fn apply(&mut self, market: &Market, action: &AccountUpdate) {
        self.advance_to(market, action.time_s);
        let had_debt = self.has_debt();
        let before = self.log_health(market, action.time_s);
        let moved = self.apply_changes(market, action);
        let after = self.log_health(market, action.time_s);
        let behaviour = &mut self.behaviour;
        if action.owner_acted {
            self.health_history.on_action();
            behaviour.actions_s.push(action.time_s);
            behaviour.log_health_after_action = after;
            let raised = after - before;
            behaviour.log_health_raised = if raised.is_finite() { raised } else { 0.0 };
            let rescued = before < LOW_HEALTH_FACTOR.ln() && raised > MIN_RESCUE_RISE;
            if rescued {
                behaviour.rescues += 1;
                // Without collateral there is no logarithm.
                behaviour.rescue_log_health_sum += before.max(MIN_LOG_HEALTH);
            }
            let hour = action.time_s.div_euclid(HOUR_S).rem_euclid(24);
            behaviour.actions_by_hour[hour as usize] += 1;
            behaviour.record_loop(action.time_s, had_debt, moved);
        }
        if action.liquidated {
            self.behaviour.record_liquidation(action.time_s);
        }
        if !had_debt && self.has_debt() {
            self.behaviour.opened_s = action.time_s;
            self.health_history.on_debt_opened();
        }
    }

    /// Whether anything is owed.
    pub(crate) fn has_debt(&self) -> bool {
        self.scaled_debt.iter().any(|&debt| debt > 0.0)
    }

    /// Amounts move once a block, so that their order within it does not matter. Returns which
    /// sides have grown.
    fn apply_changes(&mut self, market: &Market, action: &AccountUpdate) -> IncreasedSides {
        let (held, owed) = (self.scaled_collateral.clone(), self.scaled_debt.clone());
        let time_s = action.time_s;
        let mut collateral = vec![0.0; self.scaled_collateral.len()];
        let mut debt = vec![0.0; self.scaled_debt.len()];
        for &change in &action.changes {
            match change {
                StateChange::CollateralDelta { asset, amount } => {
                    collateral[asset] += amount / market.supply_index_at(asset, time_s);
                }
                StateChange::ScaledDebtDelta { asset, amount } => debt[asset] += amount,
                StateChange::DebtDelta { asset, amount } => {
                    debt[asset] += amount / market.borrow_index(asset).index_at(time_s);
                }
                StateChange::SetCollateral { asset, scaled } => {
                    self.scaled_collateral[asset] = scaled
                }
                StateChange::SetDebt { asset, scaled } => self.scaled_debt[asset] = scaled,
                StateChange::SetCollateralEnabled { asset, enabled: pledged } => {
                    self.collateral_enabled[asset] = pledged
                }
                StateChange::SetEmode(number) => self.emode = number,
            }
        }
        apply_deltas(&mut self.scaled_collateral, &collateral, COLLATERAL_DUST_SHARE);
        apply_deltas(&mut self.scaled_debt, &debt, DEBT_DUST_SHARE);
        let grown = |now: &[f64], before: &[f64]| now.iter().zip(before).any(|(n, b)| n > b);
        IncreasedSides {
            collateral: grown(&self.scaled_collateral, &held),
            debt: grown(&self.scaled_debt, &owed),
        }
    }

    /// NaN where prices are not yet known, infinite without debt.
    fn log_health(&self, market: &Market, time_s: i64) -> f64 {
        let account = self.account(market, time_s);
        let Some(prices) = known_prices(market, &account, time_s) else { return f64::NAN };
        health_factor(&account, &prices, &self.effective_reserves(market, time_s)).ln()
    }
}

/// The prices of what an account holds or owes, NaN for all else; `None` if one is not yet known.
fn known_prices(market: &Market, account: &Account, time_s: i64) -> Option<Vec<f64>> {
    let mut prices = vec![f64::NAN; market.assets().len()];
    market.write_oracle_prices(account, time_s, &mut prices).then_some(prices)
}

fn apply_deltas(balances: &mut [f64], moved: &[f64], rounding: f64) {
    for (balance, &amount) in balances.iter_mut().zip(moved).filter(|(_, amount)| **amount != 0.0) {
        let before = *balance;
        *balance += amount;
        if *balance < before * rounding {
            *balance = 0.0;
        }
    }
}

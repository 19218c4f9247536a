//! The state of an account at a time, and how an update changes it.

use std::borrow::Cow;

use plimsoll_lending::{
    Account, AssetAmount, AssetId, ReserveParameters, health_factor, liquidation_capacity_usd,
};

use super::behaviour::{Behaviour, IncreasedSides};
use super::health_history::{HealthHistory, LOW_HEALTH_FACTOR, MIN_LOG_HEALTH};
use super::new_position::NewPosition;
use super::update::{AccountUpdate, StateChange};
use crate::market::Market;
use crate::time::HOUR_S;

/// An account with less debt or less collateral than this is not open, USD.
pub const MIN_OPEN_USD: f64 = 1.0;
/// A repayment that leaves less than this share of a debt repays it in full: exports round amounts,
/// so that a debt repaid in full is seldom exactly zero.
const DEBT_DUST_SHARE: f64 = 1e-4;
/// The same for collateral, whose amounts are exact; only sums of floats are rounded.
const COLLATERAL_DUST_SHARE: f64 = 1e-12;
/// A smaller rise of the log health factor is not a rescue.
const MIN_RESCUE_RISE: f64 = 1e-3;

/// An account's balances and history as of the last update applied.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountState {
    /// Collateral by asset, tokens scaled down by the interest index.
    pub scaled_collateral: Vec<f64>,
    /// Debt by asset, tokens scaled down by the interest index.
    pub scaled_debt: Vec<f64>,
    /// Whether an asset counts as collateral, by asset.
    pub collateral_enabled: Vec<bool>,
    /// The number of the efficiency mode; 0 for none.
    pub emode: u32,
    /// The actions of the owner.
    pub behaviour: Behaviour,
    /// The health factors so far.
    pub health_history: HealthHistory,
}

impl AccountState {
    /// An empty account, first seen at `created_s`, in a market of `assets` assets that all count as
    /// collateral.
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

    /// An empty account of a market, before its first event.
    pub(crate) fn empty_in(market: &Market, time_s: i64) -> Self {
        let assets = market.assets().len();
        Self {
            collateral_enabled: vec![!market.has_collateral_settings(); assets],
            ..Self::new(assets, time_s)
        }
    }

    /// An account that opens this position at `time_s`.
    pub(crate) fn newly_opened(market: &Market, time_s: i64, position: NewPosition) -> Self {
        let NewPosition { collateral, debt, emode, collateral_enabled } = position;
        let collateral = collateral.into_iter().enumerate();
        let collateral =
            collateral.map(|(asset, amount)| StateChange::CollateralDelta { asset, amount });
        let debt = debt.into_iter().enumerate();
        let debt = debt.map(|(asset, amount)| StateChange::DebtDelta { asset, amount });
        let changes = collateral.chain(debt).collect();
        let mut state =
            Self { emode, collateral_enabled, ..Self::new(market.assets().len(), time_s) };
        state.apply(
            market,
            &AccountUpdate { owner_acted: true, changes, ..AccountUpdate::new(time_s) },
        );
        state
    }

    /// This newly opened position with the history of an existing account of the same owner.
    ///
    /// If the existing account has debt, that debt continues with the new balances; otherwise opening
    /// the position is the owner's last action. The health history is kept.
    #[must_use]
    pub fn with_owner_history(self, known: &Self) -> Self {
        let (mut behaviour, mut health_history) =
            (known.behaviour.clone(), known.health_history.clone());
        if !known.has_debt() {
            behaviour.opened_s = self.behaviour.opened_s;
            behaviour.actions_s.extend(&self.behaviour.actions_s);
            behaviour.log_health_after_action = self.behaviour.log_health_after_action;
            behaviour.log_health_raised = self.behaviour.log_health_raised;
            behaviour.last_borrow_s = self.behaviour.last_borrow_s;
            let opened = self.behaviour.actions_by_hour.iter();
            behaviour.actions_by_hour.iter_mut().zip(opened).for_each(|(all, new)| *all += new);
            health_history.on_action();
            health_history.on_debt_opened(self.behaviour.opened_s);
        }
        Self { behaviour, health_history, ..self }
    }

    /// The balances at `time_s`, with interest; collateral that is not enabled is included, unless no
    /// price of it is known: anybody can send some, and it counts for nothing.
    #[must_use]
    pub fn account(&self, market: &Market, time_s: i64) -> Account {
        let amounts = |scaled: &[f64], index: &dyn Fn(usize) -> f64| {
            (0_u32..)
                .zip(scaled)
                .filter(|(_, scaled)| **scaled > 0.0)
                .map(|(asset, scaled)| {
                    AssetAmount::new(AssetId(asset), scaled * index(asset as usize))
                })
                .collect()
        };
        let supply_index = |asset| market.supply_index_at(asset, time_s);
        let borrow_index = |asset| market.borrow_index(asset).index_at(time_s);
        let mut collateral: Vec<AssetAmount> = amounts(&self.scaled_collateral, &supply_index);
        collateral.retain(|held| self.counts_as_held(market, held.asset.index()));
        Account::new(collateral, amounts(&self.scaled_debt, &borrow_index))
    }

    /// Whether a supplied asset is a part of the account: not if it is no collateral and has no price.
    pub(super) fn counts_as_held(&self, market: &Market, asset: usize) -> bool {
        self.collateral_enabled[asset] || !market.is_unpriced(asset)
    }

    /// The reserves' parameters for this account at `time_s`: those of its efficiency mode, if any, and
    /// a threshold of 0 for balances that are not enabled as collateral.
    #[must_use]
    pub fn effective_reserves<'a>(
        &self,
        market: &'a Market,
        time_s: i64,
    ) -> Cow<'a, [ReserveParameters]> {
        self.effective_reserves_under(market.reserves(time_s), market, time_s)
    }

    /// The same with these parameters of the reserves.
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

    /// Whether debt and enabled collateral are large enough to be liquidated at the prices known at
    /// `time_s`.
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

    /// Advances to the time of an update and applies it.
    pub fn apply(&mut self, market: &Market, update: &AccountUpdate) {
        self.advance_to(market, update.time_s);
        let had_debt = self.has_debt();
        let before = self.log_health(market, update.time_s);
        let increased = self.apply_changes(market, update);
        let after = self.log_health(market, update.time_s);
        self.health_history.record_threshold(update.time_s, before);
        self.health_history.record_threshold(update.time_s, after);
        let behaviour = &mut self.behaviour;
        if update.owner_acted {
            self.health_history.on_action();
            behaviour.actions_s.push(update.time_s);
            behaviour.log_health_after_action = after;
            let raised = after - before;
            behaviour.log_health_raised = if raised.is_finite() { raised } else { 0.0 };
            let rescued = before < LOW_HEALTH_FACTOR.ln() && raised > MIN_RESCUE_RISE;
            if rescued {
                behaviour.rescues += 1;
                // The log health factor is not finite without collateral.
                behaviour.rescue_log_health_sum += before.max(MIN_LOG_HEALTH);
            }
            let hour = update.time_s.div_euclid(HOUR_S).rem_euclid(24);
            behaviour.actions_by_hour[hour as usize] += 1;
            behaviour.record_loop(update.time_s, had_debt, increased);
        }
        if update.liquidated {
            self.behaviour.record_liquidation(update.time_s);
        }
        if !had_debt && self.has_debt() {
            self.behaviour.opened_s = update.time_s;
            self.health_history.on_debt_opened(update.time_s);
        }
    }

    /// Whether the account has debt.
    pub(crate) fn has_debt(&self) -> bool {
        self.scaled_debt.iter().any(|&debt| debt > 0.0)
    }

    /// Applies the changes; amounts are summed by block first, so that their order within it does not
    /// matter. Returns the sides that increased.
    fn apply_changes(&mut self, market: &Market, update: &AccountUpdate) -> IncreasedSides {
        let (collateral_before, debt_before) =
            (self.scaled_collateral.clone(), self.scaled_debt.clone());
        let time_s = update.time_s;
        let mut collateral = vec![0.0; self.scaled_collateral.len()];
        let mut debt = vec![0.0; self.scaled_debt.len()];
        for &change in &update.changes {
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
        let increased = |now: &[f64], before: &[f64]| now.iter().zip(before).any(|(n, b)| n > b);
        IncreasedSides {
            collateral: increased(&self.scaled_collateral, &collateral_before),
            debt: increased(&self.scaled_debt, &debt_before),
        }
    }

    /// The log health factor: NaN if prices are not yet known, infinite without debt.
    fn log_health(&self, market: &Market, time_s: i64) -> f64 {
        let account = self.account(market, time_s);
        let Some(prices) = known_prices(market, &account, time_s) else { return f64::NAN };
        health_factor(&account, &prices, &self.effective_reserves(market, time_s)).ln()
    }
}

/// The prices of an account's assets, NaN for other assets; `None` if one is not yet known.
fn known_prices(market: &Market, account: &Account, time_s: i64) -> Option<Vec<f64>> {
    let mut prices = vec![f64::NAN; market.assets().len()];
    market.write_oracle_prices(account, time_s, &mut prices).then_some(prices)
}

fn apply_deltas(balances: &mut [f64], deltas: &[f64], dust_share: f64) {
    for (balance, &amount) in balances.iter_mut().zip(deltas).filter(|(_, amount)| **amount != 0.0)
    {
        let before = *balance;
        *balance += amount;
        if *balance < before * dust_share {
            *balance = 0.0;
        }
    }
}

//! What is known of an account at a time, and how an action changes it.

use plimsoll_lending::{Account, AssetId, Holding, health_factor};

use crate::market::Market;
use crate::replay::{Action, Move};

/// An account with less debt or less collateral than this is not open, USD.
pub const MIN_OPEN_USD: f64 = 1.0;
/// A repayment that leaves less than this share of a debt was meant to leave none: exports round
/// amounts, so a debt repaid in full seldom comes out as exactly zero.
const DEBT_ROUNDING: f64 = 1e-4;
/// Collateral is moved in exact amounts; only the sums of floats are rounded.
const COLLATERAL_ROUNDING: f64 = 1e-12;
/// Liquidations less than this apart are one, seconds.
const EPISODE_S: i64 = 86_400;
/// Raising a health factor that was below this is a rescue.
const LOW_HEALTH_FACTOR: f64 = 1.25;
/// A rise of the log health factor too small to have been meant.
const NEGLIGIBLE_RISE: f64 = 1e-3;

/// An account's balances and its owner's history, as of the last action applied.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountState {
    /// Collateral by asset, tokens.
    pub collateral: Vec<f64>,
    /// Debt by asset, tokens scaled down by the interest index.
    pub scaled_debt: Vec<f64>,
    /// What the owner has done.
    pub behaviour: Behaviour,
}

/// What an owner has done so far; times in seconds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Behaviour {
    /// When the account was first seen.
    pub created_s: i64,
    /// When the debt that is open now was first drawn.
    pub opened_s: i64,
    /// When the owner acted, once a block, in order.
    pub actions_s: Vec<i64>,
    /// Liquidations suffered, those within a day counted as one.
    pub liquidations: u32,
    /// When the last liquidation was.
    pub liquidated_s: Option<i64>,
    /// Times the owner raised a low health factor.
    pub rescues: u32,
    /// Log health factor right after the owner's last action; NaN before the first with debt.
    pub log_health_after_action: f64,
    /// How far the owner's last action raised the log health factor; 0 if it opened the debt.
    pub log_health_raised: f64,
}

impl AccountState {
    /// An empty account in a market of `assets` assets, first seen at `created_s`.
    #[must_use]
    pub fn new(assets: usize, created_s: i64) -> Self {
        let behaviour = Behaviour {
            created_s,
            opened_s: created_s,
            log_health_after_action: f64::NAN,
            ..Default::default()
        };
        Self { collateral: vec![0.0; assets], scaled_debt: vec![0.0; assets], behaviour }
    }

    /// An account whose owner opened it at `time_s` with these balances, tokens by asset.
    pub(crate) fn opened(
        market: &Market,
        time_s: i64,
        collateral: Vec<f64>,
        debt: Vec<f64>,
    ) -> Self {
        let collateral_moves = collateral.into_iter().enumerate();
        let collateral_moves =
            collateral_moves.map(|(asset, amount)| Move::Collateral { asset, amount });
        let debt_moves = debt.into_iter().enumerate();
        let debt_moves = debt_moves.map(|(asset, amount)| Move::Debt { asset, amount });
        let moves = collateral_moves.chain(debt_moves).collect();
        let mut state = Self::new(market.assets().len(), time_s);
        state.apply(market, &Action { time_s, liquidated: false, owner_acted: true, moves });
        state
    }

    /// The balances at `time_s`, debt with interest.
    #[must_use]
    pub fn account(&self, market: &Market, time_s: i64) -> Account {
        let held = |amounts: &[f64], index: &dyn Fn(usize) -> f64| {
            (0_u32..)
                .zip(amounts)
                .filter(|(_, amount)| **amount > 0.0)
                .map(|(asset, amount)| Holding::new(AssetId(asset), amount * index(asset as usize)))
                .collect()
        };
        let grown = |asset| market.borrow_index(asset).index_at(time_s);
        Account::new(held(&self.collateral, &|_| 1.0), held(&self.scaled_debt, &grown))
    }

    /// Whether there is enough of both sides, at the prices known at `time_s`, to be liquidated.
    #[must_use]
    pub fn is_open(&self, market: &Market, time_s: i64) -> bool {
        let account = self.account(market, time_s);
        let Some(prices) = market.prices_at(time_s) else {
            return account.has_debt() && !account.collateral.is_empty();
        };
        account.debt_usd(&prices) >= MIN_OPEN_USD && account.collateral_usd(&prices) >= MIN_OPEN_USD
    }

    /// Applies all that happened to the account in one block.
    pub fn apply(&mut self, market: &Market, action: &Action) {
        let had_debt = self.has_debt();
        let before = self.log_health(market, action.time_s);
        self.settle(market, action);
        let after = self.log_health(market, action.time_s);
        let behaviour = &mut self.behaviour;
        if action.owner_acted {
            behaviour.actions_s.push(action.time_s);
            behaviour.log_health_after_action = after;
            let raised = after - before;
            behaviour.log_health_raised = if raised.is_finite() { raised } else { 0.0 };
            let rescued = before < LOW_HEALTH_FACTOR.ln() && raised > NEGLIGIBLE_RISE;
            behaviour.rescues += u32::from(rescued);
        }
        if action.liquidated {
            let apart = |last| action.time_s - last >= EPISODE_S;
            behaviour.liquidations += u32::from(behaviour.liquidated_s.is_none_or(apart));
            behaviour.liquidated_s = Some(action.time_s);
        }
        if !had_debt && self.has_debt() {
            self.behaviour.opened_s = action.time_s;
        }
    }

    fn has_debt(&self) -> bool {
        self.scaled_debt.iter().any(|&debt| debt > 0.0)
    }

    /// Balances change once a block, so that the order of moves within it does not matter.
    fn settle(&mut self, market: &Market, action: &Action) {
        let mut collateral = vec![0.0; self.collateral.len()];
        let mut debt = vec![0.0; self.scaled_debt.len()];
        for &moved in &action.moves {
            match moved {
                Move::Collateral { asset, amount } => collateral[asset] += amount,
                Move::ScaledDebt { asset, amount } => debt[asset] += amount,
                Move::Debt { asset, amount } => {
                    debt[asset] += amount / market.borrow_index(asset).index_at(action.time_s);
                }
            }
        }
        move_balances(&mut self.collateral, &collateral, COLLATERAL_ROUNDING);
        move_balances(&mut self.scaled_debt, &debt, DEBT_ROUNDING);
    }

    /// NaN where prices are not yet known, infinite without debt.
    fn log_health(&self, market: &Market, time_s: i64) -> f64 {
        let Some(prices) = market.prices_at(time_s) else { return f64::NAN };
        health_factor(&self.account(market, time_s), &prices, market.reserves(time_s)).ln()
    }
}

fn move_balances(balances: &mut [f64], moved: &[f64], rounding: f64) {
    for (balance, &amount) in balances.iter_mut().zip(moved).filter(|(_, amount)| **amount != 0.0) {
        let before = *balance;
        *balance += amount;
        if *balance < before * rounding {
            *balance = 0.0;
        }
    }
}

//! What an owner can do that suffices: found with the model itself, on the changed account.

use plimsoll_features::{AccountState, Rescue};
use plimsoll_lending::Holding;
use plimsoll_model::{Model, ModelError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::digits::{next_up, round_up};
use super::measure::Measure;
use super::rule::Rule;
use crate::Probabilities;
use crate::market_state::MarketState;
use crate::scorer::score;
use crate::valued::Valued;

/// More collateral than this many times what is there is no advice.
const MOST_COLLATERAL: f64 = 10.0;
/// Halvings of the largest amount that are tried first: down to a thirty-thousandth of it.
const HALVINGS: i32 = 15;
/// Parts into which what is left is cut, once and again.
const PARTS: u32 = 16;
/// Rounded amounts that are tried before the largest is taken.
const ROUNDINGS: usize = 8;

/// What an owner can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemedyKind {
    /// Repay debt.
    Repay,
    /// Put up more collateral.
    Add,
}

/// Something an owner can do that suffices by itself: afterwards the warning is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "action": "repay", "asset": "DAI", "amount": 1240.0, "value_usd": 1240.0,
    "whole_debt": false, "leaves": 0.0096
}))]
pub struct Remedy {
    /// What to do.
    pub action: RemedyKind,
    /// With which asset.
    pub asset: String,
    /// With how much of it, tokens, rounded up.
    pub amount: f64,
    /// What that is worth, USD.
    pub value_usd: f64,
    /// Whether it is all that is owed of the asset.
    pub whole_debt: bool,
    /// What the rule looks at once it is done; null if the account is not open any more.
    #[schema(required)]
    pub leaves: Option<f64>,
}

/// One account of one market, and the rule whose warning is to end.
pub(super) struct Patient<'a> {
    pub(super) model: &'a Model,
    pub(super) market: &'a MarketState,
    pub(super) state: &'a AccountState,
    pub(super) rule: &'a Rule,
}

/// One way out: which balance is moved, and how far it may be.
struct Way {
    action: RemedyKind,
    holding: Holding,
    most: f64,
}

impl Patient<'_> {
    /// Repaying the largest debt, and adding to the largest collateral: those of them that suffice.
    ///
    /// # Errors
    /// [`ModelError`] if the net fails.
    pub(super) fn remedies(&self) -> Result<Vec<Remedy>, ModelError> {
        let ways = self.ways();
        let found = ways.iter().map(|way| self.remedy(way)).collect::<Result<Vec<_>, _>>()?;
        Ok(found.into_iter().flatten().collect())
    }

    fn ways(&self) -> Vec<Way> {
        let (market, prices) = (self.market.snapshot().market(), self.market.prices());
        let now_s = self.market.as_of().timestamp();
        let account = self.state.account(market, now_s);
        let reserves = self.state.reserves(market, now_s);
        let largest = |side: &[Holding]| {
            let by_value = |a: &&Holding, b: &&Holding| a.usd(prices).total_cmp(&b.usd(prices));
            side.iter().max_by(by_value).copied()
        };
        let secures = |held: &&Holding| reserves[held.asset.index()].liquidation_threshold > 0.0;
        let pledged: Vec<Holding> = account.collateral.iter().filter(secures).copied().collect();
        let repay = largest(&account.debt).map(|holding| Way {
            action: RemedyKind::Repay,
            most: holding.amount,
            holding,
        });
        let add = largest(&pledged).map(|holding| Way {
            action: RemedyKind::Add,
            most: round_up(holding.amount * MOST_COLLATERAL),
            holding,
        });
        repay.into_iter().chain(add).collect()
    }

    /// The least amount found from which on every amount tried suffices; `None` if the most does
    /// not.
    fn remedy(&self, way: &Way) -> Result<Option<Remedy>, ModelError> {
        let halves: Vec<f64> = (0..=HALVINGS).rev().map(|i| way.most / 2_f64.powi(i)).collect();
        let Some((mut low, mut high)) = self.narrow(way, 0.0, &halves)? else { return Ok(None) };
        for _ in 0..2 {
            let step = (high - low) / f64::from(PARTS);
            let parts: Vec<f64> = (1..=PARTS).map(|i| low + step * f64::from(i)).collect();
            // The last is `high` again, but for rounding.
            (low, high) = self.narrow(way, low, &parts)?.unwrap_or((low, high));
        }
        let mut tried = Vec::new();
        let mut amount = round_up(high);
        while tried.len() < ROUNDINGS && amount < way.most {
            tried.push(amount);
            amount = next_up(amount);
        }
        tried.push(way.most);
        let values = self.values(way, &tried)?;
        let mut tried = tried.into_iter().zip(values);
        let suffices = tried.find(|(_, value)| self.suffices(*value));
        Ok(suffices.map(|(amount, leaves)| self.told(way, amount, leaves)))
    }

    /// The last of some rising amounts that does not suffice, `low` without one, and the next;
    /// `None` if the last amount does not.
    fn narrow(
        &self,
        way: &Way,
        low: f64,
        amounts: &[f64],
    ) -> Result<Option<(f64, f64)>, ModelError> {
        let values = self.values(way, amounts)?;
        let last = values.iter().rposition(|value| !self.suffices(*value));
        Ok(match last {
            None => Some((low, amounts[0])),
            Some(last) => amounts.get(last + 1).map(|next| (amounts[last], *next)),
        })
    }

    /// What is not open cannot be liquidated.
    fn suffices(&self, value: Option<f64>) -> bool {
        value.is_none_or(|value| self.rule.clears(value))
    }

    /// What the rule looks at after each amount.
    fn values(&self, way: &Way, amounts: &[f64]) -> Result<Vec<Option<f64>>, ModelError> {
        let asset = way.holding.asset.index();
        let rescue = |amount: f64| match way.action {
            RemedyKind::Repay => Rescue::Repay { asset, amount },
            RemedyKind::Add => Rescue::Add { asset, amount },
        };
        let after = |&amount: &f64| self.market.snapshot().after(self.state, rescue(amount));
        let valued: Vec<Valued> = amounts.iter().map(|a| self.market.value(&after(a))).collect();
        if self.rule.measure == Measure::HealthFactor {
            let health = |valued: &Valued| valued.features().map(|_| valued.health_factor);
            return Ok(valued.iter().map(health).collect());
        }
        let scores = score(self.model, &valued)?;
        Ok(scores.iter().map(|score| probability(score.as_ref(), self.rule.measure)).collect())
    }

    fn told(&self, way: &Way, amount: f64, leaves: Option<f64>) -> Remedy {
        let price = self.market.prices()[way.holding.asset.index()];
        Remedy {
            action: way.action,
            asset: self.market.symbol(way.holding.asset).to_owned(),
            amount,
            value_usd: amount * price,
            whole_debt: way.action == RemedyKind::Repay && amount >= way.most,
            leaves,
        }
    }
}

/// The probability that a measure means.
pub(super) fn probability(scored: Option<&Probabilities>, measure: Measure) -> Option<f64> {
    Some(scored?.at(measure.horizon()?).liquidated)
}

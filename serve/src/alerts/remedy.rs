//! What an owner can do that suffices: found with the model itself, on the changed account.

use plimsoll_features::{AccountState, OwnerAction};
use plimsoll_lending::AssetAmount;
use plimsoll_model::{Model, ModelError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::measure::Measure;
use super::rule::Rule;
use super::significant::{next_significant, round_up_significant};
use crate::Probabilities;
use crate::market_state::MarketState;
use crate::scorer::score;
use crate::valued_position::ValuedPosition;

/// More collateral than this many times what is there is no advice.
const MAX_COLLATERAL_FACTOR: f64 = 10.0;
/// Halvings of the largest amount that are tried first: down to a thirty-thousandth of it.
const HALVINGS: i32 = 15;
/// Parts into which what is left is cut, once and again.
const SUBDIVISIONS: u32 = 16;
/// Rounded amounts that are tried before the largest is taken.
const MAX_ROUNDED_TRIALS: usize = 8;

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
pub(super) struct RemedySearch<'a> {
    pub(super) model: &'a Model,
    pub(super) market: &'a MarketState,
    pub(super) state: &'a AccountState,
    pub(super) rule: &'a Rule,
}

/// One way out: which balance is moved, and how far it may be.
struct RemedyOption {
    action: RemedyKind,
    holding: AssetAmount,
    max_amount: f64,
}

impl RemedySearch<'_> {
    /// Repaying the largest debt, and adding to the largest collateral: those of them that suffice.
    ///
    /// # Errors
    /// [`ModelError`] if the net fails.
    pub(super) fn remedies(&self) -> Result<Vec<Remedy>, ModelError> {
        let ways = self.options();
        let found =
            ways.iter().map(|way| self.smallest_sufficient(way)).collect::<Result<Vec<_>, _>>()?;
        Ok(found.into_iter().flatten().collect())
    }

    fn options(&self) -> Vec<RemedyOption> {
        let (market, prices) = (self.market.snapshot().market(), self.market.prices());
        let now_s = self.market.as_of().timestamp();
        let account = self.state.account(market, now_s);
        let reserves = self.state.effective_reserves(market, now_s);
        let largest = |side: &[AssetAmount]| {
            let by_value = |a: &&AssetAmount, b: &&AssetAmount| {
                a.value_usd(prices).total_cmp(&b.value_usd(prices))
            };
            side.iter().max_by(by_value).copied()
        };
        let secures =
            |held: &&AssetAmount| reserves[held.asset.index()].liquidation_threshold > 0.0;
        let pledged: Vec<AssetAmount> =
            account.collateral.iter().filter(secures).copied().collect();
        let repay = largest(&account.debt).map(|holding| RemedyOption {
            action: RemedyKind::Repay,
            max_amount: holding.amount,
            holding,
        });
        let add = largest(&pledged).map(|holding| RemedyOption {
            action: RemedyKind::Add,
            max_amount: round_up_significant(holding.amount * MAX_COLLATERAL_FACTOR),
            holding,
        });
        repay.into_iter().chain(add).collect()
    }

    /// The least amount found from which on every amount tried suffices; `None` if the most does
    /// not.
    fn smallest_sufficient(&self, way: &RemedyOption) -> Result<Option<Remedy>, ModelError> {
        let halves: Vec<f64> =
            (0..=HALVINGS).rev().map(|i| way.max_amount / 2_f64.powi(i)).collect();
        let Some((mut low, mut high)) = self.narrow_bounds(way, 0.0, &halves)? else {
            return Ok(None);
        };
        for _ in 0..2 {
            let step = (high - low) / f64::from(SUBDIVISIONS);
            let parts: Vec<f64> = (1..=SUBDIVISIONS).map(|i| low + step * f64::from(i)).collect();
            // The last is `high` again, but for rounding.
            (low, high) = self.narrow_bounds(way, low, &parts)?.unwrap_or((low, high));
        }
        let mut tried = Vec::new();
        let mut amount = round_up_significant(high);
        while tried.len() < MAX_ROUNDED_TRIALS && amount < way.max_amount {
            tried.push(amount);
            amount = next_significant(amount);
        }
        tried.push(way.max_amount);
        let values = self.values_after(way, &tried)?;
        let mut tried = tried.into_iter().zip(values);
        let suffices = tried.find(|(_, value)| self.suffices(*value));
        Ok(suffices.map(|(amount, leaves)| self.to_remedy(way, amount, leaves)))
    }

    /// The last of some rising amounts that does not suffice, `low` without one, and the next;
    /// `None` if the last amount does not.
    fn narrow_bounds(
        &self,
        way: &RemedyOption,
        low: f64,
        amounts: &[f64],
    ) -> Result<Option<(f64, f64)>, ModelError> {
        let values = self.values_after(way, amounts)?;
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
    fn values_after(
        &self,
        way: &RemedyOption,
        amounts: &[f64],
    ) -> Result<Vec<Option<f64>>, ModelError> {
        let asset = way.holding.asset.index();
        let rescue = |amount: f64| match way.action {
            RemedyKind::Repay => OwnerAction::Repay { asset, amount },
            RemedyKind::Add => OwnerAction::AddCollateral { asset, amount },
        };
        let after = |&amount: &f64| self.market.snapshot().after_action(self.state, rescue(amount));
        let valued: Vec<ValuedPosition> =
            amounts.iter().map(|a| self.market.value_position(&after(a))).collect();
        if self.rule.measure == Measure::HealthFactor {
            let health = |valued: &ValuedPosition| valued.features().map(|_| valued.health_factor);
            return Ok(valued.iter().map(health).collect());
        }
        let scores = score(self.model, &valued)?;
        Ok(scores
            .iter()
            .map(|score| measured_probability(score.as_ref(), self.rule.measure))
            .collect())
    }

    fn to_remedy(&self, way: &RemedyOption, amount: f64, leaves: Option<f64>) -> Remedy {
        let price = self.market.prices()[way.holding.asset.index()];
        Remedy {
            action: way.action,
            asset: self.market.symbol(way.holding.asset).to_owned(),
            amount,
            value_usd: amount * price,
            whole_debt: way.action == RemedyKind::Repay && amount >= way.max_amount,
            leaves,
        }
    }
}

/// The probability that a measure means.
pub(super) fn measured_probability(
    scored: Option<&Probabilities>,
    measure: Measure,
) -> Option<f64> {
    Some(scored?.at_horizon(measure.horizon_index()?).liquidated)
}

//! Search for actions that end a warning, by scoring the changed account with the model.

use plimsoll_features::{AccountState, OwnerAction};
use plimsoll_lending::AssetAmount;
use plimsoll_model::{Model, ModelError};
use plimsoll_report::{next_significant, round_up_significant};

use crate::alerts::message::remedy::{Remedy, RemedyKind};
use crate::alerts::subscription::measure::Measure;
use crate::alerts::subscription::rule::Rule;
use crate::state::market_state::MarketState;
use crate::state::probabilities::Probabilities;
use crate::state::score::Score;
use crate::state::scorer::score;
use crate::state::valued_position::ValuedPosition;

/// Collateral is increased at most by this multiple of itself.
const MAX_COLLATERAL_FACTOR: f64 = 10.0;
/// Halvings of the largest amount that are tried first: down to a thirty-thousandth of it.
const HALVINGS: i32 = 15;
/// Parts into which the remaining interval is divided, twice.
const SUBDIVISIONS: u32 = 16;
/// Rounded amounts that are tried before the largest is used.
const MAX_ROUNDED_TRIALS: usize = 8;

/// One account of one market, and the rule whose warning is to end.
pub(crate) struct RemedySearch<'a> {
    pub(crate) model: &'a Model,
    pub(crate) market: &'a MarketState,
    pub(crate) state: &'a AccountState,
    pub(crate) rule: &'a Rule,
}

/// One option: the balance that changes, and by how much at most.
struct RemedyOption {
    action: RemedyKind,
    holding: AssetAmount,
    max_amount: f64,
}

impl RemedySearch<'_> {
    /// Repaying the largest debt, and adding to the largest collateral, as far as they end the warning.
    ///
    /// # Errors
    /// [`ModelError`] if the model fails.
    pub(crate) fn remedies(&self) -> Result<Vec<Remedy>, ModelError> {
        let options = self.options();
        let found = options
            .iter()
            .map(|option| self.smallest_sufficient(option))
            .collect::<Result<Vec<_>, _>>()?;
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
            |holding: &&AssetAmount| reserves[holding.asset.index()].liquidation_threshold > 0.0;
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

    /// The least amount found from which on every amount tried ends the warning; `None` if the largest
    /// does not.
    fn smallest_sufficient(&self, option: &RemedyOption) -> Result<Option<Remedy>, ModelError> {
        let halves: Vec<f64> =
            (0..=HALVINGS).rev().map(|i| option.max_amount / 2_f64.powi(i)).collect();
        let Some((mut low, mut high)) = self.narrow_bounds(option, 0.0, &halves)? else {
            return Ok(None);
        };
        for _ in 0..2 {
            let step = (high - low) / f64::from(SUBDIVISIONS);
            let parts: Vec<f64> = (1..=SUBDIVISIONS).map(|i| low + step * f64::from(i)).collect();
            // The last is `high` again, up to rounding.
            (low, high) = self.narrow_bounds(option, low, &parts)?.unwrap_or((low, high));
        }
        let mut tried = Vec::new();
        let mut amount = round_up_significant(high);
        while tried.len() < MAX_ROUNDED_TRIALS && amount < option.max_amount {
            tried.push(amount);
            amount = next_significant(amount);
        }
        tried.push(option.max_amount);
        let values = self.values_after(option, &tried)?;
        let mut tried = tried.into_iter().zip(values);
        let suffices = tried.find(|(_, value)| self.suffices(*value));
        Ok(suffices.map(|(amount, leaves)| self.to_remedy(option, amount, leaves)))
    }

    /// Among ascending amounts, the last that does not end the warning (`low` if all do) and the next;
    /// `None` if the last amount does not end it.
    fn narrow_bounds(
        &self,
        option: &RemedyOption,
        low: f64,
        amounts: &[f64],
    ) -> Result<Option<(f64, f64)>, ModelError> {
        let values = self.values_after(option, amounts)?;
        let last = values.iter().rposition(|value| !self.suffices(*value));
        Ok(match last {
            None => Some((low, amounts[0])),
            Some(last) => amounts.get(last + 1).map(|next| (amounts[last], *next)),
        })
    }

    /// An account that is not open cannot be liquidated.
    fn suffices(&self, value: Option<f64>) -> bool {
        value.is_none_or(|value| self.rule.clears(value))
    }

    /// The measured value after each amount.
    fn values_after(
        &self,
        option: &RemedyOption,
        amounts: &[f64],
    ) -> Result<Vec<Option<f64>>, ModelError> {
        let asset = option.holding.asset.index();
        let action = |amount: f64| match option.action {
            RemedyKind::Repay => OwnerAction::Repay { asset, amount },
            RemedyKind::Add => OwnerAction::AddCollateral { asset, amount },
        };
        let after = |&amount: &f64| self.market.snapshot().after_action(self.state, action(amount));
        let valued: Vec<ValuedPosition> =
            amounts.iter().map(|a| self.market.value_position(&after(a))).collect();
        if self.rule.measure == Measure::HealthFactor {
            let health = |valued: &ValuedPosition| valued.features().map(|_| valued.health_factor);
            return Ok(valued.iter().map(health).collect());
        }
        let scores = score(self.model, (self.market.name(), self.market.assets()), &valued)?;
        let probability = |score: &Option<Score>| {
            let probabilities = score.as_ref().map(|score| &score.probabilities);
            measured_probability(probabilities, self.rule.measure)
        };
        Ok(scores.iter().map(probability).collect())
    }

    fn to_remedy(&self, option: &RemedyOption, amount: f64, leaves: Option<f64>) -> Remedy {
        let price = self.market.prices()[option.holding.asset.index()];
        Remedy {
            action: option.action,
            asset: self.market.symbol(option.holding.asset).to_owned(),
            amount,
            value_usd: amount * price,
            whole_debt: option.action == RemedyKind::Repay && amount >= option.max_amount,
            leaves,
        }
    }
}

/// The probability that a measure reads.
pub(crate) fn measured_probability(
    scored: Option<&Probabilities>,
    measure: Measure,
) -> Option<f64> {
    Some(scored?.at_horizon(measure.horizon()?).liquidated)
}

//! Counterfactual simulation of a market's history under rules that were not in force.

use plimsoll_features::{AccountHistory, AccountState, HourlyPrices, MIN_OPEN_USD, Market};
use plimsoll_lending::{Account, ReserveParameters, health_factor};
use rayon::prelude::*;

use super::parameter_history::{ParameterHistory, ParameterRule};
use super::plan::ReplayPlan;
use super::tally::{LiquidationLoss, LoanEpisode, RuleTotals};
use crate::policy::ThresholdPolicy;
use crate::time::HOUR_S;

const RULES: usize = ParameterRule::ALL.len();

/// Follows every account hour by hour and returns the liquidations under each rule.
///
/// A loan is liquidated in full at the first hour at which its health factor at the protocol's
/// price is below 1, and its collateral is sold at the lowest published price until execution. The
/// loan is then closed until its owner has repaid everything and borrows again.
pub(super) fn simulate_rules(
    market: &Market,
    histories: &[AccountHistory],
    plan: &ReplayPlan,
    policy: &ThresholdPolicy,
    parameter_histories: &[ParameterHistory; RULES],
) -> Vec<RuleTotals> {
    let prices: Vec<_> = (0..market.assets().len()).map(|a| market.hourly_prices(a)).collect();
    let execution_hours = policy.dt_hours.ceil() as i64;
    let simulation = RuleSimulation { market, plan, parameter_histories, prices, execution_hours };
    let episodes: Vec<LoanEpisode> =
        histories.par_iter().flat_map_iter(|history| simulation.episodes(history)).collect();
    RuleTotals::for_all_rules(&episodes)
}

struct RuleSimulation<'a> {
    market: &'a Market,
    plan: &'a ReplayPlan,
    parameter_histories: &'a [ParameterHistory; RULES],
    /// By asset.
    prices: Vec<HourlyPrices>,
    execution_hours: i64,
}

impl RuleSimulation<'_> {
    /// An account's loans, each with its outcome under each rule.
    fn episodes(&self, history: &AccountHistory) -> Vec<LoanEpisode> {
        let mut state = history.initial_state(self.market, self.plan.to_s);
        let mut actions = history.updates.iter().peekable();
        let (mut done, mut open) = (Vec::new(), LoanEpisode::default());
        for hour in self.plan.from_s.div_euclid(HOUR_S)..self.plan.to_s.div_euclid(HOUR_S) {
            let time_s = hour * HOUR_S;
            while let Some(action) = actions.next_if(|action| action.time_s <= time_s) {
                state.apply(self.market, action);
                open.liquidated_on_chain |= action.liquidated && action.time_s > self.plan.from_s;
                if !has_debt(&state) {
                    done.push(std::mem::take(&mut open));
                }
            }
            if has_debt(&state) {
                self.evaluate_hour(&state, hour, &mut open);
            } else if actions.peek().is_none() {
                break;
            }
        }
        done.push(open);
        done.retain(LoanEpisode::has_liquidation);
        done
    }

    fn evaluate_hour(&self, state: &AccountState, hour: i64, episode: &mut LoanEpisode) {
        let time_s = hour * HOUR_S;
        let account = state.account(self.market, time_s);
        let prices_usd = self.oracle_prices(&account, time_s);
        let debt_usd = account.debt_usd(&prices_usd);
        let open = debt_usd >= MIN_OPEN_USD && account.collateral_usd(&prices_usd) >= MIN_OPEN_USD;
        if !open {
            return;
        }
        for (parameters, loss) in self.parameter_histories.iter().zip(&mut episode.losses) {
            let reserves = parameters.reserves(self.market, time_s);
            let reserves = state.effective_reserves_under(reserves, self.market, time_s);
            if loss.is_none() && health_factor(&account, &prices_usd, &reserves) < 1.0 {
                *loss = Some(self.liquidation_loss(&account, &prices_usd, &reserves, hour));
            }
        }
    }

    fn oracle_prices(&self, account: &Account, time_s: i64) -> Vec<f64> {
        let mut prices_usd = vec![f64::NAN; self.prices.len()];
        for held in account.collateral.iter().chain(&account.debt) {
            let asset = held.asset.index();
            prices_usd[asset] = self.market.oracle_price(asset, time_s);
        }
        prices_usd
    }

    fn liquidation_loss(
        &self,
        account: &Account,
        prices_usd: &[f64],
        reserves: &[ReserveParameters],
        hour: i64,
    ) -> LiquidationLoss {
        let debt_usd = account.debt_usd(prices_usd);
        // The debt that the collateral covers after the liquidator's bonus.
        let (mut paid_usd, mut bonus_usd) = (0.0, 0.0);
        for held in &account.collateral {
            let bonus = reserves[held.asset.index()].liquidation_bonus;
            paid_usd += held.amount * self.lowest_usd(held.asset.index(), hour) / (1.0 + bonus);
            bonus_usd += held.value_usd(prices_usd) * bonus;
        }
        let penalty_usd = debt_usd * bonus_usd / account.collateral_usd(prices_usd);
        LiquidationLoss { debt_usd, penalty_usd, shortfall_usd: (debt_usd - paid_usd).max(0.0) }
    }

    /// The lowest published price from an hour's end until execution, USD.
    fn lowest_usd(&self, asset: usize, hour: i64) -> f64 {
        let prices = &self.prices[asset];
        let index = |hour: i64| usize::try_from(hour - prices.first_hour).unwrap_or(usize::MAX);
        let at = prices.hours.get(index(hour)).map_or(f64::NAN, |known| known.close_usd);
        let ahead = (1..=self.execution_hours).filter_map(|h| prices.hours.get(index(hour + h)));
        ahead.map(|known| known.low_usd).fold(at, f64::min)
    }
}

fn has_debt(state: &AccountState) -> bool {
    state.scaled_debt.iter().any(|debt| *debt > 0.0)
}

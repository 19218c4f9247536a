//! Interest: mean-reverting utilisation, rates that follow it, and growing indexes.

use plimsoll_lending::{compounded_growth, effective_annual_rate, linear_growth};
use plimsoll_numerics::{logistic, logit};

use super::mean_reversion::{hourly_persistence, mean_revert};
use super::regime::{Regime, RegimeProcess};
use crate::asset::{ASSET_CONFIGS, ASSET_COUNT, InterestRateModel, RESERVE_FACTOR};
use crate::clock::TICK_S;
use crate::random::Rng;

/// Half-life of the deviation of utilisation, hours.
const HALF_LIFE_HOURS: f64 = 72.0;
/// Standard deviation of the log odds of utilisation.
const LOG_ODDS_SPREAD: f64 = 0.45;
/// Shift of the log odds in each regime.
const REGIME_LOG_ODDS: [f64; 3] = [0.0, 0.15, 0.6];

/// Rates and indexes of one reserve.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReserveInterest {
    /// Nominal interest on debt, a fraction per year.
    pub(crate) borrow_rate: f64,
    /// Nominal interest on supply, a fraction per year.
    pub(crate) supply_rate: f64,
    pub(crate) borrow_index: f64,
    pub(crate) supply_index: f64,
}

/// The interest of all reserves, and its growth within the hour.
#[derive(Debug, Clone, Copy)]
pub(super) struct InterestState {
    /// Deviation of the log odds of utilisation.
    utilisation_deviation: [f64; ASSET_COUNT],
    reserves: [ReserveInterest; ASSET_COUNT],
    /// Growth per tick of the debt index, as a factor, and of the supply index, as a term.
    tick_growth: [(f64, f64); ASSET_COUNT],
    /// Indexes at the current tick.
    pub(super) borrow_index: [f64; ASSET_COUNT],
    pub(super) supply_index: [f64; ASSET_COUNT],
}

impl Default for InterestState {
    fn default() -> Self {
        let reserve = ReserveInterest {
            borrow_rate: 0.0,
            supply_rate: 0.0,
            borrow_index: 1.0,
            supply_index: 1.0,
        };
        Self {
            utilisation_deviation: [0.0; ASSET_COUNT],
            reserves: [reserve; ASSET_COUNT],
            tick_growth: [(1.0, 0.0); ASSET_COUNT],
            borrow_index: [1.0; ASSET_COUNT],
            supply_index: [1.0; ASSET_COUNT],
        }
    }
}

impl InterestState {
    pub(super) fn advance_hour(&mut self, regime_process: &RegimeProcess, rng: &mut Rng) {
        let persistence = hourly_persistence(HALF_LIFE_HOURS);
        let regime_shift = match regime_process.regime {
            Regime::Calm => REGIME_LOG_ODDS[0],
            Regime::Turbulent => REGIME_LOG_ODDS[1],
            Regime::Crisis => REGIME_LOG_ODDS[2],
        };
        for (asset, reserve) in self.reserves.iter_mut().enumerate() {
            let Some(rate_model) = ASSET_CONFIGS[asset].rate_model else { continue };
            let deviation = &mut self.utilisation_deviation[asset];
            *deviation = mean_revert(*deviation, persistence, LOG_ODDS_SPREAD, rng);
            let utilisation = rate_model.utilisation(*deviation + regime_shift);
            let borrow_rate = rate_model.borrow_rate(utilisation);
            *reserve = ReserveInterest {
                borrow_rate,
                supply_rate: borrow_rate * utilisation * (1.0 - RESERVE_FACTOR),
                borrow_index: self.borrow_index[asset],
                supply_index: self.supply_index[asset],
            };
            let effective = effective_annual_rate(borrow_rate);
            let simple = linear_growth(reserve.supply_rate, TICK_S as i64) - 1.0;
            self.tick_growth[asset] =
                (compounded_growth(effective, TICK_S as i64), reserve.supply_index * simple);
        }
    }

    pub(super) fn advance_tick(&mut self) {
        for (asset, (factor, term)) in self.tick_growth.into_iter().enumerate() {
            self.borrow_index[asset] *= factor;
            self.supply_index[asset] += term;
        }
    }

    pub(super) const fn reserves(&self) -> [ReserveInterest; ASSET_COUNT] {
        self.reserves
    }
}

impl InterestRateModel {
    fn utilisation(&self, log_odds: f64) -> f64 {
        logistic(logit(self.typical_utilisation) + log_odds)
    }

    /// Aave's `DefaultReserveInterestRateStrategyV2.calculateInterestRates`, with no base rate.
    fn borrow_rate(&self, utilisation: f64) -> f64 {
        let beyond = utilisation - self.optimal_utilisation;
        if beyond <= 0.0 {
            return self.slope1 * utilisation / self.optimal_utilisation;
        }
        self.slope1 + self.slope2 * beyond / (1.0 - self.optimal_utilisation)
    }
}

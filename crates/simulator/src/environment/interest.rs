//! Interest: utilisation wanders, rates follow it, indexes grow.

use plimsoll_lending::{compounded_growth, effective_annual_rate, linear_growth};

use super::super::asset::{ASSET, ASSETS, Loan, RESERVE_FACTOR};
use super::super::clock::TICK_S;
use super::super::random::{Rng, normal};
use super::climate::{Climate, Regime};

/// Hours in which utilisation comes half way back to its usual.
const HALF_LIFE_HOURS: f64 = 72.0;
/// Spread of the log odds of utilisation.
const SPREAD: f64 = 0.45;
/// What turbulence and storms add to the log odds.
const RUSH: [f64; 3] = [0.0, 0.15, 0.6];

/// Rates and indexes of one reserve.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reserve {
    /// Interest on debt, nominal, a fraction a year.
    pub(crate) borrow_rate: f64,
    /// Interest on supply, nominal, a fraction a year.
    pub(crate) supply_rate: f64,
    pub(crate) borrow_index: f64,
    pub(crate) supply_index: f64,
}

/// All reserves, and what holds for an hour.
#[derive(Debug, Clone, Copy)]
pub(super) struct Interest {
    /// Deviation of the log odds of utilisation.
    wander: [f64; ASSETS],
    reserves: [Reserve; ASSETS],
    /// Growth of the debt index in a tick, as a factor, and of the supply index, as a term.
    growth: [(f64, f64); ASSETS],
    /// Indexes at the tick, as they grow within the hour.
    pub(super) borrow_index: [f64; ASSETS],
    pub(super) supply_index: [f64; ASSETS],
}

impl Default for Interest {
    fn default() -> Self {
        let reserve =
            Reserve { borrow_rate: 0.0, supply_rate: 0.0, borrow_index: 1.0, supply_index: 1.0 };
        Self {
            wander: [0.0; ASSETS],
            reserves: [reserve; ASSETS],
            growth: [(1.0, 0.0); ASSETS],
            borrow_index: [1.0; ASSETS],
            supply_index: [1.0; ASSETS],
        }
    }
}

impl Interest {
    pub(super) fn hour(&mut self, climate: &Climate, rng: &mut Rng) {
        let keep = (-std::f64::consts::LN_2 / HALF_LIFE_HOURS).exp();
        let noise = SPREAD * (1.0 - keep * keep).sqrt();
        let rush = match climate.regime {
            Regime::Calm => RUSH[0],
            Regime::Turbulent => RUSH[1],
            Regime::Storm => RUSH[2],
        };
        for (asset, reserve) in self.reserves.iter_mut().enumerate() {
            let Some(loan) = ASSET[asset].loan else { continue };
            let wander = &mut self.wander[asset];
            *wander = keep * *wander + noise * normal(rng);
            let utilisation = loan.utilisation(*wander + rush);
            let borrow_rate = loan.rate(utilisation);
            *reserve = Reserve {
                borrow_rate,
                supply_rate: borrow_rate * utilisation * (1.0 - RESERVE_FACTOR),
                borrow_index: self.borrow_index[asset],
                supply_index: self.supply_index[asset],
            };
            let effective = effective_annual_rate(borrow_rate);
            let simple = linear_growth(reserve.supply_rate, TICK_S as i64) - 1.0;
            self.growth[asset] =
                (compounded_growth(effective, TICK_S as i64), reserve.supply_index * simple);
        }
    }

    pub(super) fn tick(&mut self) {
        for (asset, (factor, term)) in self.growth.into_iter().enumerate() {
            self.borrow_index[asset] *= factor;
            self.supply_index[asset] += term;
        }
    }

    pub(super) const fn reserves(&self) -> [Reserve; ASSETS] {
        self.reserves
    }
}

impl Loan {
    fn utilisation(&self, log_odds: f64) -> f64 {
        let usual = (self.usual_utilisation / (1.0 - self.usual_utilisation)).ln();
        1.0 / (1.0 + (-(usual + log_odds)).exp())
    }

    /// Aave's `DefaultReserveInterestRateStrategyV2.calculateInterestRates`, with no base rate.
    fn rate(&self, utilisation: f64) -> f64 {
        let beyond = utilisation - self.optimal_utilisation;
        if beyond <= 0.0 {
            return self.rate_at_optimum * utilisation / self.optimal_utilisation;
        }
        self.rate_at_optimum + self.steep_rate * beyond / (1.0 - self.optimal_utilisation)
    }
}

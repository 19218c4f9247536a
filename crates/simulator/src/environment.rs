//! The part of the market that borrowers do not influence: prices, oracles, gas, depth and rates.
//!
//! Borrowers are small: their actions do not change the environment. So accounts are independent
//! given the path, and a true probability requires the account in question only.

mod interest;
mod market_conditions;
mod mean_reversion;
mod oracle;
mod path;
mod peg;
mod prices;
mod regime;

use crate::asset::ASSET_COUNT;
use crate::clock::TICKS_PER_HOUR;
use crate::random::Rng;
use crate::simulation::Scenario;
use interest::InterestState;
use market_conditions::MarketConditions;
use oracle::Oracle;
use path::HourTicks;
pub(crate) use path::{MarketPath, OracleAnswer};
use prices::PriceProcess;
use regime::RegimeProcess;

/// The state of the environment at a full hour.
#[derive(Debug, Clone)]
pub(crate) struct Environment {
    tick: usize,
    regime_process: RegimeProcess,
    prices: PriceProcess,
    oracles: [Oracle; ASSET_COUNT],
    conditions: MarketConditions,
    interest: InterestState,
}

impl Environment {
    /// An environment before its first hour.
    pub(crate) fn new(scenario: Scenario) -> Self {
        let prices = PriceProcess::new();
        let spot = prices.spot();
        Self {
            tick: 0,
            regime_process: RegimeProcess::new(scenario),
            oracles: std::array::from_fn(|asset| Oracle::new(spot[asset])),
            prices,
            conditions: MarketConditions::default(),
            interest: InterestState::default(),
        }
    }

    /// The last simulated tick.
    pub(crate) const fn tick(&self) -> usize {
        self.tick
    }

    /// Simulates a number of hours and writes them to a path that starts at the current tick.
    pub(crate) fn advance(&mut self, hours: usize, rng: &mut Rng, path: &mut MarketPath) {
        path.reset(self.tick, hours);
        for _ in 0..hours {
            self.advance_hour(rng, path);
        }
    }

    fn advance_hour(&mut self, rng: &mut Rng, path: &mut MarketPath) {
        let shock = self.regime_process.advance_hour(rng);
        self.prices.advance_hour(&self.regime_process, shock, rng);
        self.conditions.advance_hour(&self.regime_process, self.prices.day_return(), rng);
        self.interest.advance_hour(&self.regime_process, rng);
        path.hours.push(self.conditions.hour_state(self.interest));
        let mut ticks = HourTicks::default();
        for tick in 0..TICKS_PER_HOUR {
            self.tick += 1;
            let spot = self.prices.advance_tick(rng);
            self.interest.advance_tick();
            for (asset, oracle) in self.oracles.iter_mut().enumerate() {
                if let Some(price) = oracle.update(asset, spot[asset], self.tick) {
                    path.record_answer(OracleAnswer { tick: self.tick, asset, price });
                }
            }
            ticks.set(tick, &spot, &self.oracles, &self.interest);
        }
        path.append_hour(&ticks);
    }
}

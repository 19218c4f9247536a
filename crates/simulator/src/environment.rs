//! Everything that happens whatever borrowers do: prices, oracles, gas, depth and rates.
//!
//! Borrowers are small: what they do moves nothing here, so that accounts are independent once the
//! path is known, and a true probability needs only the account it is asked of.

mod climate;
mod conditions;
mod interest;
mod oracle;
mod path;
mod peg;
mod prices;

use super::asset::ASSET_COUNT;
use super::clock::TICKS_PER_HOUR;
use super::options::Scenario;
use super::random::Rng;
use climate::RegimeProcess;
use conditions::MarketConditions;
use interest::InterestState;
use oracle::Oracle;
use path::HourTicks;
pub(super) use path::{MarketPath, OracleUpdate};
use prices::PriceProcess;

/// The state of all that is not a borrower, at a full hour.
#[derive(Debug, Clone)]
pub(super) struct Environment {
    tick: usize,
    regime_process: RegimeProcess,
    prices: PriceProcess,
    oracles: [Oracle; ASSET_COUNT],
    conditions: MarketConditions,
    interest: InterestState,
}

impl Environment {
    /// A market before its first hour.
    pub(super) fn new(scenario: Scenario) -> Self {
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

    /// The last tick that has happened.
    pub(super) const fn tick(&self) -> usize {
        self.tick
    }

    /// Lives through so many hours and writes them to a path that begins now.
    pub(super) fn advance(&mut self, hours: usize, rng: &mut Rng, path: &mut MarketPath) {
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
                    path.record_update(OracleUpdate { tick: self.tick, asset, price });
                }
            }
            ticks.set(tick, &spot, &self.oracles, &self.interest);
        }
        path.append_hour(&ticks);
    }
}

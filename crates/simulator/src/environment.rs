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

use super::asset::ASSETS;
use super::clock::HOUR;
use super::options::Scenario;
use super::random::Rng;
use climate::Climate;
use conditions::Conditions;
use interest::Interest;
use oracle::Oracle;
use path::Ticks;
pub(super) use path::{OracleUpdate, Path};
use prices::Prices;

/// The state of all that is not a borrower, at a full hour.
#[derive(Debug, Clone)]
pub(super) struct Environment {
    tick: usize,
    climate: Climate,
    prices: Prices,
    oracles: [Oracle; ASSETS],
    conditions: Conditions,
    interest: Interest,
}

impl Environment {
    /// A market before its first hour.
    pub(super) fn new(scenario: Scenario) -> Self {
        let prices = Prices::new();
        let spot = prices.spot();
        Self {
            tick: 0,
            climate: Climate::new(scenario),
            oracles: std::array::from_fn(|asset| Oracle::new(spot[asset])),
            prices,
            conditions: Conditions::default(),
            interest: Interest::default(),
        }
    }

    /// The last tick that has happened.
    pub(super) const fn tick(&self) -> usize {
        self.tick
    }

    /// Lives through so many hours and writes them to a path that begins now.
    pub(super) fn advance(&mut self, hours: usize, rng: &mut Rng, path: &mut Path) {
        path.begin(self.tick, hours);
        for _ in 0..hours {
            self.hour(rng, path);
        }
    }

    fn hour(&mut self, rng: &mut Rng, path: &mut Path) {
        let shock = self.climate.hour(rng);
        self.prices.hour(&self.climate, shock, rng);
        self.conditions.hour(&self.climate, self.prices.day_return(), rng);
        self.interest.hour(&self.climate, rng);
        path.hours.push(self.conditions.told(self.interest));
        let mut ticks = Ticks::default();
        for tick in 0..HOUR {
            self.tick += 1;
            let spot = self.prices.tick(rng);
            self.interest.tick();
            for (asset, oracle) in self.oracles.iter_mut().enumerate() {
                if let Some(price) = oracle.look(asset, spot[asset], self.tick) {
                    path.updated(OracleUpdate { tick: self.tick, asset, price });
                }
            }
            ticks.set(tick, &spot, &self.oracles, &self.interest);
        }
        path.extend(&ticks);
    }
}

//! The state of a market at one hour, from which futures are simulated.

use chrono::{DateTime, Utc};
use rand::seq::SliceRandom;
use rayon::prelude::*;

use crate::borrower::Borrower;
use crate::clock::{TICKS_PER_HOUR, tick_at, tick_time};
use crate::environment::{Environment, MarketPath};
use crate::error::SimulationError;
use crate::events::EventLog;
use crate::random::RandomStream;
use crate::rows::addresses;
use crate::simulation::Simulation;

/// Health factors that separate the strata of a sample.
const STRATUM_BOUNDS: [f64; 3] = [1.03, 1.1, 1.3];

/// The state of a simulated market at one full hour, with some or all of its open accounts.
#[derive(Debug)]
pub struct Landmark {
    pub(super) simulation: Simulation,
    time: DateTime<Utc>,
    pub(super) environment: Environment,
    pub(super) borrowers: Vec<Borrower>,
    accounts: Vec<AccountSnapshot>,
}

/// The state of an account at a landmark.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountSnapshot {
    /// Account id, as in the lake.
    pub account: String,
    /// Health factor.
    pub health_factor: f64,
    /// Debt, USD.
    pub debt_usd: f64,
}

impl Simulation {
    /// The market at full hours of its history, ordered by time, each with every open account.
    ///
    /// # Errors
    /// [`SimulationError::InvalidTime`] for a time that is not a full hour of the history.
    pub fn landmarks(&self, times: &[DateTime<Utc>]) -> Result<Vec<Landmark>, SimulationError> {
        let hour_of = |&time: &DateTime<Utc>| {
            let tick =
                tick_at(Self::START, time).filter(|tick| tick.is_multiple_of(TICKS_PER_HOUR));
            let hour = tick
                .map(|tick| tick / TICKS_PER_HOUR)
                .filter(|hour| (1..=self.hours()).contains(hour));
            hour.ok_or_else(|| SimulationError::InvalidTime {
                market: self.market_key().market,
                time,
            })
        };
        let mut hours = times.iter().map(hour_of).collect::<Result<Vec<_>, _>>()?;
        hours.sort_unstable();
        let mut path = MarketPath::default();
        let start = || (Environment::new(self.scenario), RandomStream::Environment.rng(self.seed));
        let (mut full_run, mut rng) = start();
        full_run.advance(hours.last().copied().unwrap_or(0), &mut rng, &mut path);
        // Simulated a second time in steps, because a path stores prices but not the state that
        // generates them.
        let (mut environment, mut rng) = start();
        let mut step = MarketPath::default();
        let landmark = |hour: usize| {
            let hours = hour - environment.tick() / TICKS_PER_HOUR;
            environment.advance(hours, &mut rng, &mut step);
            self.landmark(environment.clone(), &path)
        };
        Ok(hours.into_iter().map(landmark).collect())
    }

    fn landmark(&self, environment: Environment, path: &MarketPath) -> Landmark {
        let tick = environment.tick();
        let open_borrower = |number: u32| {
            let mut rng = RandomStream::Borrower(number).rng(self.seed);
            let mut borrower = Borrower::sample(number, self.ticks(), &mut rng);
            borrower.run_until(path, tick, &mut rng, &mut EventLog::default());
            borrower.is_borrowing().then_some(borrower)
        };
        let borrowers: Vec<_> =
            (0..self.accounts).into_par_iter().filter_map(open_borrower).collect();
        let name = self.market_key();
        let snapshot = |borrower: &Borrower| AccountSnapshot {
            account: addresses::account_id(&name, self.seed, borrower.number),
            health_factor: borrower.position.health_factor(path, tick),
            debt_usd: borrower.position.debt_usd(path, tick),
        };
        let accounts = borrowers.iter().map(snapshot).collect();
        let time = tick_time(Self::START, tick);
        Landmark { simulation: *self, time, environment, borrowers, accounts }
    }
}

impl Landmark {
    /// The time.
    #[must_use]
    pub const fn time(&self) -> DateTime<Utc> {
        self.time
    }

    /// The selected accounts.
    #[must_use]
    pub fn accounts(&self) -> &[AccountSnapshot] {
        &self.accounts
    }

    /// Keeps at most `accounts` accounts, a quarter of them each with a health factor below 1.03,
    /// 1.1, 1.3 and above; where a stratum has fewer, more from the others.
    ///
    /// Where nearly all accounts are safe, the few others are the most informative about forecasts.
    pub fn sample(&mut self, accounts: usize) {
        let mut rng = RandomStream::Sample(self.environment.tick()).rng(self.simulation.seed);
        let mut indices: Vec<usize> = (0..self.accounts.len()).collect();
        indices.shuffle(&mut rng);
        let stratum = |index: usize| {
            let health = self.accounts[index].health_factor;
            STRATUM_BOUNDS.iter().position(|&below| health < below).unwrap_or(STRATUM_BOUNDS.len())
        };
        let mut taken = [0; STRATUM_BOUNDS.len() + 1];
        // Round-robin: the first of each stratum, then the second of each, and so on.
        let round = |&index: &usize| {
            let taken = &mut taken[stratum(index)];
            *taken += 1;
            *taken
        };
        indices.sort_by_cached_key(round);
        indices.truncate(accounts);
        indices.sort_unstable();
        self.borrowers = indices.iter().map(|&index| self.borrowers[index].clone()).collect();
        self.accounts = indices.iter().map(|&index| self.accounts[index].clone()).collect();
    }
}

//! A history as the rows that a chain's ingestion would have made of it.

mod account_rows;
mod market_rows;
mod pool_rows;

use chrono::{DateTime, Utc};

use super::clock::time;
use super::history::History;
use super::names;
use super::options::Simulation;
use plimsoll_lake::MarketName;
use plimsoll_lake::Rows;

/// Turns ticks of a history into rows.
pub(super) struct Scribe<'a> {
    simulation: &'a Simulation,
    history: &'a History,
    name: MarketName,
    /// Account ids by borrower.
    accounts: Vec<String>,
}

/// The place of the next row.
#[derive(Debug, Clone, Copy)]
struct Place {
    block: u64,
    log_index: u32,
    time: DateTime<Utc>,
}

/// A tick's block: 0 is nobody's.
pub(super) const fn block(tick: usize) -> u64 {
    tick as u64 + 1
}

impl<'a> Scribe<'a> {
    pub(super) fn new(simulation: &'a Simulation, history: &'a History) -> Self {
        let name = simulation.name();
        let account = |borrower| names::account(&name, simulation.seed, borrower);
        let accounts = (0..simulation.accounts).map(account).collect();
        Self { simulation, history, name, accounts }
    }

    pub(super) const fn name(&self) -> &MarketName {
        &self.name
    }

    /// The rows of some ticks, the first and the last among them.
    pub(super) fn rows(&self, from: usize, to: usize) -> Rows {
        let mut rows = Rows::default();
        for tick in from..=to {
            let mut place = self.place(tick);
            self.market_rows(tick, &mut place, &mut rows);
            self.pool_rows(tick, &mut place, &mut rows);
            self.account_rows(tick, &mut place, &mut rows);
        }
        rows
    }

    fn place(&self, tick: usize) -> Place {
        Place { block: block(tick), log_index: 0, time: time(Simulation::START, tick) }
    }
}

impl Place {
    /// Takes the next log's place.
    fn next(&mut self) -> Self {
        let place = *self;
        self.log_index += 1;
        place
    }
}

//! A history as the rows that a chain's ingestion would have made of it.

mod account_rows;
mod market_rows;
mod pool_rows;

use chrono::{DateTime, Utc};

use super::clock::tick_time;
use super::history::History;
use super::names;
use super::options::Simulation;
use plimsoll_lake::DecodedRows;
use plimsoll_lake::MarketKey;

/// Turns ticks of a history into rows.
pub(super) struct RowBuilder<'a> {
    simulation: &'a Simulation,
    history: &'a History,
    market: MarketKey,
    /// Account ids by borrower.
    accounts: Vec<String>,
}

/// The place of the next row.
#[derive(Debug, Clone, Copy)]
struct LogCursor {
    block: u64,
    log_index: u32,
    time: DateTime<Utc>,
}

/// A tick's block: 0 is nobody's.
pub(super) const fn block_number(tick: usize) -> u64 {
    tick as u64 + 1
}

impl<'a> RowBuilder<'a> {
    pub(super) fn new(simulation: &'a Simulation, history: &'a History) -> Self {
        let market = simulation.market_name();
        let account = |borrower| names::account_id(&market, simulation.seed, borrower);
        let accounts = (0..simulation.accounts).map(account).collect();
        Self { simulation, history, market, accounts }
    }

    pub(super) const fn market_name(&self) -> &MarketKey {
        &self.market
    }

    /// The rows of some ticks, the first and the last among them.
    pub(super) fn rows_of_ticks(&self, from: usize, to: usize) -> DecodedRows {
        let mut rows = DecodedRows::default();
        for tick in from..=to {
            let mut place = self.first_log(tick);
            self.market_rows(tick, &mut place, &mut rows);
            self.pool_rows(tick, &mut place, &mut rows);
            self.account_rows(tick, &mut place, &mut rows);
        }
        rows
    }

    fn first_log(&self, tick: usize) -> LogCursor {
        LogCursor {
            block: block_number(tick),
            log_index: 0,
            time: tick_time(Simulation::START, tick),
        }
    }
}

impl LogCursor {
    /// Takes the next log's place.
    fn next_log(&mut self) -> Self {
        let place = *self;
        self.log_index += 1;
        place
    }
}

//! The rows of ranges of ticks.

use plimsoll_lake::{DecodedRows, MarketKey};

use super::addresses;
use super::log_cursor::LogCursor;
use crate::history::History;
use crate::simulation::Simulation;

/// Converts ticks of a history into rows.
pub(crate) struct RowBuilder<'a> {
    pub(super) simulation: &'a Simulation,
    pub(super) history: &'a History,
    pub(super) market: MarketKey,
    /// Account ids by borrower.
    pub(super) accounts: Vec<String>,
}

impl<'a> RowBuilder<'a> {
    pub(crate) fn new(simulation: &'a Simulation, history: &'a History) -> Self {
        let market = simulation.market_key();
        let account = |borrower| addresses::account_id(&market, simulation.seed, borrower);
        let accounts = (0..simulation.accounts).map(account).collect();
        Self { simulation, history, market, accounts }
    }

    pub(crate) const fn market_key(&self) -> &MarketKey {
        &self.market
    }

    /// The rows from one tick to another, both included.
    pub(crate) fn rows_of_ticks(&self, from: usize, to: usize) -> DecodedRows {
        let mut rows = DecodedRows::default();
        for tick in from..=to {
            let mut cursor = LogCursor::first_of_tick(tick);
            self.market_rows(tick, &mut cursor, &mut rows);
            self.pool_rows(tick, &mut cursor, &mut rows);
            self.account_rows(tick, &mut cursor, &mut rows);
        }
        rows
    }
}

//! Writing of a history to the lake.

use alloy_primitives::B256;
use chrono::TimeDelta;
use indicatif::ProgressBar;
use plimsoll_lake::tables::{
    AccountSetting, BalanceChange, Block, Liquidation, OraclePrice, PoolLiquidity, PositionEvent,
    ReserveIndex, ReserveParameter, Row, SimulatedMarket,
};
use plimsoll_lake::{BlockSpan, CoveredRange, LakeError, Partition, Store, Table};

use super::stored_markets::read_stored_markets;
use super::summary::SimulationSummary;
use crate::clock::{TICK_S, TICKS_PER_DAY, tick_time};
use crate::error::SimulationError;
use crate::history::History;
use crate::rows::addresses;
use crate::rows::{RowBuilder, block_number};
use crate::simulation::Simulation;

/// Largest number of events whose rows are in memory at once.
const MAX_EVENTS_IN_MEMORY: usize = 250_000;

/// Simulates a market and writes its history to a lake; does nothing if the lake contains it
/// already.
///
/// The remains of an interrupted run are replaced: the row of `simulated_markets` is written last.
///
/// # Errors
/// [`SimulationError::NameTaken`] if the lake contains another simulation of this name, or the
/// lake's own errors.
pub fn simulate(
    simulation: &Simulation,
    store: &Store,
    bar: &ProgressBar,
) -> Result<SimulationSummary, SimulationError> {
    simulation.validate()?;
    let name = simulation.market_key();
    if let Some(stored) =
        read_stored_markets(store)?.into_iter().find(|stored| stored.market == name.market)
    {
        return simulation.summarize_existing(&stored);
    }
    bar.set_length(u64::from(simulation.accounts));
    bar.set_message("borrowers");
    let history = simulation.run_history(|_| bar.inc(1));
    let row_builder = RowBuilder::new(simulation, &history);
    bar.set_message("writing");
    HistoryWriter { simulation, history: &history, row_builder: &row_builder, store }.write()?;
    Ok(SimulationSummary::from_history(simulation, &history))
}

impl Simulation {
    fn summarize_existing(
        &self,
        stored: &SimulatedMarket,
    ) -> Result<SimulationSummary, SimulationError> {
        let SimulatedMarket { accounts: stored_accounts, days: stored_days, .. } = *stored;
        let Self { accounts, days, .. } = *self;
        if (stored_accounts, stored_days) != (accounts, days) {
            let market = stored.market.clone();
            let error =
                SimulationError::NameTaken { market, stored_accounts, stored_days, accounts, days };
            return Err(error);
        }
        Ok(SimulationSummary::already_present(self))
    }
}

struct HistoryWriter<'a> {
    simulation: &'a Simulation,
    history: &'a History,
    row_builder: &'a RowBuilder<'a>,
    store: &'a Store,
}

impl HistoryWriter<'_> {
    fn write(&self) -> Result<(), SimulationError> {
        let partitions = self.partitions()?;
        let blocks =
            Partition::new(const { &Block::TABLE }, &[&self.row_builder.market_key().chain])?;
        for partition in partitions.iter().chain([&blocks]) {
            self.store.truncate_from(partition, 0)?;
        }
        self.replace_table(&self.row_builder.market_assets())?;
        self.replace_table(&self.row_builder.pools())?;
        self.write_blocks(&blocks)?;
        for (from, to) in self.tick_ranges() {
            let at = |tick| tick_time(Simulation::START, tick);
            let before = at(from) - TimeDelta::seconds(TICK_S as i64);
            let span =
                BlockSpan::new((block_number(from), block_number(to)), Some(before), at(to))?;
            self.row_builder.rows_of_ticks(from, to).write(self.store, &partitions, span)?;
        }
        Ok(self.replace_table(&[self.simulated_market()])?)
    }

    /// Tick ranges of whole days, each with about as many events as fit into memory.
    fn tick_ranges(&self) -> Vec<(usize, usize)> {
        let (events, last) = (self.history.events.len(), self.simulation.ticks());
        let parts = events.div_ceil(MAX_EVENTS_IN_MEMORY).max(1);
        let days = (self.simulation.days as usize).div_ceil(parts);
        let ends = (0..=last).step_by(days * TICKS_PER_DAY).skip(1).chain([last]);
        let mut from = 0;
        let stretch = |to: usize| (std::mem::replace(&mut from, to + 1), to);
        ends.map(stretch).filter(|(from, to)| from <= to).collect()
    }

    /// The partitions of all tables that a chain's ingestion fills.
    fn partitions(&self) -> Result<Vec<Partition>, LakeError> {
        let name = self.row_builder.market_key();
        let by_market: [&'static Table; 6] = [
            &PositionEvent::TABLE,
            &Liquidation::TABLE,
            &BalanceChange::TABLE,
            &AccountSetting::TABLE,
            &ReserveIndex::TABLE,
            &ReserveParameter::TABLE,
        ];
        let partition = |table| Partition::new(table, &name.partition());
        let mut partitions = by_market.into_iter().map(partition).collect::<Result<Vec<_>, _>>()?;
        let prices = Partition::new(const { &OraclePrice::TABLE }, &[name.price_source()])?;
        partitions.push(prices);
        for pool in self.row_builder.pools() {
            let of_pool = [pool.chain.as_str(), &pool.pool];
            partitions.push(Partition::new(const { &PoolLiquidity::TABLE }, &of_pool)?);
        }
        Ok(partitions)
    }

    /// Replaces the rows of a table with one file per partition.
    fn replace_table<R: Row + 'static>(&self, rows: &[R]) -> Result<(), LakeError> {
        for (partition, batch) in Partition::split_batch(const { &R::TABLE }, &R::to_batch(rows)?)?
        {
            self.store.replace(&partition, &batch)?;
        }
        Ok(())
    }

    fn write_blocks(&self, partition: &Partition) -> Result<(), LakeError> {
        let mut parent = B256::ZERO;
        let block_row = |tick: usize| {
            let this = addresses::block_hash(self.simulation.seed, parent, block_number(tick));
            Block {
                chain: self.row_builder.market_key().chain.clone(),
                block: block_number(tick),
                time: tick_time(Simulation::START, tick),
                hash: format!("{this:#x}"),
                parent_hash: Some(format!("{:#x}", std::mem::replace(&mut parent, this))),
                base_fee_gwei: Some(self.history.path.hour_at(tick.max(1)).gas_gwei),
            }
        };
        let last = self.simulation.ticks();
        let rows: Vec<Block> = (0..=last).map(block_row).collect();
        let range = CoveredRange::blocks(block_number(0), block_number(last))?;
        self.store.overwrite(partition, range, &Block::to_batch(&rows)?)
    }

    fn simulated_market(&self) -> SimulatedMarket {
        let name = self.row_builder.market_key();
        let Simulation { seed, accounts, days, scenario } = *self.simulation;
        SimulatedMarket {
            chain: name.chain.clone(),
            protocol: name.protocol.clone(),
            market: name.market.clone(),
            seed,
            scenario: scenario.to_string(),
            accounts,
            days,
            digest: self.history.digest(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::{Action, Event};
    use crate::simulation::Scenario;

    #[test]
    fn stretches_tile_a_history_that_is_too_long_for_memory() {
        let dir = tempfile::tempdir().unwrap();
        let store = &Store::create(dir.path()).unwrap();
        let simulation = &Simulation { seed: 1, accounts: 1, days: 10, scenario: Scenario::Calm };
        let mut history = simulation.run_history(|_| {});
        let event = Event { tick: 1, borrower: 0, action: Action::SetEmode(0) };
        for (events, parts) in [(0, 1), (MAX_EVENTS_IN_MEMORY, 1), (MAX_EVENTS_IN_MEMORY + 1, 2)] {
            history.events = vec![event; events];
            let row_builder = &RowBuilder::new(simulation, &history);
            let stretches =
                HistoryWriter { simulation, history: &history, row_builder, store }.tick_ranges();
            assert_eq!(stretches.len(), parts);
            assert_eq!((stretches[0].0, stretches[parts - 1].1), (0, simulation.ticks()));
            assert!(stretches.windows(2).all(|pair| pair[0].1 + 1 == pair[1].0));
        }
    }
}

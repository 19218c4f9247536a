//! The lake's rows of a simulated market are consistent with those of a chain.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_ingest::chain::verify;
use plimsoll_lake::tables::{BalanceChange, Block, Liquidation, TABLES, side};
use plimsoll_lake::{CoveredRange, RangeUnit, Store, Table};
use plimsoll_simulator::{Scenario, Simulation};

use crate::market::{BAD_DEBT_MARKET, BLOCK_S, CRASH_MARKET, MarketTables, crash, empty_lake, run};

/// A market with almost no events.
const QUIET: Simulation = Simulation { seed: 2, accounts: 3, days: 40, scenario: Scenario::Calm };

/// Blocks per day.
const BLOCKS_A_DAY: i64 = 86_400 / BLOCK_S;

/// The ranges of every partition of a table, adjacent ones joined.
fn covered(store: &Store, table: &'static Table) -> Vec<Vec<CoveredRange>> {
    let mut partitions: BTreeMap<String, Vec<CoveredRange>> = BTreeMap::new();
    for file in store.files(table).expect("files") {
        let ranges = partitions.entry(file.partition.name()).or_default();
        match ranges.last_mut() {
            Some(last) if last.to + 1 == file.range.from => last.to = file.range.to,
            _ => ranges.push(file.range),
        }
    }
    partitions.into_values().collect()
}

#[test]
fn every_table_is_covered_without_gaps_even_without_events() {
    let (_dir, store) = empty_lake();
    run(&QUIET, &store);
    let last = 1 + i64::from(QUIET.days) * BLOCKS_A_DAY;
    let end_s = Simulation::START.timestamp() + (last - 1) * BLOCK_S;
    let mut by_blocks = 0;
    for table in TABLES {
        for ranges in covered(&store, table) {
            let [range] = ranges[..] else { panic!("{}: {ranges:?}", table.name) };
            match range.unit {
                RangeUnit::Blocks => {
                    assert_eq!((range.from, range.to), (1, last), "{}", table.name)
                }
                RangeUnit::Times => {
                    assert!(range.from <= Simulation::START.timestamp() && range.to == end_s);
                }
                _ => {}
            }
            by_blocks += usize::from(range.unit == RangeUnit::Blocks);
        }
    }
    // Blocks, events, liquidations, balances, settings, indexes, parameters, and five pools.
    assert_eq!(by_blocks, 12);
    let status = store.status().expect("a status");
    assert!(status.tables.values().all(|table| table.gaps.is_empty()));
    assert!(store.rows::<Liquidation>().expect("liquidations").is_empty());
}

#[test]
fn the_chain_of_hashes_is_unbroken() {
    let (_dir, store) = empty_lake();
    run(&QUIET, &store);
    let verification = verify(&store).expect("a lake");
    assert!(verification.is_valid(), "{verification}");
    let blocks = QUIET.days * BLOCKS_A_DAY as u32 + 1;
    let figures = verification.chains.values().next().expect("one chain");
    assert_eq!(figures.blocks_linked, u64::from(blocks - 1));
    let headers: Vec<Block> = store.rows().expect("blocks");
    assert!(headers.windows(2).all(|pair| (pair[1].time - pair[0].time).num_seconds() == BLOCK_S));
    assert!(headers.iter().all(|block| block.base_fee_gwei.is_some_and(|gwei| gwei > 0.0)));
}

#[test]
fn no_table_has_two_rows_of_one_key() {
    let (_dir, store) = empty_lake();
    run(&crash(4, 60, 20), &store);
    for table in TABLES {
        for file in store.files(table).expect("files") {
            let (rows, twice) = store.count_rows_and_duplicates(&file).expect("a file");
            assert_eq!(twice, 0, "{}: {rows} rows", table.name);
        }
    }
}

/// The positions of all logs with their tables; a parameter log fills several rows.
fn logs(tables: &MarketTables) -> Vec<(u64, u32, &'static str)> {
    let mut logs = Vec::new();
    logs.extend(tables.events.iter().map(|row| (row.block, row.log_index, "events")));
    logs.extend(tables.liquidations.iter().map(|row| (row.block, row.log_index, "liquidations")));
    logs.extend(tables.balances.iter().map(|row| (row.block, row.log_index, "balances")));
    logs.extend(tables.settings.iter().map(|row| (row.block, row.log_index, "settings")));
    logs.extend(tables.indexes.iter().map(|row| (row.block, row.log_index, "indexes")));
    logs.extend(tables.depths.iter().map(|row| (row.block, row.log_index, "depths")));
    let rules: BTreeSet<_> =
        tables.parameters.iter().map(|row| (row.block, row.log_index, "parameters")).collect();
    logs.extend(rules);
    logs.sort_unstable();
    logs
}

#[test]
fn the_log_indexes_of_a_block_are_consecutive_from_zero() {
    let mut next: BTreeMap<u64, u32> = BTreeMap::new();
    for (block, log_index, table) in logs(&CRASH_MARKET) {
        let next = next.entry(block).or_default();
        assert_eq!(log_index, *next, "block {block}, {table}");
        *next += 1;
    }
}

#[test]
fn debt_and_collateral_end_together_at_exactly_zero() {
    let mut ended = 0;
    for block in CRASH_MARKET.account_blocks().iter().chain(&BAD_DEBT_MARKET.account_blocks()) {
        let (debt, collateral) =
            (block.after.scaled_total(side::DEBT), block.after.scaled_total(side::COLLATERAL));
        assert_eq!(debt == 0, collateral == 0, "{}: {:?}", block.account, block.after);
        ended += usize::from(debt == 0);
    }
    assert!(ended > 50, "only {ended} ends");
}

#[test]
fn no_balance_ever_falls_below_zero() {
    let mut balances: BTreeMap<_, i128> = BTreeMap::new();
    let mut changes: Vec<&BalanceChange> = BAD_DEBT_MARKET.balances.iter().collect();
    changes.sort_by_key(|row| (row.block, row.log_index));
    for row in changes {
        let balance = balances.entry((&row.account, &row.side, &row.asset)).or_default();
        *balance += row.scaled_exact;
        assert!(*balance >= 0, "{} of {} in block {}", row.asset, row.account, row.block);
    }
}

#[test]
fn an_amount_is_its_scaled_amount_times_the_index() {
    for row in &BAD_DEBT_MARKET.balances {
        let index = BAD_DEBT_MARKET.index_at(&row.side, &row.asset, row.time.timestamp());
        let grown = row.scaled_exact as f64 * index;
        let rounding = 1.0 + 1e-12 * grown.abs();
        let amount = row.amount_exact as f64;
        assert!((amount - grown).abs() <= rounding, "{row:?}: {grown}");
        assert!(
            (row.amount * BAD_DEBT_MARKET.unit(&row.asset) - amount).abs() <= 1e-15 * amount.abs()
        );
    }
}

/// A balance change, as implied by an event or a liquidation.
type Movement = (u64, String, &'static str, String, i128);

/// The balance changes that events and liquidations imply.
fn movements(tables: &MarketTables) -> Vec<Movement> {
    let mut movements = Vec::new();
    for event in &tables.events {
        let (side, sign) = match event.kind.as_str() {
            "deposit" => (side::COLLATERAL, 1),
            "withdraw" => (side::COLLATERAL, -1),
            "borrow" => (side::DEBT, 1),
            "repay" => (side::DEBT, -1),
            kind => panic!("{kind} moves nothing"),
        };
        let asset = event.asset.clone().expect("an asset");
        let amount = sign * event.amount_exact.expect("an amount");
        movements.push((event.block, event.account.clone(), side, asset, amount));
    }
    for call in &tables.liquidations {
        let (block, account) = (call.block, call.account.clone());
        let seized = (call.collateral_asset.clone(), -call.collateral_exact);
        let covered = (call.debt_asset.clone(), -call.debt_exact);
        movements.push((block, account.clone(), side::COLLATERAL, seized.0, seized.1));
        movements.push((block, account, side::DEBT, covered.0, covered.1));
    }
    movements.sort();
    movements
}

#[test]
fn events_and_liquidations_imply_every_balance_change_except_bad_debt() {
    let implied = movements(&BAD_DEBT_MARKET);
    let mut left: BTreeMap<Movement, i64> = BTreeMap::new();
    for row in &BAD_DEBT_MARKET.balances {
        let side = if row.side == side::DEBT { side::DEBT } else { side::COLLATERAL };
        let moved = (row.block, row.account.clone(), side, row.asset.clone(), row.amount_exact);
        *left.entry(moved).or_default() += 1;
    }
    for movement in implied {
        let rows = left.get_mut(&movement);
        let rows = rows.unwrap_or_else(|| panic!("{movement:?} moved no balance"));
        *rows -= 1;
        assert!(*rows >= 0, "{movement:?} moved one balance twice");
    }
    // The remaining changes are debts that a liquidation left without collateral.
    let liquidated: BTreeSet<_> = BAD_DEBT_MARKET
        .liquidations
        .iter()
        .map(|call| (call.block, call.account.as_str()))
        .collect();
    let bad_debts = left.iter().filter(|(_, rows)| **rows > 0);
    assert!(bad_debts.clone().count() > 0);
    for ((block, account, side, _, amount), rows) in bad_debts {
        assert_eq!((*side, *rows), (side::DEBT, 1), "{account} in block {block}");
        assert!(*amount < 0 && liquidated.contains(&(*block, account)), "{account} in {block}");
    }
}

//! Equal options yield equal bytes.

use plimsoll_lake::tables::{BalanceChange, OraclePrice, PositionEvent, Row, TABLES};
use plimsoll_lake::{Store, Table};
use plimsoll_simulator::{Simulation, SimulationError, simulate};

use crate::market::{crash, empty_lake, run};

const MARKET: Simulation = crash(7, 60, 20);

fn fingerprint(store: &Store) -> String {
    store.fingerprint(&TABLES).expect("a fingerprint")
}

/// The fingerprint of a market that is simulated with a number of threads into a new lake.
fn simulated(simulation: &Simulation, threads: usize) -> String {
    let (_dir, store) = empty_lake();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| run(simulation, &store));
    fingerprint(&store)
}

/// Deletes a table.
fn delete_table(store: &Store, table: &str) {
    std::fs::remove_dir_all(store.root().join(table)).expect("a table");
}

/// Truncates every partition of a table at a position, as an interrupted run leaves it.
fn cut_partitions(store: &Store, table: &'static Table, position: i64) {
    for file in store.files(table).expect("files") {
        store.truncate_from(&file.partition, position).expect("cut");
    }
}

#[test]
fn threads_do_not_matter_and_seeds_do() {
    let alone = simulated(&MARKET, 1);
    assert_eq!(simulated(&MARKET, 3), alone);
    assert_ne!(simulated(&Simulation { seed: 8, ..MARKET }, 3), alone);
}

#[test]
fn a_second_run_adds_nothing_and_reports_it() {
    let (_dir, store) = empty_lake();
    let first = run(&MARKET, &store);
    let before = fingerprint(&store);
    let second = run(&MARKET, &store);
    assert!(first.written.is_some_and(|written| written.position_events > 0));
    assert_eq!((second.written, second.market), (None, first.market));
    assert_eq!(fingerprint(&store), before);
    MARKET.verify_digest(&store).expect("a reproducible history");
}

#[test]
fn another_market_of_the_same_name_is_rejected_with_both_in_the_error() {
    let (_dir, store) = empty_lake();
    run(&MARKET, &store);
    let before = fingerprint(&store);
    for other in [Simulation { accounts: 61, ..MARKET }, Simulation { days: 21, ..MARKET }] {
        let refused = simulate(&other, &store, &indicatif::ProgressBar::hidden());
        let error = refused.expect_err("another market of the same name");
        assert!(matches!(error, SimulationError::NameTaken { .. }), "{error}");
        let text = error.to_string();
        let named = ["crash-7", "60 accounts over 20 days"].map(str::to_owned);
        let asked = format!("{} over {}", other.accounts, other.days);
        assert!(named.iter().chain([&asked]).all(|part| text.contains(part)), "{text}");
    }
    assert_eq!(fingerprint(&store), before);
}

#[test]
fn an_interrupted_run_is_repeated_to_the_same_bytes() {
    let (_dir, store) = empty_lake();
    run(&MARKET, &store);
    let complete = fingerprint(&store);
    delete_table(&store, "simulated_markets");
    delete_table(&store, "liquidations");
    delete_table(&store, "pools");
    cut_partitions(&store, const { &PositionEvent::TABLE }, 2_000);
    cut_partitions(&store, const { &BalanceChange::TABLE }, 1_000);
    let noon = Simulation::START + chrono::TimeDelta::hours(36);
    cut_partitions(&store, const { &OraclePrice::TABLE }, noon.timestamp());
    assert_ne!(fingerprint(&store), complete);
    assert!(run(&MARKET, &store).written.is_some());
    assert_eq!(fingerprint(&store), complete);
}

#[test]
fn an_interrupted_longer_run_leaves_nothing_behind() {
    let (_dir, store) = empty_lake();
    run(&Simulation { days: 25, accounts: 80, ..MARKET }, &store);
    delete_table(&store, "simulated_markets");
    run(&MARKET, &store);
    assert_eq!(fingerprint(&store), simulated(&MARKET, 2));
}

#[test]
fn invalid_options_are_rejected_by_name() {
    let (_dir, store) = empty_lake();
    for (simulation, culprit) in [
        (Simulation { accounts: 0, ..MARKET }, "accounts is 0"),
        (Simulation { days: 0, ..MARKET }, "days is 0"),
        (Simulation { days: 4_000, ..MARKET }, "days is 4000"),
    ] {
        let refused = simulate(&simulation, &store, &indicatif::ProgressBar::hidden());
        let text = refused.expect_err("nothing to simulate").to_string();
        assert!(text.contains(culprit), "{text}");
    }
}

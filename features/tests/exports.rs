//! Exports of Aave v3 from Dune and The Graph, from their files to observations.

use std::path::Path;

use indicatif::ProgressBar;
use plimsoll_features::{ObservationPlan, Observations, list_markets, observe};
use plimsoll_ingest::{Mapping, ingest_csv};
use plimsoll_lake::Store;
use plimsoll_lake::tables::{Liquidation, PositionEvent, ReserveParameter};

const BORROWER: &str = "ethereum/aave-v3/core/0x1f98431c8ad98523631ae4a59f267346ea31f984";
const REPAYER: &str = "ethereum/aave-v3/core/0xab5801a7d398351b8be11c439e05c5b3259aec9b";

/// A lake with one of the exports, of which no row is quarantined.
fn lake(mapping: &str, export: &str) -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    let ingest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ingest");
    let mapping = ingest.join("mappings").join(mapping).with_extension("toml");
    let mapping = Mapping::read(&mapping).expect("a mapping");
    let source = ingest.join("tests/exports").join(export);
    let summary = ingest_csv(&mapping, &source, &store, &ProgressBar::hidden()).expect("ingested");
    assert!(summary.first_quarantined.is_empty(), "{summary}");
    assert!(summary.files_unmatched.is_empty() && summary.patterns_absent.is_empty(), "{summary}");
    (dir, store)
}

fn observations(store: &Store) -> Observations {
    let markets = list_markets(store).expect("markets");
    assert_eq!(markets.len(), 1);
    observe(store, &markets[0], &ObservationPlan::default()).expect("observations")
}

/// What every export of the same history contains.
fn assert_history(store: &Store) {
    let events: Vec<PositionEvent> = store.rows().expect("events");
    assert_eq!(events.len(), 6);
    let borrow = events.iter().find(|e| e.account == BORROWER && e.kind == "borrow");
    let borrow = borrow.expect("a borrow");
    assert_eq!((borrow.asset.as_deref(), borrow.amount), (Some("USDC"), Some(12_000.0)));
    assert_eq!((borrow.block, borrow.log_index), (16_730_600, 202));
    assert_eq!(borrow.time.to_rfc3339(), "2023-03-01T02:00:00+00:00");
    let withdrawal = events.iter().find(|e| e.kind == "withdraw").expect("a withdrawal");
    assert_eq!((withdrawal.account.as_str(), withdrawal.amount_exact), (REPAYER, Some(12_345_678)));
    let liquidations: Vec<Liquidation> = store.rows().expect("liquidations");
    let [liquidation] = liquidations.as_slice() else { panic!("{liquidations:?}") };
    assert_eq!((liquidation.collateral_amount, liquidation.debt_amount), (3.3, 4_400.0));
    let parameters: Vec<ReserveParameter> = store.rows().expect("parameters");
    let value = |asset: &str, parameter: &str| {
        let found = parameters.iter().find(|row| row.asset == asset && row.parameter == parameter);
        found.expect("a parameter").value
    };
    assert_eq!(value("WETH", "liquidation_threshold"), 0.825);
    assert_eq!(value("WETH", "max_ltv"), 0.805);
    assert_eq!(value("WBTC", "liquidation_bonus"), 0.0625);
    assert_eq!(value("USDT", "liquidation_bonus"), 0.0);
}

/// At the borrower's first landmark, debt and health factor are those of its balances.
fn assert_observations(observations: &Observations) {
    assert_eq!(observations.account_ids.len(), 2);
    assert!(observations.account_ids.iter().any(|id| id == BORROWER));
    assert!(observations.len() > 100, "{}", observations.len());
    let of_borrower = |row: &usize| {
        observations.account_ids[observations.account_index[*row] as usize] == BORROWER
    };
    let first = (0..observations.len()).find(of_borrower).expect("a landmark");
    assert!((observations.debt_usd[first] - 12_000.0).abs() < 1e-6);
    let expected = observations.collateral_usd[first] * 0.825 / 12_000.0;
    assert!((observations.health_factor[first] - expected).abs() < 1e-9);
    let price_usd = observations.collateral_usd[first] / 10.0;
    assert!((1_600.0..1_660.0).contains(&price_usd), "{price_usd}");
}

#[test]
fn an_export_from_dune_becomes_observations() {
    let (_dir, store) = lake("aave_v3_dune", "dune");
    assert_history(&store);
    assert_observations(&observations(&store));
}

#[test]
fn an_export_of_the_subgraph_of_aave_becomes_observations() {
    let (_dir, store) = lake("aave_v3_subgraph", "subgraph");
    assert_history(&store);
    assert_observations(&observations(&store));
}

#[test]
fn an_export_of_the_subgraph_of_messari_becomes_observations() {
    let (_dir, store) = lake("aave_v3_messari", "messari");
    assert_history(&store);
    assert_observations(&observations(&store));
}

#[test]
fn equal_histories_give_equal_events_whatever_the_export() {
    let events = |mapping: &str, export: &str| {
        let (_dir, store) = lake(mapping, export);
        store.rows::<PositionEvent>().expect("events")
    };
    let dune = events("aave_v3_dune", "dune");
    assert_eq!(events("aave_v3_subgraph", "subgraph"), dune);
    assert_eq!(events("aave_v3_messari", "messari"), dune);
}

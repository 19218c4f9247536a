//! Real vaults: the reconstruction agrees with the chain.

use std::path::{Path, PathBuf};

use indicatif::ProgressBar;
use plimsoll_features::{
    AccountHistory, AccountState, LIQUIDATED, Market, ObservationPlan, list_markets, observe,
    read_histories,
};
use plimsoll_ingest::{Mapping, ingest_csv};
use plimsoll_lake::Store;
use plimsoll_lake::tables::Liquidation;

/// The folder of the reference data, if present.
fn reference_data() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    if path.is_dir() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "a build machine must have the reference data");
    eprintln!("skipped: reference data not found");
    None
}

fn lake(data: &Path) -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    let mappings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ingest/mappings");
    for (mapping, source) in [("maker_eth_b", "maker_eth_b"), ("usdt_candles", "prices")] {
        let mapping =
            Mapping::read(&mappings.join(mapping).with_extension("toml")).expect("a mapping");
        ingest_csv(&mapping, &data.join(source), &store, &ProgressBar::hidden()).expect("ingested");
    }
    (dir, store)
}

/// Vaults with a remaining balance in the export after their last liquidation.
const COLLATERAL_LEFT: [&str; 3] =
    ["ethereum/maker/eth-b/18519", "ethereum/maker/eth-b/19806", "ethereum/maker/eth-b/21348"];
const DEBT_LEFT: &str = "ethereum/maker/eth-b/24714";

#[test]
fn the_reconstruction_agrees_with_the_chain() {
    let Some(data) = reference_data() else { return };
    let (_dir, store) = lake(&data);
    let id = list_markets(&store).expect("markets").remove(0);
    let market = Market::read(&store, &id, None).expect("a market");
    liquidated_debt_grows_at_the_borrow_rate(&store, &market);
    let histories = read_histories(&store, &market, None).expect("histories");
    assert_eq!(histories.len(), 799);
    let liquidated: Vec<&AccountHistory> =
        histories.iter().filter(|h| h.updates.iter().any(|a| a.liquidated)).collect();
    assert_eq!(liquidated.len(), 60);
    for history in liquidated {
        nothing_is_left_after_the_last_liquidation(&market, history);
    }
    every_liquidation_has_its_landmarks(&store);
}

fn liquidated_debt_grows_at_the_borrow_rate(store: &Store, market: &Market) {
    let dai = market.asset_index("DAI").expect("an asset");
    let ratio = |l: Liquidation| {
        let rate = market.borrow_index(dai).index_at(l.time.timestamp());
        l.debt_amount / (l.debt_scaled.expect("normalised debt") * rate)
    };
    let ratios: Vec<f64> = store.rows().expect("rows").into_iter().map(ratio).collect();
    let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
    assert_eq!(ratios.len(), 472);
    assert!((mean - 1.0).abs() < 1e-5, "mean {mean}");
    assert!(ratios.iter().all(|ratio| (ratio - 1.0).abs() < 1e-4));
}

fn nothing_is_left_after_the_last_liquidation(market: &Market, history: &AccountHistory) {
    let mut state = AccountState::new(market.assets().len(), history.updates[0].time_s);
    let last = history.updates.iter().rposition(|action| action.liquidated).expect("a liquidation");
    history.updates[..=last].iter().for_each(|action| state.apply(market, action));
    let account = state.account(market, history.updates[last].time_s);
    let prices = vec![1.0; market.assets().len()];
    let (collateral, debt) = (account.collateral_usd(&prices), account.debt_usd(&prices));
    let name = history.account.as_str();
    assert!(collateral < 0.01 || COLLATERAL_LEFT.contains(&name), "{name}: {collateral} ETH left");
    let left = debt < 150.0 || name == DEBT_LEFT || COLLATERAL_LEFT.contains(&name);
    assert!(left, "{name}: {debt} DAI left");
}

fn every_liquidation_has_its_landmarks(store: &Store) {
    let id = list_markets(store).expect("markets").remove(0);
    let observations = observe(store, &id, &ObservationPlan::default()).expect("observations");
    let on_grid = observations.on_grid.iter().filter(|on_grid| **on_grid).count();
    assert!((300_000..400_000).contains(&on_grid), "{on_grid} landmarks on the grid");
    let day = |row: &usize| {
        let outcome = observations.outcome[*row];
        observations.on_grid[*row] && outcome.event == LIQUIDATED && outcome.duration_days <= 1.0
    };
    let share = (0..observations.len()).filter(day).count() as f64 / on_grid as f64;
    assert!((0.0005..0.002).contains(&share), "{share} are liquidated within a day");
}

//! The built-in mappings read the reference data completely.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use indicatif::ProgressBar;
use plimsoll_ingest::{CsvSummary, Mapping, QuarantineReason, ingest_csv};
use plimsoll_lake::Store;
use plimsoll_lake::tables::{
    Liquidation, MarketAsset, OraclePrice, PositionEvent, ReserveParameter, parameter,
};
use tempfile::TempDir;

use crate::export::counts;

/// The reference data's folder; prints a note and returns `None` where it is missing.
fn reference_data(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "the reference data must be at {}", path.display());
    println!("skipped: reference data not found");
    None
}

fn run(mapping: &str, source: &Path, store: &Store) -> CsvSummary {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings").join(mapping).with_extension("toml");
    let mapping = Mapping::read(&path).expect("a valid mapping");
    let summary = ingest_csv(&mapping, source, store, &ProgressBar::hidden())
        .expect("the reference data is whole");
    for rows in summary.tables.values() {
        assert_eq!(rows.read, rows.added + rows.present + rows.quarantined);
    }
    summary
}

fn lake() -> (TempDir, Store) {
    let dir = tempfile::tempdir().expect("a folder is made");
    let store = Store::create(dir.path()).expect("the lake is made");
    (dir, store)
}

#[test]
fn every_row_of_the_vaults_is_read() {
    let Some(source) = reference_data("maker_eth_b") else { return };
    let (_dir, store) = lake();
    let first = run("maker_eth_b", &source, &store);
    assert_eq!(counts(&first, "position_events"), [799 + 7829 + 7408 + 8077 + 5207, 0, 0]);
    assert_eq!(counts(&first, "liquidations"), [472, 0, 0]);
    assert_eq!(counts(&first, "reserve_parameters"), [525, 0, 0]);
    assert!(first.files_unmatched.is_empty() && first.patterns_absent.is_empty());
    let mut kinds = BTreeMap::new();
    for event in store.rows::<PositionEvent>().expect("the lake is read") {
        *kinds.entry(event.kind).or_insert(0) += 1;
    }
    let kinds: Vec<(&str, i32)> = kinds.iter().map(|(kind, rows)| (kind.as_str(), *rows)).collect();
    assert_eq!(
        kinds,
        [("borrow", 8077), ("deposit", 7829), ("open", 799), ("repay", 5207), ("withdraw", 7408)]
    );

    let second = run("maker_eth_b", &source, &store);
    assert!(second.tables.values().all(|rows| rows.added == 0 && rows.present == rows.read));
}

#[test]
fn vault_rows_equal_the_export() {
    let Some(source) = reference_data("maker_eth_b") else { return };
    let (_dir, store) = lake();
    run("maker_eth_b", &source, &store);
    let events: Vec<PositionEvent> = store.rows().expect("the lake is read");
    assert!(events.iter().all(|event| event.amount_exact.is_none_or(|amount| amount > 0)));
    // withdrawals.csv has one row of -8e-18 ETH, eight of the smallest unit.
    let dust =
        events.iter().find(|event| event.amount_exact == Some(8)).expect("the smallest withdrawal");
    assert_eq!((dust.kind.as_str(), dust.amount), ("withdraw", Some(8e-18)));

    let liquidations: Vec<Liquidation> = store.rows().expect("the lake is read");
    let first = liquidations.iter().min_by_key(|row| row.block).expect("a liquidation");
    assert_eq!(
        (first.block, first.log_index, first.account.as_str()),
        (11_089_081, 122, "ethereum/maker/eth-b/15967")
    );
    assert_eq!((first.collateral_exact, first.debt_amount), (350_000_000_000_000_000, 102.54));
    assert_eq!(first.debt_scaled, Some(102.535_868_3));
    assert_eq!(first.liquidator.as_deref(), Some("0x1a7c5e18d3f9ae3e8664dd9cac9a1f1ad5bc707a"));

    let assets: Vec<MarketAsset> = store.rows().expect("the lake is read");
    let prices: Vec<&str> = assets.iter().map(|asset| asset.price_source.as_str()).collect();
    assert_eq!(prices, ["par", "usdt_candles"]);
}

#[test]
fn parameters_are_translated_and_the_rest_keep_their_names() {
    let Some(source) = reference_data("maker_eth_b") else { return };
    let (_dir, store) = lake();
    run("maker_eth_b", &source, &store);
    let rows: Vec<ReserveParameter> = store.rows().expect("the lake is read");
    let values = |asset: &str, name: &str| {
        let mut found: Vec<_> =
            rows.iter().filter(|row| row.asset == asset && row.parameter == name).collect();
        found.sort_by_key(|row| (row.block, row.log_index));
        found.into_iter().map(|row| row.value).collect::<Vec<_>>()
    };
    assert_eq!(values("ETH", parameter::LIQUIDATION_THRESHOLD), [1.0 / 1.3]);
    assert_eq!(values("ETH", parameter::LIQUIDATION_BONUS), [0.13, 0.13]);
    assert_eq!(values("DAI", parameter::BORROW_RATE)[..3], [0.06, 0.04, 0.05]);
    assert_eq!(
        values("DAI", parameter::MINIMUM_DEBT),
        [100.0, 500.0, 2000.0, 15_000.0, 30_000.0, 40_000.0]
    );
    assert_eq!(values("DAI", parameter::DEBT_CEILING).len(), 473);
    assert_eq!(values("ETH", "FLIPPER.beg").len(), 3);
}

#[test]
fn every_candle_is_accepted() {
    let Some(source) = reference_data("prices") else { return };
    let (_dir, store) = lake();
    let first = run("usdt_candles", &source, &store);
    assert_eq!(counts(&first, "oracle_prices"), [133_120, 0, 0]);
    assert_eq!(first.files_unmatched, ["aave_v2_assets_1h.csv.gz"]);
    let second = run("usdt_candles", &source, &store);
    assert_eq!(counts(&second, "oracle_prices"), [0, 133_120, 0]);
}

#[test]
fn scraped_prices_are_kept_or_quarantined_and_never_dropped() {
    let Some(source) = reference_data("prices") else { return };
    let (_dir, store) = lake();
    let first = run("aave_v2_assets", &source, &store);
    let rows = &first.tables["oracle_prices"];
    assert_eq!(rows.read, 391_755);
    // 24 rows of renFIL and one of 1INCH are repeated.
    assert_eq!(rows.present, 25);
    let reasons: Vec<_> =
        first.quarantined_by_reason.iter().map(|(&reason, &n)| (reason, n)).collect();
    assert_eq!(reasons, [(QuarantineReason::Jump, 127)]);
    assert_eq!(store.rows::<OraclePrice>().expect("the lake is read").len() as u64, rows.added);
    let second = run("aave_v2_assets", &source, &store);
    assert_eq!(counts(&second, "oracle_prices"), [0, rows.added + 25, rows.quarantined]);
}

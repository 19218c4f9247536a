//! Migration of small lakes as an older version wrote them.

use chrono::DateTime;
use plimsoll_lake::tables::{PAR_PRICE_SOURCE, RawLog};
use plimsoll_lake::{CoveredRange, Partition};

use super::*;

const CHAIN: &str = "base";
const STREAM: &str = "aave-v3.core";
const USDC: &str = "0xe7f1725e7734ce288f8367e1bb143e90bb3f0512";
const WETH: &str = "0x5fbdb2315678afecb367f032d93f642f64180aa3";

fn key() -> MarketKey {
    MarketKey { chain: CHAIN.to_owned(), protocol: "aave-v3".to_owned(), market: "core".to_owned() }
}

fn asset(name: &str, address: &str) -> MarketAsset {
    MarketAsset {
        chain: CHAIN.to_owned(),
        protocol: "aave-v3".to_owned(),
        market: "core".to_owned(),
        asset: name.to_owned(),
        address: Some(address.to_owned()),
        decimals: 6,
        price_source: PAR_PRICE_SOURCE.to_owned(),
        price_asset: name.to_owned(),
        oracle_delay_s: 0,
        symbol: None,
        problem: None,
    }
}

fn change(block: u64, asset: &str) -> BalanceChange {
    BalanceChange {
        chain: CHAIN.to_owned(),
        protocol: "aave-v3".to_owned(),
        market: "core".to_owned(),
        block,
        log_index: 0,
        time: DateTime::from_timestamp(block as i64, 0).expect("a time"),
        account: "aave-v3/core/0x01".to_owned(),
        asset: asset.to_owned(),
        side: "debt".to_owned(),
        scaled_exact: 1,
        amount_exact: 1,
        amount: 1.0,
    }
}

/// A lake of an older version, with balance changes in three files.
fn older_lake(assets: &[MarketAsset], named: &[&str]) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::create(folder.path()).expect("a lake");
    let logs = Partition::new(&RawLog::TABLE, &[CHAIN, STREAM]).expect("a partition");
    let range = CoveredRange::blocks(0, 9).expect("a range");
    store.overwrite(&logs, range, &RawLog::to_batch(&[]).expect("a batch")).expect("written");
    let partition = Partition::new(&MarketAsset::TABLE, &key().partition()).expect("a partition");
    let batch = MarketAsset::to_batch(assets).expect("a batch");
    store.replace(&partition, &batch).expect("written");
    let changes = Partition::new(&BalanceChange::TABLE, &key().partition()).expect("a partition");
    for (index, name) in (0..).zip(named) {
        // Files of different windows are not joined.
        let block = index * 2_000_000;
        let batch = BalanceChange::to_batch(&[change(block, name)]).expect("a batch");
        let range = CoveredRange::blocks(block, block).expect("a range");
        store.overwrite(&changes, range, &batch).expect("written");
    }
    (folder, store)
}

fn named_assets(store: &Store) -> Vec<String> {
    let rows: Vec<BalanceChange> = store.rows().expect("rows");
    assert!(rows.iter().all(|row| row.account == "base/aave-v3/core/0x01"), "{rows:?}");
    rows.into_iter().map(|row| row.asset).collect()
}

#[test]
fn symbols_become_addresses_and_accounts_get_their_chain() {
    let assets = [asset("USDC", USDC), asset("WETH", WETH)];
    let (_folder, store) = older_lake(&assets, &["USDC", "WETH", "emode-1"]);
    migrate_ids(&store, STREAM).expect("it is migrated");
    assert_eq!(named_assets(&store), [USDC, WETH, "emode-1"]);
    let rows: Vec<MarketAsset> = store.rows().expect("rows");
    let labels: Vec<_> = rows.iter().map(|row| (row.asset.as_str(), row.symbol())).collect();
    assert_eq!(labels, [(WETH, "WETH"), (USDC, "USDC")]);
    assert!(rows.iter().all(|row| row.price_asset == row.asset));
}

#[test]
fn a_migration_continues_after_it_was_interrupted_at_any_file() {
    for done in 0..3 {
        let assets = [asset("USDC", USDC), asset("WETH", WETH)];
        let (_folder, store) = older_lake(&assets, &["USDC", "WETH", "USDC"]);
        let market = OlderMarket { key: key(), assets: assets.to_vec() };
        let files = store.files(&BalanceChange::TABLE).expect("files");
        for file in &files[..done] {
            let migrated = store.rewrite_rows(file, |row: &mut BalanceChange| {
                Ok::<_, ChainError>(
                    market.account(&mut row.account) | market.asset(&mut row.asset)?,
                )
            });
            assert_eq!(migrated.expect("rewritten"), 1);
        }
        migrate_ids(&store, STREAM).expect("it is migrated");
        assert_eq!(named_assets(&store), [USDC, WETH, USDC]);
        let fingerprint = store.fingerprint(&[&BalanceChange::TABLE]).expect("a fingerprint");
        migrate_ids(&store, STREAM).expect("nothing remains");
        assert_eq!(store.fingerprint(&[&BalanceChange::TABLE]).expect("the same"), fingerprint);
    }
}

#[test]
fn an_asset_that_was_renamed_by_a_namesake_is_one_asset() {
    let named = format!("USDC-{USDC}");
    let (_folder, store) = older_lake(&[asset(&named, USDC)], &["USDC", &named]);
    migrate_ids(&store, STREAM).expect("it is migrated");
    assert_eq!(named_assets(&store), [USDC, USDC]);
    assert_eq!(store.rows::<MarketAsset>().expect("rows")[0].symbol(), "USDC");
}

#[test]
fn a_symbol_whose_token_is_not_known_stops_only_its_own_market() {
    let (_folder, store) = older_lake(&[asset("USD₮0", USDC)], &["USDT"]);
    let error = migrate_ids(&store, STREAM).expect_err("USDT is none of the assets").to_string();
    assert!(error.contains("base/aave-v3/core") && error.contains("USDT"), "{error}");
    migrate_ids(&store, "morpho-blue.main").expect("another stream goes on");
}

//! Damaged and removed files are named, and never taken for an absence of rows.

use std::path::PathBuf;

use plimsoll_lake::tables::{MarketAsset, OraclePrice, PositionEvent, Row, by_name};
use plimsoll_lake::{
    CoveredRange, Filter, LakeError, Partition, Store, read_parquet, write_parquet,
};

use crate::support::{event, events, merge, names, partition, stored, time};

fn only_file(store: &Store) -> PathBuf {
    let table = by_name("position_events").expect("a table");
    store.files(table).expect("files").remove(0).path
}

#[test]
fn flipped_bytes_anywhere_in_a_file_are_detected_and_the_file_is_named() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    merge(&store, 0, 299, &events(0..300));
    let path = only_file(&store);
    let sound = std::fs::read(&path).expect("a file");
    for start in (0..sound.len() - 64).step_by(63).chain([sound.len() - 64]) {
        for flip in [0x01, 0x80, 0xff] {
            let mut damaged = sound.clone();
            damaged[start..start + 64].iter_mut().for_each(|byte| *byte ^= flip);
            std::fs::write(&path, &damaged).expect("written");
            let error = store.rows::<PositionEvent>().expect_err("damaged");
            let text = error.to_string();
            assert!(error.is_bad_file(), "{start}: {error:?}");
            assert!(text.contains("blocks_000000000000_000000000299.parquet"), "{text}");
        }
    }
    std::fs::write(&path, &sound).expect("written");
    assert_eq!(stored(&store).len(), 300);
}

#[test]
fn a_single_flipped_bit_and_a_shorter_file_are_detected() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("events.parquet");
    write_parquet(&path, &events(0..20)).expect("written");
    let sound = std::fs::read(&path).expect("a file");
    for position in 0..sound.len() {
        let mut damaged = sound.clone();
        damaged[position] ^= 1 << (position % 8);
        std::fs::write(&path, &damaged).expect("written");
        assert!(read_parquet::<PositionEvent>(&path).is_err(), "byte {position}");
    }
    for length in (0..sound.len()).step_by(5) {
        std::fs::write(&path, &sound[..length]).expect("written");
        assert!(read_parquet::<PositionEvent>(&path).is_err(), "{length} bytes");
    }
}

#[test]
fn status_names_the_damaged_file_and_counts_the_others() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    merge(&store, 99_900, 100_099, &events(99_900..100_100));
    let path = only_file(&store);
    let mut bytes = std::fs::read(&path).expect("a file");
    bytes[100] ^= 0x10;
    std::fs::write(&path, bytes).expect("written");
    let status = store.status().expect("a status");
    let events = &status.tables["position_events"];
    assert_eq!((events.rows, events.files, status.bad_files()), (100, 2, 1));
    assert_eq!(events.damaged[0].path, path);
    assert!(events.damaged[0].problem.contains("is damaged: its CRC-32 is"), "{events:?}");
}

#[test]
fn a_removed_file_is_an_error_until_its_range_is_written_again() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    let some = |from: u64, to: u64| -> Vec<_> {
        (from..to).filter(|block| block % 997 == 0).map(|block| event(block, 0, 1)).collect()
    };
    merge(&store, 99_990, 300_009, &some(99_990, 300_010));
    let removed = store.files(by_name("position_events").expect("a table")).expect("files");
    std::fs::remove_file(&removed[1].path).expect("removed");
    let error = store.rows::<PositionEvent>().expect_err("a file is missing").to_string();
    assert!(error.contains("position_events/chain=ethereum"), "{error}");
    assert!(error.contains("the file with 100000 to 199999 is missing"), "{error}");
    let status = store.status().expect("a status");
    let table = &status.tables["position_events"];
    assert_eq!(
        (table.missing[0].from.as_str(), table.missing[0].to.as_str()),
        ("100000", "199999")
    );
    assert!(table.gaps.is_empty() && status.bad_files() == 1, "{table:?}");
    merge(&store, 100_000, 199_999, &some(100_000, 200_000));
    assert_eq!(stored(&store), some(99_990, 300_010));
    assert_eq!(store.status().expect("a status").bad_files(), 0);
}

#[test]
fn the_only_file_and_the_last_file_are_missed_too() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    merge(&store, 99_990, 100_009, &events(99_990..100_010));
    for left in [1, 0] {
        let files = store.files(by_name("position_events").expect("a table")).expect("files");
        std::fs::remove_file(&files[left].path).expect("removed");
        let error = store.rows::<PositionEvent>().expect_err("a file is missing");
        assert!(matches!(error, LakeError::MissingFile { .. }), "{error:?}");
    }
    let read = store.rows_where::<PositionEvent>(&Filter::default().permit_missing_files());
    assert_eq!(read.expect("what is left"), []);
}

#[test]
fn a_missing_month_concerns_only_reads_of_that_month() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    let price =
        |day: i64| OraclePrice::spot("feed", "ETH", time(1_600_000_000 + 86_400 * day), 1.0);
    let prices: Vec<_> = (0..120).map(price).collect();
    let partition = Partition::new(by_name("oracle_prices").expect("a table"), &["feed"]);
    let range = CoveredRange::times(prices[0].time, prices[119].time).expect("a range");
    let batch = OraclePrice::to_batch(&prices).expect("a batch");
    store.merge(&partition.expect("plain"), range, &batch).expect("a merge");
    let files = store.files(by_name("oracle_prices").expect("a table")).expect("files");
    std::fs::remove_file(&files[1].path).expect("removed");
    let read = |filter: Filter| store.rows_where::<OraclePrice>(&filter);
    let error = read(Filter::default()).expect_err("a month is missing").to_string();
    assert!(error.contains("2020-10-01T00:00:00Z to 2020-10-31T23:59:59Z"), "{error}");
    assert!(read(Filter::default().from(time(1_604_300_000))).is_ok());
    assert!(read(Filter::default().to(time(1_601_000_000))).is_ok());
    assert!(read(Filter::default().partition("source", "other")).is_ok());
}

#[test]
fn truncated_and_replaced_ranges_are_not_missing() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    merge(&store, 99_990, 100_029, &events(99_990..100_030));
    store.truncate_from(&partition(), 99_995).expect("cut");
    assert_eq!(stored(&store).len(), 5);
    merge(&store, 99_995, 99_999, &[]);
    assert_eq!((stored(&store).len(), names(&store).len()), (5, 1));
    store.truncate_from(&partition(), 0).expect("cut");
    assert_eq!(stored(&store), []);
}

#[test]
fn a_removed_file_of_a_table_with_one_file_is_missed() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    let table = by_name("market_assets").expect("a table");
    let whole = Partition::new(table, &["ethereum", "maker", "eth-b"]).expect("plain names");
    store.replace(&whole, &MarketAsset::to_batch(&[]).expect("a batch")).expect("written");
    assert_eq!(store.rows::<MarketAsset>().expect("rows"), []);
    std::fs::remove_file(&store.files(table).expect("files")[0].path).expect("removed");
    assert!(store.rows::<MarketAsset>().is_err());
}

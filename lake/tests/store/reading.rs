//! Reading, scanning and fingerprints.

use plimsoll_lake::tables::{OraclePrice, Row, TABLES, by_name};
use plimsoll_lake::{CoveredRange, Filter, LakeError, Partition, Store};
use polars::prelude::{IntoLazy, col, lit};

use crate::support::{event, events, merge, time};

#[test]
fn scan_is_a_lazy_frame() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    merge(&store, 0, 99, &events(0..100));
    let table = by_name("position_events").expect("a table");
    let scan = store.scan(table, Filter::default()).expect("a plan");
    let frame = scan.filter(col("block").gt_eq(lit(90_u64))).select([col("block"), col("amount")]);
    let frame = frame.collect().expect("a frame");
    assert_eq!(frame.shape(), (10, 2));
    let all_rows =
        store.scan(table, Filter::default()).expect("a plan").collect().expect("a frame");
    assert_eq!(all_rows.shape(), (100, 12));
    let sum = all_rows.lazy().select([col("amount").sum()]).collect().expect("a frame");
    let sum = sum.column("amount").expect("a column").f64().expect("floats").get(0).expect("a sum");
    assert!((sum - 4_950.0).abs() < 1e-6);
}

#[test]
fn filters_prune_times_and_partitions() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    for source in ["one", "two"] {
        let prices: Vec<_> = (0..90)
            .map(|day| OraclePrice::spot(source, "ETH", time(1_600_000_000 + 86_400 * day), 100.0))
            .collect();
        let range = CoveredRange::times(prices[0].time, prices[89].time).expect("a range");
        let partition = Partition::new(by_name("oracle_prices").expect("a table"), &[source]);
        let batch = OraclePrice::to_batch(&prices).expect("a batch");
        store.merge(&partition.expect("plain"), range, &batch).expect("a merge");
    }
    let filter = Filter::default().partition("source", "two").from(time(1_606_000_000));
    let rows: Vec<OraclePrice> = store.rows_where(&filter).expect("rows");
    assert!(rows.iter().all(|row| row.source == "two"));
    assert!(
        rows.len() < 45 && rows.iter().filter(|row| row.time >= time(1_606_000_000)).count() == 20
    );
}

#[test]
fn folder_without_tables_is_not_a_lake() {
    let dir = tempfile::tempdir().expect("a folder");
    assert!(matches!(Store::open(dir.path()), Err(LakeError::NotALake(_))));
    assert!(matches!(Store::open(dir.path().join("absent")), Err(LakeError::NotALake(_))));
}

#[test]
fn a_partition_cannot_leave_the_lake() {
    let table = by_name("oracle_prices").expect("a table");
    for value in ["..", "", "a/b", "a=b", ".hidden", "é"] {
        assert!(
            matches!(Partition::new(table, &[value]), Err(LakeError::InvalidPartitionValue { .. })),
            "{value}"
        );
    }
    assert!(Partition::new(table, &["a", "b"]).is_err());
}

#[test]
fn equal_merges_make_equal_fingerprints() {
    let fingerprint = |amount| {
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::create(dir.path()).expect("a lake");
        merge(&store, 0, 9, &[event(1, 0, amount)]);
        store.fingerprint(&TABLES).expect("a hash")
    };
    assert_eq!(fingerprint(1), fingerprint(1));
    assert_ne!(fingerprint(1), fingerprint(2));
}

//! Tests of the store with real files, processes and kills.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::{OraclePrice, PositionEvent, Row, TABLES, by_name, kind};
use plimsoll_lake::{CoveredRange, Filter, LakeError, Partition, Store};
use polars::prelude::{IntoLazy, col, lit};

const PARTITION: [&str; 3] = ["ethereum", "maker", "eth-b"];

fn event(block: u64, log_index: u32, amount: i128) -> PositionEvent {
    PositionEvent {
        chain: "ethereum".into(),
        protocol: "maker".into(),
        market: "eth-b".into(),
        block,
        log_index,
        tx: None,
        time: time(1_600_000_000 + 13 * block as i64),
        account: format!("maker/eth-b/{}", block % 7),
        kind: kind::DEPOSIT.into(),
        asset: Some("ETH".into()),
        amount_exact: Some(amount),
        amount: Some(amount as f64 / 1e18),
    }
}

fn time(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).expect("a time")
}

fn events(blocks: std::ops::Range<u64>) -> Vec<PositionEvent> {
    blocks.map(|block| event(block, 0, i128::from(block) * 1_000_000_000_000_000_001)).collect()
}

fn partition() -> Partition {
    Partition::new(by_name("position_events").expect("a table"), &PARTITION).expect("plain names")
}

fn merge(store: &Store, from: u64, to: u64, rows: &[PositionEvent]) -> (usize, usize, usize) {
    let batch = PositionEvent::to_batch(rows).expect("a batch");
    let merge = store.merge(&partition(), CoveredRange::blocks(from, to).expect("a range"), &batch);
    let merge = merge.expect("a merge");
    (merge.added, merge.present, merge.conflicting.len())
}

fn stored(store: &Store) -> Vec<PositionEvent> {
    let mut rows: Vec<PositionEvent> = store.rows().expect("rows");
    rows.sort_by_key(|row| (row.block, row.log_index));
    rows
}

fn names(store: &Store) -> Vec<String> {
    let files = store.files(by_name("position_events").expect("a table")).expect("a listing");
    files
        .iter()
        .map(|file| file.path.file_name().expect("a name").to_string_lossy().into())
        .collect()
}

#[test]
fn rows_round_trip_exactly() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    let mut rows = events(1..50);
    rows[7].amount_exact = Some(10_i128.pow(38) - 1);
    rows[8].asset = None;
    assert_eq!(merge(&store, 0, 100, &rows), (49, 0, 0));
    assert_eq!(stored(&store), rows);
}

#[test]
fn merging_again_adds_nothing_and_writes_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    merge(&store, 0, 100, &events(1..50));
    let written =
        || store.files(by_name("position_events").expect("a table")).expect("files")[0].modified;
    let before = written();
    assert_eq!(merge(&store, 0, 100, &events(1..50)), (0, 49, 0));
    assert_eq!(merge(&store, 10, 20, &events(10..15)), (0, 5, 0));
    assert_eq!(before, written());
}

#[test]
fn conflicting_rows_are_returned() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    let twice = [event(5, 0, 1), event(5, 0, 2), event(6, 0, 3)];
    let batch = PositionEvent::to_batch(&twice).expect("a batch");
    let range = CoveredRange::blocks(0, 9).expect("a range");
    assert_eq!(store.merge(&partition(), range, &batch).expect("a merge").conflicting, [1]);
    assert_eq!(merge(&store, 0, 9, &[event(6, 0, 4)]), (0, 0, 1));
    assert_eq!(stored(&store), [event(5, 0, 1), event(6, 0, 3)]);
}

#[test]
fn empty_range_is_an_empty_file_and_closes_a_gap() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    merge(&store, 0, 9, &events(0..10));
    merge(&store, 20, 29, &events(20..30));
    let gaps =
        |store: &Store| store.status().expect("a status").tables["position_events"].gaps.clone();
    let found = gaps(&store);
    assert_eq!((found[0].from.as_str(), found[0].to.as_str()), ("10", "19"));
    merge(&store, 10, 19, &[]);
    assert!(gaps(&store).is_empty());
    assert_eq!(names(&store), ["blocks_000000000000_000000000029.parquet"]);
    assert_eq!(stored(&store).len(), 20);
}

#[test]
fn ranges_are_split_into_windows() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    merge(&store, 99_990, 200_005, &[event(99_995, 0, 1), event(200_001, 0, 2)]);
    assert_eq!(
        names(&store),
        [
            "blocks_000000099990_000000099999.parquet",
            "blocks_000000100000_000000199999.parquet",
            "blocks_000000200000_000000200005.parquet",
        ]
    );
    assert_eq!(stored(&store).len(), 2);
}

#[test]
fn row_outside_its_range_is_rejected() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    let batch = PositionEvent::to_batch(&[event(11, 0, 1)]).expect("a batch");
    let refused = store.merge(&partition(), CoveredRange::blocks(0, 10).expect("a range"), &batch);
    assert!(matches!(refused, Err(LakeError::OutOfRange { value: 11, .. })));
    assert!(names(&store).is_empty());
}

#[test]
fn superseded_file_is_ignored_and_removed() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    merge(&store, 0, 9, &events(0..10));
    let folder = dir.path().join(partition().path());
    let old = folder.join("blocks_000000000000_000000000009.parquet");
    let kept = dir.path().join("kept");
    std::fs::copy(&old, &kept).expect("a copy");
    merge(&store, 5, 19, &events(10..20));
    // The state after a kill between renaming the new file and removing the old one.
    std::fs::copy(&kept, &old).expect("a copy");
    std::fs::write(folder.join("blocks_1.partial"), b"half").expect("a file");
    assert_eq!(stored(&store).len(), 20);
    merge(&store, 20, 29, &events(20..30));
    let left: Vec<_> = std::fs::read_dir(&folder)
        .expect("a folder")
        .map(|e| e.expect("an entry").file_name())
        .collect();
    assert_eq!(left.len(), 2, "the lock and one file: {left:?}");
    assert_eq!(stored(&store).len(), 30);
}

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
    let whole = store.scan(table, Filter::default()).expect("a plan").collect().expect("a frame");
    assert_eq!(whole.shape(), (100, 12));
    let sum = whole.lazy().select([col("amount").sum()]).collect().expect("a frame");
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

const CHILD_LAKE: &str = "PLIMSOLL_TEST_CHILD_LAKE";
const CHILD_STEP: &str = "PLIMSOLL_TEST_CHILD_STEP";

/// Runs only as a child process of the tests below: merges ranges one by one.
#[test]
fn child_writer() {
    let Ok(lake) = std::env::var(CHILD_LAKE) else { return };
    let step: u64 = std::env::var(CHILD_STEP).expect("a step").parse().expect("a number");
    let store = Store::create(lake).expect("a lake");
    for start in (0..400).step_by(step as usize) {
        merge(&store, start, start + step - 1, &events(start..start + step));
    }
}

fn child(lake: &Path, step: u64) -> Child {
    Command::new(std::env::current_exe().expect("this test"))
        .args(["child_writer", "--exact"])
        .env(CHILD_LAKE, lake)
        .env(CHILD_STEP, step.to_string())
        .stdout(Stdio::null())
        .spawn()
        .expect("a child")
}

#[test]
fn killed_writer_leaves_a_consistent_lake() {
    let dir = tempfile::tempdir().expect("a folder");
    for milliseconds in [5, 10, 15, 20, 30, 40, 60, 80, 120, 160] {
        let mut writer = child(dir.path(), 8);
        std::thread::sleep(Duration::from_millis(milliseconds));
        writer.kill().expect("a kill");
        writer.wait().expect("an end");
        if let Ok(store) = Store::open(dir.path()) {
            let rows = stored(&store);
            assert!(
                rows.iter().eq(events(0..400).iter().take(rows.len())),
                "after {milliseconds} ms"
            );
        }
    }
    assert!(child(dir.path(), 8).wait().expect("an end").success());
    let plain = tempfile::tempdir().expect("a folder");
    assert!(child(plain.path(), 8).wait().expect("an end").success());
    let fingerprint =
        |path: &Path| Store::open(path).expect("a lake").fingerprint(&TABLES).expect("a hash");
    assert_eq!(fingerprint(dir.path()), fingerprint(plain.path()));
}

#[test]
fn concurrent_writers_lose_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut one, mut two) = (child(dir.path(), 8), child(dir.path(), 20));
    let mut seen = 0;
    while one.try_wait().expect("a state").is_none() {
        if let Ok(store) = Store::open(dir.path()) {
            let rows = stored(&store).len();
            assert!(rows >= seen, "a reader saw rows vanish");
            seen = rows;
        }
    }
    assert!(one.wait().expect("an end").success() && two.wait().expect("an end").success());
    assert_eq!(stored(&Store::open(dir.path()).expect("a lake")), events(0..400));
}

fn overwrite(store: &Store, from: u64, to: u64, rows: &[PositionEvent]) {
    let batch = PositionEvent::to_batch(rows).expect("a batch");
    let range = CoveredRange::blocks(from, to).expect("a range");
    store.overwrite(&partition(), range, &batch).expect("written");
}

#[test]
fn overwriting_replaces_a_range_and_nothing_else() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    overwrite(&store, 0, 29, &events(0..30));
    overwrite(&store, 10, 19, &[event(15, 3, 1)]);
    let mut expected = events(0..10);
    expected.push(event(15, 3, 1));
    expected.extend(events(20..30));
    assert_eq!(stored(&store), expected);
    assert_eq!(names(&store), ["blocks_000000000000_000000000029.parquet"]);
}

#[test]
fn content_is_independent_of_writing_order() {
    let content = |steps: &[(u64, u64)]| {
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::create(dir.path()).expect("a lake");
        for &(from, to) in steps {
            overwrite(&store, from, to, &events(from..to + 1));
        }
        store.fingerprint(&[by_name("position_events").expect("a table")]).expect("a hash")
    };
    let once = content(&[(0, 29)]);
    assert_eq!(content(&[(20, 29), (0, 9), (10, 19)]), once);
    assert_eq!(content(&[(0, 15), (10, 29), (5, 7)]), once);
}

#[test]
fn empty_range_extends_the_previous_file() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    overwrite(&store, 0, 9, &events(0..10));
    overwrite(&store, 10, 19, &[]);
    assert_eq!(names(&store), ["blocks_000000000000_000000000019.parquet"]);
    overwrite(&store, 99_990, 100_009, &[]);
    overwrite(&store, 20, 99_989, &[]);
    assert_eq!(
        names(&store),
        ["blocks_000000000000_000000099999.parquet", "blocks_000000100000_000000100009.parquet"]
    );
    assert_eq!(stored(&store), events(0..10));
}

#[test]
fn truncated_rows_and_ranges_are_gone() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    overwrite(&store, 99_990, 100_029, &events(99_990..100_030));
    store.truncate_from(&partition(), 99_995).expect("cut");
    assert_eq!(stored(&store), events(99_990..99_995));
    assert_eq!(names(&store), ["blocks_000000099990_000000099994.parquet"]);
    store.truncate_from(&partition(), 99_990).expect("cut");
    assert!(names(&store).is_empty());
    store.truncate_from(&partition(), 0).expect("nothing is left to cut");
}

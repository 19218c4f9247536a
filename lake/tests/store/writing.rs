//! Merging, overwriting and truncating.

use plimsoll_lake::tables::{PositionEvent, Row, by_name};
use plimsoll_lake::{CoveredRange, LakeError, Store};

use crate::support::{event, events, merge, names, partition, stored};

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
    let table = by_name("position_events").expect("a table");
    assert_eq!(store.gaps(table).expect("gaps"), found);
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
    assert_eq!(left.len(), 3, "the lock, the record of coverage and one file: {left:?}");
    assert_eq!(stored(&store).len(), 30);
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
    store.truncate_from(&partition(), 0).expect("nothing is left to truncate");
}

//! Account ids of an older version get their chain, whatever an earlier attempt completed.

use plimsoll_lake::tables::PositionEvent;
use plimsoll_lake::{LakeError, Store, with_chain, without_chain};

use crate::support::{events, merge, partition};

/// A lake with two files of events whose ids lack the chain.
fn older_lake() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    for from in [0, 200_000] {
        let mut rows = events(from..from + 50);
        for row in &mut rows {
            row.account = without_chain(&row.account).unwrap_or(&row.account).to_owned();
        }
        merge(&store, from, from + 49, &rows);
    }
    (dir, store)
}

fn accounts(store: &Store) -> Vec<String> {
    let rows: Vec<PositionEvent> = store.rows().expect("rows");
    rows.into_iter().map(|row| row.account).collect()
}

#[test]
fn every_id_gets_its_chain_once() {
    let (_dir, store) = older_lake();
    let partition = partition();
    let [chain, protocol, market] = partition.values() else { panic!("{partition:?}") };
    let expected: Vec<String> = accounts(&store)
        .iter()
        .map(|id| with_chain([chain, protocol, market], id).into_owned())
        .collect();
    assert_ne!(accounts(&store), expected);
    assert_eq!(store.migrate_account_ids().expect("migrated"), 2);
    assert_eq!(accounts(&store), expected);
    assert_eq!(store.migrate_account_ids().expect("nothing remains"), 0);
}

#[test]
fn an_interrupted_migration_continues() {
    let (_dir, store) = older_lake();
    let (_other, whole) = older_lake();
    whole.migrate_account_ids().expect("migrated");
    // Files are migrated from the last to the first.
    let files = store.files(partition().table()).expect("files");
    let last = files.last().expect("a file");
    let changed = store.add_chain_to_accounts(last, |row: &mut PositionEvent| &mut row.account);
    assert_eq!(changed.expect("rewritten"), 50);
    assert_eq!(store.migrate_account_ids().expect("migrated"), 1);
    assert_eq!(accounts(&store), accounts(&whole));
}

#[test]
fn a_damaged_file_stops_no_other_partition() {
    let (_dir, store) = older_lake();
    let files = store.files(partition().table()).expect("files");
    std::fs::write(&files[1].path, "damaged").expect("written");
    store.migrate_account_ids().expect("it goes on");
    let read: Result<Vec<PositionEvent>, LakeError> = store.rows();
    assert!(read.expect_err("it is damaged").is_bad_file());
}

//! Tampering with a lake is detected.

use std::collections::BTreeSet;
use std::path::Path;

use plimsoll_lake::tables::{Block, PositionEvent, RawLog, Row};
use plimsoll_lake::{FileEntry, Store, Table, write_parquet};
use tempfile::TempDir;

use crate::support::cli::{Run, plimsoll_command};
use crate::support::lake::{SharedLake, copy_lake, shared_lake};

#[test]
fn an_untouched_lake_is_valid() {
    let Some(shared) = shared_lake() else { return };
    let run = verify(&shared.folder, &["--json", "--rpc", shared.devnet.url()]).assert_success();
    let report = run.json();
    let chain = &report["chains"]["chain-31337"];
    assert_eq!(report["faults"].as_array().map(Vec::len), Some(0), "{report}");
    assert_eq!(chain["blocks_confirmed"], shared.head - 2, "{report}");
    assert_eq!(chain["blocks_linked"], shared.head - 3, "{report}");
    // Two markets may use the same feed; its logs are in the stream of each.
    let logs = shared.store.rows::<RawLog>().unwrap().into_iter();
    let logs: BTreeSet<_> = logs.map(|log| (log.block, log.log_index)).collect();
    assert_eq!(chain["logs"], logs.len(), "{report}");
    let events = shared.store.rows::<PositionEvent>().unwrap().len();
    assert_eq!(chain["rows"]["position_events"], events, "{report}");
}

#[test]
fn a_block_of_another_hash_is_found() {
    let Some(shared) = shared_lake() else { return };
    let (lake, store) = copied_lake(shared);
    rewrite::<Block>(&store, const { &Block::TABLE }, |blocks| {
        let block = blocks.iter_mut().find(|block| block.block == 300).unwrap();
        block.hash = format!("0x{:064x}", 300);
    });
    let run = verify(lake.path(), &[]);
    assert_fault(&run, "block 301 is no child of the block before it");
    let run = verify(lake.path(), &["--rpc", shared.devnet.url()]);
    assert_fault(&run, &format!("block 300 is 0x{:064x}, but 0x", 300));
}

#[test]
fn blocks_that_are_missing_are_found() {
    let Some(shared) = shared_lake() else { return };
    let (lake, store) = copied_lake(shared);
    rewrite::<Block>(&store, const { &Block::TABLE }, |blocks| {
        blocks.retain(|block| !(200..300).contains(&block.block));
    });
    let run = verify(lake.path(), &[]);
    assert_fault(&run, &format!("100 of blocks 3 to {} lack headers", shared.head));
    assert_fault(&run, &format!("aave-v3.devnet: blocks 3 to {} lack headers", shared.head));
}

#[test]
fn a_missing_file_between_two_is_found() {
    let Some(shared) = shared_lake() else { return };
    let (lake, store) = copied_lake(shared);
    for file in store.files(const { &PositionEvent::TABLE }).unwrap() {
        let mut rows: Vec<PositionEvent> = store.file_rows(&file).unwrap();
        let (from, to) = file.range.as_blocks();
        std::fs::remove_file(&file.path).unwrap();
        for (from, to) in [(from, 199), (300, to)] {
            let name = format!("blocks_{from:012}_{to:012}.parquet");
            let within =
                rows.extract_if(.., |row| (from..=to).contains(&row.block)).collect::<Vec<_>>();
            write_parquet(&file.path.with_file_name(name), &within).unwrap();
        }
    }
    let run = verify(lake.path(), &[]);
    assert_fault(&run, "position_events: ");
    assert_fault(&run, &format!("market=devnet lacks some of blocks 3 to {}", shared.head));
}

#[test]
fn a_table_that_is_missing_is_found() {
    let Some(shared) = shared_lake() else { return };
    let (lake, store) = copied_lake(shared);
    for file in store.files(const { &PositionEvent::TABLE }).unwrap() {
        std::fs::remove_file(&file.path).unwrap();
    }
    assert_fault(&verify(lake.path(), &[]), "position_events");
}

#[test]
fn a_duplicate_row_is_found() {
    let Some(shared) = shared_lake() else { return };
    let (lake, store) = copied_lake(shared);
    rewrite::<PositionEvent>(&store, const { &PositionEvent::TABLE }, |events| {
        events.push(events[0].clone());
    });
    assert_fault(&verify(lake.path(), &[]), "position_events: 1 duplicate rows");
}

#[test]
fn a_duplicate_log_is_found() {
    let Some(shared) = shared_lake() else { return };
    let (lake, store) = copied_lake(shared);
    let mut duplicate = None;
    rewrite::<RawLog>(&store, const { &RawLog::TABLE }, |logs| {
        duplicate.get_or_insert((logs[0].block, logs[0].log_index));
        logs.push(logs[0].clone());
    });
    let (block, index) = duplicate.unwrap();
    assert_fault(&verify(lake.path(), &[]), &format!("log ({block}, {index}) is a duplicate"));
}

fn verify(lake: &Path, more: &[&str]) -> Run {
    plimsoll_command(&["verify"])
        .arg("--lake")
        .arg(lake)
        .args(more)
        .output()
        .expect("it runs")
        .into()
}

#[track_caller]
fn assert_fault(run: &Run, fault: &str) {
    assert!(run.assert_failure().ends_with("the lake does not hold what it claims"), "{run:?}");
    let report = run.stdout.lines().any(|line| line.starts_with("fault: ") && line.contains(fault));
    assert!(report, "{fault}: {run:?}");
}

fn copied_lake(shared: &SharedLake) -> (TempDir, Store) {
    let lake = copy_lake(&shared.folder);
    let store = Store::open(lake.path()).unwrap();
    (lake, store)
}

/// Changes the rows of every file of a table, and keeps the files' names.
fn rewrite<R: Row>(store: &Store, table: &'static Table, mut change: impl FnMut(&mut Vec<R>)) {
    let files: Vec<FileEntry> = store.files(table).unwrap();
    for file in files {
        let mut rows: Vec<R> = store.file_rows(&file).unwrap();
        change(&mut rows);
        write_parquet(&file.path, &rows).unwrap();
    }
}

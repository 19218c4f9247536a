//! Files from before their table got a column.

use std::fs::{File, create_dir_all};
use std::path::PathBuf;

use chrono::DateTime;
use parquet::arrow::ArrowWriter;
use plimsoll_lake::tables::{Block, Row, named};
use plimsoll_lake::{Filter, LakeError, Partition, Range, Store};
use polars::prelude::col;
use tempfile::TempDir;

fn block(number: u64, base_fee_gwei: Option<f64>) -> Block {
    Block {
        chain: "ethereum".into(),
        block: number,
        time: DateTime::from_timestamp(1_600_000_000 + 12 * number as i64, 0).expect("a time"),
        hash: format!("0x{number:064x}"),
        parent_hash: format!("0x{:064x}", number.saturating_sub(1)),
        base_fee_gwei,
    }
}

fn blocks(numbers: std::ops::Range<u64>, base_fee_gwei: Option<f64>) -> Vec<Block> {
    numbers.map(|number| block(number, base_fee_gwei)).collect()
}

fn partition() -> Partition {
    Partition::of(named("blocks").expect("a table"), &["ethereum"]).expect("a plain name")
}

fn range(from: u64, to: u64) -> Range {
    Range::blocks(from, to).expect("a range")
}

/// A lake with one file, of blocks 0 to 9, whose rows lack a column.
fn lacking(column: &str) -> (TempDir, Store, PathBuf) {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    let mut batch = Block::to_batch(&blocks(0..10, None)).expect("a batch");
    batch.remove_column(batch.schema().index_of(column).expect("a column"));
    let folder = dir.path().join(partition().path());
    create_dir_all(&folder).expect("a folder");
    let path = folder.join("blocks_000000000000_000000000009.parquet");
    let file = File::create(&path).expect("a file");
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("written");
    writer.close().expect("closed");
    (dir, store, path)
}

fn older() -> (TempDir, Store, PathBuf) {
    lacking(Block::BASE_FEE_GWEI)
}

#[test]
fn a_nullable_column_that_a_file_lacks_reads_as_null() {
    let (_dir, store, _) = older();
    assert_eq!(store.rows::<Block>().expect("rows"), blocks(0..10, None));
    let file = &store.files(named("blocks").expect("a table")).expect("files")[0];
    assert_eq!(store.file_rows::<Block>(file).expect("rows"), blocks(0..10, None));
    assert_eq!(store.count_keys(file).expect("a count"), (10, 0));
}

#[test]
fn a_scan_of_a_nullable_column_that_a_file_lacks_is_null() {
    let (_dir, store, _) = older();
    let batch = Block::to_batch(&blocks(100_000..100_003, Some(30.5))).expect("a batch");
    store.overwrite(&partition(), range(100_000, 100_002), &batch).expect("written");
    let table = named("blocks").expect("a table");
    for columns in [vec!["base_fee_gwei"], vec!["hash", "base_fee_gwei", "block"]] {
        let scan = store.scan(table, Filter::default()).expect("a plan");
        let names: Vec<_> = columns.iter().map(|name| col(*name)).collect();
        let frame = scan.select(names).collect().expect("a frame");
        let fees = frame.column("base_fee_gwei").expect("a column").f64().expect("floats");
        let mut expected = vec![None; 10];
        expected.extend([Some(30.5); 3]);
        assert_eq!(fees.iter().collect::<Vec<_>>(), expected);
        assert_eq!(frame.width(), columns.len());
    }
}

#[test]
fn rows_written_over_a_file_that_lacks_their_column_join_it() {
    let (_dir, store, path) = older();
    let batch = Block::to_batch(&blocks(8..15, Some(7.25))).expect("a batch");
    store.overwrite(&partition(), range(8, 14), &batch).expect("written");
    let expected = [blocks(0..8, None), blocks(8..15, Some(7.25))].concat();
    assert_eq!(store.rows::<Block>().expect("rows"), expected);
    assert!(!path.exists(), "the files were joined");
}

#[test]
fn rows_merged_with_a_file_that_lacks_their_column_join_it() {
    let (_dir, store, path) = older();
    let batch = Block::to_batch(&blocks(8..15, Some(7.25))).expect("a batch");
    let merge = store.merge(&partition(), range(8, 14), &batch).expect("a merge");
    assert_eq!((merge.added, merge.conflicting), (5, vec![0, 1]));
    let expected = [blocks(0..10, None), blocks(10..15, Some(7.25))].concat();
    assert_eq!(store.rows::<Block>().expect("rows"), expected);
    assert!(!path.exists(), "the files were joined");
}

#[test]
fn a_file_that_lacks_a_nullable_column_can_be_cut() {
    let (_dir, store, _) = older();
    store.cut(&partition(), 4).expect("cut");
    assert_eq!(store.rows::<Block>().expect("rows"), blocks(0..4, None));
}

#[test]
fn a_column_that_may_not_be_null_is_missed() {
    let (_dir, store, path) = lacking(Block::HASH);
    let batch = Block::to_batch(&blocks(8..15, None)).expect("a batch");
    let read = store.rows::<Block>().map(drop);
    let joined = store.overwrite(&partition(), range(8, 14), &batch);
    for outcome in [read, joined] {
        let error = outcome.expect_err("the file lacks a column");
        assert!(matches!(error, LakeError::NoColumn { .. }), "{error:?}");
        assert_eq!(error.to_string(), format!("{} lacks the column hash", path.display()));
    }
}

#[test]
fn rows_to_be_written_must_have_every_column() {
    let (_dir, store, _) = older();
    let mut batch = Block::to_batch(&blocks(10..12, None)).expect("a batch");
    batch.remove_column(batch.schema().index_of(Block::BASE_FEE_GWEI).expect("a column"));
    let refused = store.overwrite(&partition(), range(10, 11), &batch);
    assert!(matches!(refused, Err(LakeError::Schema { .. })), "{refused:?}");
}

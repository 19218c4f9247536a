//! Files written before a column was added to their table.

use std::fs::{File, create_dir_all};
use std::path::PathBuf;

use chrono::DateTime;
use parquet::arrow::ArrowWriter;
use plimsoll_lake::tables::{Block, Row, by_name};
use plimsoll_lake::{CoveredRange, Filter, LakeError, Partition, Store};
use polars::prelude::col;
use tempfile::TempDir;

fn block(number: u64, base_fee_gwei: Option<f64>) -> Block {
    Block {
        chain: "ethereum".into(),
        block: number,
        time: DateTime::from_timestamp(1_600_000_000 + 12 * number as i64, 0).expect("a time"),
        hash: format!("0x{number:064x}"),
        parent_hash: Some(format!("0x{:064x}", number.saturating_sub(1))),
        base_fee_gwei,
    }
}

fn blocks(numbers: std::ops::Range<u64>, base_fee_gwei: Option<f64>) -> Vec<Block> {
    numbers.map(|number| block(number, base_fee_gwei)).collect()
}

fn partition() -> Partition {
    Partition::new(by_name("blocks").expect("a table"), &["ethereum"]).expect("a plain name")
}

fn range(from: u64, to: u64) -> CoveredRange {
    CoveredRange::blocks(from, to).expect("a range")
}

/// A lake with one file of blocks 0 to 9 that lacks a column.
fn lake_without_column(column: &str) -> (TempDir, Store, PathBuf) {
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

fn lake_without_base_fee() -> (TempDir, Store, PathBuf) {
    lake_without_column(Block::BASE_FEE_GWEI)
}

#[test]
fn missing_nullable_column_reads_as_null() {
    let (_dir, store, _) = lake_without_base_fee();
    assert_eq!(store.rows::<Block>().expect("rows"), blocks(0..10, None));
    let file = &store.files(by_name("blocks").expect("a table")).expect("files")[0];
    assert_eq!(store.file_rows::<Block>(file).expect("rows"), blocks(0..10, None));
    assert_eq!(store.count_rows_and_duplicates(file).expect("a count"), (10, 0));
}

#[test]
fn missing_nullable_column_scans_as_null() {
    let (_dir, store, _) = lake_without_base_fee();
    let batch = Block::to_batch(&blocks(100_000..100_003, Some(30.5))).expect("a batch");
    store.overwrite(&partition(), range(100_000, 100_002), &batch).expect("written");
    let table = by_name("blocks").expect("a table");
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
fn overwriting_adds_the_missing_column() {
    let (_dir, store, path) = lake_without_base_fee();
    let batch = Block::to_batch(&blocks(8..15, Some(7.25))).expect("a batch");
    store.overwrite(&partition(), range(8, 14), &batch).expect("written");
    let expected = [blocks(0..8, None), blocks(8..15, Some(7.25))].concat();
    assert_eq!(store.rows::<Block>().expect("rows"), expected);
    assert!(!path.exists(), "the files were joined");
}

#[test]
fn merging_adds_the_missing_column() {
    let (_dir, store, path) = lake_without_base_fee();
    let batch = Block::to_batch(&blocks(8..15, Some(7.25))).expect("a batch");
    let merge = store.merge(&partition(), range(8, 14), &batch).expect("a merge");
    assert_eq!((merge.added, merge.conflicting), (5, vec![0, 1]));
    let expected = [blocks(0..10, None), blocks(10..15, Some(7.25))].concat();
    assert_eq!(store.rows::<Block>().expect("rows"), expected);
    assert!(!path.exists(), "the files were joined");
}

#[test]
fn file_without_a_nullable_column_can_be_truncated() {
    let (_dir, store, _) = lake_without_base_fee();
    store.truncate_from(&partition(), 4).expect("cut");
    assert_eq!(store.rows::<Block>().expect("rows"), blocks(0..4, None));
}

#[test]
fn missing_required_column_is_an_error() {
    let (_dir, store, path) = lake_without_column(Block::HASH);
    let batch = Block::to_batch(&blocks(8..15, None)).expect("a batch");
    let read = store.rows::<Block>().map(drop);
    let joined = store.overwrite(&partition(), range(8, 14), &batch);
    for outcome in [read, joined] {
        let error = outcome.expect_err("the file lacks a column");
        assert!(matches!(error, LakeError::MissingColumn { .. }), "{error:?}");
        assert_eq!(error.to_string(), format!("{} lacks the column hash", path.display()));
    }
}

#[test]
fn written_rows_must_have_every_column() {
    let (_dir, store, _) = lake_without_base_fee();
    let mut batch = Block::to_batch(&blocks(10..12, None)).expect("a batch");
    batch.remove_column(batch.schema().index_of(Block::BASE_FEE_GWEI).expect("a column"));
    let refused = store.overwrite(&partition(), range(10, 11), &batch);
    assert!(matches!(refused, Err(LakeError::SchemaMismatch { .. })), "{refused:?}");
}

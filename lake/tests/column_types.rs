//! Column types that DuckDB, polars, Spark, Athena and Iceberg can read.

use std::fs::{File, create_dir_all};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use chrono::DateTime;
use parquet::arrow::ArrowWriter;
use plimsoll_lake::tables::{AccountSetting, Block, PeerForecast, PoolLiquidity, Row, TABLES};
use plimsoll_lake::{CoveredRange, Filter, LakeError, Partition, Store, write_parquet};

fn block(number: u64) -> Block {
    Block {
        chain: "ethereum".into(),
        block: number,
        time: DateTime::from_timestamp(1_600_000_000 + (number % 1_000) as i64, 0).expect("a time"),
        hash: format!("0x{number:064x}"),
        parent_hash: Some(format!("0x{:064x}", number.saturating_sub(1))),
        base_fee_gwei: None,
    }
}

fn is_portable(data_type: &DataType) -> bool {
    match data_type {
        DataType::Timestamp(TimeUnit::Microsecond, Some(zone)) => &**zone == "UTC",
        DataType::Boolean | DataType::Int32 | DataType::Int64 | DataType::Float64 => true,
        DataType::Utf8 | DataType::Binary | DataType::Decimal128(38, 0) => true,
        _ => false,
    }
}

#[test]
fn every_column_of_every_table_has_a_portable_type() {
    for table in TABLES.into_iter().chain([&PeerForecast::TABLE]) {
        for column in (table.columns)() {
            assert!(
                is_portable(&column.data_type),
                "{}.{} is {}",
                table.name,
                column.name,
                column.data_type
            );
        }
    }
}

#[test]
fn largest_values_are_written_and_larger_ones_are_refused_by_name() {
    let at_limit = block(i64::MAX.unsigned_abs());
    let batch = Block::to_batch(std::slice::from_ref(&at_limit)).expect("it fits");
    assert_eq!(Block::from_batch(&batch).expect("it fits"), [at_limit]);
    let error = Block::to_batch(&[block(1 << 63)]).expect_err("too large").to_string();
    assert_eq!(
        error,
        "blocks: block is 9223372036854775808, and the limit of its column is 9223372036854775807"
    );
}

fn setting(log_index: u32) -> AccountSetting {
    AccountSetting {
        chain: "ethereum".into(),
        protocol: "aave-v3".into(),
        market: "core".into(),
        block: 1,
        log_index,
        time: DateTime::UNIX_EPOCH,
        account: "aave-v3/core/0x1".into(),
        asset: None,
        setting: "emode".into(),
        value: 1,
    }
}

#[test]
fn a_log_index_beyond_32_bits_signed_is_refused_by_name() {
    assert!(AccountSetting::to_batch(&[setting(i32::MAX.unsigned_abs())]).is_ok());
    let error = AccountSetting::to_batch(&[setting(1 << 31)]).expect_err("too large");
    assert!(error.to_string().contains("log_index is 2147483648"), "{error}");
}

fn liquidity(exact: i128) -> PoolLiquidity {
    PoolLiquidity {
        chain: "ethereum".into(),
        pool: "0x1".into(),
        block: 1,
        log_index: 0,
        time: DateTime::UNIX_EPOCH,
        kind: "swap".into(),
        tick: 0.0,
        liquidity: exact,
        tick_lower: None,
        tick_upper: None,
        liquidity_delta: None,
        amount0: 0,
        amount1: 0,
    }
}

#[test]
fn an_exact_amount_of_39_digits_is_refused() {
    let most = 10_i128.pow(38) - 1;
    assert!(PoolLiquidity::to_batch(&[liquidity(most), liquidity(-most)]).is_ok());
    for beyond in [most + 1, -most - 1, i128::MAX, i128::MIN] {
        let error = PoolLiquidity::to_batch(&[liquidity(beyond)]).expect_err("too large");
        assert!(error.to_string().contains("liquidity is"), "{error}");
    }
}

/// A batch with the types that releases before signed columns wrote.
fn with_unsigned_columns(batch: &RecordBatch) -> RecordBatch {
    let unsigned = |field: &Arc<Field>, column: &ArrayRef| {
        let to = match field.data_type() {
            DataType::Int32 => DataType::UInt32,
            DataType::Int64 => DataType::UInt64,
            other => other.clone(),
        };
        (field.as_ref().clone().with_data_type(to.clone()), cast(column, &to).expect("it casts"))
    };
    let schema = batch.schema();
    let (fields, columns): (Vec<Field>, Vec<ArrayRef>) =
        schema.fields().iter().zip(batch.columns()).map(|(f, c)| unsigned(f, c)).unzip();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).expect("a batch")
}

fn older_lake(rows: &[Block]) -> (tempfile::TempDir, Store, Partition) {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::create(dir.path()).expect("a lake");
    let partition = Partition::new(TABLES[0], &["ethereum"]).expect("a plain name");
    let folder = dir.path().join(partition.path());
    create_dir_all(&folder).expect("a folder");
    let batch = with_unsigned_columns(&Block::to_batch(rows).expect("a batch"));
    let file = File::create(folder.join("blocks_000000000000_000000000009.parquet"));
    let mut writer =
        ArrowWriter::try_new(file.expect("a file"), batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("written");
    writer.close().expect("closed");
    (dir, store, partition)
}

#[test]
fn unsigned_columns_of_an_older_lake_are_read_scanned_and_rewritten_signed() {
    let old: Vec<Block> = (0..10).map(block).collect();
    let new: Vec<Block> = (10..15).map(block).collect();
    let (_dir, store, partition) = older_lake(&old);
    assert_eq!(store.rows::<Block>().expect("rows"), old);
    let frame = store.scan(TABLES[0], Filter::default()).expect("a plan").collect();
    assert_eq!(frame.expect("a frame").height(), 10);
    assert_eq!(store.status().expect("a status").tables["blocks"].last_block, Some(9));
    let range = CoveredRange::blocks(10, 14).expect("a range");
    store.merge(&partition, range, &Block::to_batch(&new).expect("a batch")).expect("merged");
    assert_eq!(store.rows::<Block>().expect("rows"), [old, new].concat());
    let files = store.files(TABLES[0]).expect("files");
    let written = File::open(&files[0].path).expect("a file");
    let builder = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(written);
    let builder = builder.expect("Parquet");
    assert_eq!(files.len(), 1);
    assert!(builder.schema().fields().iter().all(|field| is_portable(field.data_type())));
}

#[test]
fn a_negative_number_in_a_file_is_an_error_that_names_the_column() {
    let batch = Block::to_batch(&[block(1)]).expect("a batch");
    let mut columns = batch.columns().to_vec();
    columns[1] = Arc::new(arrow::array::Int64Array::from(vec![-1]));
    let batch = RecordBatch::try_new(batch.schema(), columns).expect("a batch");
    let error = Block::from_batch(&batch).expect_err("negative");
    assert!(matches!(error, LakeError::ValueOutOfRange { column: "block", .. }), "{error}");
}

#[test]
fn a_file_of_rows_outside_a_lake_has_portable_types_too() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("blocks.parquet");
    write_parquet(&path, &[block(1)]).expect("written");
    let file = File::open(&path).expect("a file");
    let builder = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file);
    let schema = builder.expect("Parquet").schema().clone();
    assert!(schema.fields().iter().all(|field| is_portable(field.data_type())), "{schema}");
}

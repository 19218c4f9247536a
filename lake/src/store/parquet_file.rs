//! Reading and writing of one Parquet file.

use std::fs::File;
use std::path::Path;

use arrow::array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::WriterProperties;

use super::batch::add_missing_columns;
use super::filter::Filter;
use crate::atomic_write::write_atomically_with;
use crate::error::LakeError;
use crate::schema::Table;

/// Small enough that a scan of a few accounts or days skips most row groups.
const ROWS_PER_ROW_GROUP: usize = 131_072;

/// Writes a Parquet file atomically.
pub(super) fn write(path: &Path, table: &Table, batch: &RecordBatch) -> Result<(), LakeError> {
    write_atomically_with(path, |file, partial| {
        let properties = writer_properties(table, batch)?;
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties))
            .map_err(LakeError::parquet(partial))?;
        writer.write(batch).map_err(LakeError::parquet(partial))?;
        writer.close().map_err(LakeError::parquet(partial))?;
        Ok(())
    })
}

fn writer_properties(table: &Table, batch: &RecordBatch) -> Result<WriterProperties, LakeError> {
    let sorting = |name: &&str| {
        let column_idx = i32::try_from(batch.schema().index_of(name)?).expect("columns are few");
        Ok(SortingColumn { column_idx, descending: false, nulls_first: true })
    };
    let sorting = table.sorted_by.iter().map(sorting).collect::<Result<Vec<_>, LakeError>>()?;
    Ok(WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROWS_PER_ROW_GROUP))
        .set_sorting_columns(Some(sorting))
        .set_created_by(concat!("plimsoll ", env!("CARGO_PKG_VERSION")).to_owned())
        .build())
}

/// Reads the row groups of a file that may match a filter.
pub(super) fn read(
    path: &Path,
    table: &Table,
    filter: &Filter,
) -> Result<Vec<RecordBatch>, LakeError> {
    let file = File::open(path).map_err(LakeError::io("read", path))?;
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(file).map_err(LakeError::parquet(path))?;
    let groups = filter.matching_row_groups(builder.metadata());
    let projection = filter.projection(builder.parquet_schema());
    let reader = builder
        .with_row_groups(groups)
        .with_projection(projection)
        .with_batch_size(ROWS_PER_ROW_GROUP)
        .build()
        .map_err(LakeError::parquet(path))?;
    reader.map(|batch| add_missing_columns(table, batch?, filter, path)).collect()
}

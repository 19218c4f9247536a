//! Reading and writing of one Parquet file.

use std::fs::File;
use std::path::Path;

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::WriterProperties;

use super::batch::adapt_to_table;
use super::checksum::{self, HashingWriter};
use super::filter::Filter;
use crate::atomic_write::write_atomically_with;
use crate::error::LakeError;
use crate::schema::Table;

/// Small enough that a scan of a few accounts or days skips most row groups.
const ROWS_PER_ROW_GROUP: usize = 131_072;

/// Writes a Parquet file atomically.
///
/// # Errors
/// [`LakeError::UnsignedColumn`] if a column is unsigned, and [`LakeError`] if the file cannot be
/// written.
pub(super) fn write(path: &Path, table: &Table, batch: &RecordBatch) -> Result<(), LakeError> {
    refuse_unsigned(path, batch)?;
    write_atomically_with(path, |file, partial| {
        let options = ArrowWriterOptions::new()
            .with_properties(writer_properties(table, batch)?)
            .with_schema_root(checksum::SCHEMA_ROOT.to_owned());
        let hashing = HashingWriter::new(file);
        let mut writer = ArrowWriter::try_new_with_options(hashing, batch.schema(), options)
            .map_err(LakeError::parquet(partial))?;
        writer.write(batch).map_err(LakeError::parquet(partial))?;
        writer.append_key_value_metadata(checksum::placeholder());
        writer.into_inner().map_err(LakeError::parquet(partial))?.seal(partial)
    })
}

fn refuse_unsigned(path: &Path, batch: &RecordBatch) -> Result<(), LakeError> {
    let schema = batch.schema();
    let unsigned = schema.fields().iter().find(|field| field.data_type().is_unsigned_integer());
    unsigned.map_or(Ok(()), |field| {
        Err(LakeError::UnsignedColumn {
            path: path.into(),
            column: field.name().clone(),
            found: field.data_type().to_string(),
        })
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

/// Verifies the checksum of a file, and reads the row groups that may match a filter.
pub(super) fn read(
    path: &Path,
    table: &Table,
    filter: &Filter,
) -> Result<Vec<RecordBatch>, LakeError> {
    let mut file = File::open(path).map_err(LakeError::io("read", path))?;
    checksum::verify(&mut file, path)?;
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
    // An error while decoding is the file's fault; it must be named.
    let named = |error: ArrowError| LakeError::parquet(path)(error.into());
    reader.map(|batch| adapt_to_table(table, batch.map_err(named)?, filter, path)).collect()
}

//! Parquet files outside a lake, which other programs may have written.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchReader, new_null_array};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, Schema, TimestampMicrosecondType};
use arrow::error::ArrowError;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::{checksum, parquet_file};
use crate::error::LakeError;
use crate::schema::{Column, Row, Table};

/// Writes rows to one Parquet file outside a lake, atomically.
///
/// # Errors
/// [`LakeError`] if the file cannot be written.
pub fn write_parquet<R: Row>(path: &Path, rows: &[R]) -> Result<(), LakeError> {
    parquet_file::write(path, &R::TABLE, &R::to_batch(rows)?)
}

/// Reads the rows of one Parquet file outside a lake.
///
/// Additional columns are ignored, and nullable columns may be missing. Files of every usual
/// compression and encoding are read. Any number serves as a float, any integer that fits as an
/// integer, any string type as a string, and a timestamp of any unit as a time; one without a time zone
/// is UTC.
///
/// # Errors
/// [`LakeError::Io`] or [`LakeError::Parquet`] if the file cannot be read,
/// [`LakeError::ColumnMismatch`] if a required column is missing, has another type or contains nulls.
pub fn read_parquet<R: Row>(path: &Path) -> Result<Vec<R>, LakeError> {
    let reader = open_parquet(path)?.build().map_err(LakeError::parquet(path))?;
    let schema = reader.schema();
    for column in (R::TABLE.columns)() {
        check_type(&column, &schema)
            .map_err(|found| column_mismatch(path, &R::TABLE, &column, found))?;
    }
    let mut rows = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|error| LakeError::parquet(path)(error.into()))?;
        rows.extend(R::from_batch(&cast_to_table(path, &R::TABLE, &batch)?)?);
    }
    Ok(rows)
}

/// The names of the columns of one Parquet file outside a lake, in file order.
///
/// # Errors
/// [`LakeError::Io`] or [`LakeError::Parquet`] if the file cannot be read.
pub fn parquet_columns(path: &Path) -> Result<Vec<String>, LakeError> {
    Ok(column_names(open_parquet(path)?.schema()))
}

fn open_parquet(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>, LakeError> {
    let mut file = File::open(path).map_err(LakeError::io("read", path))?;
    checksum::verify(&mut file, path)?;
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(LakeError::parquet(path))
}

fn column_names(schema: &Schema) -> Vec<String> {
    schema.fields().iter().map(|field| field.name().clone()).collect()
}

fn column_mismatch(path: &Path, table: &Table, column: &Column, found: String) -> LakeError {
    let expected = column.data_type.to_string();
    LakeError::ColumnMismatch {
        path: path.into(),
        table: table.name,
        column: column.name,
        expected,
        found,
    }
}

/// Checks that a file's column can be cast to its type in the table; the error is what was found.
fn check_type(column: &Column, file: &Schema) -> Result<(), String> {
    let Ok(found) = file.field_with_name(column.name).map(Field::data_type) else {
        let missing = || format!("missing; the file has {}", column_names(file).join(", "));
        return if column.nullable { Ok(()) } else { Err(missing()) };
    };
    let fits = match (&column.data_type, found) {
        (DataType::Float64, found) => found.is_numeric(),
        (DataType::Int32 | DataType::Int64, found) => found.is_integer(),
        (DataType::Timestamp(..), found) => matches!(found, DataType::Timestamp(..)),
        (DataType::Utf8, found) => is_text(found),
        (expected, found) => expected == found,
    };
    if fits { Ok(()) } else { Err(found.to_string()) }
}

/// Whether a column consists of strings. Old writers do not mark bytes as strings.
fn is_text(found: &DataType) -> bool {
    match found {
        DataType::Dictionary(_, values) => is_text(values),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => true,
        _ => false,
    }
}

/// Casts a column; a value that does not fit is an error.
fn cast_column(array: &ArrayRef, to: &DataType) -> Result<ArrayRef, ArrowError> {
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    let DataType::Timestamp(unit, Some(zone)) = to else {
        return cast_with_options(array, to, &strict);
    };
    // Arrow's casts between zones need a time zone database; instants do not depend on the zone.
    let DataType::Timestamp(found, _) = array.data_type() else {
        return cast_with_options(array, to, &strict);
    };
    let instants = cast_with_options(array, &DataType::Int64, &strict)?;
    let instants = cast_with_options(&instants, &DataType::Timestamp(*found, None), &strict)?;
    let micros = cast_with_options(&instants, &DataType::Timestamp(*unit, None), &strict)?;
    let micros = micros.as_primitive::<TimestampMicrosecondType>().clone();
    Ok(Arc::new(micros.with_timezone(Arc::clone(zone))))
}

/// Selects the table's columns and casts them to its types.
fn cast_to_table(
    path: &Path,
    table: &Table,
    batch: &RecordBatch,
) -> Result<RecordBatch, LakeError> {
    let array = |column: &Column| -> Result<ArrayRef, LakeError> {
        let Some(array) = batch.column_by_name(column.name) else {
            return Ok(new_null_array(&column.data_type, batch.num_rows()));
        };
        let array = cast_column(array, &column.data_type).map_err(|error| {
            column_mismatch(path, table, column, format!("{}: {error}", array.data_type()))
        })?;
        match array.null_count() {
            nulls if nulls > 0 && !column.nullable => {
                Err(column_mismatch(path, table, column, format!("null in {nulls} rows")))
            }
            _ => Ok(array),
        }
    };
    let columns = (table.columns)().iter().map(array).collect::<Result<_, _>>()?;
    Ok(RecordBatch::try_new(table.schema(), columns)?)
}

#[cfg(test)]
mod tests;

//! Record batches: checks before writing, and adjustments after reading.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{AsArray, BooleanArray, RecordBatch, RecordBatchOptions, new_null_array};
use arrow::compute::{
    CastOptions, SortColumn, cast_with_options, concat_batches, filter_record_batch,
    lexsort_to_indices, take_record_batch,
};
use arrow::datatypes::{Field, Int64Type, Schema, SchemaRef, TimestampMicrosecondType};

use super::filter::Filter;
use crate::error::LakeError;
use crate::schema::{CoveredRange, RangeUnit, Table};

const MICROS_PER_SECOND: i64 = 1_000_000;

/// Adapts a batch of an older file to the table's present schema.
///
/// Nullable columns that were added to the table later are null, and unsigned columns, which earlier
/// releases wrote, become signed.
///
/// # Errors
/// [`LakeError::MissingColumn`] if a required column is missing, and [`LakeError::ColumnMismatch`] if
/// a number is too large for the signed column.
pub(super) fn adapt_to_table(
    table: &Table,
    batch: RecordBatch,
    filter: &Filter,
    path: &Path,
) -> Result<RecordBatch, LakeError> {
    let batch = add_missing_columns(table, batch, filter, path)?;
    let unsigned = |field: &Arc<Field>| field.data_type().is_unsigned_integer();
    if batch.schema().fields().iter().any(unsigned) {
        to_signed(table, &batch, path)
    } else {
        Ok(batch)
    }
}

/// Casts unsigned columns to the table's types.
fn to_signed(table: &Table, batch: &RecordBatch, path: &Path) -> Result<RecordBatch, LakeError> {
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        let declared = (table.columns)().into_iter().find(|own| own.name == field.name());
        let cast_to = declared.filter(|_| field.data_type().is_unsigned_integer());
        let Some(own) = cast_to else {
            fields.push(Arc::clone(field));
            columns.push(Arc::clone(column));
            continue;
        };
        let strict = CastOptions { safe: false, ..CastOptions::default() };
        let signed = cast_with_options(column, &own.data_type, &strict);
        columns.push(signed.map_err(|error| LakeError::ColumnMismatch {
            path: path.into(),
            table: table.name,
            column: own.name,
            expected: own.data_type.to_string(),
            found: format!("{}: {error}", field.data_type()),
        })?);
        fields.push(Arc::new(field.as_ref().clone().with_data_type(own.data_type)));
    }
    let schema = Arc::new(Schema::new_with_metadata(fields, batch.schema().metadata().clone()));
    let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(schema, columns, &rows)?)
}

/// Adds null columns for nullable columns that were added to the table after the file was written.
fn add_missing_columns(
    table: &Table,
    batch: RecordBatch,
    filter: &Filter,
    path: &Path,
) -> Result<RecordBatch, LakeError> {
    let schema = batch.schema();
    let own = table.schema();
    let (mut fields, mut columns) = (schema.fields().to_vec(), batch.columns().to_vec());
    // Batches are concatenated by position, so a missing column is inserted at its own index.
    for (index, field) in
        own.fields().iter().filter(|f| filter.includes_column(f.name())).enumerate()
    {
        if schema.index_of(field.name()).is_ok() {
            continue;
        }
        if !field.is_nullable() {
            return Err(LakeError::MissingColumn {
                path: path.into(),
                column: field.name().clone(),
            });
        }
        fields.insert(index, Arc::clone(field));
        columns.insert(index, new_null_array(field.data_type(), batch.num_rows()));
    }
    let schema = Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()));
    let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(schema, columns, &rows)?)
}

/// Sorts rows by the table's sort columns.
pub(super) fn sort(table: &Table, batch: &RecordBatch) -> Result<RecordBatch, LakeError> {
    let column = |name: &&str| -> Result<SortColumn, LakeError> {
        let values = batch.column(batch.schema().index_of(name)?).clone();
        Ok(SortColumn { values, options: None })
    };
    let columns = table.sorted_by.iter().map(column).collect::<Result<Vec<_>, _>>()?;
    if columns.is_empty() || batch.num_rows() == 0 {
        return Ok(batch.clone());
    }
    let order = lexsort_to_indices(&columns, None)?;
    Ok(take_record_batch(batch, &order)?)
}

/// Concatenates batches of one schema.
pub(super) fn concat(
    schema: &SchemaRef,
    batches: &[RecordBatch],
) -> Result<RecordBatch, LakeError> {
    Ok(concat_batches(schema, batches)?)
}

/// The range value of each row: its block, second or line; 0 for [`RangeUnit::Whole`].
pub(super) fn range_values(table: &Table, batch: &RecordBatch) -> Result<Vec<i64>, LakeError> {
    let (unit, name) = table.ranged_by;
    if unit == RangeUnit::Whole {
        return Ok(vec![0; batch.num_rows()]);
    }
    let column = batch.column(batch.schema().index_of(name)?);
    Ok(match unit {
        RangeUnit::Times => column
            .as_primitive::<TimestampMicrosecondType>()
            .values()
            .iter()
            .map(|micros| micros.div_euclid(MICROS_PER_SECOND))
            .collect(),
        _ => column.as_primitive::<Int64Type>().values().to_vec(),
    })
}

/// Checks that the range contains every row.
pub(super) fn check_range(
    table: &Table,
    values: &[i64],
    range: CoveredRange,
) -> Result<(), LakeError> {
    match values.iter().find(|&&value| !range.contains(value)) {
        None => Ok(()),
        Some(&value) => {
            Err(LakeError::OutOfRange { table: table.name, value, from: range.from, to: range.to })
        }
    }
}

/// The rows whose range value satisfies a predicate.
pub(super) fn filter_rows(
    table: &Table,
    batch: &RecordBatch,
    predicate: impl Fn(i64) -> bool,
) -> Result<RecordBatch, LakeError> {
    let predicate: BooleanArray =
        range_values(table, batch)?.into_iter().map(|value| Some(predicate(value))).collect();
    Ok(filter_record_batch(batch, &predicate)?)
}

//! Record batches: checks before writing, and adjustments after reading.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch, RecordBatchOptions, new_null_array};
use arrow::compute::{SortColumn, concat_batches, lexsort_to_indices, take_record_batch};
use arrow::datatypes::{Schema, SchemaRef, TimestampMicrosecondType, UInt64Type};

use crate::{CoveredRange, Filter, LakeError, RangeUnit, Table};

const MICROS_PER_SECOND: i64 = 1_000_000;

/// Reorders columns to the table's order; additional columns follow in their own order.
///
/// # Errors
/// [`LakeError::SchemaMismatch`] if a column is missing or has another type.
pub(crate) fn conform(table: &Table, batch: &RecordBatch) -> Result<RecordBatch, LakeError> {
    let schema = batch.schema();
    let mismatch = || LakeError::SchemaMismatch {
        table: table.name,
        expected: describe_columns(&table.schema()),
        found: describe_columns(&schema),
    };
    let mut order = Vec::with_capacity(schema.fields().len());
    for column in (table.columns)() {
        let index = schema.index_of(column.name).map_err(|_| mismatch())?;
        if schema.field(index).data_type() != &column.data_type {
            return Err(mismatch());
        }
        order.push(index);
    }
    let own = order.len();
    order.extend(
        (0..schema.fields().len()).filter(|i| !order[..own].contains(i)).collect::<Vec<_>>(),
    );
    Ok(batch.project(&order)?)
}

fn describe_columns(schema: &SchemaRef) -> String {
    let field = |f: &arrow::datatypes::FieldRef| format!("{}: {}", f.name(), f.data_type());
    schema.fields().iter().map(field).collect::<Vec<_>>().join(", ")
}

/// Adds null columns for nullable columns that were added to the table after the file was written.
///
/// # Errors
/// [`LakeError::MissingColumn`] if a required column is missing.
pub(crate) fn add_missing_columns(
    table: &Table,
    batch: RecordBatch,
    filter: &Filter,
    path: &Path,
) -> Result<RecordBatch, LakeError> {
    let schema = batch.schema();
    let own = table.schema();
    let (mut fields, mut columns) = (schema.fields().to_vec(), batch.columns().to_vec());
    // Batches are concatenated by column position, so a missing column is inserted at its own index.
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
pub(crate) fn sort(table: &Table, batch: &RecordBatch) -> Result<RecordBatch, LakeError> {
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
pub(crate) fn concat(
    schema: &SchemaRef,
    batches: &[RecordBatch],
) -> Result<RecordBatch, LakeError> {
    Ok(concat_batches(schema, batches)?)
}

/// The range value of each row: its block, second or line; 0 for [`RangeUnit::Whole`].
pub(crate) fn range_values(table: &Table, batch: &RecordBatch) -> Result<Vec<i64>, LakeError> {
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
        _ => column.as_primitive::<UInt64Type>().values().iter().map(|&v| v as i64).collect(),
    })
}

/// Checks that the range contains every row.
pub(crate) fn check_range(
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

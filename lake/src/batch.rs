//! Checks on record batches before they enter a file, and after they leave one.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch, RecordBatchOptions, new_null_array};
use arrow::compute::{SortColumn, concat_batches, lexsort_to_indices, take_record_batch};
use arrow::datatypes::{Schema, SchemaRef, TimestampMicrosecondType, UInt64Type};

use crate::{CoveredRange, Filter, LakeError, RangeUnit, Table};

const MICROS_PER_SECOND: i64 = 1_000_000;

/// Puts the table's own columns in the table's order, keeping any further ones behind them.
///
/// # Errors
/// [`LakeError::Schema`] if a column is absent or of another type.
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

/// Gives a batch from a file the nullable columns that its table got after the file was written.
///
/// # Errors
/// [`LakeError::NoColumn`] if a column is absent that may not be null.
pub(crate) fn add_missing_columns(
    table: &Table,
    batch: RecordBatch,
    filter: &Filter,
    path: &Path,
) -> Result<RecordBatch, LakeError> {
    let schema = batch.schema();
    let own = table.schema();
    let (mut fields, mut columns) = (schema.fields().to_vec(), batch.columns().to_vec());
    // Whole batches are joined by their columns' places, so an absent one is put at its own.
    for (place, field) in
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
        fields.insert(place, Arc::clone(field));
        columns.insert(place, new_null_array(field.data_type(), batch.num_rows()));
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

/// Joins batches of one schema end to end.
pub(crate) fn concat(
    schema: &SchemaRef,
    batches: &[RecordBatch],
) -> Result<RecordBatch, LakeError> {
    Ok(concat_batches(schema, batches)?)
}

/// Each row's place on its table's axis: its block, its second or its line.
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

/// Checks that every row lies in the range it is said to be in.
pub(crate) fn check_range(
    table: &Table,
    places: &[i64],
    range: CoveredRange,
) -> Result<(), LakeError> {
    match places.iter().find(|&&value| !range.contains(value)) {
        None => Ok(()),
        Some(&value) => {
            Err(LakeError::OutOfRange { table: table.name, value, from: range.from, to: range.to })
        }
    }
}
